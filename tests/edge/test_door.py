"""The door machine: who opens it, who never does, and that nobody is locked in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.doors.door_state_machine import (
    EXIT_HOLD_S,
    OPEN_GRACE_S,
    Contact,
    DoorReport,
    DoorState,
    DoorTiming,
    Effect,
    Exit,
    Fire,
    Free,
    Glass,
    Input,
    Release,
    SetLock,
    Tick,
    Yield,
    begin,
    step,
)
from edge.wire.events import DoorChange

SHUT = begin(open=False, held_after_s=60, now=0.0)


def play(*inputs: tuple[float, Input], state: DoorState = SHUT) -> tuple[DoorState, list[Effect]]:
    effects: list[Effect] = []
    for now, given_input in inputs:
        state, new = step(state, given_input, now)
        effects += new
    return state, effects


def reported(effects: list[Effect]) -> list[str]:
    return [effect.change.value for effect in effects if isinstance(effect, DoorReport)]


def test_a_grant_releases_first_and_reports_after() -> None:
    _, effects = step(SHUT, Release(hold_s=5, why="grant"), 1.0)
    assert effects == (SetLock(released=True), DoorReport(change=DoorChange.UNLOCKED, why="grant"))


def test_the_strike_locks_when_its_time_is_over() -> None:
    state, _ = play((1, Release(hold_s=5, why="grant")))
    assert state.due == 6
    assert play((5.9, Tick()), state=state)[1] == []
    assert play((6, Tick()), state=state)[1] == [
        SetLock(released=False),
        DoorReport(change=DoorChange.LOCKED, why="time"),
    ]


def test_the_strike_locks_after_a_person_has_passed() -> None:
    _, effects = play((1, Release(hold_s=30, why="grant")), (2, Contact(open=True)), (4, Contact(open=False)))
    assert effects[-1] == DoorReport(change=DoorChange.LOCKED, why="closed")


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


@pytest.mark.parametrize("found_open", [False, True])
def test_a_forced_door_whose_state_is_unknown_for_a_while_is_in_order_only_once_seen_shut(
    found_open: bool,
) -> None:
    """Otherwise an intruder could hide it by making the contact chatter."""
    state, effects = play((1, Contact(open=True)), (2, Contact(open=None)))
    assert reported(effects) == ["opened", "forced"]
    seen = [(3.0, Contact(open=True))] if found_open else []
    state, effects = play(*seen, (4, Contact(open=False)), state=state)
    assert reported(effects) == ["opened"] * found_open + ["closed", "cleared"]
    assert state.alarm is None


def test_a_door_found_open_is_held_but_not_forced() -> None:
    state = begin(open=True, held_after_s=60, now=0.0)
    assert reported(play((60, Tick()), state=state)[1]) == ["held"]


def test_a_new_limit_for_standing_open_counts_from_when_it_is_set() -> None:
    state = begin(open=True, held_after_s=60, now=0.0)
    assert step(state, DoorTiming(held_after_s=10), 5.0)[0].due == 15


def test_a_longer_strike_time_also_allows_a_longer_open_time() -> None:
    """A wheelchair: 30 seconds to come in, and the time until the door is held counts from then."""
    state, _ = play((1, Release(hold_s=30, why="grant")), (20, Contact(open=True)))
    assert play((31 + 59, Tick()), state=state)[0].alarm is None
    assert play((31 + 60, Tick()), state=state)[0].alarm == "held"


def test_a_grant_at_an_open_door_extends_its_held_open_time() -> None:
    state, _ = play((1, Release(hold_s=5, why="grant")), (2, Contact(open=True)), (50, Release(hold_s=30, why="grant")))
    assert play((80 + 59, Tick()), state=state)[0].alarm is None
    assert play((80 + 60, Tick()), state=state)[0].alarm == "held"


FIRE, OVER = Fire(on=True, releases=True), Fire(on=False, releases=True)


def test_fire_releases_first_and_reports_why() -> None:
    assert step(SHUT, FIRE, 1.0)[1] == (SetLock(released=True), DoorReport(change=DoorChange.UNLOCKED, why="fire"))


def test_in_a_fire_the_door_neither_locks_nor_is_forced_or_held() -> None:
    state, effects = play((1, FIRE), (2, Contact(open=True)), (5000, Tick()), (5001, Contact(open=False)))
    assert state.released
    assert reported(effects) == ["unlocked", "opened", "closed"]


def test_a_strike_that_fire_does_not_release_stays_locked_and_leaving_does_not_force_it() -> None:
    state, effects = play((1, Fire(on=True, releases=False)), (2, Contact(open=True)), (5000, Tick()))
    assert not state.released
    assert reported(effects) == ["opened"]


def test_after_a_fire_the_door_locks_and_an_open_door_is_reported_held_after_its_time() -> None:
    state, effects = play((1, FIRE), (2, Contact(open=True)), (500, OVER))
    assert effects[-2:] == [SetLock(released=False), DoorReport(change=DoorChange.LOCKED, why="fire")]
    assert state.due == 560


def test_broken_glass_releases_until_repaired() -> None:
    state, effects = play((1, Glass(broken=True)), (2, Contact(open=True)), (900, Tick()), (901, Contact(open=False)))
    assert state.released
    assert reported(effects) == ["glass_broken", "unlocked", "opened", "closed"]
    assert effects[2] == DoorReport(change=DoorChange.UNLOCKED, why="glass")
    state, effects = play((1000, Glass(broken=False)), state=state)
    assert not state.released
    assert reported(effects) == ["glass_whole", "locked"]
    assert effects[2] == DoorReport(change=DoorChange.LOCKED, why="glass")


def test_broken_glass_seen_twice_is_reported_once() -> None:
    for broken, change in ((True, "glass_broken"), (False, "glass_whole")):
        state, _ = play((1, Glass(broken=not broken)))
        _, effects = play((2, Glass(broken=broken)), (3, Glass(broken=broken)), state=state)
        assert reported(effects).count(change) == 1


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (Glass(broken=True), Glass(broken=False)),
        (FIRE, Fire(on=False, releases=True)),
        (Free(on=True), Free(on=False)),
    ],
)
def test_the_held_open_time_of_a_door_starts_when_its_permission_to_stay_open_ends(begins: Input, ends: Input) -> None:
    left_open = ((1, Release(hold_s=5, why="grant")), (2, Contact(open=True)))
    assert "held" in reported(play(*left_open, (66, Tick()))[1])
    state, effects = play(*left_open, (10, begins), (500, Tick()), (1000, ends))
    assert "held" not in reported(effects)
    assert play((1059.9, Tick()), state=state)[1] == []
    assert reported(play((1060, Tick()), state=state)[1]) == ["held"]


def test_a_free_door_locks_while_it_yields_and_is_free_again_after() -> None:
    state, effects = play((1, Free(on=True)), (2, Yield(on=True)))
    assert not state.released
    assert effects[-1] == DoorReport(change=DoorChange.LOCKED, why="interlock")
    assert play((3, Yield(on=False)), state=state)[0].released


@pytest.mark.parametrize("given_input", [Exit(pressed=True), Glass(broken=True), FIRE])
def test_no_interlock_blocks_the_way_out(given_input: Input) -> None:
    assert play((1, Yield(on=True)), (2, given_input))[0].released


anything = st.one_of(
    st.builds(Release, hold_s=st.floats(0.1, 60), why=st.sampled_from(["grant", "command"])),
    st.builds(Exit, pressed=st.booleans()),
    st.builds(Free, on=st.booleans()),
    st.builds(Yield, on=st.booleans()),
    st.builds(Fire, on=st.booleans(), releases=st.booleans()),
    st.builds(Glass, broken=st.booleans()),
    st.builds(Contact, open=st.booleans()),
    st.builds(DoorTiming, held_after_s=st.floats(1, 100)),
    st.just(Tick()),
)
story = st.lists(st.tuples(st.floats(0, 30), anything), max_size=30)


def reach(steps: list[tuple[float, Input]], *, opened: bool | None) -> tuple[DoorState, float]:
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
    assert SetLock(released=False) not in effects
    state, _ = step(state, Tick(), now + 10_000)
    assert state.released
    state, _ = step(state, Exit(pressed=False), now + 10_000)
    assert step(state, Tick(), now + 10_000 + EXIT_HOLD_S - 0.01)[0].released


@given(story, st.sampled_from([True, False, None]))
def test_nothing_but_a_grant_a_command_an_exit_fire_broken_glass_or_free_hours_ever_releases(
    steps: list[tuple[float, Input]], opened: bool | None
) -> None:
    now, state = 0.0, begin(open=opened, held_after_s=60, now=0.0)
    for wait, given_input in steps:
        now += wait
        before = state
        state, effects = step(state, given_input, now)
        if SetLock(released=True) in effects:
            assert releases(given_input)
            assert not before.released
        let_go = state.pressed or state.until is not None or state.broken or state.fire == "releases"
        assert state.released is (let_go or (state.free and not state.yields))


def releases(given_input: Input) -> bool:
    match given_input:
        case (
            Release()
            | Exit(pressed=True)
            | Glass(broken=True)
            | Free(on=True)
            | Yield(on=False)
            | Fire(on=True, releases=True)
        ):
            return True
        case _:
            return False


@given(story)
def test_every_door_locks_again_in_the_end(steps: list[tuple[float, Input]]) -> None:
    state, now = reach(steps, opened=False)
    state, _ = step(state, Exit(pressed=False), now)
    for over in (Free(on=False), Glass(broken=False), OVER):
        state, _ = step(state, over, now)
    while state.until is not None:
        assert state.due is not None
        now = max(now, state.due)
        state, _ = step(state, Tick(), now)
    assert not state.released


@given(story)
def test_the_strike_is_reported_exactly_when_its_state_changes(steps: list[tuple[float, Input]]) -> None:
    now, state, strike = 0.0, SHUT, False
    for wait, given_input in steps:
        now += wait
        state, effects = step(state, given_input, now)
        for effect in effects:
            if isinstance(effect, SetLock):
                assert effect.released is not strike
                strike = effect.released
        assert strike is state.released
