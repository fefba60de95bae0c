"""What signing in takes and answers."""

from typing import Annotated

from pydantic import StringConstraints

from controller.fields import Answer, Body, Name
from controller.people.model import Role

NewPassword = Annotated[str, StringConstraints(min_length=10, max_length=200)]
GivenPassword = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SetupBody(Body):
    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    user: Name
    password: NewPassword


class SignInBody(Body):
    user: Name
    password: GivenPassword


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
