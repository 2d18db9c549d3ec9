"""A client whose API is a table of answers."""

from types import SimpleNamespace

import pytest


@pytest.fixture
def client():
    """Make a client: each name is a function of its API; calls are noted in `client.calls`."""

    def make(**answers):
        calls = []

        def method(name, answer):
            def call(*args, **kwargs):
                calls.append((name, *args))
                found = answer(*args, **kwargs) if callable(answer) else answer
                if isinstance(found, BaseException):
                    raise found
                return found

            return call

        api = SimpleNamespace(**{name: method(name, answer) for name, answer in answers.items()})
        return SimpleNamespace(api=api, calls=calls)

    return make


@pytest.fixture
def api_error():
    """An answer of the engine that is a refusal."""
    from docker.errors import APIError

    return lambda text: APIError(text, explanation=text)
