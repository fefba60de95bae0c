"""The alarm's state machine alone: in any order of events it never sets on a person who was detected."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.alarm.area_state_machine import (
    LEAVING_S,
    ROUNDS,
    AlarmReport,
    AlarmRules,
    AlarmState,
    Conditions,
    ConfirmedEmpty,
    Doors,
    Effect,
    Input,
    Movement,
    Sound,
    Tick,
    Unset,
    begin,
    step,
)
from edge.alarm.arming_checks import Headcount, crossed, doubted
from edge.wire.events import AlarmChange

RULES = AlarmRules(quiet_s=900, warn_s=60, siren_s=900)
CLOSED = Conditions(closed=True)


def play(state: AlarmState, *given: tuple[float, Input]) -> tuple[AlarmState, list[tuple[float, Effect]]]:
    """Feed inputs at their times, with the ticks that the machine asks for between them."""
    effects: list[tuple[float, Effect]] = []
    for at, what in given:
        while state.due is not None and state.due < at:
            now = state.due
            state, more = step(state, Tick(), now)
            effects += [(now, effect) for effect in more]
        state, more = step(state, what, at)
        effects += [(at, effect) for effect in more]
    return state, effects


def changes(effects: list[tuple[float, Effect]]) -> list[tuple[float, AlarmChange]]:
    return [(at, effect.change) for at, effect in effects if isinstance(effect, AlarmReport)]


def fresh(*, was_set: bool = False) -> AlarmState:
    return begin(RULES, was_set=was_set, shut=True, now=0.0)


def test_it_sets_a_quiet_time_and_a_warning_after_the_last_stir() -> None:
    _, effects = play(
        fresh(),
        (0.0, CLOSED),
        (100.0, Doors(open=True, by="door")),
        (110.0, Doors(open=False, by="door")),
        (5000.0, Tick()),
    )
    assert changes(effects) == [(1010.0, AlarmChange.WARNING), (1070.0, AlarmChange.SET)]


def test_a_finished_movement_counts_from_its_end() -> None:
    _, effects = play(fresh(), (0.0, CLOSED), (20.0, Movement(by="pir", inside=True, ago_s=10.0)), (5000.0, Tick()))
    assert changes(effects)[0] == (910.0, AlarmChange.WARNING)


@pytest.mark.parametrize(("after_s", "sets"), [(LEAVING_S - 1, True), (LEAVING_S, False)])
def test_a_person_moving_after_the_last_door_was_shut_is_inside(after_s: float, sets: bool) -> None:
    moves = Movement(by="movement in hall", inside=True)
    _, effects = play(fresh(), (0.0, CLOSED), (after_s, moves), (50_000.0, Tick()))
    assert (AlarmChange.SET in [change for _, change in changes(effects)]) is sets


def test_opening_a_door_lets_anybody_out() -> None:
    _, effects = play(
        fresh(),
        (0.0, CLOSED),
        (100.0, Movement(by="movement in hall", inside=True)),
        (200.0, Doors(open=True, by="door")),
        (210.0, Doors(open=False, by="door")),
        (5000.0, Tick()),
    )
    assert changes(effects)[-1] == (1170.0, AlarmChange.SET)


def test_a_set_area_reports_no_obstacles_to_setting() -> None:
    _, effects = play(
        fresh(was_set=True), (1.0, Conditions(closed=True, obstacle="hall-window is open")), (9000.0, Tick())
    )
    assert effects == []


@pytest.mark.parametrize(
    "look",
    [
        Conditions(closed=False),
        Conditions(closed=True, obstacle="a window is open"),
        Conditions(closed=True, moving=True),
    ],
)
def test_an_entry_during_the_warning_cancels_it(look: Conditions) -> None:
    _, effects = play(fresh(), (0.0, CLOSED), (930.0, look), (1000.0, Tick()))
    assert changes(effects) == [(900.0, AlarmChange.WARNING), (930.0, AlarmChange.CANCELLED)]


def test_a_door_that_shuts_during_the_warning_cancels_it_though_nobody_saw_it_open() -> None:
    _, effects = play(fresh(), (0.0, CLOSED), (930.0, Doors(open=False, by="door")), (1829.0, Tick()), (5000.0, Tick()))
    assert changes(effects)[:2] == [(900.0, AlarmChange.WARNING), (930.0, AlarmChange.CANCELLED)]
    assert changes(effects)[-1] == (1890.0, AlarmChange.SET)


def test_a_lasting_movement_neither_sets_nor_complains() -> None:
    _, effects = play(fresh(), (0.0, Conditions(closed=True, moving=True)), (50_000.0, Tick()))
    assert effects == []


inputs = st.one_of(
    st.builds(
        Conditions,
        closed=st.booleans(),
        obstacle=st.sampled_from([None, None, "a window is open"]),
        moving=st.booleans(),
    ),
    st.builds(Movement, by=st.just("movement"), inside=st.booleans(), ago_s=st.sampled_from([0.0, 30.0])),
    st.builds(Doors, open=st.booleans(), by=st.just("door")),
    st.builds(Unset, why=st.just("staff at front-door")),
    st.just(ConfirmedEmpty()),
    st.just(Tick()),
)
nights = st.lists(st.tuples(st.floats(0.1, 3000, allow_nan=False), inputs), max_size=40)


@given(nights, st.booleans())
def test_every_setting_was_warned_of_and_nothing_had_shown(night: list[tuple[float, Input]], was_set: bool) -> None:
    """Held against a model that knows only the past: what was fed, and when."""
    state, now = fresh(was_set=was_set), 0.0
    warned_at: float | None = None
    last_stir, inside, shut_at = 0.0, False, 0.0
    look = Conditions(closed=False)
    rounds = 0
    for wait, what in night:
        until = now + wait
        while True:
            due = state.due
            tick = due is not None and due <= until
            at, fed = (due, Tick()) if tick and due is not None else (until, what)
            at = max(at, now)
            before = state
            state, effects = step(state, fed, at)
            if isinstance(fed, Conditions):
                look = fed
            elif isinstance(fed, Movement):
                last_stir = max(last_stir, at - fed.ago_s)
                if fed.inside and not before.is_set and shut_at + LEAVING_S <= at - fed.ago_s:
                    inside = True
            elif isinstance(fed, Doors):
                last_stir, inside = at, False
                shut_at = math.inf if fed.open else at
            elif isinstance(fed, Unset):
                last_stir, inside, rounds = at, False, 0
            elif isinstance(fed, ConfirmedEmpty):
                inside = False
            for effect in effects:
                if isinstance(effect, AlarmReport) and effect.change is AlarmChange.WARNING:
                    warned_at = at
                if isinstance(effect, AlarmReport) and effect.change is AlarmChange.SET:
                    rounds = 0
                    assert warned_at is not None
                    assert at - warned_at >= RULES.warn_s
                    assert at - last_stir >= RULES.quiet_s + RULES.warn_s - 0.001
                    assert not inside
                    assert look.closed
                    assert look.obstacle is None
                    assert not look.moving
                if effect == Sound(what="siren", on=True):
                    rounds += 1
                    assert before.is_set
                    assert rounds <= ROUNDS
            now = at
            if not tick:
                break
    assert (state.phase != "warning") or state.due is not None


@given(nights)
def test_an_unset_is_heard_in_every_state(night: list[tuple[float, Input]]) -> None:
    at, state = 0.0, fresh(was_set=True)
    sounding: set[str] = {"set"}
    for wait, what in [*night, (1.0, Unset(why="staff at front-door"))]:
        at += wait
        state, effects = play(state, (at, what))
        for _, effect in effects:
            if isinstance(effect, Sound):
                sounding = sounding | {effect.what} if effect.on else sounding - {effect.what}
    assert (state.phase, sounding) == ("unset", set())


@pytest.mark.parametrize(
    ("count", "against"),
    [
        (Headcount(), None),
        (Headcount(inside=1, crossings=1), "1 person is counted inside"),
        (Headcount(inside=3, crossings=300), "3 people are counted inside"),
        (Headcount(inside=-4, crossings=40), None),
        (Headcount(inside=-6, crossings=40), "the count cannot be trusted, since 6 more went out than came in"),
        (Headcount(inside=-1, crossings=0), "the count cannot be trusted, since 1 more went out than came in"),
        (Headcount(doubt="it was dark"), "the count cannot be trusted, since it was dark"),
    ],
)
def test_a_count_is_believed_within_its_counters_error(count: Headcount, against: str | None) -> None:
    assert count.against == against


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_the_headcount_is_entries_minus_exits_and_a_doubt_remains(crossings: list[tuple[int, int]]) -> None:
    count = doubted(Headcount(), "it was dark")
    for ins, outs in crossings:
        count = doubted(crossed(count, ins=ins, outs=outs), "later")
    assert count.inside == sum(ins - outs for ins, outs in crossings)
    assert count.doubt == "it was dark"
