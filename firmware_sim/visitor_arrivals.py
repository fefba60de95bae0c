"""When people come: visitors by the branch's monthly figures in its opening hours, groups by their bookings."""

import random
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from firmware_sim.building_file import Building
from firmware_sim.simulated_building import SimulatedBuilding
from firmware_sim.timeline import EventTimeline, Process
from firmware_sim.visitor_behaviour import GroupVisit, attend, visit

BUSY = (0.9, 1.25, 1.1, 0.8, 1.1, 1.2, 1.0, 0.7)
"""Visits by the hour since opening, against the mean: a peak mid-morning and one after lunch."""
LATEST = timedelta(minutes=10)
"""Groups whose start is longer ago than this no longer come."""
MOST_DEVICES = 2
NO_SHOWS = 0.08


def open_spans(building: Building, day: date) -> list[tuple[datetime, datetime]]:
    """The staffed spans of a local day, in UTC."""
    zone = ZoneInfo(building.zone)

    def instant(wall: time) -> datetime:
        return datetime.combine(day, wall, zone).astimezone(UTC)

    return [
        (instant(opening.span[0]), instant(opening.span[1]))
        for opening in building.hours
        if opening.weekday == day.weekday()
    ]


def open_hours(building: Building, year: int, month: int) -> float:
    """Hours the building is open in a month."""
    days = (date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1))
    return sum((end - start).total_seconds() / 3600 for day in days for start, end in open_spans(building, day))


def visits_per_hour(building: Building, day: date) -> float:
    """Mean visits in an hour of opening on that day's month."""
    return building.figures.visits(day) / open_hours(building, day.year, day.month)


class VisitorArrivals:
    """Sends people to one site. ``most_per_hour`` limits the visitors, to limit the load on a fast clock."""

    def __init__(self, site: SimulatedBuilding, timeline: EventTimeline, *, seed: str, most_per_hour: float) -> None:
        self._site = site
        self._timeline = timeline
        self._seed = seed
        self._most = most_per_hour
        self._parties: dict[str, GroupVisit] = {}
        self._sent: set[str] = set()
        public = [door.id for door in site.building.doors if door.free_while_staffed]
        self._doors = public or [door.id for door in site.building.doors]

    def start(self) -> None:
        """Start sending visitors."""
        self._timeline.spawn(self._visitors())

    def expect(self, parties: list[GroupVisit]) -> None:
        """Sets the groups with bookings; those expected before that are missing have been cancelled."""
        fresh = {party.id: party for party in parties}
        for party in parties:
            if self._parties.get(party.id) != party and party.id not in self._sent:
                self._timeline.spawn(self._group(party))
        self._parties = fresh

    def _group(self, party: GroupVisit) -> Process:
        rng = random.Random(f"{self._seed}/{self._site.id}/{party.habit}")
        shows = rng.random() >= NO_SHOWS
        yield self._site.after(party.starts - timedelta(minutes=rng.uniform(5, 11)))
        if self._parties.get(party.id) != party or party.id in self._sent or self._site.now > party.starts + LATEST:
            return
        self._sent.add(party.id)
        if not shows:
            return
        coming = max(1, round(party.people * rng.uniform(0.6, 1.0)))
        together = max(1, round(coming * 0.6))
        for member in range(coming):
            delay = member * rng.uniform(0.3, 1.0) if member < together else rng.uniform(60, 900)
            own = random.Random(f"{self._seed}/{self._site.id}/{party.habit}/{member}")
            devices = min(MOST_DEVICES, self._site.devices_of_one(own))
            # Those who came together wait for the first to open and walk in behind.
            wait = delay + (4.5 if 0 < member < together else 0.0)
            self._timeline.spawn(_later(wait, attend(self._site, party, member, own, devices=devices)))

    def _visitors(self) -> Process:
        number = 0
        zone = ZoneInfo(self._site.building.zone)
        rng = random.Random(f"{self._seed}/{self._site.id}/visitors")
        day = self._site.now.astimezone(zone).date()
        while True:
            for opens, closes in open_spans(self._site.building, day):
                yield self._site.after(opens)
                rate = min(visits_per_hour(self._site.building, day), self._most)
                while self._site.now < closes:
                    hour = int((self._site.now - opens).total_seconds() // 3600)
                    yield rng.expovariate(max(rate * BUSY[min(hour, len(BUSY) - 1)], 0.1) / 3600)
                    if self._site.now >= closes - timedelta(minutes=10):
                        break
                    number += 1
                    self._send(f"visitor-{day.isoformat()}-{number}", closes)
            day += timedelta(days=1)

    def _send(self, who: str, closes: datetime) -> None:
        rng = random.Random(f"{self._seed}/{self._site.id}/{who}")
        devices = min(MOST_DEVICES, self._site.devices_of_one(rng))
        door = rng.choice(self._doors)
        self._timeline.spawn(visit(self._site, door, who, rng, leave_by=closes, devices=devices))


def _later(seconds: float, process: Process) -> Process:
    yield seconds
    yield from process
