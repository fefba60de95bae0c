"""The world: all buildings, one timeline, the truth. Pure; its runner passes in the time and connects the wires."""

import random
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from edge.wire.events import (
    AccessData,
    BootData,
    DoorChange,
    DoorData,
    Event,
    FireChange,
    FireData,
    FootfallData,
    LockoutData,
    OutageData,
)
from firmware_sim.building_file import Building
from firmware_sim.errors import NoSuchThing
from firmware_sim.ground_truth import Truth
from firmware_sim.simulated_building import SimulatedBuilding
from firmware_sim.timeline import Act, EventTimeline, Process, TimelineSignal, Until
from firmware_sim.visitor_arrivals import VisitorArrivals
from firmware_sim.visitor_behaviour import GroupVisit, come_in, go_home, go_out

_TROUBLE = {DoorChange.FORCED: "forced", DoorChange.HELD: "held", DoorChange.CLEARED: ""}
RECENT = 1000
"""Events kept of what one edge recorded."""
KEY_HOLDER_COMES_S = 60.0
"""After a fire alarm is reset; also how long until the code is tried again."""


class Reported:
    """What one edge has recorded since the world began, as its observer saw it."""

    def __init__(self) -> None:
        self.events = 0
        self.last: Event | None = None
        self.stored = 0
        """The seq up to which the controller has stored them."""
        self.recent: deque[Event] = deque(maxlen=RECENT)
        self.ins: Counter[str] = Counter()
        self.outs: Counter[str] = Counter()
        self.passages: Counter[str] = Counter()
        """Of doors whose counter does not tell in from out."""
        self.outages: list[OutageData] = []
        self.last_access: dict[str, AccessData] = {}
        self.codes_wait: dict[str, datetime] = {}
        """Door -> until when codes typed there wait."""
        self.trouble: dict[str, str] = {}
        """Door -> ``forced`` or ``held``."""
        self.fire: FireChange | None = None
        self.access: TimelineSignal = TimelineSignal()

    def note(self, event: Event) -> None:
        self.events += 1
        self.last = event
        self.recent.append(event)
        data = event.read()
        if isinstance(data, FootfallData) and data.door is not None:
            self.ins[data.door] += data.ins
            self.outs[data.door] += data.outs
            self.passages[data.door] += data.passages
        elif isinstance(data, OutageData):
            self.outages.append(data)
        elif isinstance(data, LockoutData) and not data.card:
            self.codes_wait[data.door] = event.at if data.ended else data.until
        elif isinstance(data, BootData):
            self.trouble.clear()  # it looks for itself again
        elif isinstance(data, DoorData) and data.change in _TROUBLE:
            self.trouble[data.door] = _TROUBLE[data.change]
        elif isinstance(data, FireData):
            self.fire = data.change
        elif isinstance(data, AccessData):
            self.last_access[data.door] = data
            self.access.fire()


class World:
    """Buildings and people from instant ``zero`` (tick 0) on. Same buildings, seed and inputs: same truth."""

    def __init__(
        self,
        buildings: Iterable[Building],
        *,
        zero: datetime,
        tick: float = 0.0,
        seed: str = "hallkeeper",
        most_per_hour: float = 1000.0,
    ) -> None:
        self.timeline = EventTimeline(tick)
        self.truth = Truth()
        self._zero = zero.astimezone(UTC)
        self._seed = seed
        self._walkers = 0
        self.sites: dict[str, SimulatedBuilding] = {}
        self.crowds: dict[str, VisitorArrivals] = {}
        self.reported: dict[str, Reported] = {}
        self.key_codes: dict[str, str] = {}
        """Site -> the code of the key holder who comes after a fire; without one nobody does."""
        for building in buildings:
            site = SimulatedBuilding(building, self.timeline, self.truth, zero=self._zero, seed=seed)
            self.sites[building.id] = site
            self.crowds[building.id] = VisitorArrivals(site, self.timeline, seed=seed, most_per_hour=most_per_hour)
            self.reported[building.id] = Reported()
            self.timeline.spawn(self._leave_in_fires(site))

    @property
    def now(self) -> datetime:
        return self._zero + timedelta(seconds=self.timeline.tick)

    def site(self, name: str) -> SimulatedBuilding:
        """Raises ``NoSuchThing``."""
        if name not in self.sites:
            raise NoSuchThing(f"there is no site {name!r}; there are {', '.join(self.sites)}")
        return self.sites[name]

    def parts(self, site: str) -> list[SimulatedBuilding]:
        """The parts of a site, one for each edge."""
        return [part for part in self.sites.values() if part.building.site == site]

    def behind(self, site: str, edge: str) -> SimulatedBuilding:
        """The part of a site that an edge controls. Raises ``NoSuchThing``."""
        for part in self.parts(site):
            if part.building.edge == edge:
                return part
        raise NoSuchThing(f"there is no edge {edge!r} at {site!r}")

    def open_up(self) -> None:
        """Let visitors come."""
        for crowd in self.crowds.values():
            crowd.start()

    def expect(self, site: str, parties: list[GroupVisit]) -> None:
        """The groups with bookings at a site; they replace the earlier ones."""
        self.crowds[site].expect(parties)

    def still_inside(self, site: str, people: dict[str, int]) -> None:
        """People from an earlier run, by zone; they leave within half an hour."""
        place = self.site(site)
        for zone, count in people.items():
            door = next((door.id for door in place.building.doors if door.zone == zone), None)
            for number in range(count if door is not None else 0):
                who = f"left-over-{zone}-{number}"
                rng = self._rng(f"{site}/{who}")
                place.entered(zone, who, devices=place.devices_of_one(rng))
                self.timeline.spawn(go_home(place, str(door), who, rng, within_s=1800))

    def _leave_in_fires(self, place: SimulatedBuilding) -> Process:
        """Whenever the fire alarm goes off everybody leaves within two minutes, by the door of their room."""
        doors = {door.zone: door.id for door in reversed(place.building.doors)}
        while True:
            if not place.fire:
                yield Until(signal=place.alarmed, within_s=86_400)
            leaving: set[str] = set()
            while place.fire:
                for who, zone in place.whereabouts().items():
                    if who not in leaving:
                        leaving.add(who)
                        rng = self._rng(f"{place.id}/{who}/fire")
                        self.timeline.spawn(go_home(place, doors[zone], who, rng, within_s=120))
                yield 15.0
            if place.id in self.key_codes:
                self.timeline.spawn(self._clear_fire(place, self.key_codes[place.id]))

    def _clear_fire(self, place: SimulatedBuilding, code: str) -> Process:
        """The key holder comes once the fire alarm is reset, and types the code at a door until the Pi says that the
        fire is cleared."""
        door = place.building.doors[0].id
        while True:
            yield KEY_HOLDER_COMES_S
            if place.fire or self.reported[place.id].fire not in (FireChange.ACTIVE, FireChange.LATCHED):
                return
            self.type_keys(place.id, door, code)

    def inside(self, site: str) -> dict[str, int]:
        """People by zone."""
        place = self.site(site)
        return {zone: n for zone in {door.zone for door in place.building.doors} if (n := place.in_zone(zone))}

    def reported_access(self, site: str, heard: Callable[[], None]) -> None:
        """Call ``heard`` once, when the site's edge next records an access."""
        self.reported[site].access.wait(heard)

    def type_keys(self, site: str, door: str, keys: str) -> float:
        """Somebody types at a keypad; the tick of the last pulse. Raises ``NoSuchThing`` or ``ValueError``."""
        return self.site(site).doorway(door).type_keys(keys, self._rng(f"{site}/{door}/{self.timeline.tick}"))

    def scan(self, site: str, door: str, text: str) -> float:
        """Somebody holds a code under a door's scanner; the present tick. Raises ``NoSuchThing`` or ``ValueError``."""
        place = self.site(site)
        facts = place.doorway(door).facts
        if not facts.scanner:
            raise ValueError(f"{facts.name} has no scanner")
        place.scan(facts.scanner_id, text)
        return self.timeline.tick

    def walker(self) -> str:
        """A name for somebody sent by hand."""
        self._walkers += 1
        return f"walker-{self._walkers}"

    def walk_in(self, site: str, door: str, who: str) -> Act:
        place = self.site(site)
        rng = self._rng(f"{site}/{door}/{who}")
        return come_in(place, door, who, rng, devices=place.devices_of_one(rng))

    def walk_out(self, site: str, door: str, who: str) -> Act:
        return go_out(self.site(site), door, who, self._rng(f"{site}/{door}/{who}"))

    def _rng(self, what: str) -> random.Random:
        return random.Random(f"{self._seed}/{what}")
