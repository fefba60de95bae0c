"""Why a door opens or does not, over HTTP."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints, model_validator

from controller.access.holders.schemas import Card
from controller.estate.errors import DoorUnknown, SiteUnknown
from controller.estate.service import EstateService
from controller.people.authentication import OpensDoors
from controller.plans.why.explanation_text import sentences
from controller.plans.why.replay_decision import WhyQuery, WhyService
from controller.platform.text.id_patterns import DIGITS_PATTERN
from controller.platform.web.fields import Answer, Body, Id, LocalTime, MomentText, SlugPath, answer_of, read_moment
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheClock, service
from edge.wire.access_decision import ClockTrust, Reason
from edge.wire.credentials import CredentialKind, Method, Presented
from edge.wire.plan import Mode, OverrideKind

router = APIRouter(tags=["access"], responses=described(NotSignedIn, SiteUnknown, DoorUnknown))
TheEstate = Annotated[EstateService, service(EstateService)]
TheWhy = Annotated[WhyService, service(WhyService)]
Digits = Annotated[str, StringConstraints(pattern=DIGITS_PATTERN)]


class WhyBody(Body):
    """What is presented, exactly one of ``code``, ``card`` (with its ``pin``, if it has one), ``booking`` and
    ``holder`` (by their ids, for what they open with), and when: ``at``, the site's own time or with an offset; left
    out, now."""

    code: Digits | None = None
    card: Card | None = None
    pin: Digits | None = None
    booking: Id | None = None
    holder: Id | None = None
    at: MomentText | None = None

    @model_validator(mode="after")
    def _one(self) -> "WhyBody":
        given = [name for name in ("code", "card", "booking", "holder") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"give one of code, card, booking and holder, not {', '.join(given) or 'none'}")
        if self.pin is not None and not self.card:
            raise ValueError("pin belongs to a card; name the card too")
        return self

    def shown(self) -> Presented:
        return Presented(digits=self.code or self.pin or "", card=self.card or "")


class WhyAnswer(Answer):
    """``text``: the whole in sentences, which never say the code. ``past``: by the plan that the door had then; else by
    the newest. ``assumed``: the door did not report the trust of its clock. ``opens_from`` and
    ``opens_until``: the window of what was found that is nearest to ``at``."""

    granted: bool
    reason: Reason
    text: list[str]
    at: LocalTime
    past: bool
    method: Method
    kind: CredentialKind | None
    booking: str | None
    holder: str | None
    duress: bool
    mode: Mode
    override: OverrideKind | None
    trust: ClockTrust
    assumed: bool
    plan: int | None
    horizon: LocalTime | None
    opens_from: LocalTime | None
    opens_until: LocalTime | None


@router.post("/sites/{site}/doors/{door}/why")
async def explain_door(
    site: SlugPath, door: SlugPath, body: WhyBody, estate: TheEstate, clock: TheClock, why: TheWhy, actor: OpensDoors
) -> WhyAnswer:
    """Why a door did or did not open for somebody, by the plan that it had then; or whether it will, by the newest
    plan. The question is recorded in the audit log, since the answer shows whether a code is valid."""
    zone = (await estate.parts(site)).site.tz
    at = clock.now() if body.at is None else read_moment(body.at).resolve(zone, "at")
    question = WhyQuery(site=site, door=door, at=at, shown=body.shown(), whose=body.booking or body.holder or "")
    found = await why.explain(question, actor=actor)
    windows = found.grant.windows if found.grant is not None else ()
    near = min(windows, key=lambda each: (at not in each, abs(each.start - at)), default=None)
    return answer_of(
        WhyAnswer,
        found.decision,
        zone,
        text=sentences(found, actor),
        at=at,
        past=found.past,
        mode=found.mode,
        trust=found.trust,
        assumed=found.assumed,
        booking=found.booking.id if found.booking else None,
        override=found.override.kind if found.override else None,
        plan=found.plan.manifest.version if found.plan else None,
        horizon=found.plan.manifest.horizon if found.plan else None,
        opens_from=near.start if near else None,
        opens_until=near.end if near else None,
    )
