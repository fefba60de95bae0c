"""Replays a recording: how many people were in a space, step by step, with error, from any of its sensors.

Each step knows the rows up to its own. A truth column is read until ``learn_until`` only, and never before its time:
what is said of a moment was learned from earlier ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from controller.occupancy.clock_check import hours_off
from controller.occupancy.doors import WEIGHTS, Doors, either_way
from controller.occupancy.evidence import Evidence, evidence
from controller.occupancy.expected import expecting
from controller.occupancy.features import DAY, HOUR, held, of_column
from controller.occupancy.filter import Comings, Moments, OccupancyFilter, doubted, quantile, tempered, unseen, usual
from controller.occupancy.followers import Breathed, Counted, Served
from controller.occupancy.learned import Learned, beliefs, learn, loss, widened
from controller.occupancy.recording import TRUTHS, BadRecording, Column, Floats, Recording

_OFTEN = 0.3
"""Learned from again when the past is so much longer."""
_SILENT = HOUR
"""A sensor that sent nothing for so long is not believed."""
_FOLLOWING = ("devices", "co2")
_MOST_AIR = 4
"""Sensors of carbon dioxide that are followed one by one."""
_BALANCED_SPREAD = 2.0
"""Standard deviation of nobody, where only the counts of a quiet night say so."""
_BEYOND, _MOST = 1.3, 4000
"""Doors miss people: the filter reaches so far beyond what they counted."""
_WEIGHT, _WEIGHT_OF_ROOM = 0.15, 0.5
"""Of what sensors say before anything is learned: rows of a minute each repeat the one before; the live figure's are
longer."""
_ROWS_AT_ONCE = 64


class Zone(Enum):
    """What a recording is of. ``RECORDED``: a space, of which a truth and clocks can be learned. Live, all clocks are
    right: a ``BUILDING``, of whose sensors only counters and what follows them are believed, since others see a part of
    it, and which may hold more than its capacity; a ``ROOM``, of which all sensors are believed."""

    RECORDED = 1
    BUILDING = 2
    ROOM = 3


@dataclass(frozen=True)
class Step:
    """``low`` to ``high``: with probability 0.9 the number lies there; ``people``: as likely more as fewer;
    ``more``: how likely it is the most that the filter knows, or more."""

    at: datetime
    people: int
    mean: float
    low: int
    high: int
    occupied: bool
    reason: str
    more: float


class Replay:
    """``off``: columns whose clock is hours off, which are not used, and by how many hours. ``first``: the row from
    which people are followed, where no door counts."""

    def __init__(
        self,
        recording: Recording,
        capacity: int,
        learn_until: datetime | None = None,
        *,
        zone: Zone = Zone.RECORDED,
        first: int = 0,
    ) -> None:
        self.off: dict[str, int] = {}
        self.doors = Doors(recording, whole=zone is Zone.BUILDING)
        if zone is Zone.BUILDING:
            capacity = max(capacity, min(round(_BEYOND * self.doors.highest) + 1, _MOST))
        self._recording, self._capacity = recording, capacity
        self._seconds = recording.seconds
        self._truth = recording.truth() if learn_until else None
        self._until = learn_until.timestamp() if learn_until else -np.inf
        sensors = [column for column in recording.columns if column.kind not in TRUTHS]
        if zone is Zone.BUILDING:
            sensors = [column for column in sensors if column.kind in ("in", "out", *_FOLLOWING)]
        self._studies = zone is Zone.RECORDED
        self._weight = _WEIGHT_OF_ROOM if zone is Zone.ROOM else _WEIGHT
        self._first = 0 if self.doors.counting else first
        said = {
            one.name for one in sensors if zone is Zone.ROOM and one.kind == "present"
        }  # already until it is silent
        self._columns = [
            one if one.name in said else Column(one.name, one.kind, _recent(self._seconds, one)) for one in sensors
        ]
        if zone is Zone.BUILDING:
            self._columns = _air_together(self._columns)
        self._features = {one.name: of_column(self._seconds, one) if self._studies else [] for one in self._columns}
        self._told = [(column, np.isfinite(column.values)) for column in recording.of("told")]
        self._learned: Learned | None = None
        self._logs: Floats | _FirstLogs | None = None
        self._heard = 0
        self._served: list[tuple[Column, Served]] = []
        self._breathed: list[tuple[Column, Breathed]] = []
        self._follow()
        self._follows = bool(self._served or self._breathed)
        self._counted = [Counted(one, self._capacity) for one in self._columns if one.kind == "present"]
        self._booked = _sum(recording.of("booked"), len(self._seconds))
        self._signs = _sum(recording.of("came"), len(self._seconds))
        self._expected: dict[tuple[float, float], Comings] = {}
        self._believed = unseen(usual(self._capacity))
        self._either_way, self._unheard = 0.0, False
        self._use(self._columns)

    def _follow(self) -> None:
        """What follows people, learned from the doors."""
        if not self.doors.counting:
            return
        for one in self._columns:
            if one.kind == "devices":
                self._served.append((one, Served(one, self._capacity)))
            elif one.kind == "co2":
                self._breathed.append((one, Breathed(self._seconds, one, self._capacity, means=not self._studies)))

    def steps(self) -> Iterator[Step]:
        """One step a row."""
        for index, believed in self._run():
            yield self._step(index, believed)

    def last(self) -> Step:
        """The step of the last row; costs less than all of them."""
        for index, believed in self._run():
            if index == len(self._seconds) - 1:
                self._believed = either_way(believed.belief, self.either_way)
                return self._step(index, believed)
        raise BadRecording("The recording has no row.")

    @property
    def belief(self) -> Floats:
        """After `last`: how likely each number is at the last row; shape (capacity + 1,)."""
        return self._believed

    @property
    def either_way(self) -> int:
        """How many passed, since the number was last known, counters of a building that do not tell in from out."""
        return round(self._either_way)

    @property
    def unsure(self) -> bool:
        """Whether, since the number was last known, anybody passed such a counter, or one of them did not work."""
        return self._unheard or self._either_way > 0

    def _run(self) -> Iterator[tuple[int, OccupancyFilter]]:
        """Each row, with what is believed after it."""
        seconds = self._seconds
        doors = self.doors
        comings = usual(self._capacity)
        counted = doors.uncounted(comings)
        believed = OccupancyFilter(counted, unseen(comings), WEIGHTS if doors.counting else None)
        passing = doors.passing()
        lesson, before = seconds[0] + DAY, seconds[self._first] if self._first else seconds[0]
        for index, second in enumerate(seconds[self._first :].tolist(), self._first):
            if self._studies and (second >= lesson or before < self._until <= second):
                self._study(index)
                if self._learned is not None:
                    comings = self._learned.comings
                counted = doors.uncounted(comings)
                self._expected.clear()
                lesson = second + max(DAY, _OFTEN * (second - seconds[0]))
            self._anchor(index)
            was = believed.moments if self._follows else Moments(0.0, 0.0)
            self._either_way += float(doors.either_way[index])
            self._unheard |= bool(doors.unheard[index])
            if doors.empty[index]:
                believed.empty()
                self._either_way, self._unheard = 0.0, False
            else:
                base = comings if doors.silent[index] and self._studies else counted
                believed.become(base if doors.counting else self._expecting(index, base))
                believed.pass_time(second - before)
                if doors.blind[index] and not self._studies:
                    believed.wander(float(passing * doors.blind[index] * (second - before) / HOUR) ** 0.5)
                if (change := doors.change(index)) is not None:
                    believed.cross(change, others=self.unsure)
                if self._logs is not None:
                    believed.see(self._logs[index])
                for one in self._counted:
                    if (logs := one.logs(index)) is not None:
                        believed.see(logs * min((second - before) / one.PERIOD, 1.0))
            if self._follows:
                self._followed(index, second - before, was, believed)
            if doors.balanced[index] and not doors.balanced[index - 1]:
                believed.told(0, _BALANCED_SPREAD)
                self._either_way, self._unheard = 0.0, False
            for column, known in self._told:
                if known[index]:
                    believed.told(float(column.values[index]))
                    self._either_way, self._unheard = 0.0, False
            before = second
            yield index, believed

    def _step(self, index: int, believed: OccupancyFilter) -> Step:
        passed = self.either_way  # all of them may have gone one way
        there = either_way(believed.belief, passed)
        people = quantile(there, 0.5)
        mean = float(there @ np.arange(self._capacity + 1))
        belief = believed.belief
        if self._learned is not None:
            belief = doubted(widened(belief, self._learned.widening), self._learned.presence)
        elif not self.doors.counting:
            belief = doubted(belief)
        elif self._follows:
            belief = tempered(belief)
        low, high = min(quantile(belief, 0.05), people), max(quantile(belief, 0.95), people)
        low, high = max(low - passed, 0), min(high + passed, self._capacity)
        occupied = bool(there[0] < 0.5)
        return Step(
            self._recording.moments[index],
            people,
            mean,
            low,
            high,
            occupied,
            self._reason(index),
            float(there[-1]),
        )

    def _expecting(self, index: int, comings: Comings) -> Comings:
        """How people come and go at a row, by what is booked then. What was learned from a truth knows that already."""
        people, sign = float(self._booked[index]), float(self._signs[index])
        if self._learned is not None or not (people or sign):
            return comings
        if (people, sign) not in self._expected:
            self._expected[people, sign] = expecting(comings, people, sign)
        return self._expected[people, sign]

    def _anchor(self, index: int) -> None:
        """At the beginning of an empty time, and hourly on the first day: learn from the doors what follows people."""
        doors = self.doors
        span = doors.anchored(index)
        ended = span is not None
        if span is not None:
            people = doors.people(span)
            for _, served in self._served:
                served.learn(self._seconds, span, people)
        elif self._follows and not doors.corrections and self._seconds[index] - self._seconds[self._heard] >= HOUR:
            span, people = doors.so_far(index)
        else:
            return
        self._heard = index + 1
        for _, served in self._served:
            served.learn_floor(doors.empty[: index + 1])
        passed = doors.passed(span)
        for _, breathed in self._breathed:
            breathed.learn(span, people, passed, ended=ended)

    @property
    def capacity(self) -> int:
        """The most people that the filter knows."""
        return self._capacity

    @property
    def follows(self) -> dict[str, list[str]]:
        """What is believed at the last row beside the counters: kind -> columns."""
        last, found = len(self._seconds) - 1, dict[str, list[str]]()
        followers: list[tuple[Column, Served | Breathed]] = [*self._served, *self._breathed]
        for one, follower in followers:
            if follower.says(last):
                found.setdefault(one.kind, []).append(one.name)
        return found

    def _followed(self, index: int, span: float, was: Moments, believed: OccupancyFilter) -> None:
        """What WiFi and carbon dioxide say, after so many seconds, by what was learned from the doors. Sensors of the
        air of one building repeat each other."""
        heard = self._learned is None and not self.doors.empty[index]
        for one, served in self._served:
            logs = served.moved(index, span, was, believed.moments, believed.belief)
            if heard and logs is not None and one.name not in self.off:
                believed.see(logs)
        now = believed.moments
        for one, breathed in self._breathed:
            logs = breathed.moved(index, span, was, now)
            if heard and logs is not None and one.name not in self.off:
                believed.see(logs / len(self._breathed))

    def _study(self, index: int) -> None:
        """Learn from the rows before ``index``."""
        past, seconds = slice(0, index), self._seconds
        known = None
        if self._truth is not None:
            known = np.where(seconds[past] < self._until, self._truth[past], np.nan)
        offset = self._recording.moments[index].utcoffset() or timedelta()
        heard = [Column(one.name, one.kind, one.values[past]) for one in self._columns]
        off = hours_off(seconds[past], heard, known, offset.total_seconds())
        if off != self.off:
            self.off = off
            self._use([one for one in self._columns if one.name not in off])
        if known is None:
            return
        features = [one[past] for one in self._chosen]
        found = learn(seconds[past], features, known, self._capacity)
        rows = np.isfinite(known)
        if found is not None and self._first_loss(known, rows) > found.loss:
            self._learned = found
        if self._learned is not None:
            self._logs = self._learned.logs(seconds, self._chosen)

    def _first_loss(self, known: Floats, rows: NDArray[np.bool_]) -> float:
        """How well the truth is predicted without learning."""
        past = slice(0, len(rows))
        logs = np.zeros((len(rows), self._capacity + 1)) if self._first_logs is None else self._first_logs.of(past)
        first = beliefs(self._seconds[past][rows], logs[rows], usual(self._capacity))
        return loss(first, np.clip(np.round(known[rows]), 0, self._capacity))

    def _use(self, columns: list[Column]) -> None:
        counters = _FOLLOWING if self.doors.counting else ()
        others = [one for one in columns if one.kind not in counters]
        self._seen = evidence(self._seconds, others, self._capacity, live=not self._studies)
        self._chosen = [one for column in columns for one in self._features[column.name]]
        self._chosen += [self._seen.occupied, np.sqrt(np.maximum(self._seen.count, 0.0))]
        says = self._seen.says or not self.doors.counting  # counts alone are no evidence that the space is empty
        self._first_logs = _FirstLogs(self._seen, self._capacity, self._weight) if says else None
        self._logs = self._first_logs
        self._learned = None

    def in_words(self) -> list[str]:
        """What each kind of sensor says at the last row."""
        found = [f"a sensor counts {one.values[-1]:g}" for one in self._columns if one.kind == "present"]
        names = {"co2": "carbon dioxide", "contact": "doors and windows"}
        words = [_MOTION.get(each, each) for each in self._said(len(self._seconds) - 1, names)]
        return [*(each for each in found if "nan" not in each), *words]

    def _said(self, index: int, names: Mapping[str, str]) -> list[str]:
        says = {names.get(kind, kind): float(odds[index]) for kind, odds in self._seen.says.items()}
        return [f"{kind}: {_IN_WORDS[np.searchsorted(_ODDS, odds)]}" for kind, odds in says.items() if odds == odds]

    def _reason(self, index: int) -> str:
        words = self._said(index, {})
        silent = [one.name for one in self._columns if np.isnan(one.values[index]) and one.name not in self.off]
        words += [f"{name} is silent" for name in silent]
        words += [f"{name} is {abs(hours)} hours out of step" for name, hours in self.off.items()]
        words += [f"booked for {self._booked[index]:g}"] if self._booked[index] else []
        counts = {kind for kind in self._seen.says if kind in _FOLLOWING}
        if counts == {"devices"} and self._learned is None and not self._counted:
            words.append("how many is a guess: devices a person are not learned")
        return "; ".join(words) or "no sensor says anything"


_MOTION = {"pir: people": "somebody moves"} | {
    f"pir: {words}": "nobody moves" for words in ("nobody", "probably nobody", "undecided")
}
_ODDS = np.array([-1.5, -0.3, 0.3, 1.5])
_IN_WORDS = ("nobody", "probably nobody", "undecided", "probably people", "people")


def _sum(columns: list[Column], rows: int) -> Floats:
    found: Floats = np.sum([np.nan_to_num(held(column.values)) for column in columns], axis=0) + np.zeros(rows)
    return found


def _recent(seconds: Floats, column: Column) -> Floats:
    """The values, each held until the next; NaN where the last is too old to be believed."""
    if column.kind in ("in", "out", "crossings", "pir"):
        return column.values
    known = np.isfinite(column.values)
    last = np.maximum.accumulate(np.where(known, np.arange(len(seconds)), 0))
    return np.where(seconds - seconds[last] <= _SILENT, held(column.values), np.nan)


def _air_together(columns: list[Column]) -> list[Column]:
    """Many sensors of carbon dioxide as one, their mean: to follow each costs as much. What one of them that is silent
    usually sends does not move it."""
    air = [each for each in columns if each.kind == "co2" and np.isfinite(each.values).any()]
    if len(air) <= _MOST_AIR:
        return columns
    values = np.stack([each.values for each in air])
    usual_ = np.nanmedian(values, axis=1, keepdims=True)
    known = np.isfinite(values)
    many = known.sum(axis=0)
    off = np.where(known, values - usual_, 0.0).sum(axis=0) / np.maximum(many, 1)
    mean = Column(f"the mean of {len(air)} sensors", "co2", np.where(many > 0, usual_.mean() + off, np.nan))
    return [*(each for each in columns if each.kind != "co2"), mean]


class _FirstLogs:
    """Log likelihoods (rows, capacity + 1) before anything is learned. They are made for some rows at a time:
    those of a week would take up to 64 MB, and several times as much to make."""

    def __init__(self, seen: Evidence, capacity: int, weight: float) -> None:
        self._seen, self._capacity, self._weight = seen, capacity, weight
        self._begins, self._made = 0, np.empty((0, capacity + 1))

    def __getitem__(self, row: int) -> Floats:
        if not self._begins <= row < self._begins + len(self._made):
            self._begins, self._made = row, self.of(slice(row, row + _ROWS_AT_ONCE))
        found: Floats = self._made[row - self._begins]
        return found

    def of(self, rows: slice) -> Floats:
        occupied, count = self._seen.occupied[rows], self._seen.count[rows]
        found = np.empty((len(occupied), self._capacity + 1))
        found[:, 0] = -np.log1p(np.exp(occupied))
        found[:, 1:] = -np.log1p(np.exp(-occupied))[:, None]
        numbers = np.sqrt(np.arange(1, self._capacity + 1))
        away = (numbers[None] - np.sqrt(np.clip(count, 0.7, self._capacity))[:, None]) / 0.8
        by_count = -2.5 * np.log1p(away**2 / 4)
        found[:, 1:] += np.nan_to_num(by_count - by_count.max(axis=1, keepdims=True))
        found *= self._weight
        return found
