"""What API tokens take and answer."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from pydantic import Field

from controller.people.model import ApiToken
from controller.people.permissions import Action
from controller.people.schemas import OwnProofBody
from controller.platform.web.fields import Answer, Day, LocalTime, Name, Yes, answer_of


class NewTokenBody(OwnProofBody):
    """``current``: your password; may be left out as in ``OwnProofBody``. ``scopes``: the
    actions that it is for, null for all that you may do. ``read_only``: it changes nothing. ``until``: its last day
    (UTC), at most a year ahead."""

    name: Name
    scopes: Annotated[list[Action], Field(min_length=1, max_length=50)] | None = None
    read_only: Yes = False
    until: Day

    @property
    def expires_at(self) -> datetime:
        return datetime.combine(self.until, time(), UTC) + timedelta(days=1)


class TokenEntry(Answer):
    """``last_used_at``: to the hour."""

    id: str
    name: str
    scopes: list[str] | None
    read_only: bool
    created_at: LocalTime
    last_used_at: LocalTime
    expires_at: LocalTime


class NewTokenAnswer(TokenEntry):
    """``token`` is shown this once."""

    token: str


class TokenList(Answer):
    items: list[TokenEntry]


def token_entry(token: ApiToken) -> TokenEntry:
    return answer_of(TokenEntry, token, UTC, **_limits(token))


def new_token_answer(text: str, token: ApiToken) -> NewTokenAnswer:
    return answer_of(NewTokenAnswer, token, UTC, token=text, **_limits(token))


def _limits(token: ApiToken) -> dict[str, object]:
    scopes = token.limits.scopes
    return {"scopes": None if scopes is None else sorted(scopes), "read_only": token.limits.read_only}
