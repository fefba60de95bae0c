"""Seeded months of a building: what its devices report while nothing is wrong, and faults put in at random times.

What is drawn are signals: carbon dioxide, batteries, reports of sensors, free disk, people with the error of their
figure, lines that come and go, nights with their PIRs and evenings with their members. What they mean is worked out by
the code of the alerts, with its thresholds, and goes through its machine.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from controller.alerts.crowds import judged
from controller.alerts.machine import AlertKey, Truth
from controller.alerts.replay import Away, Ring, Spell, replay
from controller.alerts.standing import BACKLOG, CO2_PPM, LOW_BATTERY, SILENT
from controller.alerts.unexpected import LOOK_BACK, let_ins, present
from controller.hours.model import OpeningHours
from controller.occupancy.estimate import Estimate
from controller.telemetry.alert_codes import AlertCode
from controller.use.attendance.evidence import Happened, Known, seen
from edge.system.disk_room import room_faults
from edge.wire.access_decision import Reason
from edge.wire.events import AccessData, DoorChange, DoorData, EventData, FootfallData, MotionData
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.hours.books import span, week
from tests.controller.use.attendance.seeing import at, hub

DAYS = 30
FIRST = "2026-11-01"
START = at("00:00", FIRST)
END = START + timedelta(days=DAYS)
_MONTH_S = DAYS * 86_400
WHERE = hub(OpeningHours(pattern=week(span("09:00", "17:00"), span("17:00", "22:00", Mode.EXTENDED))))
"""Staffed by day, unstaffed in the evening, closed at night."""
DOOR, CAPACITY = "hall-door", 80
ROOMS = ("hall", "hut", "landing")
Signal = Iterable[tuple[float, bool]]
"""From each of these seconds on, whether a condition holds."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong, in seconds of the month. ``within_s``: how late an alert may be and still be of use."""

    code: AlertCode
    start: float
    end: float
    within_s: float


def second(day: int, hour: float) -> float:
    return (day * 24 + hour) * 3600


def moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class Month:
    """``faults``: how many, of different codes."""

    def __init__(self, seed: str, *, faults: int = 0) -> None:
        self._chance = random.Random(seed)
        self._of: dict[AlertCode, Fault] = {}
        for code in self._chance.sample(sorted(FAULTS), faults):
            start, lasts, within = FAULTS[code](self._chance)
            self._of[code] = Fault(code=code, start=start, end=min(start + lasts, _MONTH_S), within_s=within)
        self.faults = tuple(self._of.values())
        cuts = [(each, each + self._chance.uniform(60, 3600)) for each in self._times(2)] if faults else []
        self._away = [*cuts, *(self._wrong(AlertCode.OFFLINE))]
        self.rings = self._rings()

    # What is drawn

    def _times(self, number: float) -> list[float]:
        """About so many moments of the month."""
        chance, now, found = self._chance, 0.0, []
        while (now := now + chance.expovariate(number / _MONTH_S)) < _MONTH_S:
            found.append(now)
        return found

    def _wrong(self, code: AlertCode) -> list[tuple[float, float]]:
        fault = self._of.get(code)
        return [(fault.start, fault.end)] if fault else []

    def _blips(self, number: float, median_s: float, spread: float) -> list[tuple[float, float]]:
        """Times that are soon over, of a length that is log-normal."""
        lasts = self._chance.lognormvariate
        return [(each, each + lasts(math.log(median_s), spread)) for each in self._times(number)]

    def _co2(self) -> Signal:
        """A room with a meeting on most days, a sample every two minutes, and now and then one that is wrong."""
        chance, level, people = self._chance, 450.0, 0.0
        [(start, end)] = self._wrong(AlertCode.CO2) or [(0.0, 0.0)]
        for sample in range(0, _MONTH_S, 120):
            hour = sample / 3600 % 24
            if sample % 3600 == 0:
                people = chance.choice((0, 4, 8, 12, 16)) if 9 <= hour < 21 else 0
            wrong = start <= sample < end
            now, air = (25, 0.3) if wrong else (people, 3.0)  # nobody airs it, and it is full
            level += 120 / 3600 * (now * 18_000 / 180 - air * (level - 420))
            shown = level + chance.gauss(0, 30) + (900 if chance.random() < 1 / 2000 else 0)
            yield sample, shown >= CO2_PPM

    def _battery(self) -> Signal:
        """A battery that is half used, cold at night, read every hour."""
        chance = self._chance
        [(start, _)] = self._wrong(AlertCode.SENSOR_BATTERY) or [(math.inf, 0.0)]
        for sample in range(0, _MONTH_S, 3600):
            level = (8 if sample >= start else 18) + chance.gauss(0, 2) - (2 if sample // 3600 % 24 < 6 else 0)
            yield sample, level < LOW_BATTERY

    def _silent(self) -> Signal:
        """A sensor that reports every hour, and misses one in six."""
        [(start, end)] = self._wrong(AlertCode.SENSOR_SILENT) or [(0.0, 0.0)]
        heard = [
            float(each)
            for each in range(0, _MONTH_S, 3600)
            if self._chance.random() > 1 / 6 and not start <= each < end
        ]
        for one, following in pairwise([*heard, float(_MONTH_S)]):
            yield one, False
            if following - one > SILENT.total_seconds():
                yield one + SILENT.total_seconds(), True

    def _disk(self) -> Signal:
        """Free space that logs eat and their rotation frees, with short dips, looked at once a minute."""
        chance, known = self._chance, False
        [(start, end)] = self._wrong(AlertCode.DISK) or [(0.0, 0.0)]
        dips = [(each, each + chance.uniform(60, 200)) for each in self._times(6)]
        low = sorted([*dips, (start, end)])
        for begins, ends in low:
            for sample in range(int(begins // 60) * 60, int(ends) + 180, 60):
                free = (40 if begins <= sample < ends else 400) + chance.gauss(0, 15)
                faults = [FaultCode.DISK_NEARLY_FULL] if known else []
                known = room_faults(faults, free=round(free * 2**20), waiting=0, limit=1)[FaultCode.DISK_NEARLY_FULL]
                yield sample, known

    def _backlog(self) -> Signal:
        """After a line was slow, events come in a rush, which takes minutes."""
        chance = self._chance
        rushes = [(each, chance.uniform(200, 4000), 20.0) for each in self._times(12)]
        rushes += [(start, 0.0, -50_000 / 3600) for start, _ in self._wrong(AlertCode.BACKLOG)]
        for start, events, each_second in sorted(rushes):
            [(_, end)] = self._wrong(AlertCode.BACKLOG) if each_second < 0 else [(0.0, start + 1800)]
            for sample in range(int(start), int(end), 30):
                yield sample, events - (sample - start) * each_second > BACKLOG
            yield end, False

    def _crowd(self) -> Signal:
        """Four evenings a month at which four fifths to nine tenths of the places are taken, looked at each minute. The
        figure is wrong by a tenth, for half an hour at a time; it says by how much it may be."""
        chance, held = self._chance, False
        evenings = [(second(day, 18), second(day, 21), chance.uniform(0.8, 0.9)) for day in range(5, DAYS, 7)]
        evenings += [(start, end, chance.uniform(1.25, 1.6)) for start, end in self._wrong(AlertCode.OVER_CAPACITY)]
        for start, end, share in sorted(evenings):
            people, drift = share * CAPACITY, 0.0
            for sample in range(int(start), int(end), 60):
                drift = drift * math.exp(-1 / 30) + chance.gauss(0, math.sqrt(1 - math.exp(-1 / 15)))
                off = 0.06 * people
                figure = people + off * drift
                low = round(figure - 1.645 * off)
                said = judged(
                    Estimate(
                        at=moment(sample),
                        people=round(figure),
                        mean=figure,
                        low=low,
                        high=round(figure + 1.645 * off),
                        capacity=CAPACITY,
                        full=low > CAPACITY,
                        rests_on="",
                        missing=(),
                    )
                ).truth
                held = held if said is Truth.UNKNOWN else said is Truth.TRUE
                yield sample, held
            yield end, False

    # Nights and evenings

    def _people(self) -> Iterator[Spell]:
        """As it is looked at: at the end of each evening, and at night a minute after something is heard."""
        for day in range(DAYS):
            reported = sorted(self._reported(day), key=lambda each: each.at)
            morning = moment(second(day + 1, 9))
            night = [each.at for each in reported if moment(second(day, 22.25)) <= each.at < morning]
            looks: list[tuple[AlertCode, datetime]] = [(AlertCode.LET_INS, moment(second(day, 22)))]
            for heard in night:
                if looks[-1][1] + timedelta(minutes=4) <= heard:
                    looks.append((AlertCode.PRESENT, heard + timedelta(minutes=1)))
            told: set[AlertCode] = set()
            for code, now in looks:
                if code in told:
                    continue
                during = Interval(start=now - LOOK_BACK, end=now)
                here = seen([each for each in reported if each.at in during], [], _KNOWN)
                found = (
                    let_ins(WHERE, here, during, [DOOR]) if code is AlertCode.LET_INS else present(WHERE, here, during)
                )
                for each in found[-1:]:
                    told.add(code)
                    known = now if code is AlertCode.PRESENT else each.until
                    key = _key(code, each.door)
                    ends = known + timedelta(hours=6)
                    yield Spell(key=key, text=each.text, since=each.since, known_at=known, ends=ends, report=day)

    def _reported(self, day: int) -> list[Happened]:
        chance = self._chance
        found: list[tuple[float, str, EventData]] = []

        def say(seconds: float, device: str, data: EventData) -> None:
            found.append((seconds, device, data))

        def moves(start: float, lasts: float, room: str) -> None:
            say(start, f"{room}-pir", MotionData(zone=room, active=True))
            say(start + lasts, f"{room}-pir", MotionData(zone=room, active=False))

        def passes(when: float, ins: int = 0, outs: int = 0) -> None:
            ins, outs = self._counted(ins), self._counted(outs)
            if ins or outs:
                data = FootfallData(counter="beams", door=DOOR, ins=ins, outs=outs, total_ins=0, total_outs=0)
                say(when, "beams", data)

        def card(when: float) -> None:
            say(when, DOOR, AccessData(door=DOOR, granted=True, reason=next(iter(Reason))))
            say(when + 1, DOOR, DoorData(door=DOOR, change=DoorChange.OPENED))

        # By day, and who leaves late.
        leaves = second(day, 22) + chance.expovariate(1 / 1200)
        when = second(day, 9)
        while when < leaves:
            moves(when, chance.uniform(20, 300), chance.choice(ROOMS))
            when += chance.expovariate(1 / 600)
        # Members: families, a child that runs out and in again, who turns back at the door.
        when = second(day, 17)
        while (when := when + chance.expovariate(chance.choice((2, 6, 14)) / 3600)) < second(day, 22):
            party = chance.choices((1, 2, 3, 4, 5), (60, 20, 10, 7, 3))[0]
            card(when)
            for each in range(party):
                passes(when + 3 + each * chance.uniform(1, 8), ins=1)
            if chance.random() < 0.06:
                out = when + chance.uniform(120, 3000)
                passes(out, outs=1)
                passes(out + chance.uniform(5, 240), ins=1)
            passes(when + chance.uniform(900, 5400), outs=party)
        # At night: PIRs that see nobody, a counter that counts nobody, a cleaner with a card on two days in three.
        for room in ROOMS:
            for _ in range(chance.choices((0, 1, 2, 3), (50, 30, 15, 5))[0]):
                moves(second(day, chance.uniform(22.5, 31)), chance.uniform(1, 40), room)
        if chance.random() < 0.1:
            passes(second(day, chance.uniform(22.5, 31)), ins=1)
        if chance.random() < 0.66:
            when = second(day, chance.uniform(29, 31))
            card(when)
            passes(when + 4, ins=1)
            for each in range(12):
                moves(when + 20 + each * 300, chance.uniform(20, 200), chance.choice(ROOMS))
        # What is put in.
        for code, start, end in ((each.code, each.start, each.end) for each in self.faults):
            if not second(day, 9) <= start < second(day + 1, 9):
                continue
            if code is AlertCode.PRESENT:
                when = start
                while when < end:
                    moves(when, chance.uniform(5, 60), chance.choice(ROOMS))
                    when += chance.expovariate(1 / 90)
            if code is AlertCode.LET_INS:
                for each in range(chance.randint(6, 12)):
                    passes(start + each * (end - start) / 12, ins=1)
        return [Happened(moment(when), number, "pi", device, data) for number, (when, device, data) in enumerate(found)]

    def _counted(self, people: int) -> int:
        """Of these, with 6 % missed and 3 % counted twice."""
        chance = self._chance
        return sum(chance.choices((0, 1, 2), (6, 91, 3))[0] for _ in range(people))

    # What becomes of it

    def _rings(self) -> list[Ring]:
        code = AlertCode
        stores: dict[AlertCode, list[tuple[float, float]]] = {
            code.OFFLINE: [*self._blips(60, 4, 0.6), *self._away],
            code.FAULT: [*self._blips(60, 2, 0.6), *self._wrong(code.FAULT)],
            code.HELD: self._wrong(code.HELD),
            code.GLASS: self._wrong(code.GLASS),
            code.FORCED: self._wrong(code.FORCED),
            code.LEFT_UNLOCKED: [*self._blips(300, 20, 0.9), *self._wrong(code.LEFT_UNLOCKED)],
            code.WITHHELD: [*self._blips(30, 40, 0.5), *self._wrong(code.WITHHELD)],
            code.CO2: _spells(self._co2()),
            code.SENSOR_BATTERY: _spells(self._battery()),
            code.SENSOR_SILENT: _spells(self._silent()),
            code.DISK: _spells(self._disk()),
            code.BACKLOG: _spells(self._backlog()),
            code.OVER_CAPACITY: _spells(self._crowd()),
        }
        spells = [
            Spell(
                key=_key(each, "thing"),
                text=each,
                since=moment(start),
                known_at=moment(start),
                ends=moment(end),
                member="x" if each is code.FAULT else "",
            )
            for each, times in stores.items()
            for start, end in times
        ]
        away = [Away(edge="pi", known_at=moment(start), ends=moment(end)) for start, end in self._away]
        return replay([*spells, *self._people()], {}, away=away, start=START, end=END)

    # What came of it

    def false_rings(self) -> list[Ring]:
        """What rang without a fault of its code, and without a line that was cut."""
        cuts = [Fault(code=AlertCode.OFFLINE, start=start, end=end, within_s=0) for start, end in self._away]
        return [each for each in self.rings if not any(_is_of(each, fault) for fault in (*self.faults, *cuts))]

    def late(self, fault: Fault) -> float | None:
        """How many seconds after it began the alert came; None where none came, or too late."""
        found = [(each.at - moment(fault.start)).total_seconds() for each in self.rings if _is_of(each, fault)]
        return max(min(found), 0) if found and min(found) <= fault.within_s else None


def _is_of(ring: Ring, fault: Fault) -> bool:
    reach = timedelta(hours=1)
    return ring.key.kind is fault.code and moment(fault.start) - reach <= ring.at <= moment(fault.end) + reach


_KNOWN = Known(
    names={each.id: each.name for each in WHERE.doors},
    doors={each.id: [(int(START.timestamp()) - 86_400, int(END.timestamp()) + 86_400)] for each in WHERE.doors},
    counters={DOOR: [(int(START.timestamp()) - 86_400, int(END.timestamp()) + 86_400)]},
    sensors={
        ("pi", f"{room}-pir"): [(int(START.timestamp()) - 86_400, int(END.timestamp()) + 86_400)] for room in ROOMS
    },
    places={("pi", f"{room}-pir"): room for room in ROOMS},
)


def _key(code: AlertCode, about: str) -> AlertKey:
    return AlertKey(site="hub", kind=code, edge="pi", about=about)


def _spells(signal: Signal) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    since: float | None = None
    for when, holds in signal:
        if holds and since is None:
            since = when
        elif not holds and since is not None:
            found.append((since, when))
            since = None
    return [*found, (since, float(_MONTH_S))] if since is not None else found


def _at_any(least_h: float, most_h: float, within_s: float) -> Callable[[random.Random], tuple[float, float, float]]:
    """At any time of the month, for so many hours."""
    return lambda chance: (
        chance.uniform(3600, _MONTH_S - most_h * 3600 - 3600),
        chance.uniform(least_h, most_h) * 3600,
        within_s,
    )


def _on_a_day(
    first: float, last: float, least_h: float, most_h: float, within_s: float
) -> Callable[[random.Random], tuple[float, float, float]]:
    """On any day from one hour to another, for so many hours."""
    return lambda chance: (
        second(chance.randrange(1, DAYS - 2), chance.uniform(first, last)),
        chance.uniform(least_h, most_h) * 3600,
        within_s,
    )


FAULTS: dict[AlertCode, Callable[[random.Random], tuple[float, float, float]]] = {
    AlertCode.FORCED: _at_any(0.05, 8, 3600),
    AlertCode.GLASS: _at_any(0.2, 24, 3600),
    AlertCode.HELD: _at_any(0.1, 8, 3600),
    AlertCode.LEFT_UNLOCKED: _at_any(0.5, 12, 3600 * 2),
    AlertCode.OFFLINE: _at_any(0.05, 24, 3600),
    AlertCode.FAULT: _at_any(0.1, 48, 3600),
    AlertCode.BACKLOG: _at_any(1, 12, 3600 * 2),
    AlertCode.DISK: _at_any(1, 72, 3600 * 2),
    AlertCode.CO2: _on_a_day(9, 17, 2, 5, 3600 * 3),
    AlertCode.SENSOR_BATTERY: _at_any(48, 96, 3600 * 24),
    AlertCode.SENSOR_SILENT: _at_any(48, 96, 3600 * 30),
    AlertCode.OVER_CAPACITY: _on_a_day(18, 20, 0.5, 2, 3600),
    AlertCode.WITHHELD: _on_a_day(22.5, 23, 0.5, 8, 3600),
    AlertCode.PRESENT: _on_a_day(25, 29, 0.1, 1, 3600),
    AlertCode.LET_INS: _on_a_day(17.5, 20, 0.4, 1, 3600 * 2),
}
"""What is put in: when it begins, for how long, and how soon it has to be told of."""
