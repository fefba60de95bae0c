"""Bodies break beams in the order that geometry allows."""

import random

import pytest

from firmware_sim.footpath import INNER, OUTER, Pulse, turn_back, walk_in, walk_out

SEEDS = range(300)


def _marks(pulses: tuple[Pulse, ...]) -> list[tuple[str, bool]]:
    return [(pulse.beam, pulse.broken) for pulse in pulses]


@pytest.mark.parametrize("seed", SEEDS)
def test_who_comes_in_breaks_the_outer_beam_first_and_clears_the_inner_last(seed: int) -> None:
    walk = walk_in(random.Random(seed))
    assert _marks(walk.pulses) == [(OUTER, True), (INNER, True), (OUTER, False), (INNER, False)]


@pytest.mark.parametrize("seed", SEEDS)
def test_who_goes_out_breaks_the_inner_beam_first_and_clears_the_outer_last(seed: int) -> None:
    walk = walk_out(random.Random(seed))
    assert _marks(walk.pulses) == [(INNER, True), (OUTER, True), (INNER, False), (OUTER, False)]


@pytest.mark.parametrize("seed", SEEDS)
def test_who_turns_back_clears_the_outer_beam_last_and_leaves_both_clear(seed: int) -> None:
    pulses = turn_back(random.Random(seed)).pulses
    marks = _marks(pulses)
    assert marks[0] == (OUTER, True)
    assert marks[-1] == (OUTER, False)
    for beam in (OUTER, INNER):
        mine = [broken for name, broken in marks if name == beam]
        assert mine == [True, False] * (len(mine) // 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_passage_takes_as_long_as_a_person_takes(seed: int) -> None:
    for walk in (walk_in(random.Random(seed)), walk_out(random.Random(seed))):
        times = [pulse.at_s for pulse in walk.pulses]
        assert times == sorted(times)
        assert 0.3 < times[-1] - times[0] < 1.3
        assert times[-1] <= walk.lasts_s
