"""What the machine makes of what holds now, for readers and for what is stored."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from controller.alerts import conditions, repository
from controller.alerts.catalogue import rank
from controller.alerts.machine import AlertKey, AlertState, Observation, step
from controller.alerts.rules import rule_of
from controller.db.engine import Tx
from controller.estate.model import Site


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the machine for all alerts of some sites: each before and after, None where there is none."""

    steps: tuple[tuple[AlertState | None, AlertState | None], ...]

    @property
    def changed(self) -> list[tuple[AlertState | None, AlertState | None]]:
        return [(before, after) for before, after in self.steps if before != after]


async def take_turn(
    tx: Tx,
    sites: Mapping[str, Site],
    now: datetime,
    *,
    lock: bool = False,
    crowds: Mapping[str, Observation] | None = None,
) -> Turn:
    """One step at these sites. Stores nothing. ``lock``: for a writer, so that no alert changes before the commit.
    ``crowds``: as ``conditions.look`` has them; a reader has none, so that it shows what is stored."""
    before = {each.key: each for each in await repository.uncleared(tx, sites, lock=lock)}
    seen = await repository.seen_reports(tx, sites, now - conditions.LOOK_BACK)
    found = await conditions.look(tx, sites, seen, now, crowds)
    rules = await repository.rules(tx, sites)

    def after(key: AlertKey) -> AlertState | None:
        seen = found.of(key)
        rule = rule_of(key.kind, rules.get(key.site, {}), seen.members)
        return step(key, before.get(key), seen, now=now, rule=rule)

    return Turn(steps=tuple((before.get(key), after(key)) for key in sorted({*before, *found.holds})))


async def open_alerts(tx: Tx, sites: Mapping[str, Site], now: datetime) -> list[AlertState]:
    """Alerts that are open now, site by site, the most serious first, of equal ones the newest first. An alert that has
    not been stored yet has no id."""
    order = {site: number for number, site in enumerate(sites)}
    found = [after for _, after in (await take_turn(tx, sites, now)).steps if after is not None and after.open]
    return sorted(found, key=lambda each: (order[each.site], rank(each.kind), -each.begun_at.timestamp()))
