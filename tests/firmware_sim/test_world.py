"""The world is one that could be: reproducible, with people who get in by rules and out always."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from edge.readers.reading import Card
from edge.readers.wiegand_formats import read
from edge.wire.access_decision import ClockTrust
from edge.wire.events import Event, FireChange, FireData
from firmware_sim import lock_circuit, wiegand
from firmware_sim.building_file import DATA, demo_buildings, read_building
from firmware_sim.errors import BuildingError, NoSuchThing
from firmware_sim.ground_truth import Way
from firmware_sim.simulated_door import SimulatedDoor
from firmware_sim.timeline import Act, Process
from firmware_sim.visitor_arrivals import open_hours, open_spans, visits_per_hour
from firmware_sim.visitor_behaviour import GroupVisit
from firmware_sim.world import World

TUESDAY = datetime(2026, 3, 24, 0, 0, tzinfo=UTC)
DAY_S = 86_400.0


class Wires:
    """A Pi that only listens."""

    def __init__(self) -> None:
        self.changes: list[tuple[int, bool, float]] = []
        self.listings: dict[str, str] = {}
        self.scans: list[tuple[str, str]] = []

    def drive(self, pin: int, level: bool, tick: float) -> None:
        self.changes.append((pin, level, tick))

    def listing(self, wifi: str, text: str) -> None:
        self.listings[wifi] = text

    def scan(self, reader: str, text: str) -> None:
        self.scans.append((reader, text))


def _world(zero: datetime = TUESDAY, seed: str = "test") -> World:
    return World(demo_buildings(), zero=zero, seed=seed)


def _free_public_doors(world: World) -> None:
    for place in world.sites.values():
        for doorway in place.doorways.values():
            if doorway.facts.free_while_staffed:
                place.output(doorway.facts.relay, True)


def _a_day(seed: str = "test") -> tuple[World, Wires]:
    world, wires = _world(seed=seed), Wires()
    world.site("ramsey").plug(wires)
    _free_public_doors(world)
    world.open_up()
    world.timeline.run_until(DAY_S)
    return world, wires


def test_the_same_seed_gives_the_same_day_to_the_pulse() -> None:
    (one, its_wires), (other, other_wires) = _a_day(), _a_day()
    assert list(one.truth.crossings) == list(other.truth.crossings)
    assert its_wires.changes == other_wires.changes
    assert len(its_wires.changes) > 1000


def test_a_different_seed_gives_a_different_day() -> None:
    assert list(_a_day("one")[0].truth.crossings) != list(_a_day("two")[0].truth.crossings)


def test_everybody_who_comes_leaves_before_the_night() -> None:
    world, _ = _a_day()
    for site in world.sites:
        assert world.truth.count(site, Way.IN) == world.truth.count(site, Way.OUT) > 0
        assert world.site(site).people == 0
    assert world.truth.locked_in == []


@pytest.mark.cases_full
def test_the_month_has_about_the_visits_the_branch_had() -> None:
    world = _world(datetime(2026, 3, 1, tzinfo=UTC))
    _free_public_doors(world)
    world.open_up()
    world.timeline.run_until(31 * DAY_S)
    for building in demo_buildings():
        published = building.figures.monthly_visits["2024-03"]
        assert world.truth.count(building.id, Way.IN) == pytest.approx(published, rel=0.15)


def test_opening_hours_keep_their_wall_time_over_the_clock_change() -> None:
    (march,) = (building for building in demo_buildings() if building.id == "march")
    saturday, monday = (open_spans(march, day) for day in (_day(2026, 3, 28), _day(2026, 3, 30)))
    assert [start.hour for start, _ in (*saturday, *monday)] == [10, 9]
    assert open_hours(march, 2026, 2) == pytest.approx(4 * 35.0)
    assert visits_per_hour(march, _day(2026, 2, 3)) == pytest.approx(4702 / 140)


def _day(year: int, month: int, day: int) -> date:
    return datetime(year, month, day, tzinfo=UTC).date()


def test_a_dead_pi_lets_every_relay_go_and_people_still_get_out() -> None:
    world = _world()
    ramsey, wires = world.site("ramsey"), Wires()
    ramsey.plug(wires)
    door = ramsey.doorway("front-door")
    ramsey.output(door.facts.relay, True)
    assert door.circuit.released
    world.timeline.spawn(_quietly(world.walk_in("ramsey", "front-door", "Ruth")))
    world.timeline.run_until(60.0)
    assert ramsey.people == 1
    ramsey.unplug()
    assert door.circuit.relay is False
    world.timeline.spawn(_quietly(world.walk_out("ramsey", "front-door", "Ruth")))
    world.timeline.run_until(120.0)
    assert (ramsey.people, world.truth.locked_in) == (0, [])


def test_nobody_enters_by_a_locked_door() -> None:
    world = _world()
    world.timeline.spawn(_quietly(world.walk_in("ramsey", "front-door", "Ruth")))
    world.timeline.run_until(60.0)
    assert list(world.truth.crossings) == []


def test_without_mains_a_released_strike_locks() -> None:
    world = _world()
    ramsey = world.site("ramsey")
    door = ramsey.doorway("front-door")
    ramsey.output(door.facts.relay, True)
    ramsey.set_mains(False)
    assert not door.circuit.released


def test_a_fire_with_a_dead_pi_empties_the_building_through_every_door_and_lets_nobody_in() -> None:
    """Ramsey has strikes with handles, March a magnet whose current the fire alarm cuts."""
    world = _world()
    for site, zones in (("ramsey", ("hall", "library")), ("march", ("hall", "library"))):
        place = world.site(site)
        for number in range(40):
            place.entered(zones[number % 2], f"visitor {number}", devices=0)
        place.set_fire(True)
        world.timeline.spawn(_quietly(world.walk_in(site, "front-door", "late")))
    world.timeline.run_until(180.0)
    assert [world.site(site).people for site in ("ramsey", "march")] == [0, 0]
    assert world.truth.count("march", Way.OUT, "hall-door") == 20
    assert world.truth.locked_in == []


def test_once_a_fire_alarm_is_reset_the_key_holder_types_until_the_pi_reports_the_fire_cleared() -> None:
    world, wires = _world(), Wires()
    march = world.site("march")
    march.plug(wires)
    world.key_codes["march"] = "48291357"
    keypad = march.building.doors[0]

    def typed(minutes: float) -> bool:
        wires.changes.clear()
        world.timeline.run_until(world.timeline.tick + 60 * minutes)
        return any(pin in (keypad.d0, keypad.d1) for pin, _, _ in wires.changes)

    march.set_fire(True)
    world.reported["march"].note(_fire(FireChange.ACTIVE))
    assert not typed(5)
    march.set_fire(False)
    world.reported["march"].note(_fire(FireChange.LATCHED))
    assert typed(2)
    assert typed(1.5)
    world.reported["march"].note(_fire(FireChange.CLEARED))
    assert not typed(5)


def _fire(change: FireChange) -> Event:
    data = msgspec.Raw(msgspec.json.encode(FireData(change=change)))
    boot = "01a224bd-248e-79fe-93b8-7464feb12fac"
    return Event(seq=1, boot=boot, mono_ms=0, at=TUESDAY, trust=ClockTrust.SYNCED, device="march-pi", data=data)


def test_the_fire_loop_and_the_lock_report_their_state_to_the_pi() -> None:
    world, wires = _world(), Wires()
    march = world.site("march")
    march.plug(wires)
    facts = march.doorway("hall-door").facts
    assert facts.lock_sensor is not None
    march.set_fire(True)
    assert march.wire_faults.levels[march.building.fire_line] is not lock_circuit.NO_FIRE
    assert march.wire_faults.levels[facts.lock_sensor] is not lock_circuit.LOCK_HOLDS
    march.set_fire(False)
    assert march.wire_faults.levels[march.building.fire_line] is lock_circuit.NO_FIRE
    assert march.wire_faults.levels[facts.lock_sensor] is lock_circuit.LOCK_HOLDS


def test_broken_glass_releases_the_magnet_and_a_door_without_glass_reports_it() -> None:
    world = _world()
    hall = world.site("march").doorway("hall-door")
    assert not hall.circuit.released
    told = []
    for broken in (True, False):
        hall.set_glass(broken)
        told.append(hall.circuit.released)
    assert told == [True, False]
    with pytest.raises(NoSuchThing, match="Front door has no break-glass unit"):
        world.site("march").doorway("front-door").set_glass(True)


def test_a_starting_pi_reads_the_wires_in_their_present_state() -> None:
    world = _world()
    ramsey = world.site("ramsey")
    facts = ramsey.doorway("front-door").facts
    levels = ramsey.plug(Wires())
    assert levels[facts.contact] is lock_circuit.CONTACT_CLOSED
    assert levels[facts.d0] is levels[facts.d1] is wiegand.WIEGAND_IDLE
    assert levels[facts.counter.outer] is lock_circuit.BEAM_CLEAR


def test_a_key_is_four_bits_most_significant_first() -> None:
    world, wires = _world(), Wires()
    ramsey = world.site("ramsey")
    ramsey.plug(wires)
    facts = ramsey.doorway("front-door").facts
    world.type_keys("ramsey", "front-door", "6#")
    world.timeline.run_until(5.0)
    bits = [pin == facts.d1 for pin, level, _ in wires.changes if not level and pin in (facts.d0, facts.d1)]
    assert bits == [False, True, True, False, True, False, True, True]


def test_a_card_is_26_bits_on_the_reader_s_own_wires() -> None:
    world, wires = _world(), Wires()
    ramsey = world.site("ramsey")
    ramsey.plug(wires)
    doorway = ramsey.doorway("library-door")
    cards = doorway.facts.cards
    assert cards is not None
    last = doorway.show_card("118:1603")
    world.timeline.run_until(5.0)
    pulses = [(pin, tick) for pin, level, tick in wires.changes if not level and pin in (cards.d0, cards.d1)]
    bits = "".join(str(int(pin == cards.d1)) for pin, _ in pulses)
    assert read(bits, ["w26"]) == Card(text="w26:118:1603")
    assert pulses[-1][1] < last < 1.0


@pytest.mark.parametrize("card", ["", "1603", "256:1", "1:65536", "-1:2", "1:2:3", "a:b", "1:9999999999"])
def test_a_bad_26_bit_card_is_refused(card: str) -> None:
    with pytest.raises(ValueError, match="a card is FACILITY:NUMBER"):
        _world().site("ramsey").doorway("library-door").show_card(card)


def test_a_scan_reaches_the_scanner_of_its_door() -> None:
    world, wires = _world(), Wires()
    world.site("ramsey").plug(wires)
    world.scan("ramsey", "library-door", "HK1.abc")
    assert wires.scans == [("library-door-scanner", "HK1.abc")]


@pytest.mark.parametrize(
    ("door", "text", "why"),
    [("front-door", "HK1.abc", "Front door has no scanner"), ("library-door", "café", "a keyboard has no key for 'é'")],
)
def test_unscannable_input_is_refused(door: str, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        _world().scan("ramsey", door, text)


def test_a_door_without_a_card_reader_accepts_no_card() -> None:
    with pytest.raises(ValueError, match="Front door has no card reader"):
        _world().site("ramsey").doorway("front-door").show_card("118:1603")


def test_two_people_never_type_at_once() -> None:
    world = _world()
    first = world.type_keys("ramsey", "front-door", "482913")
    second = world.type_keys("ramsey", "front-door", "482913")
    assert second - first > 1.0


def test_a_listing_names_as_many_stations_as_devices_are_inside() -> None:
    world, wires = _world(), Wires()
    soham = world.site("soham")
    soham.plug(wires)
    for number in range(5):
        soham.entered("hub", f"visitor {number}", devices=2)
    world.timeline.run_until(61.0)
    assert wires.listings["public-wifi"].count("Station ") == 10


def test_devices_follow_the_branch_that_counted() -> None:
    for building in demo_buildings():
        world = _world()
        rng = random.Random(7)
        devices = [world.site(building.id).devices_of_one(rng) for _ in range(5000)]
        assert sum(devices) / len(devices) == pytest.approx(building.figures.wifi_per_visit, rel=0.06)


class _Door:
    """An edge that opens a door 50 ms after any six digits, for five seconds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._bits = 0
        self._facts = world.site("ramsey").doorway("front-door").facts

    def drive(self, pin: int, level: bool, tick: float) -> None:
        if not level and pin in (self._facts.d0, self._facts.d1):
            self._bits += 1
            if self._bits % 24 == 0:
                self._world.timeline.at(tick + 0.05, lambda: self._strike(True))
                self._world.timeline.at(tick + 5.05, lambda: self._strike(False))

    def listing(self, wifi: str, text: str) -> None:
        """Not read."""

    def scan(self, reader: str, text: str) -> None:
        """Not read."""

    def _strike(self, level: bool) -> None:
        self._world.site("ramsey").output(self._facts.relay, level)


@pytest.fixture
def evening() -> tuple[World, GroupVisit]:
    world = _world()
    world.site("ramsey").plug(_Door(world))
    starts = TUESDAY + timedelta(hours=19)
    choir = GroupVisit(
        id="choir", door="front-door", code="482913", people=20, starts=starts, ends=starts + timedelta(hours=2)
    )
    return world, choir


def test_a_group_arrives_with_its_code_and_leaves_afterwards(evening: tuple[World, GroupVisit]) -> None:
    world, choir = evening
    world.expect("ramsey", [choir])
    world.timeline.run_until(19.6 * 3600)
    came = world.site("ramsey").people
    assert 12 <= came <= 20
    assert 1 <= sum(typed.opened for typed in world.truth.typed) < came
    world.timeline.run_until(22 * 3600)
    assert world.site("ramsey").people == 0
    assert world.truth.count("ramsey", Way.IN) == world.truth.count("ramsey", Way.OUT) == came


def test_a_cancelled_group_does_not_come(evening: tuple[World, GroupVisit]) -> None:
    world, choir = evening
    world.expect("ramsey", [choir])
    world.timeline.run_until(18 * 3600)
    world.expect("ramsey", [])
    world.timeline.run_until(22 * 3600)
    assert list(world.truth.crossings) == []


def test_a_group_announced_twice_comes_once(evening: tuple[World, GroupVisit]) -> None:
    world, choir = evening
    for _ in range(3):
        world.expect("ramsey", [choir])
    world.timeline.run_until(19.6 * 3600)
    assert world.truth.count("ramsey", Way.IN) <= choir.people


def test_people_left_over_from_an_earlier_run_go_home() -> None:
    world = _world()
    world.still_inside("ramsey", {"hall": 7})
    assert world.inside("ramsey") == {"hall": 7}
    world.timeline.run_until(2000.0)
    assert world.site("ramsey").people == 0
    assert world.truth.count("ramsey", Way.OUT) == 7


def test_an_unknown_door_is_reported_with_the_known_ones() -> None:
    with pytest.raises(NoSuchThing, match="has no door 'back-door'; it has front-door, library-door"):
        _world().type_keys("ramsey", "back-door", "1")


def test_a_building_file_using_a_pin_twice_is_refused_and_named(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text((DATA / "soham.toml").read_text().replace("rex = 22", "rex = 27"))
    with pytest.raises(BuildingError, match=r"hall\.toml: pins \[27\] are used twice"):
        read_building(file)


def _quietly(act: Act) -> Process:
    yield from act


def _door_of(world: World) -> tuple[SimulatedDoor, Wires]:
    wires = Wires()
    world.site("ramsey").plug(wires)
    return world.site("ramsey").doorway("front-door"), wires


def _open(door: SimulatedDoor) -> bool:
    return door.is_open


def _done(act: Act) -> Process:
    yield from act


def test_keys_pressed_one_by_one_reach_the_wires_as_they_are() -> None:
    world = _world()
    door, wires = _door_of(world)
    for key in "48#":
        door.press(key)
    world.timeline.run_until(5)
    d1 = [(pin, level) for pin, level, _ in wires.changes if pin in (door.facts.d0, door.facts.d1)]
    bits = "".join("1" if pin == door.facts.d1 else "0" for pin, level in d1 if not level)
    assert bits == "010010001011"


def test_a_wedged_door_stays_open_until_it_is_shut_and_a_locked_one_cannot_be_wedged() -> None:
    world = _world()
    door, _ = _door_of(world)
    assert not door.wedge()
    assert not _open(door)
    world.site("ramsey").output(door.facts.relay, True)
    assert door.wedge()
    world.timeline.run_until(600)
    assert _open(door)
    door.shut()
    world.timeline.run_until(601)
    assert not _open(door)


def test_a_forced_door_opens_though_it_is_locked_and_falls_shut() -> None:
    world = _world()
    door, wires = _door_of(world)
    door.force()
    assert (_open(door), door.circuit.released) == (True, False)
    assert (door.facts.contact, not lock_circuit.CONTACT_CLOSED) in [change[:2] for change in wires.changes]
    world.timeline.run_until(60)
    assert not _open(door)


def test_the_exit_button_lets_the_lock_go_while_it_is_pressed_and_leaves_the_leaf_alone() -> None:
    world = _world()
    door, wires = _door_of(world)
    world.timeline.spawn(_done(door.press_exit()))
    world.timeline.run_until(0.1)
    assert (door.circuit.released, _open(door)) == (True, False)
    world.timeline.run_until(1)
    assert not door.circuit.released
    assert [level for pin, level, _ in wires.changes if pin == door.facts.rex] == [
        lock_circuit.EXIT_PRESSED,
        not lock_circuit.EXIT_PRESSED,
    ]


def test_a_beam_is_broken_while_anything_is_in_it() -> None:
    world = _world()
    door, wires = _door_of(world)
    door.tap("outer")
    door.block("inner", True)
    door.block("inner", True)
    world.timeline.run_until(1)
    assert (door.broken("outer"), door.broken("inner")) == (False, True)
    door.tap("inner")
    world.timeline.run_until(2)
    door.block("inner", False)
    assert not door.broken("inner")
    levels = [level for pin, level, _ in wires.changes if pin == door.facts.counter.inner]
    assert levels == [not lock_circuit.BEAM_CLEAR, lock_circuit.BEAM_CLEAR]
