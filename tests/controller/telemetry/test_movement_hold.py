"""The hold time of a movement sensor is learned from its past, whatever else it sends."""

from random import Random

import pytest

from controller.telemetry.movement_hold import LEAST_SPELLS, LearnedHold, Spell, learned, spells_of
from edge.sensors import motion
from firmware_sim.sensed_movement import DAY, moved_room, reported, reported_stays, with_heartbeats

DAYS = 14
EVER = [(0.0, 1e12)]
Changes = list[tuple[float, bool]]


def changes(hold_s: float, *, days: int = DAYS, seed: str = "one", still_s: float = 240.0) -> Changes:
    rng = Random(seed)
    return reported(rng, moved_room(rng, days, still_s=still_s).moved, hold_s)


def hold_of(found: Changes, known: list[tuple[float, float]] | None = None) -> LearnedHold:
    hold = learned(spells_of(found, known or EVER))
    assert hold is not None
    return hold


@pytest.mark.parametrize("hold_s", [5, 60, 300])
def test_the_learned_hold_is_the_one_of_the_device(hold_s: float) -> None:
    assert hold_of(changes(hold_s, days=8)).hold_s == pytest.approx(hold_s, rel=0.04)


@pytest.mark.parametrize("hold_s", [5, 120])
def test_of_a_pir_on_a_pin_the_hold_is_learned_with_that_of_its_edge(hold_s: float) -> None:
    """The edge, which is told as little, ends movement after a quiet time of its own."""
    state, found = motion.MotionState(), list[tuple[float, bool]]()
    for tick, level in changes(hold_s, days=8):
        if state.due is not None and state.due <= tick:
            found.append((state.due, False))
        before, state = motion.advance(state, tick).active, motion.sense(state, level, tick)
        found += [(tick, True)] if state.active and not before else []
    assert hold_of([(0.0, False), *found]).hold_s == pytest.approx(hold_s + motion.QUIET_S, rel=0.04)


@pytest.mark.cases_full
@pytest.mark.parametrize("hold_s", [2, 10, 30, 90, 120, 300, 600])
@pytest.mark.parametrize("still_s", [30, 240])
def test_the_learned_hold_is_the_one_of_the_device_in_many_rooms(hold_s: float, still_s: float) -> None:
    """Rooms with one person, and with twenty who are never still."""
    for seed in range(6):
        found = changes(hold_s, days=28 if hold_s > 120 else DAYS, seed=str(seed), still_s=still_s)
        assert hold_of(found).hold_s == pytest.approx(hold_s, rel=0.05)


def learned_of_stays(
    seeds: int, hold_s: float, *, lone: float, stay_s: float = 1200, cut: float = 0, a_day: int = 14, days: int = DAYS
) -> list[float]:
    """The holds that were learned of as many sensors."""
    found = []
    for seed in range(seeds):
        told = reported_stays(Random(str(seed)), days, hold_s, lone=lone, stay_s=stay_s, cut=cut, a_day=a_day)
        hold = learned(spells_of(told, EVER))
        found += [hold.hold_s] if hold is not None else []
    return found


@pytest.mark.parametrize(("lone", "least", "most"), [(0, 0, 0), (0.05, 0, 4), (0.15, 8, 10), (0.3, 10, 10)])
def test_where_lone_movements_are_rare_the_hold_is_right_or_none_is_learned(lone: float, least: int, most: int) -> None:
    """The lowest lengths that are alike are then those of people who stay, many minutes above the hold."""
    found = learned_of_stays(10, 60, lone=lone, days=28)
    assert least <= len(found) <= most
    assert found == pytest.approx([60] * len(found), rel=0.05)


@pytest.mark.cases_full
@pytest.mark.parametrize("hold_s", [10, 60, 300])
@pytest.mark.parametrize("lone", [0, 0.02, 0.05, 0.1, 0.15, 0.3])
@pytest.mark.parametrize(("days", "a_day"), [(28, 14), (10, 14), (5, 10), (28, 4), (14, 40)])
def test_a_hold_is_never_learned_as_far_too_long(hold_s: float, lone: float, days: int, a_day: int) -> None:
    found = [
        each
        for stay_s in (300, 1200, 3600)
        for each in learned_of_stays(20, hold_s, lone=lone, stay_s=stay_s, days=days, a_day=a_day)
    ]
    assert sum(each > 1.1 * hold_s for each in found) <= 2
    assert all(0.95 * hold_s < each < 1.35 * hold_s for each in found)


@pytest.mark.parametrize(("lone", "cut", "least"), [(0.3, 0.1, 9), (0.15, 0.05, 8)])
def test_spells_that_faults_cut_short_are_tolerated(lone: float, cut: float, least: int) -> None:
    found = learned_of_stays(10, 60, lone=lone, cut=cut, days=28)
    assert len(found) >= least
    assert found == pytest.approx([60] * len(found), rel=0.05)


@pytest.mark.parametrize("hold_s", [60, 300])
@pytest.mark.parametrize("still_s", [30, 240])
def test_of_a_room_into_which_nobody_only_looks_the_hold_is_right_or_none_is_learned(
    hold_s: float, still_s: float
) -> None:
    for seed in range(3):
        rng = Random(str(seed))
        told = reported(rng, moved_room(rng, DAYS, still_s=still_s, look_ins=(0, 0)).moved, hold_s)
        hold = learned(spells_of(told, EVER))
        assert hold is None or hold.hold_s == pytest.approx(hold_s, rel=0.1)


def test_a_sensor_that_holds_nothing_has_a_hold_of_about_nothing() -> None:
    assert hold_of(changes(0.6)).hold_s < 2


def test_a_state_that_is_said_again_is_no_new_spell() -> None:
    assert hold_of(with_heartbeats(changes(300), 60)) == hold_of(changes(300))


def test_nothing_is_learned_of_few_spells_or_of_one_day() -> None:
    some = [Spell(at * DAY, at * DAY + 60) for at in range(LEAST_SPELLS - 1)]
    assert learned(some) is None
    assert learned(Spell(at * 600, at * 600 + 60) for at in range(3 * LEAST_SPELLS)) is None
    assert learned([]) is None


def test_no_two_spells_alike_have_no_hold() -> None:
    assert learned(Spell(at * DAY / 4, at * DAY / 4 + 1.5**at) for at in range(20)) is None


@pytest.mark.parametrize(("before", "after"), [(60, 300), (300, 60), (120, 5)])
def test_a_hold_that_was_set_to_another_is_learned_again(before: float, after: float) -> None:
    old, new = changes(before), [(at + DAYS * DAY, moves) for at, moves in changes(after, days=8, seed="new")]
    assert hold_of(old + new).hold_s == pytest.approx(after, rel=0.05)


def test_only_the_past_is_known() -> None:
    found = changes(60)
    later = [(at + DAYS * DAY, moves) for at, moves in changes(300, seed="later")]
    assert hold_of([each for each in found + later if each[0] < DAYS * DAY]) == hold_of(found)


def test_a_sensor_that_is_stuck_for_days_spoils_nothing() -> None:
    found = [each for each in changes(60) if not 6 * DAY <= each[0] < 9 * DAY]
    stuck: Changes = [(6 * DAY, True), (9 * DAY, False)]
    assert hold_of(sorted(found + stuck)).hold_s == pytest.approx(60, rel=0.03)


def test_a_thousand_flips_a_second_spoil_nothing() -> None:
    flips = [(8 * DAY + 0.0005 * at, at % 2 == 0) for at in range(10_000)]
    assert hold_of(sorted(changes(60) + flips)).hold_s == pytest.approx(60, rel=0.03)


@pytest.mark.parametrize("every_s", [5, 40])
def test_a_day_of_chatter_spoils_nothing(every_s: float) -> None:
    """Also one that is slow enough for a busy room."""
    found = [each for each in changes(120) if not 8 * DAY <= each[0] < 9 * DAY]
    chatter = [(8 * DAY + at * every_s, at % 2 == 0) for at in range(int(DAY / every_s))]
    for end in (DAYS, 9):
        known = [each for each in sorted(found + chatter) if each[0] < end * DAY]
        assert hold_of(known).hold_s == pytest.approx(120, rel=0.03)


def test_a_clock_that_is_set_back_spoils_nothing() -> None:
    """Nor does one that is set forward: of these spells, some have no length, and some one that was never."""
    found = changes(60)
    stepped = sorted((at - 3600 if 4 * DAY < at < 5 * DAY else at, moves) for at, moves in found)
    assert hold_of(stepped).hold_s == pytest.approx(60, rel=0.03)
    negative = [Spell(each.end, each.start) for each in spells_of(found, EVER)[::4]]
    assert learned(spells_of(found, EVER) + negative) == hold_of(found)


def test_a_spell_that_was_cut_short_is_not_counted() -> None:
    """The sensor was silent when it ended, or was not known to work when it began."""
    said: Changes = [(0, False), (100, True), (160, False), (290, True), (310, False), (490, True), (510, False)]
    assert spells_of(said, [(0, 300), (305, 500), (502, 600)]) == [Spell(100, 160)]
    assert spells_of([(0, True), (60, False), (70, True), (130, False)], EVER) == [Spell(70, 130)]


def test_lost_reports_of_stillness_do_not_lengthen_the_hold() -> None:
    rng = Random("lost")
    found = [each for each in changes(60) if each[1] or rng.random() > 0.2]
    assert hold_of(found).hold_s == pytest.approx(60, rel=0.05)


def test_whatever_is_said_a_hold_is_none_or_one_that_a_device_can_have() -> None:
    rng = Random("anything")
    for _ in range(60):
        scale = 10 ** rng.uniform(-3, 6)
        said = sorted((rng.choice((rng.uniform(0, 30 * DAY), 1e5)), rng.random() < 0.5) for _ in range(200))
        known = [(start, start + rng.uniform(0, 9 * DAY)) for start in range(0, 30 * DAY, 9 * DAY)]
        spells = [Spell(at, at + rng.uniform(-scale, scale)) for at, _ in said]
        for hold in (learned(spells), learned(spells_of(said, known)), learned(spells_of(said, EVER))):
            assert hold is None or (0.5 <= hold.hold_s <= 3600 and hold.spells >= LEAST_SPELLS)
