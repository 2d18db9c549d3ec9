"""Secret files of production's hosts become the stand-ins of their names."""

import pytest

from parity.model.project import CertificateTable, SecretTable
from parity.stack.overrides import host_files, secrets

HOST = "/etc/no-such-node/secrets/"


def mount(name="password", **changes):
    found = {"type": "bind", "source": HOST + name, "target": f"/run/secrets/{name}"}
    return {**found, "read_only": True, **changes}


def run(draft, context, *mounts, declared=("password",), **tables):
    one = draft({"web": {"volumes": list(mounts)}})
    about = context(secrets={name: SecretTable(24) for name in declared}, **tables)
    host_files.apply(one, about)
    return one, about


def test_a_declared_one_is_a_secret_of_the_stack(draft, context, overrides_of):
    one, about = run(draft, context, mount("other"), mount())
    web = one.document["services"]["web"]
    assert [row["source"] for row in web["volumes"]] == [HOST + "other"]
    assert web["secrets"] == [{"source": "password", "target": "/run/secrets/password"}]
    assert HOST in overrides_of(one)["services.web.secrets"].reason
    secrets.apply(one, about)
    assert one.get(("secrets", "password", "file")).endswith("/secrets/password")


def test_a_certificate_s_file_is_one_too(draft, context):
    table = CertificateTable(("shop.example",), "tls", "tls_key")
    one, _ = run(draft, context, mount("tls"), mount("tls_key"), certificates={"shop": table})
    assert sorted(one.document["secrets"]) == ["tls", "tls_key"]
    assert len(one.document["services"]["web"]["secrets"]) == 2


@pytest.mark.parametrize(
    "changes",
    [{"source": "/etc/hostname"}, {"read_only": False}, {"type": "volume"}, {"source": HOST + "x"}],
)
def test_everything_else_stays_as_it_is(draft, context, changes):
    one, _ = run(draft, context, mount(**changes), declared=("password", "hostname"))
    assert one.overrides == ()
