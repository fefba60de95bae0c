"""Pulses on two wires become frames of bits."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.readers.wiegand import LIMIT, RINGING_S, Burst, add_pulse


def feed(pulses: list[tuple[float, int]]) -> tuple[Burst, list[str | None]]:
    burst, frames = Burst(), []
    for tick, wire in pulses:
        burst, ended = add_pulse(burst, wire, tick)
        if ended is not None:
            frames.append(ended.bits())
    return burst, frames


def sent(bits: str, *, at: float = 1.0, every: float = 0.002) -> list[tuple[float, int]]:
    return [(at + place * every, int(bit)) for place, bit in enumerate(bits)]


@pytest.mark.parametrize("every", [0.0002, 0.001, 0.002, 0.020])
def test_bits_at_any_standard_pace_are_one_frame(every: float) -> None:
    bits = "10111011000000110010000110"
    burst, frames = feed(sent(bits, every=every))
    assert (burst.bits(), frames) == (bits, [])


def test_a_pause_ends_a_frame() -> None:
    burst, frames = feed(sent("0101") + sent("0011", at=1.1))
    assert (frames, burst.bits()) == (["0101"], "0011")


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_ticks_decide_when_the_two_wires_are_reported_out_of_order(order: tuple[int, ...]) -> None:
    pulses = sent("1001")
    burst, frames = feed([pulses[place] for place in order])
    assert (burst.bits(), frames) == ("1001", [])


def test_wires_reported_one_after_the_other_are_put_in_order() -> None:
    bits = "10111011000000110010000110"
    late = sorted(sent(bits, every=0.001), key=lambda each: each[1])
    assert feed(late)[0].bits() == bits


def test_ringing_of_a_pulse_is_not_a_second_bit() -> None:
    pulses = sent("0110")
    rung = [each for tick, wire in pulses for each in ((tick, wire), (tick + RINGING_S / 2, wire))]
    assert feed(rung)[0].bits() == "0110"


def test_a_pulse_on_both_wires_at_once_spoils_the_frame_and_not_the_next() -> None:
    crossed = [*sent("01"), (1.002 + RINGING_S / 2, 0), (1.004, 1), (1.006, 0)]
    burst, frames = feed(crossed + sent("0011", at=1.2))
    assert (frames, burst.bits()) == ([None], "0011")


def test_a_pulse_from_long_before_spoils_the_frame() -> None:
    assert feed([*sent("0101"), (0.5, 1)])[0].bits() is None


def test_a_line_that_never_rests_is_one_broken_frame_of_bounded_size() -> None:
    burst, frames = feed(sent("01" * 1000))
    assert frames == []
    assert burst.bits() is None
    assert len(burst.pulses) == LIMIT


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 1)), max_size=200))
def test_any_pulses_give_frames_in_the_order_of_their_ticks(pulses: list[tuple[float, int]]) -> None:
    burst = Burst()
    for tick, wire in pulses:
        burst, _ = add_pulse(burst, wire, tick)
        ticks = [at for at, _ in burst.pulses]
        assert ticks == sorted(ticks)
        assert len(burst.pulses) <= LIMIT
        assert all(later - earlier >= RINGING_S for earlier, later in itertools.pairwise(ticks))


@given(st.text("01", min_size=1, max_size=LIMIT), st.integers(0, 2**32))
def test_a_clean_frame_is_read_in_any_order_of_reported_edges(bits: str, seed: int) -> None:
    # Two wires are reported late against each other by less than a pause.
    pulses = sent(bits, every=0.0005)
    random.Random(seed).shuffle(pulses)
    burst, frames = feed(pulses)
    assert (burst.bits(), frames) == (bits, [])
