"""Judges requests by the diary and the rules of their site."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from controller.db.engine import Tx
from controller.diary.site_config import SiteConfig
from controller.rules.evaluate import verdict
from controller.rules.facts import Facts
from controller.rules.hypothetical import HypotheticalBookings, case_of
from controller.rules.redaction import as_seen
from controller.rules.repository import find_facts
from controller.rules.request import RuleRequest
from controller.rules.verdict import Verdict

__all__ = ["HypotheticalBookings", "RuleRequest", "judge"]


async def judge(
    tx: Tx,
    site_config: SiteConfig,
    requests: Sequence[RuleRequest],
    *,
    now: datetime,
    together: bool = False,
    hypothetical: HypotheticalBookings | None = None,
) -> list[Verdict]:
    """The verdict on each request at one site, in their order. At most four SQL statements, however many requests.

    Requests ignore each other, unless ``together``: then each sees the possible ones before it, as bookings without an
    id. ``hypothetical``: what each of them additionally treats as booked and as gone; it is not changed. A verdict
    shows of other bookings only what the request's actor may see. A caller that is going to write holds the site's
    lock. Raises ``SpaceUnknown``.
    """
    gone = frozenset(hypothetical.gone) if hypothetical else frozenset()
    cases = [case_of(site_config, replace(each, but=each.but | gone) if gone else each, now) for each in requests]
    found = await find_facts(tx, cases, now=now)
    facts = [as_seen(each, case.request.actor, site_config.site.id) for case, each in zip(cases, found, strict=True)]
    verdicts: list[Verdict] = []
    made = HypotheticalBookings()
    for case, its in zip(cases, facts, strict=True):
        if hypothetical:
            its = _with(its, hypothetical.seen_by(case))
        if together:
            its = _with(its, made.seen_by(case))
        verdicts.append(verdict(replace(case, facts=its)))
        if together and verdicts[-1].possible:
            made.add(case)
    return verdicts


def _with(facts: Facts, others: Facts) -> Facts:
    return Facts(
        neighbours=facts.neighbours + others.neighbours,
        equipment=facts.equipment + others.equipment,
        pools=facts.pools + others.pools,
        spent=facts.spent + others.spent,
    )
