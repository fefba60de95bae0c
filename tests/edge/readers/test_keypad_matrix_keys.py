"""The keys of a matrix."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.readers.keypad_matrix import LAYOUT, SETTLE_S, STUCK_S, Pad, Places, is_stuck, presses_between, scan

STEP_S = 0.01
PLACES = {key: (row, column) for row, line in enumerate(LAYOUT) for column, key in enumerate(line)}


def down(keys: str) -> Places:
    return frozenset(PLACES[key] for key in keys)


def press(*held: str, steps: int = 5, pad: Pad | None = None) -> tuple[Pad, str]:
    """Each of ``held`` in turn is what is down, for ``steps`` scans."""
    pad, pressed = pad or Pad(), ""
    start = max(0.0, pad.since)
    for at, keys in enumerate(itertools.chain.from_iterable([keys] * steps for keys in held)):
        pad, key = scan(pad, down(keys), start + at * STEP_S)
        pressed += key
    return pad, pressed


@pytest.mark.parametrize("key", "0123456789*#")
def test_a_key_counts_once_while_it_is_down(key: str) -> None:
    pad, pressed = press(key, "", steps=100)
    assert pressed == key
    assert pad.at_rest


@pytest.mark.parametrize("key", "ABCD")
def test_the_fourth_column_means_nothing(key: str) -> None:
    assert press(key, "")[1] == ""


def test_a_bouncing_input_counts_once() -> None:
    bounces = ["4", "", "4", "", "4"]
    assert press(*bounces, steps=1)[1] == ""
    pad, _ = press(*bounces, steps=1)
    assert press("4", pad=pad)[1] == "4"


def test_a_touch_shorter_than_the_settling_time_does_not_count() -> None:
    assert press("4", "", steps=int(SETTLE_S / STEP_S))[1] == ""


def test_quick_fingers_overlap() -> None:
    assert press("4", "48", "8", "82", "2", "")[1] == "482"


def test_a_ghost_is_refused_and_counted_until_all_keys_are_up() -> None:
    """With 1, 3 and 9 down, 7 seems to be."""
    pad, pressed = press("1", "13", "1397", "13", "1", "15")
    assert pressed == "13"
    assert pad.ghosts == 1
    assert press("", "5", "", pad=pad)[1] == "5"


def test_three_keys_are_refused_though_they_make_no_ghost() -> None:
    assert press("1", "12", "123", "")[1] == "12"


def test_two_keys_at_once_have_no_order_and_are_refused() -> None:
    pad, pressed = press("48", "4", "")
    assert pressed == ""
    assert pad.ghosts == 1


def test_a_key_down_for_a_minute_is_stuck() -> None:
    pad, _ = press("4")
    assert not is_stuck(pad, STUCK_S - 0.1)
    assert is_stuck(pad, STUCK_S + 0.1)
    assert not is_stuck(Pad(), STUCK_S + 0.1)


@pytest.mark.cases_full
@given(st.lists(st.tuples(st.frozensets(st.sampled_from(sorted(PLACES.values()))), st.floats(0, 0.1)), max_size=60))
def test_any_scans_yield_only_keys_that_were_down_with_at_most_one_other(scans: list[tuple[Places, float]]) -> None:
    pad, now = Pad(), 0.0
    for seen, wait in scans:
        now += wait
        pad, key = scan(pad, seen, now)
        assert not key or (PLACES[key] in seen and len(seen) <= 2)


@pytest.mark.parametrize("low", [False, True])
@given(
    presses=st.lists(st.tuples(st.floats(0.03, 1), st.floats(0.03, 1)), max_size=6),
    bounces=st.lists(st.floats(0.001, 0.01), max_size=3),
    held=st.booleans(),
)
def test_each_press_between_two_scans_is_found_once_and_a_bounce_is_not_a_press(
    low: bool, presses: list[tuple[float, float]], bounces: list[float], held: bool
) -> None:
    """``presses``: how long a key was up before each, and how long down. ``held``: the last is still down."""
    at, changes, wanted = 1.0, [], []
    if low:
        changes.append((True, at := at + 0.005))
    for up_s, down_s in presses:
        wanted.append(at := at + up_s)
        changes.append((False, at))
        for bounce in bounces:  # it opens for a moment as it goes down, and counts from when it is down to stay
            changes += [(True, at + bounce / 2), (False, at := at + bounce)]
            wanted[-1] = at
        changes.append((True, at := at + down_s))
    ended = at + 0.5
    if held and presses:
        changes.pop()
    found = presses_between(changes, low=low, begun=1.0, ended=ended)
    assert found == pytest.approx(tuple(wanted))


def test_a_change_caused_by_the_scan_is_not_a_press() -> None:
    own = [(False, 1.001), (True, 1.499)]
    assert presses_between(own, low=True, begun=1.0, ended=1.5) == ()


def test_a_press_right_after_the_scan_is_found_by_its_end() -> None:
    assert presses_between([(False, 1.001), (True, 1.1)], low=False, begun=1.0, ended=1.5) == (1.0,)
