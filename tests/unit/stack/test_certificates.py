"""One authority per stack, whose key nobody else can read."""

import ssl
import stat

import pytest

from parity.errors import ConfigError
from parity.paths import StackPaths
from parity.stack import certificates


@pytest.fixture
def files(tmp_path):
    return StackPaths(tmp_path / ".parity" / "shop")


def test_the_authority_is_made_once_and_its_key_is_private(files):
    first = certificates.authority_pem(files)
    assert certificates.authority_pem(files) == first
    assert first.startswith("-----BEGIN CERTIFICATE-----")
    key = files.authority / "authority.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.authority.stat().st_mode) == 0o700


def test_a_certificate_holds_productions_names_and_the_authority_vouches_for_it(files, tmp_path):
    chain, key = certificates.issue(files, ["shop.example", "*.shop.example", "shop.example"])
    (tmp_path / "chain.pem").write_text(chain)
    (tmp_path / "key.pem").write_text(key)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
    client = ssl.create_default_context(cadata=certificates.authority_pem(files))
    for name in ("shop.example", "www.shop.example", "localhost"):
        assert "shop.example" in str(handshake(client, server, name))
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(client, server, "other.example")


def handshake(client, server, name):
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(down, up, server_hostname=name)
    far = server.wrap_bio(up, down, server_side=True)
    for side in (near, far) * 3:
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return near.getpeercert()


def test_a_damaged_authority_says_what_to_do(files):
    certificates.authority_pem(files)
    (files.authority / "authority.pem").write_text("half a certifi")
    with pytest.raises(ConfigError, match="damaged"):
        certificates.issue(files, ["shop.example"])
