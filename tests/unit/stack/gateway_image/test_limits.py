"""Resource limits as JSON."""

import json
import resource

from parity.stack.gateway_image.gateway.limits import print_limits


def test_soft_and_hard_by_name(capsys):
    """The kernel's numbers, -1 for unlimited."""
    assert print_limits() == 0
    limits = json.loads(capsys.readouterr().out)
    assert limits["nofile"] == list(resource.getrlimit(resource.RLIMIT_NOFILE))
    assert {"nproc", "memlock", "locks", "rttime"} <= limits.keys()
