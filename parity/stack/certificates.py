"""Local certificates for production's names, by trustme: one authority per stack."""

from collections.abc import Sequence

from parity.errors import ConfigError
from parity.paths import StackPaths, ensure_state, write


def authority_pem(files: StackPaths) -> str:
    """The authority's certificate, made on first use."""
    certificate, _ = _authority(files)
    return certificate


def issue(files: StackPaths, names: Sequence[str]) -> tuple[str, str]:
    """A certificate chain and its private key (both PEM) for `names` and for this machine."""
    import trustme

    certificate, key = _authority(files)
    try:
        authority = trustme.CA.from_pem(certificate.encode(), key.encode())
    except ValueError as error:
        raise ConfigError(
            f"the local authority in {files.authority} is damaged",
            next_step="delete that folder; `parity up` makes a new one",
        ) from error
    leaf = authority.issue_cert(*dict.fromkeys([*names, "localhost", "127.0.0.1"]))
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
    return chain.decode(), leaf.private_key_pem.bytes().decode()


def _authority(files: StackPaths) -> tuple[str, str]:
    certificate = files.authority / "authority.pem"
    key = files.authority / "authority.key"
    if not (certificate.is_file() and key.is_file()):
        import trustme

        authority = trustme.CA(organization_name="parity local authority")
        ensure_state(files.authority)
        files.authority.chmod(0o700)
        write(key, authority.private_key_pem.bytes().decode(), mode=0o600)
        write(certificate, authority.cert_pem.bytes().decode())
    return certificate.read_text(), key.read_text()
