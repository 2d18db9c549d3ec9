"""Getting let in by a registry: docker's logins and credential helpers, Basic or a token."""

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parity.errors import RegistryError

if TYPE_CHECKING:
    import requests
    from docker import DockerClient

_FIELD = re.compile(r'(\w+)="([^"]*)"')
_SECONDS = 30


@dataclass(frozen=True)
class Login:
    """A name and a password, or a token that stands for both."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def login_of(client: "DockerClient", registry: str) -> Login:
    """What `docker login` left for a registry; an empty login where there is none."""
    from docker.errors import DockerException

    api: Any = client.api
    try:
        # The SDK has no other door to the logins it read, credential helpers included.
        found = api._auth_configs.resolve_authconfig(registry) or {}  # noqa: SLF001
    except DockerException as error:
        raise RegistryError(
            f"docker's login for {registry} cannot be read: {error}",
            next_step=f"`docker login {registry}`, then again",
        ) from error
    return Login(
        str(found.get("username") or found.get("Username") or ""),
        str(found.get("password") or found.get("Password") or ""),
        str(found.get("identitytoken") or found.get("IdentityToken") or ""),
    )


def header(session: "requests.Session", challenge: str, login: Login, scope: str) -> str:
    """The Authorization that a registry's challenge asks for; empty where we have none to give."""
    scheme, _, rest = challenge.partition(" ")
    if scheme.lower() == "basic":
        return _basic(login) if login.user else ""
    if scheme.lower() != "bearer":
        return ""
    asked = dict(_FIELD.findall(rest))
    token = _token(session, asked, login, scope)
    return f"Bearer {token}" if token else ""


def _basic(login: Login) -> str:
    text = f"{login.user}:{login.password}".encode()
    return f"Basic {base64.b64encode(text).decode()}"


def _token(session: "requests.Session", asked: dict[str, str], login: Login, scope: str) -> str:
    realm = asked.get("realm", "")
    if not realm.startswith(("http://", "https://")):
        return ""
    query = {"service": asked.get("service", ""), "scope": scope}
    if login.token:
        form = {**query, "grant_type": "refresh_token", "refresh_token": login.token}
        form["client_id"] = "parity"
        answer = session.post(realm, data=form, timeout=_SECONDS, auth=_unsigned)
    else:
        headers = {"Authorization": _basic(login)} if login.user else {}
        answer = session.get(realm, params=query, headers=headers, timeout=_SECONDS, auth=_unsigned)
    if answer.status_code != 200:  # noqa: PLR2004
        return ""
    try:
        found = answer.json()
    except ValueError:
        return ""
    return str(found.get("token") or found.get("access_token") or "")


def _unsigned(request: Any) -> Any:
    """Keeps requests from signing with what a .netrc says."""
    return request
