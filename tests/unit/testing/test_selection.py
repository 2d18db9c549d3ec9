import json

import pytest
import yaml

from parity.errors import UsageError
from parity.model.project import LocalTable, OverrideTable, Project, StandInTable
from parity.testing import selection

SERVICES = {
    "web": {"depends_on": {"migrate": {}, "db": {}}},
    "migrate": {"depends_on": {"db": {}}},
    "db": {},
    "side": {"network_mode": "service:web"},
    "linked": {"links": ["db:database"], "volumes_from": ["files:ro", "container:x"]},
    "files": {},
    "ghost": {"depends_on": {"nowhere": {"required": False}}},
}


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (["db"], {"db"}),
        (["web"], {"web", "migrate", "db"}),
        (["side"], {"side", "web", "migrate", "db"}),
        (["linked"], {"linked", "db", "files"}),
        (["ghost"], {"ghost"}),
        ([], set()),
    ],
)
def test_what_is_wanted_comes_with_what_it_needs(wanted, kept):
    assert selection.with_needed(SERVICES, wanted) == kept


def test_an_unknown_service_is_named_with_those_there_are():
    with pytest.raises(UsageError, match="no service `wbe`") as raised:
        selection.with_needed(SERVICES, ["wbe"])
    assert "db, files" in raised.value.next_step


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_constructor("!override", lambda loader, node: loader.construct_sequence(node))


def read(text):
    return yaml.load(text, _Loader)["services"]


def test_the_others_get_a_profile_of_nobody():
    text = selection.overlay(SERVICES, {"db", "web", "migrate"})
    assert read(text).keys() == {"side", "linked", "files", "ghost"}
    assert set(map(json.dumps, read(text).values())) == {'{"profiles": ["parity-not-asked-for"]}'}
    assert "!override" in text, "a profile of its own that is active must not bring it back"


def test_ports_are_published_at_free_ones():
    text = selection.overlay(["db"], {"db"}, [("db", 5432), ("db", 80)])
    assert read(text) == {"db": {"ports": ["5432", "80"]}}


def test_nothing_to_say_is_a_file_all_the_same():
    assert read(selection.overlay(["db"], {"db"})) == {}


def test_parity_toml_is_silent_on_what_is_left_out():
    project = Project(
        local=LocalTable(
            build=("db", "web"),
            override=(
                OverrideTable("services.web.environment.A", "r", "1"),
                OverrideTable("services.db.environment.A", "r", "1"),
                OverrideTable("networks.default.labels", "r", {}),
                OverrideTable("services[", "broken", "1"),
            ),
        ),
        stand_ins={
            "db.example": StandInTable("db"),
            "cache.example": StandInTable("cache"),
            "mail.example": StandInTable("mail", compose="mail.yaml"),
        },
    )
    found = selection.without_others(project, {"db"})
    assert found.local.build == ("db",)
    assert [t.path for t in found.local.override] == [
        "services.db.environment.A", "networks.default.labels", "services[",
    ]  # fmt: skip
    assert list(found.stand_ins) == ["db.example", "mail.example"]
