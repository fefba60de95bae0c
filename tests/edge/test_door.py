"""The door machine: who opens it, who never does, and that nobody is locked in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.door import (
    EXIT_HOLD_S,
    OPEN_GRACE_S,
    Contact,
    Effect,
    Exit,
    Free,
    Input,
    Release,
    Report,
    Rules,
    State,
    Strike,
    Tick,
    begin,
    step,
)
from edge.wire.events import DoorChange

SHUT = begin(open=False, held_after_s=60, now=0.0)


def play(*inputs: tuple[float, Input], state: State = SHUT) -> tuple[State, list[Effect]]:
    effects: list[Effect] = []
    for now, given_input in inputs:
        state, new = step(state, given_input, now)
        effects += new
    return state, effects


def reported(effects: list[Effect]) -> list[str]:
    return [effect.change.value for effect in effects if isinstance(effect, Report)]


def test_a_grant_releases_first_and_reports_after() -> None:
    _, effects = step(SHUT, Release(hold_s=5, why="grant"), 1.0)
    assert effects == (Strike(released=True), Report(change=DoorChange.UNLOCKED, why="grant"))


def test_the_strike_locks_when_its_time_is_over() -> None:
    state, _ = play((1, Release(hold_s=5, why="grant")))
    assert state.due == 6
    assert play((5.9, Tick()), state=state)[1] == []
    assert play((6, Tick()), state=state)[1] == [Strike(released=False), Report(change=DoorChange.LOCKED, why="time")]


def test_the_strike_locks_behind_whoever_went_through() -> None:
    _, effects = play((1, Release(hold_s=30, why="grant")), (2, Contact(open=True)), (4, Contact(open=False)))
    assert effects[-1] == Report(change=DoorChange.LOCKED, why="closed")


def test_a_second_grant_before_the_door_closes_keeps_it_released() -> None:
    state, _ = play(
        (1, Release(hold_s=5, why="grant")),
        (2, Contact(open=True)),
        (3, Release(hold_s=5, why="grant")),
        (4, Contact(open=False)),
    )
    assert state.released


def test_a_longer_hold_is_never_shortened_by_a_later_grant() -> None:
    state, _ = play((1, Release(hold_s=30, why="grant")), (2, Release(hold_s=5, why="grant")))
    assert state.until == 31


def test_the_door_stays_released_while_the_button_is_held_and_a_while_after() -> None:
    state, effects = play((1, Exit(pressed=True)), (100, Tick()))
    assert state.released
    assert reported(effects) == ["exit", "unlocked"]
    state, _ = play((100, Exit(pressed=False)), (100 + EXIT_HOLD_S - 0.1, Tick()), state=state)
    assert state.released
    assert not play((100 + EXIT_HOLD_S, Tick()), state=state)[0].released


def test_a_free_door_is_neither_forced_nor_held() -> None:
    state, effects = play((1, Free(on=True)), (2, Contact(open=True)), (5000, Tick()))
    assert reported(effects) == ["unlocked", "opened"]
    assert state.alarm is None


def test_a_door_left_open_when_the_free_hours_end_is_held_after_its_time() -> None:
    state, _ = play((1, Free(on=True)), (2, Contact(open=True)), (100, Free(on=False)))
    assert state.due == 160
    assert reported(play((160, Tick()), state=state)[1]) == ["held"]


@pytest.mark.parametrize(("late", "forced"), [(OPEN_GRACE_S - 0.1, False), (OPEN_GRACE_S, True)])
def test_pulling_the_door_as_the_strike_locks_is_not_forcing_it(late: float, forced: bool) -> None:
    _, effects = play((1, Release(hold_s=5, why="grant")), (6, Tick()), (6 + late, Contact(open=True)))
    assert ("forced" in reported(effects)) is forced


def test_a_forced_door_is_reported_once_and_cleared_when_it_closes() -> None:
    state, effects = play((1, Contact(open=True)), (500, Tick()), (501, Contact(open=False)))
    assert reported(effects) == ["opened", "forced", "closed", "cleared"]
    assert state.alarm is None


def test_a_door_found_open_is_held_but_not_forced() -> None:
    state = begin(open=True, held_after_s=60, now=0.0)
    assert reported(play((60, Tick()), state=state)[1]) == ["held"]


def test_a_new_limit_for_standing_open_counts_from_when_it_is_set() -> None:
    state = begin(open=True, held_after_s=60, now=0.0)
    assert step(state, Rules(held_after_s=10), 5.0)[0].due == 15


anything = st.one_of(
    st.builds(Release, hold_s=st.floats(0.1, 60), why=st.sampled_from(["grant", "command"])),
    st.builds(Exit, pressed=st.booleans()),
    st.builds(Free, on=st.booleans()),
    st.builds(Contact, open=st.booleans()),
    st.builds(Rules, held_after_s=st.floats(1, 100)),
    st.just(Tick()),
)
story = st.lists(st.tuples(st.floats(0, 30), anything), max_size=30)


def reach(steps: list[tuple[float, Input]], *, opened: bool | None) -> tuple[State, float]:
    now, state = 0.0, begin(open=opened, held_after_s=60, now=0.0)
    for wait, given_input in steps:
        now += wait
        state, _ = step(state, given_input, now)
    return state, now


@given(story, st.sampled_from([True, False, None]))
def test_from_every_state_the_exit_button_releases(steps: list[tuple[float, Input]], opened: bool | None) -> None:
    state, now = reach(steps, opened=opened)
    state, effects = step(state, Exit(pressed=True), now)
    assert state.released
    assert Strike(released=False) not in effects
    state, _ = step(state, Tick(), now + 10_000)
    assert state.released
    state, _ = step(state, Exit(pressed=False), now + 10_000)
    assert step(state, Tick(), now + 10_000 + EXIT_HOLD_S - 0.01)[0].released


@given(story, st.sampled_from([True, False, None]))
def test_nothing_but_a_grant_a_command_an_exit_or_free_hours_ever_releases(
    steps: list[tuple[float, Input]], opened: bool | None
) -> None:
    now, state = 0.0, begin(open=opened, held_after_s=60, now=0.0)
    for wait, given_input in steps:
        now += wait
        before = state
        state, effects = step(state, given_input, now)
        if Strike(released=True) in effects:
            assert isinstance(given_input, Release | Exit | Free)
            assert not before.released
        assert state.released is (state.free or state.pressed or state.until is not None)


@given(story)
def test_every_door_locks_again_in_the_end(steps: list[tuple[float, Input]]) -> None:
    state, now = reach(steps, opened=False)
    state, _ = step(state, Exit(pressed=False), now)
    state, _ = step(state, Free(on=False), now)
    while state.until is not None:
        assert state.due is not None
        now = max(now, state.due)
        state, _ = step(state, Tick(), now)
    assert not state.released


@given(story)
def test_the_strike_is_told_exactly_when_its_state_changes(steps: list[tuple[float, Input]]) -> None:
    now, state, strike = 0.0, SHUT, False
    for wait, given_input in steps:
        now += wait
        state, effects = step(state, given_input, now)
        for effect in effects:
            if isinstance(effect, Strike):
                assert effect.released is not strike
                strike = effect.released
        assert strike is state.released
