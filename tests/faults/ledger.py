"""What is stored, held against what really happened, minus exactly what nobody could see."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from edge.wire.access_decision import ClockTrust
from edge.wire.events import Event
from firmware_sim.ground_truth import TrueCrossing, Way
from firmware_sim.hub_processes import SimHub
from firmware_sim.timeline import Process

SITE, BUSY_DOOR, CODE_DOOR = "ramsey", "library-door", "front-door"
PAGE = 200
BLUR = timedelta(seconds=3)
"""Simulated time within which a crossing at the rim of an outage may have been seen or not: it takes so long."""

Stored = dict[str, Any]


class Outage(NamedTuple):
    """``blur``: what lies so near to its rim may have been seen or not."""

    start: datetime
    end: datetime
    blur: timedelta


class Ledger:
    """Looks through the API, as anybody would, at what the edge of a ``part`` of the site has told."""

    def __init__(self, hub: SimHub, part: str = SITE) -> None:
        self.hub = hub
        self.world = hub.world
        self.reported = hub.world.reported[part]
        self._part = part
        self._building = hub.world.site(part).building
        self._people = 0
        self._under_way = 0

    async def pull_the_plug(self) -> list[Event]:
        """kill -9 the edge. What it recorded in the second before, which may be gone with it (DESIGN: the loss
        window)."""
        await self.hub.set_power(self._part, False)

        async def dead() -> bool:
            return self.world.site(self._part).wires is None

        await self.hub.until(dead, f"the world has seen the Pi of {self._part} die")
        # The clock of everything runs so many times as fast as that of the disk.
        safe = self.hub.clock.now() - timedelta(seconds=self.hub.plan.rate)
        return [event for event in self.reported.recent if event.at > safe]

    # People

    def send(self, people: int) -> None:
        """Let people come to the busy door one close behind the other; each stays a while and leaves by it."""
        self.hub.runner.catch_up()
        for number in range(people):
            self._people += 1
            self._under_way += 1
            self.world.timeline.spawn(self._visit(f"guest-{self._people}", number * 2.5))

    def _visit(self, who: str, after_s: float) -> Process:
        yield after_s
        if (yield from self.world.walk_in(SITE, BUSY_DOOR, who)):
            yield 15.0
            yield from self.world.walk_out(SITE, BUSY_DOOR, who)
        self._under_way -= 1

    @property
    def counted(self) -> int:
        """Crossings that the edge has recorded, either way."""
        return sum(self.reported.ins.values()) + sum(self.reported.outs.values())

    async def crossings_recorded(self, more: int) -> None:
        """Wait until the edge has recorded that many further crossings."""
        wanted = self.counted + more

        async def there() -> bool:
            return self.counted >= wanted

        await self.hub.until(there, f"the edge has recorded {more} more crossings")

    async def everybody_gone(self) -> None:
        """Wait until everybody who was sent has gone home or been refused, and the door is shut."""
        doorway = self.world.site(SITE).doorway(BUSY_DOOR)

        async def quiet() -> bool:
            return self._under_way == 0 and not doorway.is_open

        await self.hub.until(quiet, "everybody has gone")

    async def code(
        self, space: str = "studio", *, starts_in_s: float = -300, lasts: timedelta = timedelta(hours=6)
    ) -> str:
        """The code of a booking, of this very hour by default, once it is on the front door."""
        starts = self.hub.clock.now() + timedelta(seconds=starts_in_s)
        body = {
            "space": space,
            "title": "Fault finders",
            "starts": starts.isoformat(),
            "ends": (starts + lasts).isoformat(),
        }
        booking = await self.hub.api.post(f"/sites/{SITE}/bookings", body)

        async def on_door() -> bool:
            return bool((await self.hub.api.get(f"/bookings/{booking['id']}"))["on_door"]["state"] == "on")

        await self.hub.until(on_door, "the code is on the door")
        return str(booking["code"])

    # What is stored

    async def stored(self) -> list[Stored]:
        """Every stored event of the edge, in the order it was stored."""
        found: list[Stored] = []
        after: dict[str, str] = {}
        while True:
            page = await self.hub.api.get(f"/sites/{SITE}/events", limit=str(PAGE), **after)
            found += [event for event in page["items"] if event["edge"] == self._building.edge]
            if page["next"] is None:
                return found
            after = {"after": page["next"]}

    async def all_stored(self) -> list[Stored]:
        """The stored events once the last that the edge has recorded by now is among them, and all before it."""
        last = self.reported.last
        assert last is not None
        stored: list[Stored] = []

        async def there() -> bool:
            nonlocal stored
            stored = await self.stored()
            return any(_same(event, last) for event in reversed(stored)) and _without_gaps(stored)

        await self.hub.until(there, "the edge's last event is stored")
        return stored

    def each_once(self, stored: list[Stored]) -> dict[str, int]:
        """Fails unless every log's events are there from 1 on, each once, or dropped for want of room; the highest seq
        by log."""
        logs = _logs(stored)
        for seqs in logs.values():
            assert sorted(seqs) == list(range(1, max(seqs) + 1))
        return {log: max(seqs) for log, seqs in logs.items()}

    def stored_once(self, stored: list[Stored], events: Iterable[Event]) -> None:
        """Fails unless each of those very events is stored, and once: a seq that was lost is another event's after, and
        in a log that took the place of another an event has another seq."""
        times = Counter(
            (_dated(event["told_at"] or event["at"], event["trust"]), event["device"], _said(event["data"]))
            for event in stored
        )
        wanted = Counter(
            (_dated(event.at, event.trust), event.device, _said(msgspec.json.decode(event.data))) for event in events
        )
        assert {each: (times[each], n) for each, n in wanted.items() if times[each] != n} == {}

    def outages(self, stored: list[Stored]) -> list[Outage]:
        """What no edge saw, by what it says; an old copy of its disk knows nothing of what was seen after it."""
        found: list[Outage] = []
        for event in stored:
            if event["kind"] == "outage":
                start, end = (datetime.fromisoformat(event["data"][name]) for name in ("start", "end"))
                others = (datetime.fromisoformat(each["at"]) for each in stored if each["log"] != event["log"])
                start = max([start, *(at for at in others if at < end)])
                found.append(Outage(start, end, BLUR + timedelta(seconds=event["error_s"] or 0.0)))
        return found

    def counts_are_true(self, stored: list[Stored]) -> None:
        """Fails unless the stored counts are the truth minus exactly the outages, within the error that these state."""
        outages = self.outages(stored)
        for way, name in ((Way.IN, "ins"), (Way.OUT, "outs")):
            all_ = self.world.truth.crossings
            crossings = [each for each in all_ if (each.way, each.site) == (way, self._building.id)]
            surely = sum(_seen(crossing, outages) for crossing in crossings)
            perhaps = sum(_at_the_rim(crossing, outages) for crossing in crossings)
            counted = _counted(stored, name)
            assert surely <= counted <= surely + perhaps, (name, surely, counted, perhaps)
            without_error = [each._replace(blur=BLUR) for each in outages]  # how large that is depends on the machine
            assert sum(_at_the_rim(crossing, without_error) for crossing in crossings) <= 6 * len(outages)
        assert self.world.truth.locked_in == []


def _dropped_runs(stored: list[Stored]) -> list[tuple[str, range]]:
    """Log and seqs of every run that an edge dropped for want of room."""
    runs = [(each["log"], each["data"]) for each in stored if each["kind"] == "dropped"]
    return [(log, range(data["first"], data["last"] + 1)) for log, data in runs]


def _counted(stored: list[Stored], name: str) -> int:
    """What was counted; by the totals that ride in later events where some were dropped before them."""
    counted, totals = 0, dict[tuple[str, str], int]()
    dropped = {log: run.start for log, run in reversed(_dropped_runs(stored))}
    for event in sorted(stored, key=lambda event: (event["log"], event["seq"])):
        if event["kind"] == "footfall":
            data, total = event["data"], event["data"][f"total_{name}"]
            whole = event["seq"] <= dropped.get(event["log"], event["seq"])
            before = totals.get((event["log"], data["counter"]), total - data[name] if whole else 0)
            assert total - before == data[name] if whole else total - before >= data[name], event
            counted += total - before
            totals[event["log"], data["counter"]] = total
    return counted


def _dated(at: datetime | str, trust: str) -> datetime | None:
    """When it was, where the edge knew: else that is not for telling one event from another."""
    known = trust != ClockTrust.UNPROVEN
    return (at if isinstance(at, datetime) else datetime.fromisoformat(at)) if known else None


def _said(data: dict[str, Any]) -> bytes:
    """What an event tells: a door locks in the same instant as it closes. The ends of an outage are the controller's to
    date."""
    but = {"kind", "start", "end"} if data["kind"] == "outage" else {"kind"}
    return msgspec.json.encode({name: value for name, value in data.items() if name not in but}, order="sorted")


def _logs(stored: list[Stored]) -> dict[str, list[int]]:
    """The seqs of each log that are answered for: stored, or dropped for want of room."""
    logs: dict[str, list[int]] = defaultdict(list)
    dropped = {(log, seq) for log, run in _dropped_runs(stored) for seq in run}
    for event in stored:
        logs[event["log"]].append(event["seq"])
        dropped.discard((event["log"], event["seq"]))
    for log, seq in dropped:
        logs[log].append(seq)
    return logs


def _without_gaps(stored: list[Stored]) -> bool:
    """Whether every log is there from 1 on; what comes late is sent again."""
    return all(set(seqs) >= set(range(1, max(seqs) + 1)) for seqs in _logs(stored).values())


def _same(stored: Stored, event: Event) -> bool:
    return bool(stored["kind"] == event.kind and datetime.fromisoformat(stored["told_at"] or stored["at"]) == event.at)


def _seen(crossing: TrueCrossing, outages: list[Outage]) -> bool:
    """Whether it lies clear of every outage."""
    return not any(
        crossing.started < each.end + each.blur and each.start - each.blur < crossing.ended for each in outages
    )


def _at_the_rim(crossing: TrueCrossing, outages: list[Outage]) -> bool:
    """Whether it is neither clear of the outages nor deep in one."""
    return not _seen(crossing, outages) and not any(
        each.start + each.blur <= crossing.ended and crossing.started <= each.end - each.blur for each in outages
    )
