"""A simulated building, as its TOML file describes it. Data only; the world simulates it."""

import tomllib
from collections.abc import Mapping
from datetime import date, time
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edge.wire.ids import Slug
from firmware_sim.errors import BuildingError
from firmware_sim.lock_circuit import Fail, Feed, Lock

Pin = Annotated[int, msgspec.Meta(ge=0, le=27)]
"""A BCM number."""
Wall = Annotated[str, msgspec.Meta(pattern=r"^\d\d:\d\d$")]


class BeamFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two light beams across a doorway, one behind the other. ``both_ways``: only the outer one is wired to the Pi,
    which then cannot tell in from out."""

    id: Slug
    outer: Pin
    inner: Pin
    both_ways: bool = False


class CardPins(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A card reader's two wires."""

    d0: Pin
    d1: Pin


class DoorFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A door, its wires, and the ``zone`` behind it. ``cards``: it also has a card reader;
    ``scanner``: a scanner of QR codes and barcodes too."""

    id: Slug
    name: str
    zone: Slug
    free_while_staffed: bool
    hold_s: float
    held_after_s: float
    relay: Pin
    contact: Pin
    rex: Pin
    d0: Pin
    d1: Pin
    counter: BeamFacts
    cards: CardPins | None = None
    scanner: bool = False
    lock: Lock = "strike"
    fail: Fail = "secure"
    feed: Feed = "open"
    fire: Literal["release", "stay"] = "stay"
    lock_sensor: Pin | None = None
    break_glass: Pin | None = None

    @property
    def pins(self) -> tuple[int, ...]:
        """Every pin of the door and its counter."""
        wired = (self.relay, self.contact, self.rex, self.d0, self.d1, self.lock_sensor, self.break_glass)
        cards = (self.cards.d0, self.cards.d1) if self.cards is not None else ()
        return (*(pin for pin in wired if pin is not None), *cards, self.counter.outer, self.counter.inner)

    @property
    def scanner_id(self) -> str:
        return f"{self.id}-scanner"


class SpaceFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Slug
    name: str
    capacity: int
    floor_area_m2: float
    doors: tuple[Slug, ...]


class MotionFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Slug
    zone: Slug
    pin: Pin


class Alarm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An intruder alarm over the whole building, with a siren, and lights that follow use."""

    area: Slug
    siren: Pin
    lights: Pin


class Wifi(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Slug
    zone: Slug


class Opening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One staffed span of a weekday (0 is Monday), wall times."""

    weekday: Annotated[int, msgspec.Meta(ge=0, le=6)]
    opens: Wall
    closes: Wall

    @property
    def span(self) -> tuple[time, time]:
        return time.fromisoformat(self.opens), time.fromisoformat(self.closes)


class Figures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Published figures of the branch this building is modelled on; months are ``YYYY-MM``."""

    branch: str
    gross_floor_m2: int
    net_floor_m2: int
    monthly_visits: Mapping[str, int]
    wifi_users: Mapping[str, int]
    wifi_visits: Mapping[str, int]

    def visits(self, day: date) -> int:
        """Visits of the month of the year that ``day`` lies in."""
        found = [visits for month, visits in self.monthly_visits.items() if int(month[5:]) == day.month]
        return found[0] if found else 0

    @property
    def wifi_per_visit(self) -> float:
        """WiFi devices for each visit; above 1 if people bring several devices or pass by outside."""
        return sum(self.wifi_users.values()) / sum(self.wifi_visits.values())


class Building(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one edge controls: a hub, or a part of the site ``part_of``, whose hours and address it shares. A part
    has its own id only in the simulator; doors of other parts may lead to its spaces."""

    id: Slug
    part_of: Slug | None = None
    name: str
    address: str
    phone: str
    zone: str
    latitude: float
    longitude: float
    edge: Slug
    fire_line: Pin
    figures: Figures
    hours: tuple[Opening, ...]
    spaces: tuple[SpaceFacts, ...]
    doors: tuple[DoorFacts, ...]
    motion: tuple[MotionFacts, ...]
    wifi: tuple[Wifi, ...]
    alarm: Alarm | None = None

    def __post_init__(self) -> None:
        pins = [self.fire_line, *(pin for door in self.doors for pin in door.pins)]
        pins += [motion.pin for motion in self.motion]
        pins += [self.alarm.siren, self.alarm.lights] if self.alarm is not None else []
        if twice := sorted({pin for pin in pins if pins.count(pin) > 1}):
            raise ValueError(f"pins {twice} are used twice")
        doors = {door.id for door in self.doors}
        for space in self.spaces if self.part_of is None else ():
            if missing := sorted(set(space.doors) - doors):
                raise ValueError(f"space {space.id} is reached by {missing}, and there are only {sorted(doors)}")

    @property
    def site(self) -> Slug:
        """The site it is, or is part of."""
        return self.part_of or self.id


DEMO_SITES = ("ramsey", "march", "soham")
DATA = files("firmware_sim") / "data"


def read_building(path: Path) -> Building:
    """The building in a TOML file. Raises ``BuildingError`` naming file and mistake."""
    return _parse(path.read_bytes(), str(path))


def demo_buildings() -> tuple[Building, ...]:
    """The three hubs of the demo."""
    return tuple(_parse((DATA / f"{site}.toml").read_bytes(), f"{site}.toml") for site in DEMO_SITES)


def _parse(text: bytes, name: str) -> Building:
    try:
        return msgspec.convert(tomllib.loads(text.decode()), Building)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise BuildingError(f"{name}: {error}") from error
