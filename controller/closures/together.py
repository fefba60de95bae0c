"""What would become of bookings that are moved or cancelled together, each on its own. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from controller.billing.service import BillingService
from controller.bookings import repository as bookings
from controller.bookings.booking_view import BookingView
from controller.bookings.change_impact import ChangedParts, PlannedChange, changing, wanted
from controller.bookings.diary.model import Booking, BookingChange, BookingState, Changed
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.errors import BookingUnknown, NotNow, refusal
from controller.bookings.lifecycle import require_changeable
from controller.bookings.rules.evaluate import HypotheticalBookings, judge
from controller.bookings.rules.model import RuleRequest
from controller.bookings.who_may_book import require_allowed
from controller.bookings.writer import BookingWriter
from controller.closures.model import BookingDecision, Decision
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.people.party_repository import tier_of
from controller.platform.web.problem import Problem, invalid_field
from edge.wire.clock import Clock


class DecisionForeseen(msgspec.Struct, frozen=True, kw_only=True):
    """``refused``: why the booking would stay as it is, a sentence; empty where the decision can be carried out.
    ``before``, ``after``: what it costs now and would then, in pence; ``None`` where no charge is set."""

    view: BookingView
    refused: str
    before: int | None = None
    after: int | None = None


@dataclass(eq=False)
class TogetherPreview:
    """One transaction that writes nothing."""

    database: Database
    clock: Clock
    writer: BookingWriter
    billing: BillingService

    async def look(
        self, site: str, decisions: Sequence[BookingDecision], *, actor: Actor
    ) -> tuple[DecisionForeseen, ...]:
        """In the order of the decisions, which are carried out in it. Raises ``SiteUnknown``, ``BookingUnknown`` for
        bookings of other sites too, and ``SpaceUnknown``."""
        async with self.database.read() as tx:
            now = self.clock.now()
            where = await self.writer.site_configs.of(tx, site)
            found = {each.id: each for each in await bookings.some(tx, [one.booking for one in decisions])}
            for each in decisions:
                if each.booking not in found or found[each.booking].site != site:
                    raise BookingUnknown(each.booking)
            views = {each.booking.id: each for each in await self.writer.views(tx, where, list(found.values()), now)}
            goes: list[Booking] = []
            moved = HypotheticalBookings()
            answers = []
            changes = []
            for each in decisions:
                try:
                    old = found[each.booking]
                    planned = self._planned(where, old, each, actor)
                    new = replace(old, state=BookingState.CANCELLED)
                    if planned is not None:
                        await self._require_free(tx, where, planned, goes, moved, actor)
                        goes.append(planned.new)
                        new = planned.new
                    changes.append(Changed(before=old, after=new))
                    refused = ""
                except Problem as problem:
                    refused = problem.detail
                answers.append(DecisionForeseen(view=views[each.booking], refused=refused))
            costs = await self.billing.foreseen(tx, where, changes)
        return tuple(
            replace(each, before=cost[0], after=cost[1]) if (cost := costs.get(each.view.booking.id)) else each
            for each in answers
        )

    def _planned(
        self, where: SiteConfig, old: Booking, decision: BookingDecision, actor: Actor
    ) -> PlannedChange | None:
        """The move; ``None`` for a cancellation. Raises ``Problem``."""
        now, target = self.clock.now(), decision.target
        if decision.version is not None and decision.version != old.version:
            raise NotNow(f"“{old.title}” has been changed since; look at it again")
        require_changeable(old)
        require_allowed(actor, old.site, old.party)
        if old.ends <= now:
            raise NotNow(f"“{old.title}” is over")
        if decision.decision is Decision.CANCEL:
            return None
        if decision.decision is not Decision.MOVE or target is None or target.site != old.site:
            raise invalid_field("decision", "must be move, within the site, or cancel")
        change = BookingChange(space=target.space, layout=target.layout, starts=target.starts, ends=target.ends)
        planned = wanted(old, change, where.require(target.space), now=now)
        if planned.what is ChangedParts.NOTHING:
            raise NotNow(f"“{old.title}” is there already")
        planned.require_timely(where.site.tz, now=now)
        return planned

    async def _require_free(
        self,
        tx: Tx,
        where: SiteConfig,
        planned: PlannedChange,
        goes: Sequence[Booking],
        moved: HypotheticalBookings,
        actor: Actor,
    ) -> None:
        """Raises ``Clash``, ``NotPossible``, and ``NotNow`` where one before it goes there as well. ``moved``: those
        before it, with their buffers and their places in pools; this one is added."""
        old, new, now = planned.old, planned.new, self.clock.now()
        there = where.require(new.space)
        mine = set(there.atoms) - {pool for pool, _ in there.pools}
        for each in goes:
            if each.during.overlaps(new.during) and mine & set(where.require(each.space).atoms):
                raise NotNow(f"“{each.title}” goes to {there.space.name} at that time as well")
        asked = replace(new.asked, overrule=planned.overrules(False), by_rules=False)
        request = RuleRequest(asked=asked, actor=actor, tier=await tier_of(tx, new.party), but=frozenset({new.id}))
        request = changing(request, old, zone=where.site.tz, now=now)
        [verdict] = await judge(tx, where, [request], now=now, hypothetical=moved)
        concerned = planned.concerned(verdict)
        if not concerned.possible and not planned.less:
            raise refusal(there.space.name, concerned, where.site.tz)
        moved.let_go([new.id])
        moved.take(where, [request], now=now)
