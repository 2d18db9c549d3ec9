"""Every backend has what the contract names."""

import pytest

from parity.state.backends.contract import Backend
from parity.state.choose import backend_of


@pytest.mark.parametrize("name", ["reflink", "overlay", "copy"])
def test_a_backend_is_known_by_its_name(name):
    backend: Backend = backend_of(name)
    assert backend.name == name
    assert backend.meaning
    assert isinstance(backend.clones(), bool)
    assert callable(backend.derive)
