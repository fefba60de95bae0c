"""A contact counts once it is stable; ticks decide, not the time of the callback. One that never is chatters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.sensors.debounced_input import CALM_S, MADE_UP_PER_S, MOST, SETTLE_S, Debounced, begin, change, settle


def test_a_level_counts_after_its_settling_time() -> None:
    state = change(begin(False), True, 1.0)
    assert not settle(state, 1.0 + SETTLE_S - 0.001).level
    assert settle(state, 1.0 + SETTLE_S).level


def test_a_spike_never_counts() -> None:
    state = change(change(begin(False), True, 1.0), False, 1.005)
    assert state.due is None
    assert not settle(state, 9.0).level


def test_a_lasting_change_counts_even_if_the_next_change_comes_before_it_is_read() -> None:
    state = change(change(begin(False), True, 1.0), False, 2.0)
    assert state.level
    assert not settle(state, 2.1).level


@pytest.mark.cases_full
@given(st.lists(st.tuples(st.floats(0.0001, 0.1), st.booleans()), max_size=50))
def test_in_the_end_the_last_level_counts(changes: list[tuple[float, bool]]) -> None:
    state, tick, last = begin(False), 0.0, False
    for wait, last in changes:
        tick += wait
        state = change(state, last, tick)
    assert settle(state, tick + 1).level is last


def chattering(every_s: float, for_s: float) -> tuple[Debounced, int]:
    """A contact that changes all the time, until it is found out: its state, and how often its level counted."""
    state, counted = begin(False), 0
    for number in range(1, round(for_s / every_s) + 1):
        before, state = state, change(state, number % 2 == 1, number * every_s)
        counted += before.level is not state.level
    return state, counted


@pytest.mark.parametrize("every_s", [0.0005, 0.005, 0.019, 0.021, 0.025, 0.25, 0.9])
def test_a_continuously_changing_contact_counts_only_a_few_times_before_it_is_found_to_chatter(
    every_s: float,
) -> None:
    state, counted = chattering(every_s, 60.0)
    assert state.chatters
    assert counted <= MOST / (1 - every_s * MADE_UP_PER_S) + 1


@pytest.mark.parametrize("every_s", [2.0, 5.0])
def test_a_busy_door_does_not_chatter_however_long_it_is_busy(every_s: float) -> None:
    state, counted = chattering(every_s, 8 * 3600.0)
    assert not state.chatters
    assert counted == round(8 * 3600.0 / every_s) - 1


def test_a_chattering_input_is_believed_again_after_a_minute_without_change() -> None:
    state, _ = chattering(0.005, 3.0)
    state = change(state, not state.raw, 3.5)
    assert (state.chatters, state.due) == (True, 3.5 + CALM_S)
    assert settle(state, 3.4 + CALM_S).chatters
    calm = settle(state, 3.5 + CALM_S)
    assert (calm.chatters, calm.level, calm.changes) == (False, state.raw, 0.0)


@given(st.lists(st.tuples(st.floats(0.03, 0.4), st.integers(1, 9)), min_size=1, max_size=6))
def test_no_bounce_of_a_real_contact_is_chatter(presses: list[tuple[float, int]]) -> None:
    state, tick, raw = begin(False), 0.0, False
    for stands_s, bounces in presses:
        for _ in range(2 * bounces + 1):
            tick += 0.001
            raw = not raw
            state = change(state, raw, tick)
        tick += stands_s
    state = settle(state, tick + 1)
    assert not state.chatters
    assert state.level is raw
