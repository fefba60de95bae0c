"""What a keyboard of Linux types."""

import string
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.readers.keyboard_events import ENTER, EVENT_BYTES, LOST, Keyboard, key_of, typed

ALL = "".join(sorted(set(string.printable) - set(string.whitespace))) + " " + ENTER


def read(keyboard: Keyboard, data: bytes) -> str:
    return "".join(each.character for each in keyboard.feed(data))


def event(kind: int, code: int, value: int) -> bytes:
    """``struct input_event`` of linux/input.h."""
    return struct.pack("@llHHi", 1, 2, kind, code, value)


def test_every_printable_character_of_the_us_layout_is_read() -> None:
    assert read(Keyboard(), typed(ALL)) == ALL


@pytest.mark.parametrize(
    ("code", "character"),
    [(2, "1"), (11, "0"), (79, "1"), (82, "0"), (71, "7"), (55, "*"), (28, ENTER), (96, ENTER), (14, "\b"), (1, "\b")],
)
def test_keys_have_the_codes_of_the_kernel(code: int, character: str) -> None:
    """Source: linux/input-event-codes.h."""
    assert read(Keyboard(), event(1, code, 1) + event(0, 0, 0)) == character


def test_a_key_held_down_counts_once() -> None:
    assert read(Keyboard(), event(1, 5, 1) + event(1, 5, 2) * 50 + event(1, 5, 0)) == "4"


@pytest.mark.parametrize("shift", [42, 54])
def test_shift_lasts_while_it_is_held(shift: int) -> None:
    data = event(1, shift, 1) + event(1, 4, 1) + event(1, shift, 0) + event(1, 4, 1)
    assert read(Keyboard(), data) == "#3"


@pytest.mark.parametrize(
    ("character", "key"),
    [("4", "4"), ("#", "#"), ("*", "*"), (ENTER, "#"), ("\b", "*"), (".", "*"), ("+", None), ("a", None), (LOST, None)],
)
def test_a_keypad_has_keys_for_clearing_and_entering(character: str, key: str | None) -> None:
    assert key_of(character) == key


def test_bytes_may_come_in_pieces_of_any_size() -> None:
    data = typed("HK1.aB-_9" + ENTER)
    for size in (1, 5, EVENT_BYTES, len(data)):
        keyboard = Keyboard()
        assert "".join(read(keyboard, data[at : at + size]) for at in range(0, len(data), size)) == "HK1.aB-_9" + ENTER


def test_nothing_counts_from_an_overflow_to_the_next_report() -> None:
    overflow = event(0, 3, 0) + event(1, 3, 1) + event(0, 0, 0)
    assert read(Keyboard(), typed("1") + overflow + typed("4")) == "1" + LOST + "4"


def test_a_shift_with_a_lost_release_does_not_last() -> None:
    assert read(Keyboard(), event(1, 42, 1) + event(0, 3, 0) + event(0, 0, 0) + typed("a")) == LOST + "a"


@given(st.lists(st.binary(max_size=100), max_size=20))
def test_any_bytes_type_something_or_nothing(pieces: list[bytes]) -> None:
    keyboard = Keyboard()
    for piece in pieces:
        assert set(read(keyboard, piece)) <= {*ALL, "\b", LOST}


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 255), st.integers(-1, 3)), max_size=60))
def test_any_events_type_something_or_nothing(events: list[tuple[int, int, int]]) -> None:
    assert set(read(Keyboard(), b"".join(event(*each) for each in events))) <= {*ALL, "\b", LOST}


@pytest.mark.parametrize("tick", [0.0, 1.25, 86_400.5])
def test_every_character_has_its_tick_from_the_kernel(tick: float) -> None:
    assert [each.tick for each in Keyboard().feed(typed("48", tick))] == [tick, tick]
