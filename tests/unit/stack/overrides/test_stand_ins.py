"""Stand-ins answer under production's names."""

import pytest

from parity.errors import ConfigError
from parity.model.document import ABSENT
from parity.model.project import StandInTable
from parity.stack.overrides import stand_ins

HOST = "db.prod.example.com"


def test_a_service_of_the_definition_gets_the_name(draft, context):
    one = draft({"db": {"networks": {"a": None, "b": None}}}, networks={"a": {}, "b": {}})
    stand_ins.apply(one, context(stand_ins={HOST: StandInTable("db")}))
    for network in ("a", "b"):
        assert one.get(("services", "db", "networks", network, "aliases")) == [HOST]


def test_a_service_of_a_fragment_comes_in_with_its_volumes(draft, context):
    fragment = {"services": {"pg": {"image": "postgres:16"}}, "volumes": {"pg": {}}}
    table = StandInTable("pg", "pg.yaml", "managed by the cloud")
    one = draft({"web": {"networks": {"default": None}}}, networks={"default": {}})
    stand_ins.apply(one, context(stand_ins={HOST: table}, fragments={HOST: fragment}))
    assert one.get(("services", "pg", "image")) == "postgres:16"
    assert one.get(("services", "pg", "networks")) == {"default": {"aliases": [HOST]}}
    assert "pg" in one.document["volumes"]
    record = next(row for row in one.overrides if row.path == ("services", "pg"))
    assert (record.production, record.reason) == (ABSENT, "managed by the cloud")
    assert HOST in record.asked_by


def test_a_fragments_secrets_come_along_and_productions_stay(draft, context):
    fragment = {
        "services": {"pg": {"secrets": [{"source": "own"}, {"source": "shared"}]}},
        "secrets": {"own": {"file": "/own"}, "shared": {"file": "/fragment"}},
    }
    one = draft({"web": {}}, secrets={"shared": {"file": "/production"}})
    table = StandInTable("pg", "pg.yaml")
    stand_ins.apply(one, context(stand_ins={HOST: table}, fragments={HOST: fragment}))
    assert one.document["secrets"] == {"own": {"file": "/own"}, "shared": {"file": "/production"}}


def test_a_helper_with_the_name_of_a_service_is_refused(draft, context):
    fragment = {"services": {"pg": {"image": "postgres:16"}, "web": {"image": "helper"}}}
    about = context(stand_ins={HOST: StandInTable("pg", "pg.yaml")}, fragments={HOST: fragment})
    with pytest.raises(ConfigError, match="brings a service `web`") as caught:
        stand_ins.apply(draft({"web": {"image": "production"}}), about)
    assert HOST in caught.value.where
    assert "pg.yaml" in caught.value.next_step


def test_two_stand_ins_may_bring_the_same_helper(draft, context):
    def fragment(name):
        return {"services": {name: {"image": name}, "init": {"image": "i"}}}

    hosts = {"a.example": "a", "b.example": "b"}
    tables = {host: StandInTable(name, "x.yaml") for host, name in hosts.items()}
    fragments = {host: fragment(name) for host, name in hosts.items()}
    one = draft({"web": {}})
    stand_ins.apply(one, context(stand_ins=tables, fragments=fragments))
    assert set(one.document["services"]) == {"web", "a", "b", "init"}


def test_addresses_that_production_fixed_for_the_name_go(draft, context):
    hosts = [f"{HOST}=10.0.0.1", f"{HOST}:10.0.0.2", "other.example=10.0.0.3"]
    one = draft(
        {
            "db": {"networks": {"n": None}},
            "web": {"extra_hosts": hosts},
            "job": {"extra_hosts": hosts[:1]},
        }
    )
    stand_ins.apply(one, context(stand_ins={HOST: StandInTable("db")}))
    assert one.get(("services", "web", "extra_hosts")) == hosts[2:]
    assert one.get(("services", "job", "extra_hosts")) is ABSENT


@pytest.mark.parametrize(("name", "hint"), [("dbb", "`db`"), ("zzz", "add `compose`")])
def test_a_service_that_nobody_defines_is_told_with_the_nearest(draft, context, name, hint):
    with pytest.raises(ConfigError, match=f"`{name}`, which nobody defines") as caught:
        stand_ins.apply(draft({"db": {}}), context(stand_ins={HOST: StandInTable(name)}))
    assert hint in caught.value.next_step
    assert HOST in caught.value.where


def test_without_stand_ins_nothing_happens(draft, context):
    one = draft({"db": {"extra_hosts": ["x=1.2.3.4"]}})
    stand_ins.apply(one, context())
    assert one.overrides == ()
