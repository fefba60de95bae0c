"""Bits become keys."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.readers.wiegand import BURST_GAP_S, Burst, pulse


def bits(burst: Burst, value: int, *, at: float, order: tuple[int, ...] = (0, 1, 2, 3)) -> tuple[Burst, list[int]]:
    keys: list[int] = []
    for place in order:
        burst, found = pulse(burst, value >> (3 - place) & 1, at + place * 0.002)
        if found is not None:
            keys.append(found)
    return burst, keys


@pytest.mark.parametrize("value", range(12))
def test_four_bits_are_a_key(value: int) -> None:
    assert bits(Burst(), value, at=1.0) == (Burst(), [value])


@pytest.mark.parametrize("value", [12, 13, 14, 15])
def test_a_burst_that_is_no_key_is_counted(value: int) -> None:
    assert bits(Burst(), value, at=1.0) == (Burst(spoilt=1), [])


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_ticks_decide_when_the_two_wires_are_reported_out_of_order(order: tuple[int, ...]) -> None:
    assert bits(Burst(), 9, at=1.0, order=order)[1] == [9]


def test_a_broken_burst_does_not_spoil_the_next_key() -> None:
    burst, _ = pulse(Burst(), 1, 1.0)
    burst, keys = bits(burst, 7, at=1.0 + BURST_GAP_S + 0.01)
    assert keys == [7]
    assert burst.spoilt == 1


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 10)), max_size=60))
def test_any_pulses_give_keys_or_are_counted(pulses: list[tuple[int, float]]) -> None:
    burst, tick = Burst(), 0.0
    for bit, wait in pulses:
        tick += wait
        burst, found = pulse(burst, bit, tick)
        assert found is None or 0 <= found <= 11
        assert len(burst.bits) < 4
