"""What holders take and answer."""

from datetime import UTC, date, time
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from controller.access.cards_and_pins import against_card
from controller.access.code_generation import spoken
from controller.access.credential_hours import Validity, WeekHours
from controller.access.holders.model import CredentialRequest, Holder, HolderDraft, HolderPlace, Secrets
from controller.access.holders.service import HolderWithSecrets
from controller.platform.web.fields import (
    Answer,
    Body,
    DateText,
    Day,
    LocalTime,
    Name,
    Note,
    Number,
    Page,
    Slug,
    Versioned,
    Yes,
    answer_of,
)
from edge.wire.credentials import CredentialKind

MOST_PLACES = 500
MOST_DOORS = 100
MOST_HOURS = 50
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: tuple[Weekday, ...] = get_args(Weekday)
HolderKind = Literal[CredentialKind.STAFF, CredentialKind.KEY_HOLDER, CredentialKind.CONTRACTOR]


def _card(text: str) -> str:
    if text and (wrong := against_card(text)):
        raise ValueError(wrong)
    return text


Card = Annotated[str, StringConstraints(strip_whitespace=True, max_length=90), AfterValidator(_card)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A wall time, like 08:00."""


class PlaceBody(Body):
    """``doors``: none for all of the site's, also those that are made later."""

    site: Slug
    doors: Annotated[list[Slug], Field(max_length=MOST_DOORS, default_factory=list)]


class WeekHoursBody(Body):
    """On some days of the week from a wall time until another; ``until`` at or before ``since`` is on the next day."""

    days: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    since: Clock
    until: Clock


class HolderFields(Body):
    """``first`` and ``last`` day, the last included; no ``last``: until it is ended. No ``hours``: at any hour. Those
    of staff and key holders are not counted while a door does not know the time, or has heard nothing for 35 days.
    ``hold_s``: how long a door stays released for them; null: its own time."""

    kind: HolderKind
    name: Name
    places: Annotated[list[PlaceBody], Field(min_length=1, max_length=MOST_PLACES)]
    first: Day
    last: Annotated[Day | None, Field(validate_default=True)] = None
    hours: Annotated[list[WeekHoursBody], Field(max_length=MOST_HOURS, default_factory=list)]
    hold_s: Annotated[Number, Field(ge=1, le=300)] | None = None

    @field_validator("last")
    @classmethod
    def _lasts(cls, last: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("first")
        if last is not None and first is not None and last < first:
            raise ValueError("must not be before the first day")
        if last is None and info.data.get("kind") is CredentialKind.CONTRACTOR:
            raise ValueError("is needed for a contractor: the last day on which they come")
        return last

    @model_validator(mode="after")
    def _sound(self) -> "HolderFields":
        sites = [place.site for place in self.places]
        for index, site in enumerate(sites):
            if site in sites[:index]:
                raise ValueError(f"places.{index}.site: site {site!r} is named twice; put all its doors into one place")
        return self

    def draft(self) -> HolderDraft:
        return HolderDraft(
            kind=self.kind,
            name=self.name,
            places=tuple(HolderPlace(site=each.site, doors=tuple(sorted(set(each.doors)))) for each in self.places),
            validity=Validity(
                first=self.first,
                last=self.last,
                hours=tuple(
                    WeekHours(
                        days=tuple(sorted({_DAYS.index(day) + 1 for day in each.days})),
                        since=time.fromisoformat(each.since),
                        until=time.fromisoformat(each.until),
                    )
                    for each in self.hours
                ),
            ),
            hold_s=self.hold_s,
        )


class CredentialBody(Body):
    """What to open with. ``code``: draw one. ``card``: as a reader shows it, like ``w26:118:1603``. ``pin``: draw one
    that the card wants. ``duress``: draw a second code, and a second PIN, that open like the first and tell in silence
    that somebody was forced."""

    code: Yes = False
    card: Card = ""
    pin: Yes = False
    duress: Yes = False

    def request(self) -> CredentialRequest:
        return CredentialRequest(code=self.code, card=self.card, pin=self.pin, duress=self.duress)


class NewHolderBody(HolderFields, CredentialBody):
    """A holder with what they open with."""


class HolderChangeBody(HolderFields, Versioned):
    """All fields, including those that stay as they are."""


class ReissueHolderBody(CredentialBody):
    """What to draw again, or which card to use instead. ``reason``: recorded in the audit log."""

    reason: Annotated[Note, StringConstraints(min_length=1)]


class EndHolderBody(Body):
    reason: Annotated[Note, StringConstraints(min_length=1)]


class PlaceAnswer(Answer):
    site: str
    doors: list[str]


class WeekHoursAnswer(Answer):
    days: list[Weekday]
    since: str
    until: str


class HolderAnswer(Answer):
    """``has``: what there is to open with, without saying it: code, card, pin, duress_code, duress_pin. ``ended_at``:
    since when it opens nothing."""

    id: str
    kind: CredentialKind
    name: str
    places: list[PlaceAnswer]
    first: DateText
    last: DateText | None
    hours: list[WeekHoursAnswer]
    hold_s: float | None
    has: list[str]
    made_at: LocalTime
    made_by: str
    changed_at: LocalTime
    changed_by: str
    ended_at: LocalTime | None
    ended_reason: str
    version: int


class SecretsAnswer(Answer):
    """In the clear; empty where there is none, or where it has not changed. ``spoken``: the code in groups."""

    code: str
    spoken: str
    card: str
    pin: str
    duress_code: str
    duress_pin: str


class GivenAnswer(Answer):
    """A holder, and their new codes and PINs, which are shown only here: give them to nobody else."""

    holder: HolderAnswer
    secrets: SecretsAnswer


class HolderPage(Page[HolderAnswer]): ...


def holder_answer(holder: Holder) -> HolderAnswer:
    draft = holder.draft
    return answer_of(
        HolderAnswer,
        holder,
        UTC,
        kind=draft.kind,
        name=draft.name,
        places=draft.places,
        first=draft.validity.first,
        last=draft.validity.last,
        hours=[
            {
                "days": [_DAYS[day - 1] for day in each.days],
                "since": f"{each.since:%H:%M}",
                "until": f"{each.until:%H:%M}",
            }
            for each in draft.validity.hours
        ],
        hold_s=draft.hold_s,
        ended_reason=holder.ended_why,
    )


def given_answer(given: HolderWithSecrets) -> GivenAnswer:
    return GivenAnswer(holder=holder_answer(given.holder), secrets=secrets_answer(given.secrets))


def secrets_answer(secrets: Secrets) -> SecretsAnswer:
    return answer_of(SecretsAnswer, secrets, spoken=spoken(secrets.code))
