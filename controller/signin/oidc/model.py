"""What an account at an OpenID provider is, and a sign-in that is under way."""

from datetime import datetime
from typing import Any

import msgspec

from controller.people.model import Assignment, Role
from controller.platform.settings import OidcSection


class UserAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account at a provider by which a user signs in. ``subject``: as the issuer calls it, which never changes and
    is given to nobody else (OpenID Connect Core, 2). ``label``: the provider's name of it, only to be shown."""

    id: str
    user_id: str
    issuer: str
    subject: str
    label: str
    linked_at: datetime
    last_used_at: datetime


class OidcFlow(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that has left for the provider; the browser holds it, sealed. ``session``: of who links an account to
    theirs, as hex; empty for a sign-in. ``again``: they do not link one, but show once more that it is them."""

    provider: str
    state: str
    nonce: str
    verifier: str
    expires_at: datetime
    session: str = ""
    again: bool = False


class ProviderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser brings back from the provider (RFC 6749, 4.1.2; RFC 9207). ``provider``: to whose address."""

    provider: str
    state: str
    code: str = ""
    error: str = ""
    issuer: str = ""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who has signed in at a provider. ``name``: what a new user is called. ``label``: of the account.
    ``authenticated_at``: when they showed the provider who they are, as ``id_token.auth_time``."""

    issuer: str
    subject: str
    name: str
    label: str
    groups: frozenset[str]
    authenticated_at: datetime | None = None


LONGEST_NAME = 150


def identity_of(claims: dict[str, Any], groups_claim: str) -> Identity:
    """What the claims of a verified ID token say (OpenID Connect Core, 5.1). Pure."""
    names = [_one_line(claims.get(each)) for each in ("name", "preferred_username", "email")]
    full, login, mail = names
    name = next(filter(None, names), "") or f"Account {str(claims['sub'])[:40]}"
    given = claims.get(groups_claim)
    groups = given if isinstance(given, list) else [given]
    return Identity(
        issuer=claims["iss"],
        subject=claims["sub"],
        name=name,
        label=login or mail or full,
        groups=frozenset(each for each in groups if isinstance(each, str)),
    )


def _one_line(value: object) -> str:
    """Text that can stand where a user's name does."""
    text = value if isinstance(value, str) else ""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(shown.split())[:LONGEST_NAME].strip()


def roles_of(section: OidcSection, groups: frozenset[str]) -> list[Assignment]:
    """The assignments that these groups give, each once, in the order of the settings. Pure."""
    found: list[Assignment] = []
    for each in section.groups:
        sites = [None] if each.sites == "all" else each.sites
        for site in sites if each.group in groups else ():
            given = Assignment(role=Role(each.role), site=site)
            if given not in found:
                found.append(given)
    return found
