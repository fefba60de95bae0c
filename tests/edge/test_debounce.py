"""A contact counts once it stands still; ticks decide, not the time of the callback."""

from hypothesis import given
from hypothesis import strategies as st

from edge.debounce import SETTLE_S, begin, change, settle


def test_a_level_counts_after_it_has_stood() -> None:
    state = change(begin(False), True, 1.0)
    assert not settle(state, 1.0 + SETTLE_S - 0.001).level
    assert settle(state, 1.0 + SETTLE_S).level


def test_a_spike_never_counts() -> None:
    state = change(change(begin(False), True, 1.0), False, 1.005)
    assert state.due is None
    assert not settle(state, 9.0).level


def test_a_change_that_stood_counts_although_the_next_came_before_anyone_looked() -> None:
    state = change(change(begin(False), True, 1.0), False, 2.0)
    assert state.level
    assert not settle(state, 2.1).level


@given(st.lists(st.tuples(st.floats(0.0001, 0.1), st.booleans()), max_size=50))
def test_in_the_end_the_last_level_counts(changes: list[tuple[float, bool]]) -> None:
    state, tick, last = begin(False), 0.0, False
    for wait, last in changes:
        tick += wait
        state = change(state, last, tick)
    assert settle(state, tick + 1).level is last
