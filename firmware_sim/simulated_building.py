"""One building of the world: its doors, the people inside, its PIRs and access points."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from edge.readers.keyboard_events import typed
from firmware_sim import lock_circuit
from firmware_sim.building_file import Building, MotionFacts
from firmware_sim.errors import NoSuchThing
from firmware_sim.ground_truth import DoorMark, TrueCrossing, Truth, TypedCode, Way
from firmware_sim.pi_faults import WireFaults
from firmware_sim.simulated_door import SimulatedDoor
from firmware_sim.timeline import EventTimeline, Process, TimelineSignal, Until


def random_address(rng: random.Random) -> str:
    """A MAC address of the kind phones make up: locally administered, unicast (IEEE 802-2014 8.4)."""
    octets = [rng.randrange(256) & 0xFC | 0x02, *(rng.randrange(256) for _ in range(5))]
    return ":".join(f"{octet:02x}" for octet in octets)


def iw_listing(addresses: Iterable[str], rng: random.Random) -> str:
    """What ``iw`` prints for these stations."""
    return "".join(_station(address, rng) for address in addresses)


def _station(address: str, rng: random.Random) -> str:
    signal = -rng.randrange(38, 82)
    received = rng.randrange(2_000, 90_000_000)
    return (
        f"Station {address} (on wlan0)\n"
        f"\tinactive time:\t{rng.randrange(10, 30_000)} ms\n"
        f"\trx bytes:\t{received}\n"
        f"\trx packets:\t{received // 600}\n"
        f"\ttx bytes:\t{received * 3}\n"
        f"\ttx packets:\t{received // 300}\n"
        f"\ttx retries:\t{rng.randrange(400)}\n"
        f"\ttx failed:\t{rng.randrange(9)}\n"
        f"\tsignal:  \t{signal} [{signal - 2}, {signal}] dBm\n"
        f"\ttx bitrate:\t72.2 MBit/s MCS 7 short GI\n"
        f"\trx bitrate:\t65.0 MBit/s MCS 7\n"
        f"\tauthorized:\tyes\n"
        f"\tauthenticated:\tyes\n"
        f"\tassociated:\tyes\n"
        f"\tconnected time:\t{rng.randrange(5, 7_200)} seconds\n"
    )


LISTING_EVERY_S = 60.0


class Wires(Protocol):
    """The interface through which the world drives a connected Pi."""

    def drive(self, pin: int, level: bool, tick: float) -> None:
        """An input pin has changed at ``tick``."""
        ...

    def listing(self, wifi: str, text: str) -> None:
        """The access point's station listing is now ``text``."""
        ...

    def scan(self, reader: str, text: str) -> None:
        """A scanner has read ``text``."""
        ...


class SimulatedBuilding:
    """A building in motion. ``zero`` is the instant of tick 0."""

    def __init__(self, building: Building, timeline: EventTimeline, truth: Truth, *, zero: datetime, seed: str) -> None:
        self.building = building
        self.id = building.id
        self.mains = True
        self.fire = False
        self.siren = self.lit = False
        self.alarmed = TimelineSignal()
        """Fires when the fire alarm starts."""
        self.wires: Wires | None = None
        self._timeline = timeline
        self._truth = truth
        self._zero = zero
        self._rng = random.Random(f"{seed}/{building.id}")
        self.wire_faults = WireFaults(self._arrived)
        self._drive = self.wire_faults.give
        self._listings: dict[str, str] = {wifi.id: "" for wifi in building.wifi}
        self._inside: dict[str, str] = {}
        self._stations: dict[str, list[str]] = {}
        self._stirred: dict[str, TimelineSignal] = {motion.zone: TimelineSignal() for motion in building.motion}
        self.doorways = {
            door.id: SimulatedDoor(door, timeline, drive=self._drive, mark=self._marker(door.id))
            for door in building.doors
        }
        self._drive(building.fire_line, lock_circuit.NO_FIRE)
        for motion in building.motion:
            self._drive(motion.pin, not lock_circuit.MOTION_SEEN)
            timeline.spawn(self._watch(motion))
        timeline.spawn(self._list_stations())

    @property
    def now(self) -> datetime:
        return self._zero + timedelta(seconds=self._timeline.tick)

    def doorway(self, door: str) -> SimulatedDoor:
        """Raises ``NoSuchThing``."""
        if door not in self.doorways:
            raise NoSuchThing(f"{self.id} has no door {door!r}; it has {', '.join(self.doorways)}")
        return self.doorways[door]

    def after(self, moment: datetime) -> float:
        return max(0.0, (moment - self.now).total_seconds())

    # A Pi comes and goes.

    def scan(self, reader: str, text: str) -> None:
        """A scanner reads ``text``. Raises ``ValueError`` for what no scanner types."""
        typed(text)
        if self.wires is not None:
            self.wires.scan(reader, text)

    def plug(self, wires: Wires) -> dict[int, bool]:
        """A Pi has started behind ``wires``; returns the levels of its inputs."""
        self.unplug()
        self.wires = wires
        for wifi, text in self._listings.items():
            wires.listing(wifi, text)
        return dict(self.wire_faults.levels)

    def unplug(self) -> None:
        """The Pi has lost power: its outputs become inputs, so every relay is off."""
        self.wires = None
        self.siren = self.lit = False
        for doorway in self.doorways.values():
            doorway.rewire(relay=False)

    def output(self, pin: int, level: bool) -> None:
        """The Pi drives ``pin``; an output that becomes an input again counts as low."""
        for doorway in self.doorways.values():
            if doorway.facts.relay == pin:
                doorway.rewire(relay=level)
        alarm = self.building.alarm
        if alarm is not None and pin == alarm.siren:
            self.siren = level
        if alarm is not None and pin == alarm.lights:
            self.lit = level

    def set_mains(self, on: bool) -> None:
        """Switch the building's supply off or on. The caller ends the Pi's process."""
        self.mains = on
        for doorway in self.doorways.values():
            doorway.rewire(mains=on)

    def set_fire(self, on: bool) -> None:
        """Start or reset the fire alarm: its relays cut magnets and open the loop to the edge, and everybody leaves
        by the door of their room."""
        if on is self.fire:
            return
        self.fire = on
        self._truth.fires.append(DoorMark(site=self.id, door="", what="fire" if on else "reset", at=self._utc()))
        for doorway in self.doorways.values():
            doorway.rewire(fire=on)
        self._drive(self.building.fire_line, lock_circuit.NO_FIRE is not on)
        if on:
            self.alarmed.fire()

    # Who is inside.

    @property
    def people(self) -> int:
        return len(self._inside)

    def in_zone(self, zone: str) -> int:
        return sum(1 for place in self._inside.values() if place == zone)

    def anyone_behind(self, door: str) -> str | None:
        """Somebody in the zone behind ``door``, the first who came."""
        zone = self.doorway(door).facts.zone
        return next((who for who, place in self._inside.items() if place == zone), None)

    def holds(self, who: str) -> bool:
        """Whether somebody is inside."""
        return who in self._inside

    def whereabouts(self) -> dict[str, str]:
        """Who is inside, and the zone of each."""
        return dict(self._inside)

    def entered(self, zone: str, who: str, *, devices: int) -> None:
        self._inside[who] = zone
        self._stations[who] = [random_address(self._rng) for _ in range(devices)]
        if zone in self._stirred:
            self._stirred[zone].fire()

    def left(self, zone: str, who: str) -> None:
        self._inside.pop(who, None)
        self._stations.pop(who, None)

    def devices_of_one(self, rng: random.Random) -> int:
        """How many WiFi devices one visitor brings, on average what the branch counted."""
        mean = self.building.figures.wifi_per_visit
        return int(mean) + (rng.random() < mean % 1)

    @property
    def stations(self) -> int:
        return sum(len(addresses) for addresses in self._stations.values())

    # What is written into the truth log.

    def log_crossing(self, door: str, who: str, way: Way, started: float, ended: float) -> None:
        at, to = (self._zero + timedelta(seconds=tick) for tick in (started, ended))
        self._truth.crossed(TrueCrossing(who=who, site=self.id, door=door, way=way, started=at, ended=to))

    def log_typed(self, typed: TypedCode) -> None:
        self._truth.typed.append(typed)

    def log_locked_in(self, crossing: TrueCrossing) -> None:
        self._truth.locked_in.append(crossing)

    def log_turned_away(self) -> None:
        self._truth.turned_away[self.id] += 1

    def _marker(self, door: str) -> Callable[[str], None]:
        def mark(what: str) -> None:
            self._truth.doors.append(DoorMark(site=self.id, door=door, what=what, at=self._utc()))

        return mark

    def _utc(self) -> datetime:
        return self.now.astimezone(UTC)

    def _arrived(self, pin: int, level: bool) -> None:
        if self.wires is not None:
            self.wires.drive(pin, level, self._timeline.tick)

    def _watch(self, motion: MotionFacts) -> Process:
        """A PIR: sees people who come in, and now and then people who sit there."""
        while True:
            if not self.in_zone(motion.zone):
                yield Until(signal=self._stirred[motion.zone], within_s=86_400)
                continue
            self._drive(motion.pin, lock_circuit.MOTION_SEEN)
            yield self._rng.uniform(20, 90)
            self._drive(motion.pin, not lock_circuit.MOTION_SEEN)
            yield self._rng.uniform(30, 240)

    def _list_stations(self) -> Process:
        while True:
            present = [address for addresses in self._stations.values() for address in addresses]
            text = iw_listing(present, self._rng)
            for wifi in self._listings:
                self._listings[wifi] = text
                if self.wires is not None:
                    self.wires.listing(wifi, text)
            yield LISTING_EVERY_S
