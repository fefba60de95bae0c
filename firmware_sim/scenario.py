"""A scenario: a TOML file with a name, a period, its actions, and its checks at the end."""

import tomllib
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

import msgspec

from edge.wire.ids import Slug
from firmware_sim.building_file import DEMO_SITES
from firmware_sim.errors import BuildingError

Wall = Annotated[datetime, msgspec.Meta(tz=False)]
"""A wall time of the site; of one that comes twice, the first."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
SCENARIOS = files("firmware_sim") / "scenarios"


class Booked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A booking made before the scenario begins. ``comes``: whether its group comes by itself."""

    id: Slug
    site: Slug
    space: Slug
    door: Slug
    starts: Wall
    ends: Wall
    people: int
    comes: bool = True


class Typing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody types the code of ``booking`` (or that of the site's key holder, or ``digits``) at a door. ``opens``:
    the expected result."""

    at: Moment
    site: Slug
    door: Slug
    booking: Slug | None = None
    digits: str | None = None
    key_holder: bool = False
    opens: bool


class PanelEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something else that is done: to a site's network, its fire alarm, the glass beside a door, to the broker, a
    booking that is cancelled, or somebody who has looked says that all are out."""

    at: Moment
    what: Literal[
        "cut network",
        "repair network",
        "fire on",
        "fire off",
        "break glass",
        "repair glass",
        "kill broker",
        "start broker",
        "cancel",
        "all out",
    ]
    site: Slug | None = None
    door: Slug | None = None
    booking: Slug | None = None


class ScenarioClaims(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must hold at the end, beside what always must: stored counts are the true ones, nobody is locked in,
    every event is stored once. ``arrived``: bookings that turned to arrived, and no others. ``visitors_at_least``:
    people who really came in, so that a scenario is not sound for being empty. ``fire``: what the fire line's edges
    told, in order, and when within a minute it ended (``fire_ends``). ``locked_at_the_end``: no lock is released.
    ``secured``: sites whose alarm set by itself, and never went off, and which are secured and dark."""

    arrived: tuple[Slug, ...] = ()
    nobody_inside: bool = True
    visitors_at_least: int = 0
    fire: tuple[str, ...] = ()
    fire_ends: Moment | None = None
    locked_at_the_end: bool = False
    secured: tuple[Slug, ...] = ()


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``most_per_hour`` caps visitors per site."""

    name: str
    begins: Moment
    ends: Moment
    sites: tuple[Slug, ...]
    seed: str = "hallkeeper"
    most_per_hour: float = 1000.0
    booked: tuple[Booked, ...] = ()
    types: tuple[Typing, ...] = ()
    happens: tuple[PanelEvent, ...] = ()
    must_hold: ScenarioClaims = ScenarioClaims()

    def __post_init__(self) -> None:
        if self.ends <= self.begins:
            raise ValueError("it ends before it begins")
        if strange := sorted(set(self.sites) - set(DEMO_SITES)):
            raise ValueError(f"there is no building {', '.join(strange)}")
        known = {booked.id for booked in self.booked}
        named = {typing.booking for typing in self.types} | {happening.booking for happening in self.happens}
        if unknown := sorted(name for name in (named | set(self.must_hold.arrived)) - known if name is not None):
            raise ValueError(f"nothing is booked as {', '.join(unknown)}")
        for typing in self.types:
            if [typing.booking is None, typing.digits is None, not typing.key_holder].count(False) != 1:
                raise ValueError(f"what is typed at {typing.at} is a booking's code, the key holder's, or digits")


def all_scenarios() -> list[Traversable]:
    """Every scenario file, by name."""
    return sorted((file for file in SCENARIOS.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


def read_scenario(file: Traversable) -> Scenario:
    """Raises ``BuildingError`` naming file and mistake."""
    try:
        return msgspec.convert(tomllib.loads(file.read_text()), Scenario)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BuildingError(f"{file.name}: {error}") from error
