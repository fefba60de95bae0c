"""A fault played on a hub, and the four checks that every one of them ends in; docs/faults.md tells of them.

Nothing lost: what the edge recorded is stored. Nothing twice: each event is stored once, and the counts are the truth.
Nobody in who should not be: nobody was granted entry but who typed a good code, and the lock of the front door never
let go without a lawful reason, which is stored. Nobody locked in: everybody who wanted to leave has left, and the doors
would let anybody else out.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from edge.wire.codec import encode
from edge.wire.events import URGENT, AccessData, DoorChange, DoorData, Event
from firmware_sim.ground_truth import Way
from firmware_sim.hub_processes import SimHub
from firmware_sim.world import RECENT, Reported
from firmware_sim.world_runner import ActResult, WorldRunner
from tests.faults.ledger import CODE_DOOR, SITE, Ledger, Stored

WRONG = "482900"
"""A code that nobody was ever given."""
TRIES = 5
"""How often somebody types whose door locks again before they have pulled it: it holds for a sixth of a second here."""


async def typed(runner: WorldRunner, site: str, door: str, code: str) -> ActResult:
    """Type a code, and as a person would type it again where this busy machine could not read it."""
    for _ in range(TRIES):
        outcome = await runner.key(site, door, code)
        if not outcome.unread:
            return outcome
    raise AssertionError(f"no code could be read in {TRIES} tries; the last: {outcome.text}")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What a scenario came to, as one line of the table: events ``recorded`` by the edge, those of them that are
    ``stored`` (a power cut may take the last second's), tries that were ``refused``, people who got ``out``."""

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
    """One hub under one fault, or under several one after another. ``done`` gets a row whenever all four checks
    hold. ``lawful``: what may unlock the front door beside codes and exits, such as ``fire``, and how often."""

    def __init__(self, hub: SimHub, scenario: str, done: Callable[[Row], None]) -> None:
        self.hub = hub
        self.ledger = Ledger(hub)
        self.site = hub.world.site(SITE)
        self.code = ""
        self.lawful: Counter[str] = Counter()
        self._scenario = scenario
        self._done = done
        self._may_be_gone: list[Event] = []
        self._refused = 0
        self._granted = 0
        self._so_many = 0
        self._told = Row(scenario="", recorded=0, stored=0, refused=0, out=0)

    async def begin(self, guests: int = 6) -> None:
        """A booking of this hour has its code on the front door, and people come and go by the library door."""
        self.code = await self.ledger.code()
        self.ledger.send(guests)

    async def opens(self, digits: str | None = None) -> None:
        """The booking's code, or another, opens the front door now; the person who typed it goes in and out
        again."""
        runner, world = self.hub.runner, self.hub.world
        for _ in range(TRIES):
            outcome = await typed(runner, SITE, CODE_DOOR, digits or self.code)
            assert outcome.done, outcome.text
            self._granted += 1
            if await runner.act(world.walk_in(SITE, CODE_DOOR, world.walker())):
                break
        else:
            raise AssertionError("the front door opened and locked again, and nobody was quick enough")
        await self.gets_out()

    async def refuses(self, digits: str = WRONG) -> None:
        """A code opens nothing now, and the lock does not stir."""
        await self._secured()
        outcome = await self.hub.runner.key(SITE, CODE_DOOR, digits)
        assert not outcome.done, outcome.text
        assert not self.site.doorway(CODE_DOOR).circuit.released
        self._refused += 1

    async def granted_in_vain(self) -> None:
        """The booking's code is right, and the lock of the front door does not let go."""
        await self._secured()
        outcome = await typed(self.hub.runner, SITE, CODE_DOOR, self.code)
        assert not outcome.done, outcome.text
        self._granted += 1

    async def gets_out(self) -> None:
        """The first person in the front door's room leaves it."""
        outcome = await self.hub.runner.walk_out(SITE, CODE_DOOR)
        assert outcome.done, outcome.text

    async def pull_the_plug(self) -> None:
        """kill -9 the edge."""
        self._may_be_gone += await self.ledger.pull_the_plug()

    def loses_disk(self, stored: list[Stored]) -> None:
        """The edge's disk goes, and with it what it recorded and the controller does not have yet."""
        there = {_named(event) for event in stored}
        self._may_be_gone += [event for event in self.hub.world.reported[SITE].recent if _name(event) not in there]

    async def wakes(self, *, machine: bool = True) -> None:
        """The edge starts again, with its whole ``machine`` or alone, and is at work."""
        reported = self.hub.world.reported[SITE]
        boots = _boots(reported)
        await (self.hub.set_power(SITE, True) if machine else self.hub.pis[SITE].start())

        async def at_work() -> bool:
            return _boots(reported) > boots

        await self.hub.until(at_work, "the edge is at work again")

    async def ends_well(self, *, logs: int = 1, remark: str = "", scenario: str | None = None) -> list[Stored]:
        """The fault is repaired and the edge online: hold the four checks over everything since the hub began; what is
        stored. ``logs``: so many outboxes the edge has had. ``scenario`` names the row, which counts from the row
        before it; by default it is the trial's own name."""
        await self.ledger.everybody_gone()
        await self.opens()
        await self.refuses()
        await self.ledger.everybody_gone()
        self._so_many = self.hub.world.reported[SITE].events
        stored = await self.ledger.all_stored()
        self.holds(stored, logs=logs)
        self._tell(stored, scenario or self._scenario, remark)
        return stored

    def holds(self, stored: list[Stored], *, logs: int = 1) -> None:
        """Fails unless all four checks hold of what is stored."""
        self._nothing_lost(stored)
        self._nothing_twice(stored, logs)
        self._nobody_in(stored)
        self._nobody_locked_in()

    def _recorded(self) -> list[Event]:
        """What was recorded before we began to look whether it is stored."""
        reported = self.hub.world.reported[SITE]
        assert reported.events <= RECENT, "more events than the world keeps: send fewer people"
        return list(reported.recent)[: self._so_many]

    def _gone(self, stored: list[Stored]) -> list[Event]:
        """What power took with it, or a full disk."""
        there = {_named(event) for event in stored}
        return [*self._dropped(stored), *(event for event in self._may_be_gone if _name(event) not in there)]

    def _nothing_lost(self, stored: list[Stored]) -> None:
        may_be_gone = {encode(event) for event in [*self._may_be_gone, *self._dropped(stored)]}
        self.ledger.stored_once(stored, (event for event in self._recorded() if encode(event) not in may_be_gone))

    def _dropped(self, stored: list[Stored]) -> list[Event]:
        """What a full disk took: only what may go first, and as many as the edge says."""
        there = {_named(event) for event in stored}
        gone: list[Event] = []
        for event in stored:
            if event["kind"] != "dropped":
                continue
            data, until = event["data"], datetime.fromisoformat(event["at"])
            run = range(data["first"], data["last"] + 1)
            meant = [each for each in self._recorded() if each.seq in run and each.at <= until]
            # Some of them may have come to the controller before there was no room for them.
            assert Counter(each.rank for each in meant) == data["counts"], event
            gone += [each for each in meant if _name(each) not in there]
        assert not {event.rank for event in gone} & (URGENT | {"lockout", "recount", "outage", "closing"}), gone
        return gone

    def _nothing_twice(self, stored: list[Stored], logs: int) -> None:
        assert len(self.ledger.each_once(stored)) == logs
        self.ledger.counts_are_true(stored)

    def _nobody_in(self, stored: list[Stored]) -> None:
        truth, gone = self.hub.world.truth, [event.read() for event in self._gone(stored)]
        grants = [event["seq"] for event in stored if event["kind"] == "access" and _granted(event["data"])]
        lost = sum(isinstance(data, AccessData) and data.door == CODE_DOOR and data.granted for data in gone)
        assert len(grants) + lost == self._granted, (grants, lost, self._granted)
        unlocked = Counter(event["data"]["why"] for event in stored if event["kind"] == "door" and _let(event["data"]))
        unlocked.update(data.why for data in gone if isinstance(data, DoorData) and _unlocked(data))
        exits = truth.count(SITE, Way.OUT, CODE_DOOR)
        lawful = self.lawful + Counter(grant=self._granted, exit=exits)
        assert unlocked <= lawful, (unlocked, lawful)
        # The lock itself, not what the edge reports of it: the relay releases it, or the handle inside.
        marks = Counter(mark.what for mark in truth.doors if (mark.site, mark.door) == (SITE, CODE_DOOR))
        assert marks["driven"] <= unlocked.total(), (marks, unlocked)
        assert marks["released"] <= marks["driven"] + exits, (marks, exits)

    def _nobody_locked_in(self) -> None:
        assert self.hub.world.truth.locked_in == []
        assert all(doorway.circuit.opens_from_inside for doorway in self.site.doorways.values())
        assert self.site.people == 0

    def _tell(self, stored: list[Stored], scenario: str, remark: str) -> None:
        there, recorded = {_named(event) for event in stored}, self._recorded()
        sums = Row(
            scenario=scenario,
            recorded=len(recorded),
            stored=sum(_name(event) in there for event in recorded),
            refused=self._refused,
            out=self.hub.world.truth.count(SITE, Way.OUT),
            remark=remark,
        )
        before, self._told = self._told, sums
        self._done(
            msgspec.structs.replace(
                sums,
                recorded=sums.recorded - before.recorded,
                stored=sums.stored - before.stored,
                refused=sums.refused - before.refused,
                out=sums.out - before.out,
            )
        )

    async def _secured(self) -> None:
        async def locked() -> bool:
            doorway = self.site.doorway(CODE_DOOR)
            return not (doorway.is_open or doorway.circuit.released)

        await self.hub.until(locked, "the front door is shut and locked")


def _named(event: Stored) -> tuple[str, datetime]:
    return event["kind"], datetime.fromisoformat(event["at"])


def _name(event: Event) -> tuple[str, datetime]:
    return event.kind, event.at


def _boots(reported: Reported) -> int:
    return sum(event.kind == "boot" for event in reported.recent)


def _granted(data: Stored) -> bool:
    return bool(data["door"] == CODE_DOOR and data["granted"])


def _let(data: Stored) -> bool:
    return bool(data["door"] == CODE_DOOR and data["change"] == DoorChange.UNLOCKED)


def _unlocked(data: DoorData) -> bool:
    return data.door == CODE_DOOR and data.change is DoorChange.UNLOCKED
