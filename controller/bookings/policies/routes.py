"""A site's booking policy over HTTP, and as the API takes and answers it: the same document both ways."""

from collections.abc import Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from controller.bookings.code_issuing import Recode
from controller.bookings.diary.model import Booking, Claimed
from controller.bookings.diary.policy import CodePer, Lapsing, Policy, QuotaPeriod
from controller.bookings.errors import conflicts
from controller.bookings.policies.impact import Excess, PolicyEffect
from controller.bookings.policies.service import PolicyService
from controller.estate.errors import SiteUnknown
from controller.estate.model import Site
from controller.people.authentication import Runs
from controller.people.model import Tier
from controller.people.optimistic_locking import VersionStale, version_of
from controller.platform.web.fields import (
    WITHOUT_CONTROL,
    Answer,
    Body,
    Line,
    Name,
    Note,
    Slug,
    SlugPath,
    Versioned,
    Whole,
)
from controller.platform.web.problem import Conflict, NotSignedIn, described
from controller.platform.web.services import service
from edge.wire.plan import Mode

LONGEST_DAYS = 3650
MOST_MINUTES = 31 * 24 * 60
LONGEST_NOTICE_MIN = 28 * 24 * 60
MOST_PARTS = 100
"""The most rules, windows, quotas and releases, each."""
MOST_NAMED = 500
"""Spaces or parties in one of them."""


def _each_once(values: list[str]) -> list[str]:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"must name each one once, not {value!r} twice")
    return values


def _some_time(text: str) -> str:
    first, _, last = text.partition("-")
    if first == last:
        raise ValueError("must begin and end at different times; null, and nothing waits")
    return text


_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
QuietHours = Annotated[str, Field(pattern=f"^{_CLOCK}-{_CLOCK}$", examples=["21:30-07:30"]), AfterValidator(_some_time)]
Spaces = Annotated[list[Slug], Field(max_length=MOST_NAMED, default_factory=list), AfterValidator(_each_once)]
Parties = Annotated[list[Slug], Field(max_length=MOST_NAMED, default_factory=list), AfterValidator(_each_once)]
Tiers = Annotated[list[Tier], Field(max_length=len(Tier), default_factory=list), AfterValidator(_each_once)]
Modes = Annotated[list[Mode], Field(max_length=len(Mode), default_factory=list), AfterValidator(_each_once)]
Days = Annotated[Whole, Field(ge=0, le=LONGEST_DAYS)]
Minutes = Annotated[Whole, Field(ge=1, le=MOST_MINUTES)]


class PolicyPart(Body):
    """Names the known fields in the error for an unknown one: a misspelt limit would have no effect."""

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for name in given:
                if name not in cls.model_fields:
                    raise ValueError(f"has no field {str(name)[:60]!r}; it may have {', '.join(cls.model_fields)}")
        return given


class ApprovalRuleBody(PolicyPart):
    """Confirms at once every booking that it fits; empty or null fields set no condition. ``modes``: every mode of
    the building that the booking meets must be one of these. ``most_a_week``: bookings of its party in that week, it
    included."""

    name: Name
    tiers: Tiers
    parties: Parties
    spaces: Spaces
    modes: Modes
    most_minutes: Minutes | None = None
    most_days_ahead: Days | None = None
    most_people: Annotated[Whole, Field(ge=1, le=100_000)] | None = None
    most_a_week: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    no_under_16s: Annotated[bool, Field(strict=True)] = False


class PriorityWindowBody(PolicyPart):
    """How many days ahead a tier may book, today being 0. Without ``spaces``, all of them; the window that names the
    fewest spaces holds."""

    tier: Tier
    days: Days
    spaces: Spaces


class QuotaBody(PolicyPart):
    """At most so many bookings, or minutes, for a party per local day, week (from Monday), month, or ``ahead``: all
    that is still to come. Without ``tiers`` and ``parties`` for every party, without ``spaces`` over all of them."""

    name: Name
    per: QuotaPeriod
    tiers: Tiers
    parties: Parties
    spaces: Spaces
    most_bookings: Annotated[Whole, Field(ge=0, le=10_000)] | None = None
    most_minutes: Annotated[Whole, Field(ge=0, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> "QuotaBody":
        if self.most_bookings is None and self.most_minutes is None:
            raise ValueError("must have most_bookings or most_minutes, or both")
        return self


class ReleaseBody(PolicyPart):
    """A booking whose people have not come ``after_min`` minutes after its start is released, and they are warned
    ``warn_min`` minutes before that. ``check_in``: only a code or a check-in counts as coming; otherwise anybody who
    walks in at its doors may be them. Without ``spaces`` and ``tiers`` it applies to all."""

    after_min: Annotated[Whole, Field(ge=1, le=24 * 60)]
    warn_min: Annotated[Whole, Field(ge=0, le=24 * 60)] = 10
    check_in: Annotated[bool, Field(strict=True)] = False
    spaces: Spaces
    tiers: Tiers

    @model_validator(mode="after")
    def _warns_after_the_start(self) -> "ReleaseBody":
        if self.warn_min > self.after_min:
            raise ValueError(f"warn_min must be at most after_min ({self.after_min}): nobody is late before the start")
        return self


class CodeRuleBody(PolicyPart):
    """How door codes are issued in some spaces, or all: one per ``booking``, ``series``, ``group``
    (all bookings of a party at the site) or ``season`` (those that begin from April to September, or from October to
    March). ``each_door``: every door on the way in has a code of its own."""

    per: CodePer = CodePer.BOOKING
    each_door: Annotated[bool, Field(strict=True)] = False
    spaces: Spaces


class DocumentRuleBody(PolicyPart):
    """A kind of document that the site asks of parties: ``insurance``, ``hire-terms``, ``safeguarding`` or another.
    ``needed``: a party that has none counts as one whose document has lapsed; ``hold`` needs it, as records of old
    documents are deleted. ``lapsing``: what comes of that:
    ``warn`` tells the party and the managers, ``hold`` also lets new bookings wait for a manager; those that are
    confirmed stay. Without ``tiers`` for every party."""

    kind: Slug
    name: Name
    needed: Annotated[bool, Field(strict=True)] = False
    lapsing: Lapsing = Lapsing.WARN
    tiers: Tiers

    @model_validator(mode="after")
    def _hold_lasts(self) -> "DocumentRuleBody":
        if self.lapsing is Lapsing.HOLD and not self.needed:
            raise ValueError("needed must be true where lapsing is hold: the record of an old document is deleted")
        return self


class InductionRuleBody(PolicyPart):
    """How many ``people`` of a party must have had the site's induction, or new bookings of theirs for a time without
    staff wait for a manager. Without ``spaces`` and ``tiers`` it applies to all."""

    people: Annotated[Whole, Field(ge=1, le=20)] = 1
    spaces: Spaces
    tiers: Tiers


def _days_once(values: list[int]) -> list[int]:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"must name each number of days once, not {value} twice")
    return values


class HirePolicyBody(PolicyPart):
    """What people who have not signed in may ask for (`POST /hire-requests`). ``terms``: the hire terms, which they
    accept; another text is another version. ``spaces``: these only, without any every bookable one. ``tier``: what
    their requests count as, for rules and prices. ``confirms``: ``rules`` may confirm them at once; false, and a
    manager decides on each. ``most_days_ahead``: today is 0. ``most_waiting``: so many of their requests may wait for
    a decision at once; beyond that none is taken. So many still to come may the rules confirm; beyond that, or with
    three of one address, a manager decides."""

    terms: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), WITHOUT_CONTROL]
    spaces: Spaces
    tier: Tier = Tier.COMMUNITY
    confirms: Annotated[bool, Field(strict=True)] = False
    most_days_ahead: Days = 365
    most_waiting: Annotated[Whole, Field(ge=1, le=500)] = 20


class PublicPageBody(PolicyPart):
    """``shown``: the site has a page of what's on, which everybody may read; without it no event of the site is shown
    to everybody either. What it shows besides: ``in_use``: also when spaces are taken by other bookings, as “In use”
    and nothing else of them. ``unstaffed``: also the hours without staff. ``access``: about getting in and about, such
    as parking and toilets. ``contact``: whom to ask, as everybody may read it."""

    shown: Annotated[bool, Field(strict=True)] = False
    in_use: Annotated[bool, Field(strict=True)] = False
    unstaffed: Annotated[bool, Field(strict=True)] = False
    access: Note = ""
    contact: Line = ""


class PolicyBody(PolicyPart):
    """A site's booking policy. The first of ``rules`` and of ``release`` that fits holds. ``hold_hours``: how long a
    request holds its time until somebody decides, null until it starts. ``requests_hold``: false, and requests hold
    no time. ``offer_hours``: how long a waiting party has to accept what is offered. The first of ``codes`` that
    fits holds too. ``lead_in_min`` and ``lag_min``: how long before and after a booking its code opens, null as the
    controller's own settings have it; this applies to issued codes too. ``member_age``: from which age on members of
    the library come in while it is unstaffed, 0 for any. ``notice_min``: the minimum notice: what begins sooner
    waits for approval even if a rule fits; 0: only what has begun already; null: nothing.
    ``reminder_hour``: the hour of the day before, by the site's clock, at which people are reminded by mail; null:
    never. ``documents``: what parties have to show. ``induction``: who needs the site's
    induction; the first that fits holds. ``document_reminder_days``: how many days before the end of a
    document its party is reminded, at nine by the site's clock; empty: never.
    ``hire``: what people who have not signed in may ask for; null: nothing. ``quiet_hours``: from when to when, by
    the site's clock, text messages wait that can; null: never. ``quiet_mail``: mails wait too.
    ``public_page``: what the site's page of what's on shows. ``tablet_names``: whether tablets at rooms show which
    group is there. ``tablet_end``, ``tablet_book``: whether who types a booking's code there may end it early; make it
    longer, or book the room."""

    rules: Annotated[list[ApprovalRuleBody], Field(max_length=MOST_PARTS, default_factory=list)]
    windows: Annotated[list[PriorityWindowBody], Field(max_length=MOST_PARTS, default_factory=list)]
    quotas: Annotated[list[QuotaBody], Field(max_length=MOST_PARTS, default_factory=list)]
    release: Annotated[list[ReleaseBody], Field(max_length=MOST_PARTS, default_factory=list)]
    requests_hold: Annotated[bool, Field(strict=True)] = True
    hold_hours: Annotated[Whole, Field(ge=1, le=8760)] | None = 72
    notice_min: Annotated[Whole, Field(ge=0, le=LONGEST_NOTICE_MIN)] | None = 0
    offer_hours: Annotated[Whole, Field(ge=1, le=720)] = 24
    codes: Annotated[list[CodeRuleBody], Field(max_length=MOST_PARTS, default_factory=list)]
    member_age: Annotated[Whole, Field(ge=0, le=100)] = 16
    lead_in_min: Annotated[Whole, Field(ge=0, le=240)] | None = None
    lag_min: Annotated[Whole, Field(ge=0, le=240)] | None = None
    reminder_hour: Annotated[Whole, Field(ge=0, le=23)] | None = 17
    documents: Annotated[list[DocumentRuleBody], Field(max_length=MOST_PARTS, default_factory=list)]
    induction: Annotated[list[InductionRuleBody], Field(max_length=MOST_PARTS, default_factory=list)]
    document_reminder_days: Annotated[
        list[Annotated[Whole, Field(ge=0, le=366)]], Field(max_length=10), AfterValidator(_days_once)
    ] = Field(default_factory=lambda: [60, 30, 7])
    hire: HirePolicyBody | None = None
    quiet_hours: QuietHours | None = "21:30-07:30"
    quiet_mail: Annotated[bool, Field(strict=True)] = False
    public_page: PublicPageBody = Field(default_factory=PublicPageBody)
    tablet_names: Annotated[bool, Field(strict=True)] = False
    tablet_end: Annotated[bool, Field(strict=True)] = False
    tablet_book: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _names_differ(self) -> "PolicyBody":
        names = {"rules": [each.name for each in self.rules], "quotas": [each.name for each in self.quotas]}
        for field, given in names.items():
            for index, name in enumerate(given):
                if name.casefold() in (each.casefold() for each in given[:index]):
                    raise ValueError(f"{field}.{index}: there are two of the name “{name}”")
        kinds = [each.kind for each in self.documents]
        for index, kind in enumerate(kinds):
            if kind in kinds[:index]:
                raise ValueError(f"documents.{index}: there are two of the kind {kind}")
        windows = [(each.tier, frozenset(each.spaces)) for each in self.windows]
        for index, window in enumerate(windows):
            if window in windows[:index]:
                raise ValueError(f"windows.{index}: there are two for {window[0].value} and the same spaces")
        return self

    def policy(self) -> Policy:
        return msgspec.convert(self.model_dump(mode="json", exclude={"version"}), Policy)


class PutPolicyBody(PolicyBody, Versioned): ...


def policy_body(policy: Policy) -> PolicyBody:
    """As in a file: every field is given."""
    return PolicyBody.model_validate(msgspec.to_builtins(policy))


def put_policy_body(policy: Policy) -> PutPolicyBody:
    """As it is answered, so that it can be written back."""
    return PutPolicyBody.model_validate(msgspec.to_builtins(policy) | {"version": policy_version(policy)})


def policy_version(policy: Policy) -> int:
    return version_of(policy, blank=Policy())


NAMED = 100
"""Bookings named in one list; ``count`` counts them all."""


class WouldConfirm(Answer):
    """Waiting requests that the new rules would confirm at once: the first 100 of ``count``."""

    bookings: list[Conflict]
    count: int


class WouldExceed(Answer):
    """Bookings that could not all be made under the new policy: the first 100 of ``count``. ``party``: whose, where
    they are one party's."""

    text: str
    party: str | None
    bookings: list[Conflict]
    count: int


class WouldRecode(Answer):
    """Bookings whose codes are not as the new rules would draw them. They keep them unless the change asks for others:
    ``running``, whose code opens a door now, with ``codes=all``; ``coming`` with ``codes=coming`` or ``codes=all``.
    Each the first 100 of its count. ``windows``: how many bookings' codes open at other times from the change on,
    whatever it asks for."""

    running: list[Conflict]
    running_count: int
    coming: list[Conflict]
    coming_count: int
    windows: int


class PolicyEffectAnswer(Answer):
    """The effect of the change on bookings and requests. ``exceeding``: the first 100 of ``exceeding_count``."""

    confirmed: WouldConfirm
    exceeding: list[WouldExceed]
    exceeding_count: int
    codes: WouldRecode


def effect_answer(site: Site, effect: PolicyEffect) -> PolicyEffectAnswer:
    return PolicyEffectAnswer(
        confirmed=WouldConfirm(bookings=_named(effect.confirmed, site.tz), count=len(effect.confirmed)),
        exceeding=[_excess(each, site.tz) for each in effect.exceeding[:NAMED]],
        exceeding_count=len(effect.exceeding),
        codes=WouldRecode(
            running=_named(effect.codes.running, site.tz),
            running_count=len(effect.codes.running),
            coming=_named(effect.codes.coming, site.tz),
            coming_count=len(effect.codes.coming),
            windows=effect.codes.windows,
        ),
    )


def _named(bookings: Sequence[Booking], zone: ZoneInfo) -> list[Conflict]:
    claimed = [Claimed(id=each.id, title=each.title, space=each.space, during=each.during) for each in bookings]
    return conflicts(claimed[:NAMED], zone)


def _excess(excess: Excess, zone: ZoneInfo) -> WouldExceed:
    return WouldExceed(
        text=excess.text,
        party=excess.party,
        bookings=conflicts(excess.bookings[:NAMED], zone),
        count=len(excess.bookings),
    )


router = APIRouter(tags=["bookings"], responses=described(NotSignedIn, SiteUnknown))
ThePolicies = Annotated[PolicyService, service(PolicyService)]
Check = Annotated[bool, Query(description="Preview the change, and write nothing")]
Codes = Annotated[
    Recode,
    Query(description="Draw new codes by the new rules: for none, for those that are on no door yet, or for all"),
]


@router.get("/sites/{site}/policy")
async def get_policy(site: SlugPath, policies: ThePolicies, actor: Runs) -> PutPolicyBody:
    """Who is confirmed at once, who may book how early and how much, and the release of no-shows."""
    return put_policy_body(await policies.get(site))


@router.put("/sites/{site}/policy", responses=described(VersionStale))
async def put_policy(
    site: SlugPath,
    body: PutPolicyBody,
    policies: ThePolicies,
    actor: Runs,
    check: Check = False,
    codes: Codes = Recode.KEEP,
) -> PutPolicyBody | PolicyEffectAnswer:
    """Replace the policy; omitted fields get their defaults. Existing bookings and requests stay as they are:
    `check=true` shows which requests the new rules would confirm, which bookings exceed new limits, and whose codes
    the new rules would draw differently. Existing codes stay, unless `codes` asks for new ones; a change of when
    they open applies at once."""
    policy = body.policy()
    if check:
        return effect_answer(*await policies.check(site, policy))
    await policies.put(site, policy, version=body.version, recode=codes, actor=actor.name)
    return put_policy_body(policy)
