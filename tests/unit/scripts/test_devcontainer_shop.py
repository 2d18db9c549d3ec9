"""What the check of the shop's Dev Container compares."""

import json

import pytest

from scripts.lib.devcontainer_shop import digests, expect, locked
from scripts.lib.errors import SetupError


def _row(setting, left):
    return {"places": [{"setting": setting, "left": left}]}


def test_the_digest_is_found_folded_or_as_a_finding():
    report = {
        "folded": [{"finding": _row("services.web.image.digest", "sha256:1")}],
        "findings": [_row("services.db.image.digest", "sha256:2")],
    }
    assert digests(report, "web") == ["sha256:1"]
    assert digests(report, "db") == ["sha256:2"]
    assert digests(report, "cache") == []


def test_the_lock_is_asked_for_an_image_of_one_environment():
    def images(digest):
        return {"images": {"127.0.0.1:5055/shop/app:2": {"digest": digest}}}

    lock = json.dumps({"environments": {"ecs": images("sha256:1"), "prod": images("sha256:2")}})
    assert locked(lock, "prod", "shop/app") == "sha256:2"


def test_what_is_not_as_expected_ends_the_check():
    expect(1, 1, "it")
    with pytest.raises(SetupError) as caught:
        expect("a", "b", "it")
    assert caught.value.exit_code == 1
    assert caught.value.what == "it is a, where b was expected."
