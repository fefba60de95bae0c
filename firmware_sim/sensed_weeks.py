"""Weeks of people in a building and what its sensors make of them: the truth beside a recording, by a seed. Pure.

People come alone, in parties and to sessions, by the door of their habit, and bring devices. Doors miss and double by
rates of each door and direction, drawn again at the seed's moment in mid-week; people who linger in a doorway are
counted too. Nobody but the caller knows the truth and the rates.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
MINUTES = 1440
"""Of a day; one row is one minute."""
_FRESH_AIR_PPM, _BREATHED = 420.0, 18_000.0
_LINGERS = 600
"""Seconds that the WiFi still lists a device that has left."""


@dataclass(frozen=True)
class Scenario:
    """``hours``: of opening, for each weekday from Monday, in hours of the day; empty: closed. ``visits``: people a day
    who come for themselves; ``session``: the least and the most people of one; ``sessions``: how many a day."""

    name: str
    about: str
    capacity: int
    doors: int
    hours: tuple[tuple[float, float] | None, ...]
    visits: int
    stay_minutes: float
    sessions: int = 0
    session: tuple[int, int] = (0, 0)
    faults: bool = False


_WEEK = ((9.0, 19.0), (9.0, 17.0), (9.0, 19.0), (9.0, 17.0), (9.0, 17.0), (10.0, 14.0), None)
SCENARIOS = {
    each.name: each
    for each in (
        Scenario("library", "two doors, people who look in", 120, 2, _WEEK, 260, 35.0),
        Scenario("hall", "one door, sessions of 8 to 40", 80, 1, ((9.0, 22.0),) * 7, 20, 30.0, 4, (8, 40)),
        Scenario("centre", "three doors, both kinds", 200, 3, ((8.5, 21.5),) * 6 + (None,), 300, 45.0, 5, (6, 30)),
        Scenario("faults", "a library with a dead door, a silent WiFi and a stuck sensor", 120, 2, _WEEK, 260, 35.0,
                 faults=True),
    )
}  # fmt: skip


@dataclass
class SensedWeeks:
    """One value a minute of each column; NaN where a sensor is silent. ``kinds``: what each column is, as
    `hallkeeper occupancy replay` names it; ``open``: whether the building was open; ``stays``: the truth of each
    person."""

    scenario: Scenario
    start: datetime
    people: list[int]
    open: list[bool]
    stays: list["Stay"] = field(default_factory=list)
    columns: dict[str, list[float]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def rows(self) -> Iterator[list[str]]:
        """A heading with the time, then one row a minute."""
        yield ["time", *self.columns]
        for index in range(len(self.people)):
            values = (column[index] for column in self.columns.values())
            moment = self.start + timedelta(minutes=index)
            yield [moment.isoformat(), *("" if value != value else f"{value:g}" for value in values)]


@dataclass(frozen=True)
class Stay:
    """Minutes since the start; ``came_by`` and ``left_by``: doors; ``session``: from when to when that lasts to which
    somebody came, None for who came for themselves."""

    comes: float
    leaves: float
    came_by: int
    left_by: int
    session: tuple[int, int] | None
    devices: int


_Drawn = tuple[float, float, int, int, tuple[int, int] | None]
"""A stay without its devices."""


def sensed_weeks(scenario: Scenario, seed: str, weeks: int = 1) -> SensedWeeks:
    """Draw ``weeks`` of a scenario; the same seed gives the same weeks."""
    rng = random.Random(f"{scenario.name}/{seed}")
    days = weeks * 7
    length = days * MINUTES
    made = SensedWeeks(scenario, MONDAY, [0] * length, [False] * length)
    share = min(max(rng.gauss(0.6, 0.3), 0.2), 1.2)
    stays = made.stays
    alarm = [1.0] * length
    for day in range(days):
        hours = scenario.hours[day % 7]
        if hours is None:
            continue
        opens, closes = (day * MINUTES + round(hour * 60) for hour in hours)
        for minute in range(opens, closes):
            made.open[minute] = True
        today = [Stay(*each, _devices(rng, share)) for each in _day(scenario, rng, opens, closes)]
        stays += today
        first, last = (
            int(f(times)) for f, times in ((min, [s.comes for s in today]), (max, [s.leaves for s in today]))
        )
        forgotten = rng.random() < 0.1
        for minute in range(max(first - 1, 0), (day + 1) * MINUTES if forgotten else min(last + 4, length)):
            alarm[minute] = 0.0
    for stay in stays:
        for minute in range(math.ceil(stay.comes), min(math.ceil(stay.leaves), length)):
            made.people[minute] += 1
    _doors(made, stays, rng, weeks)
    _wifi(made, stays, rng)
    _room(made, rng)
    made.columns["alarm"], made.kinds["alarm"] = alarm, "alarm"
    if scenario.faults:
        _break(made, rng)
    return made


def _devices(rng: random.Random, share: float) -> int:
    return min(sum(rng.random() < share / 2 for _ in range(2)) + (rng.random() < 0.03), 3)


def _day(scenario: Scenario, rng: random.Random, opens: int, closes: int) -> Iterator[_Drawn]:
    """The stays of one day."""
    doors = range(scenario.doors)
    weights = [1.0 / (1 + door) for door in doors]

    def habit() -> tuple[int, int]:
        came = rng.choices(doors, weights)[0]
        return came, came if rng.random() < 0.8 else rng.choices(doors, weights)[0]

    for _ in range(2 + scenario.doors // 3):
        yield opens - rng.uniform(10, 40), closes + rng.uniform(5, 30), 0, 0, None
    left = scenario.visits * rng.uniform(0.7, 1.3) * (closes - opens) / 600
    while left > 0:
        party = rng.choices((1, 2, 3, 4), (70, 20, 6, 4))[0]
        comes = opens + (closes - opens - 15) * min(max(rng.betavariate(1.6, 1.5), 0.001), 0.999)
        stay = 2 + rng.expovariate(1 / scenario.stay_minutes)
        ways = habit()
        for _ in range(party):
            leaves = min(comes + stay + rng.uniform(0, 1), closes - rng.uniform(0, 6))
            yield comes + rng.uniform(0, 0.3), max(leaves, comes + 1), *ways, None
        left -= party
    if not scenario.sessions:
        return
    slots = rng.sample(range(opens // 60, closes // 60 - 1), min(scenario.sessions, (closes - opens) // 60 - 1))
    for hour in slots:
        starts, ends = hour * 60 + rng.choice((0, 30)), hour * 60 + 60 + rng.choice((0, 15, 30))
        for _ in range(rng.randint(*scenario.session)):
            late = rng.uniform(0, 20) if rng.random() < 0.2 else rng.uniform(-12, 2)
            leaves = max(min(ends, closes) + rng.uniform(-3, 9), starts + late + 5)
            yield starts + late, leaves, *habit(), (starts, min(ends, closes))


def _doors(made: SensedWeeks, stays: list[Stay], rng: random.Random, weeks: int) -> None:
    """What the doors count: 2 to 12 % missed, 0 to 4 % double, other rates from a moment in each mid-week on."""
    doors, length = made.scenario.doors, len(made.people)
    changes = [week * 7 * MINUTES + rng.randint(2 * MINUTES, 4 * MINUTES) for week in range(weeks)]
    rates = [
        [[(rng.uniform(0.02, 0.12), rng.uniform(0.0, 0.04)) for _ in range(2)] for _ in range(doors)]
        for _ in range(weeks + 1)
    ]
    counts = [[[0.0] * length for _ in range(2)] for _ in range(doors)]

    def crosses(moment: float, door: int, way: int) -> None:
        minute = math.floor(moment)
        if not 0 <= minute < length:
            return
        missed, double = rates[sum(moment >= change for change in changes)][door][way]
        drawn = rng.random()
        counts[door][way][minute] += 0 if drawn < missed else 2 if drawn < missed + double else 1

    for stay in stays:
        crosses(stay.comes, stay.came_by, 0)
        crosses(stay.leaves, stay.left_by, 1)
        if rng.random() < 0.05:  # lingers in the doorway: in, out and in again
            for way in (1, 0):
                crosses(stay.comes + 0.2, stay.came_by, way)
    for door in range(doors):
        for way, name in enumerate(("in", "out")):
            made.columns[f"door{door + 1}-{name}"], made.kinds[f"door{door + 1}-{name}"] = counts[door][way], name


def _wifi(made: SensedWeeks, stays: list[Stay], rng: random.Random) -> None:
    length = len(made.people)
    served = [float(rng.randint(2, 8))] * length
    for stay in stays:
        if stay.devices:
            first, last = stay.comes + rng.uniform(0, 3), stay.leaves + rng.uniform(0, _LINGERS / 60)
            for minute in range(max(math.ceil(first), 0), min(math.ceil(last), length)):
                served[minute] += stay.devices
    made.columns["wifi"], made.kinds["wifi"] = served, "devices"


def _room(made: SensedWeeks, rng: random.Random) -> None:
    """Carbon dioxide, heat and movement of all the building, by what people give off."""
    volume, changes = 12.0 * made.scenario.capacity, rng.uniform(1.0, 3.0)
    level, warmth = _FRESH_AIR_PPM, 19.0
    levels, heat, moved = [], [], []
    for people in made.people:
        level += (_BREATHED / volume * people - changes * (level - _FRESH_AIR_PPM)) / 60
        warmth += (0.9 * people * 10 / made.scenario.capacity - 0.8 * (warmth - 19.0)) / 60
        levels.append(float(round(level + rng.gauss(0, 12))))
        heat.append(round(warmth + rng.gauss(0, 0.1), 1))
        moved.append(float(rng.random() < 1 - 0.85 ** min(people, 20) + 0.001))
    for name, kind, values in (("co2", "co2", levels), ("warmth", "temperature", heat), ("pir", "pir", moved)):
        made.columns[name], made.kinds[name] = values, kind


def _break(made: SensedWeeks, rng: random.Random) -> None:
    """For three hours of a day each: a door that sends nothing, a silent WiFi, carbon dioxide that stays what it is."""
    for names in (("door2-in", "door2-out"), ("wifi",), ("co2",)):
        first = rng.randint(1, 5) * MINUTES + rng.randint(10 * 60, 14 * 60)
        for name in names:
            stuck = made.columns[name][first] if name == "co2" else math.nan
            made.columns[name][first : first + 180] = [stuck] * 180
