"""A fault played on a hub, and the four checks that every one of them ends in.

Nothing lost: what the edge recorded is stored. Nothing twice: each event is stored once, and the counts are the truth.
Nobody in who should not be: a code opens when it should and at no other time, and the lock of the door never let go
without a reason that is stored. Nobody locked in: everybody who wanted to leave has left.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

import msgspec

from edge.wire.events import Event
from firmware_sim.rig import Rig
from firmware_sim.truth import Way
from firmware_sim.world import RECENT
from tests.faults.ledger import CODE_DOOR, SITE, Ledger, Stored

WRONG = "482900"
"""A code that nobody was ever given."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What a scenario came to, as one line of the table: events ``stored`` of those ``recorded``, how many of the
    others were allowed to be lost, how many tries were ``refused``, how many people got ``out``."""

    scenario: str
    recorded: int
    stored: int
    refused: int
    out: int
    remark: str = ""


def table(rows: Iterable[Row]) -> list[str]:
    """The lines of a table of scenarios that ended well."""
    rows = list(rows)
    width = max(len(row.scenario) for row in rows)
    head = f"{'':<{width}}{'recorded':>10}{'stored':>8}{'refused':>9}{'out':>6}"
    return [head] + [
        f"{row.scenario:<{width}}{row.recorded:>10}{row.stored:>8}{row.refused:>9}{row.out:>6}  {row.remark}".rstrip()
        for row in rows
    ]


class Trial:
    """One hub under one fault. ``done`` is told the row when all four checks hold."""

    def __init__(self, rig: Rig, scenario: str, done: Callable[[Row], None]) -> None:
        self.rig = rig
        self.ledger = Ledger(rig)
        self.site = rig.world.site(SITE)
        self._scenario = scenario
        self._done = done
        self._may_be_gone: list[Event] = []
        self._refused = 0
        self._granted = 0
        self.code = ""

    async def begin(self, guests: int = 6) -> None:
        """A booking of this hour has its code on the front door, and people come and go by the library door."""
        self.code = await self.ledger.code()
        self.ledger.send(guests)

    async def opens(self, digits: str | None = None) -> None:
        """The booking's code, or another, opens the front door now; whoever typed it goes in and out again."""
        outcome = await self.rig.stage.key(SITE, CODE_DOOR, digits or self.code)
        assert outcome.done, outcome.text
        self._granted += 1
        assert (await self.rig.stage.walk_in(SITE, CODE_DOOR)).done
        await self.gets_out()

    async def refuses(self, digits: str = WRONG) -> None:
        """A code opens nothing now, and the lock does not stir."""
        await self._secured()
        outcome = await self.rig.stage.key(SITE, CODE_DOOR, digits)
        assert not outcome.done, outcome.text
        assert not self.site.doorway(CODE_DOOR).circuit.released
        self._refused += 1

    async def gets_out(self) -> None:
        """Whoever came in first by the front door's room leaves it now."""
        outcome = await self.rig.stage.walk_out(SITE, CODE_DOOR)
        assert outcome.done, outcome.text

    async def pull_the_plug(self) -> None:
        """kill -9 the edge. What it recorded in the second before may be gone with it (DESIGN: the loss window)."""
        rig = self.rig
        await rig.set_power(SITE, False)

        async def dead() -> bool:
            return self.site.wires is None

        await rig.until(dead, "the world has seen the Pi die")
        # The clock of everything runs so many times as fast as that of the disk.
        safe = rig.clock.now() - timedelta(seconds=rig.plan.rate)
        self._may_be_gone += [event for event in rig.world.reported[SITE].recent if event.at > safe]

    async def ends_well(self, *, logs: int = 1, remark: str = "") -> list[Stored]:
        """The fault is mended and the edge online: hold the four checks; what is stored. ``logs``: so many outboxes
        the edge has had."""
        await self.ledger.everybody_gone()
        await self.opens()
        await self.refuses()
        await self.ledger.everybody_gone()
        stored = await self.ledger.all_stored()
        # Nothing lost.
        reported = self.rig.world.reported[SITE]
        assert reported.events <= RECENT, "more events than the world keeps: send fewer people"
        recorded = list(reported.recent)
        must = [event for event in recorded if event not in self._may_be_gone]
        self.ledger.stored_once(stored, must)
        # Nothing twice.
        assert len(self.ledger.each_once(stored)) == logs
        self.ledger.counts_are_true(stored)
        # Nobody in who should not be.
        grants = [event for event in stored if event["kind"] == "access" and _granted_at(event, CODE_DOOR)]
        assert len(grants) == self._granted, grants
        released = sum(mark.what == "released" and mark.door == CODE_DOOR for mark in self.rig.world.truth.doors)
        assert released <= self._granted + self.rig.world.truth.count(SITE, Way.OUT, CODE_DOOR)
        # Nobody locked in.
        assert self.rig.world.truth.locked_in == []
        assert all(doorway.circuit.opens_from_inside for doorway in self.site.doorways.values())
        assert self.site.people == 0
        self._done(
            Row(
                scenario=self._scenario,
                recorded=len(recorded),
                stored=len(must),
                refused=self._refused,
                out=self.rig.world.truth.count(SITE, Way.OUT),
                remark=remark,
            )
        )
        return stored

    async def _secured(self) -> None:
        async def locked() -> bool:
            doorway = self.site.doorway(CODE_DOOR)
            return not (doorway.is_open or doorway.circuit.released)

        await self.rig.until(locked, "the front door is shut and locked")


def _granted_at(event: Stored, door: str) -> bool:
    return bool(event["data"]["door"] == door and event["data"]["granted"])
