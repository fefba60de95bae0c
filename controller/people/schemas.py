"""What signing in and users take and answer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from controller.people.model import Actor, DisplayPlace, Role, SessionOrigin, SignInMethod, User
from controller.people.permissions import Action, own_party, sites_of
from controller.people.role_assignments import AssignmentChange, AssignmentDraft, AssignmentState, GivenTime, state_of
from controller.people.users import UserChange, UserDraft
from controller.platform.web.fields import (
    Answer,
    Body,
    Email,
    LocalTime,
    Name,
    Page,
    Slug,
    Yes,
    answer_of,
    read_date,
    read_moment,
)

NewPassword = Annotated[str, StringConstraints(min_length=10, max_length=200)]
GivenPassword = Annotated[str, StringConstraints(min_length=1, max_length=200)]

MOST_ASSIGNMENTS = 500


class SetupBody(Body):
    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    user: Name
    password: NewPassword


class SignInBody(Body):
    user: Name
    password: GivenPassword


class OwnProofBody(Body):
    """``current``: your password; may be left out within 15 minutes of signing in by mail or passkey, of signing in at
    your account's provider, or of showing by a code that it is you."""

    current: GivenPassword | None = None


class ProvenAnswer(Answer):
    """You have shown that it is you; until then you can change how you sign in without your password."""

    proven_until: LocalTime


class OwnPasswordBody(OwnProofBody):
    """``current``: may be left out as in ``OwnProofBody``. ``keep_tokens``: your API tokens go on."""

    new: NewPassword
    keep_tokens: Yes = False


class EndedAnswer(Answer):
    """``ended``: how many other sessions have ended. ``tokens``: how many API tokens have."""

    ended: int
    tokens: int = 0


class SetupNeeded(Answer):
    """``setup_needed``: whether the first user can be made over this connection."""

    setup_needed: bool


class SignedInAnswer(Answer):
    """``token`` also comes as the cookie ``hk_session``, over HTTPS ``__Host-hk_session``."""

    user: str
    token: str


class OwnAssignment(Answer):
    """``site``: null for all of them. ``until_at``: null for no end."""

    role: Role
    site: str | None
    party: str | None
    until_at: LocalTime | None


class NamedAssignment(OwnAssignment):
    party_name: str | None


class SecondStepAnswer(Answer):
    """The first step was right; `POST /api/v1/session/second-step` takes ``pending`` and a code."""

    pending: str


class DisplayPlaceAnswer(Answer, of=DisplayPlace, hidden=("wall",)):
    """``space``: at whose door a tablet hangs; null for none."""


class SessionAnswer(Answer):
    """``now``: the controller's time, by which the pages tell the time. ``assignments``: those in force. ``actions``:
    what they allow, for some party at least, and at which sites; null for all of them. ``party``: for whom bookings are
    made where none is named, the only party that the user books for. ``needs_second_factor``: nothing is allowed until
    they have added an authenticator app. ``display``: the tablet or screen that asks, ``user`` being its name; null for
    a person."""

    user: str
    now: str
    assignments: list[NamedAssignment]
    actions: dict[Action, list[str] | None]
    party: str | None
    needs_second_factor: bool
    display: DisplayPlaceAnswer | None


class SessionEntry(Answer):
    """One of your sessions. ``method``: by what you signed in. ``address``: from where, empty if that is not known.
    ``browser``: in words. ``last_used_at``: to the hour. ``here``: whether this request came with it."""

    id: str
    created_at: LocalTime
    last_used_at: LocalTime
    expires_at: LocalTime
    method: SignInMethod
    address: str
    browser: str
    here: bool


class SessionList(Answer):
    items: list[SessionEntry]


def session_entry(session: SessionOrigin, *, here: bool) -> SessionEntry:
    return answer_of(SessionEntry, session, UTC, here=here)


def _given_time(text: str) -> str:
    _read(text)
    return text


DayOrMoment = Annotated[str, AfterValidator(_given_time), Field(examples=["2026-11-26", "2026-11-26T18:00"])]
"""A date (a whole day of the site) or a time."""


class AssignmentBody(Body):
    """``site``: null for all of them. ``party``: for whom, with `group_leader`, `group_member` and `partner`.
    ``from_at``: null for at once; a date counts from the start of that day at the site. ``until_at``: from then on it
    does not count, null for no end; a date counts to the end of that day."""

    role: Role
    site: Slug | None = None
    party: Slug | None = None
    from_at: DayOrMoment | None = None
    until_at: DayOrMoment | None = None

    def draft(self) -> AssignmentDraft:
        return AssignmentDraft(**_fields(self))


class NewUserBody(Body):
    """``password``: null for who signs in by mail only. ``email``: to sign in by; several users may have the same
    address. ``assignments``: what the user may do, at least one. ``invite``: tell them by a mail to `email` where to
    sign in."""

    name: Name
    password: NewPassword | None = None
    email: Email | None = None
    assignments: Annotated[list[AssignmentBody], Field(min_length=1, max_length=MOST_ASSIGNMENTS)]
    invite: Yes = False

    def draft(self) -> UserDraft:
        drafts = tuple(each.draft() for each in self.assignments)
        return UserDraft(name=self.name, assignments=drafts, email=self.email or None, invite=self.invite)


class RoleChangeBody(Body):
    """The fields to change; fields left out stay."""

    role: Role | None = None
    from_at: DayOrMoment | None = None
    until_at: DayOrMoment | None = None

    @model_validator(mode="after")
    def _nothing_emptied(self) -> Self:
        if "role" in self.model_fields_set and self.role is None:
            raise ValueError("role must not be null; leave it out to keep it")
        return self


class AssignmentChangeBody(RoleChangeBody):
    """The fields to change; fields left out stay."""

    site: Slug | None = None
    party: Slug | None = None

    def change(self) -> AssignmentChange:
        return AssignmentChange(**_fields(self))


class UserChangeBody(Body):
    """The fields to change; fields left out stay."""

    email: Email | None = None
    password: NewPassword | None = None
    ended: bool | None = None

    @model_validator(mode="after")
    def _nothing_emptied(self) -> "UserChangeBody":
        for name in ("password", "ended"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} must not be null; leave it out to keep it")
        return self

    def change(self) -> UserChange:
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if "email" in given:
            given["email"] = self.email or None
        return UserChange(**given)


class AssignmentAnswer(NamedAssignment):
    """``from_at``: null where it counted at once. ``state``: whether it counts. ``account_id``: of
    the user's account whose groups it follows; null for one that somebody has given."""

    id: str
    from_at: LocalTime | None
    state: AssignmentState
    given_by: str
    given_at: LocalTime
    account_id: str | None


class UserAnswer(Answer):
    """``assignments``: those for your sites and for all sites, past ones too, in the order in which they were given.
    ``ended_at``: since when nobody can sign in by it. ``ended_links``: how many open links for several people to join a
    party have just ended with the change."""

    id: str
    name: str
    email: str | None
    assignments: list[AssignmentAnswer]
    created_at: LocalTime
    ended_at: LocalTime | None
    ended_links: int = 0


class UserPage(Page[UserAnswer]): ...


def _fields(body: Body) -> dict[str, Any]:
    given: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    for name in given.keys() & {"from_at", "until_at"}:
        given[name] = _read(given[name])
    return given


def _read(text: str | None) -> GivenTime | None:
    if text is None:
        return None
    return read_moment(text) if "T" in text else read_date(text)


def user_answer(
    user: User, actor: Actor, now: datetime, party_names: Mapping[str, str], *, ended_links: int = 0
) -> UserAnswer:
    sites = sites_of(actor, Action.USERS)
    return answer_of(
        UserAnswer,
        user,
        UTC,
        ended_links=ended_links,
        assignments=[
            answer_of(
                AssignmentAnswer, each, UTC, state=state_of(each, now), party_name=party_names.get(each.party or "")
            )
            for each in user.assignments
            if sites is None or each.site is None or each.site in sites
        ],
    )


def session_answer(actor: Actor, now: datetime, party_names: Mapping[str, str]) -> SessionAnswer:
    return SessionAnswer(
        user=actor.name if actor.display is None else actor.display.name,
        now=now.isoformat(),
        assignments=[
            answer_of(NamedAssignment, each, UTC, party_name=party_names.get(each.party or ""))
            for each in actor.assignments
        ],
        actions={
            action: None if sites is None else sorted(sites)
            for action in Action
            if (sites := sites_of(actor, action)) != frozenset()
        },
        party=own_party(actor, None),
        needs_second_factor=actor.needs_second_factor,
        display=None if actor.display is None else answer_of(DisplayPlaceAnswer, actor.display),
    )
