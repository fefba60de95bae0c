"""A site's rules for its alerts over HTTP, and what they would have raised."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Query
from pydantic import Field

from controller.alerts.catalogue import CATALOGUE, Severity
from controller.alerts.preview import Preview
from controller.alerts.replay import Ring
from controller.alerts.routes import TheAlerts
from controller.alerts.rules import USUAL, SiteRule, SiteRules, rule_of, settable
from controller.alerts.service import rules_version
from controller.estate.errors import SiteUnknown
from controller.estate.service import require_site
from controller.people.authentication import Runs, SeesLive
from controller.people.optimistic_locking import VersionStale
from controller.platform.web.fields import Answer, Body, LocalTime, SlugPath, Versioned, Whole, Yes, answer_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheDatabase
from controller.telemetry.alert_codes import AlertCode

router = APIRouter(tags=["alerts"], responses=described(NotSignedIn, SiteUnknown))
MOST_RINGS = 200
_Seconds = Annotated[Whole, Field(ge=0, le=24 * 3600)]


class AlertRuleBody(Body):
    """``off``: it raises no alert. ``raise_after_s``, ``clear_after_s``: for how many seconds it must hold, and be
    over; null: as usual."""

    off: Yes = False
    raise_after_s: _Seconds | None = None
    clear_after_s: _Seconds | None = None


class AlertRulesBody(Body):
    """``rules``: by code; one that is not named has the usual rule."""

    rules: dict[AlertCode, AlertRuleBody]

    def site_rules(self) -> dict[AlertCode, SiteRule]:
        return {code: msgspec.convert(rule.model_dump(), SiteRule) for code, rule in self.rules.items()}


class PutAlertRulesBody(AlertRulesBody, Versioned):
    """``version``: of the rules as they were read, 0 where none were set."""


class AlertRuleAnswer(Answer):
    """The rule in force for a code. ``set_here``: the site has set it. ``usual_raise_s``, ``longest_raise_s``:
    the bounds of ``raise_after_s``; the others likewise."""

    code: AlertCode
    severity: Severity
    hint: str
    off: bool
    raise_after_s: int
    clear_after_s: int
    set_here: bool
    may_be_off: bool
    usual_raise_s: int
    longest_raise_s: int
    usual_clear_s: int
    longest_clear_s: int


class AlertRulesAnswer(Answer):
    """Every code that a site may set something for, the most serious first; danger cannot be put off."""

    version: int
    rules: list[AlertRuleAnswer]


class RingAnswer(Answer):
    """An alert that would have been raised. ``lasted_s``: from then until its condition was over; null if it still
    holds."""

    code: AlertCode
    edge: str
    about: str
    text: str
    at: LocalTime
    lasted_s: int | None


class RingCountAnswer(Answer):
    """How many alerts of a code would have been raised, and with the rules in force."""

    code: AlertCode
    times: int
    as_now: int


class AlertPreviewAnswer(Answer):
    """``since``, ``until``: of which time. ``times``: how many alerts these rules would have raised; ``as_now``: those
    in force. ``whole``: false where more is stored than was looked at. ``rings``: the newest 200, of one code where one
    is asked for, the newest first."""

    since: LocalTime
    until: LocalTime
    whole: bool
    times: int
    as_now: int
    codes: list[RingCountAnswer]
    rings: list[RingAnswer]


@router.get("/sites/{site}/alert-rules")
async def get_alert_rules(site: SlugPath, alerts: TheAlerts, actor: SeesLive) -> AlertRulesAnswer:
    """The rules in force at a site, with what may be set."""
    return _answer(await alerts.rules(site))


@router.put("/sites/{site}/alert-rules", responses=described(VersionStale))
async def put_alert_rules(site: SlugPath, body: PutAlertRulesBody, alerts: TheAlerts, actor: Runs) -> AlertRulesAnswer:
    """Set a site's rules: which codes it does without, and how long a condition must hold. An open alert of a code that
    is switched off is cleared. Danger (fire, duress, intruders, a forced door), `fault` and `offline` cannot be
    switched off."""
    return _answer(await alerts.put_rules(site, body.site_rules(), version=body.version, actor=actor))


@router.post("/sites/{site}/alert-rules/preview")
async def preview_alert_rules(
    site: SlugPath,
    body: AlertRulesBody,
    database: TheDatabase,
    alerts: TheAlerts,
    actor: Runs,
    code: Annotated[AlertCode | None, Query(description="Rings of this code alone")] = None,
) -> AlertPreviewAnswer:
    """What rules would have raised at a site in the last 30 days, by what is stored. Writes nothing."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
    return _preview(await alerts.preview(site, body.site_rules()), zone, code)


def _answer(given: SiteRules) -> AlertRulesAnswer:
    return AlertRulesAnswer(version=rules_version(given), rules=[_rule(code, given) for code in settable()])


def _rule(code: AlertCode, given: SiteRules) -> AlertRuleAnswer:
    kind, rule = CATALOGUE[code], rule_of(code, given)
    return AlertRuleAnswer(
        code=code,
        severity=kind.severity,
        hint=kind.hint,
        off=rule.off,
        raise_after_s=_seconds(rule.raise_after),
        clear_after_s=_seconds(rule.clear_after),
        set_here=given.get(code, USUAL) != USUAL,
        may_be_off=kind.may_be_off,
        usual_raise_s=_seconds(kind.rule.raise_after),
        longest_raise_s=_seconds(kind.longest.raise_after),
        usual_clear_s=_seconds(kind.rule.clear_after),
        longest_clear_s=_seconds(kind.longest.clear_after),
    )


def _seconds(time: timedelta) -> int:
    return round(time.total_seconds())


def _preview(found: Preview, zone: ZoneInfo, code: AlertCode | None) -> AlertPreviewAnswer:
    shown = [each for each in found.rings if code in {None, each.key.kind}]
    times, as_now = _by_code(found.rings), _by_code(found.as_now)
    return answer_of(
        AlertPreviewAnswer,
        found,
        zone,
        since=found.start,
        until=found.end,
        times=len(found.rings),
        as_now=len(found.as_now),
        codes=[
            RingCountAnswer(code=each, times=times[each], as_now=as_now[each])
            for each in settable()
            if times[each] or as_now[each]
        ],
        rings=[_ring(each, zone) for each in shown[: -MOST_RINGS - 1 : -1]],
    )


def _by_code(rings: Sequence[Ring]) -> Counter[AlertCode]:
    return Counter(each.key.kind for each in rings)


def _ring(ring: Ring, zone: ZoneInfo) -> RingAnswer:
    lasted = None if ring.until is None else max(0, _seconds(ring.until - ring.at))
    return answer_of(
        RingAnswer, ring, zone, code=ring.key.kind, edge=ring.key.edge, about=ring.key.about, lasted_s=lasted
    )
