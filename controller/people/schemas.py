"""What signing in and users take and answer."""

from typing import Annotated

import msgspec
from pydantic import Field, StringConstraints, model_validator

from controller.people.model import Role, User
from controller.people.users import UserChange, UserDraft
from controller.web.fields import Answer, Body, Name, Slug

NewPassword = Annotated[str, StringConstraints(min_length=10, max_length=200)]
GivenPassword = Annotated[str, StringConstraints(min_length=1, max_length=200)]

SiteIds = Annotated[list[Slug], Field(max_length=500)]


class SetupBody(Body):
    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    user: Name
    password: NewPassword


class SignInBody(Body):
    user: Name
    password: GivenPassword


class OwnPasswordBody(Body):
    current: GivenPassword
    new: NewPassword


class EndedAnswer(Answer):
    """``ended``: how many other sessions have ended."""

    ended: int


class SetupNeeded(Answer):
    setup_needed: bool


class SignedInAnswer(Answer):
    """``token`` also comes as the cookie ``hk_session``."""

    user: str
    token: str


class SessionAnswer(Answer):
    """``now``: the controller's time, by which the pages tell the time. ``sites``: null for all of them. ``party``:
    for whom a booker books."""

    user: str
    now: str
    role: Role
    sites: list[str] | None
    party: str | None


class NewUserBody(Body):
    """``sites``: null for all of them. ``party``: for whom a booker books; nobody else has one."""

    name: Name
    password: NewPassword
    role: Role
    sites: SiteIds | None = None
    party: Slug | None = None

    def draft(self) -> UserDraft:
        return UserDraft(name=self.name, role=self.role, sites=_set(self.sites), party=self.party)


class UserChangeBody(Body):
    """The fields to change; fields left out stay."""

    role: Role | None = None
    sites: SiteIds | None = None
    party: Slug | None = None
    password: NewPassword | None = None
    ended: bool | None = None

    @model_validator(mode="after")
    def _nothing_emptied(self) -> "UserChangeBody":
        for name in ("role", "password", "ended"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} must not be null; leave it out to keep it")
        return self

    def change(self) -> UserChange:
        given: dict[str, object] = {name: getattr(self, name) for name in self.model_fields_set}
        if "sites" in given:
            given["sites"] = _set(self.sites)
        return msgspec.structs.replace(UserChange(), **given)


class UserAnswer(Answer):
    """``sites``: null for all of them. ``ended_at``: since when nobody can sign in by it."""

    id: str
    name: str
    role: Role
    sites: list[str] | None
    party: str | None
    created_at: str
    ended_at: str | None


class UserPage(Answer):
    items: list[UserAnswer]
    next: str | None


def user_answer(user: User) -> UserAnswer:
    return UserAnswer(
        id=user.id,
        name=user.name,
        role=user.role,
        sites=None if user.sites is None else sorted(user.sites),
        party=user.party,
        created_at=user.created_at.isoformat(),
        ended_at=None if user.ended_at is None else user.ended_at.isoformat(),
    )


def _set(sites: list[str] | None) -> frozenset[str] | None:
    return None if sites is None else frozenset(sites)
