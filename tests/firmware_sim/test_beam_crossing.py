"""Bodies break beams in the order that geometry allows."""

import random
from collections.abc import Callable

from firmware_sim.beam_crossing import INNER, OUTER, Passage, turn_back, walk_in, walk_out


def _many(walk: Callable[[random.Random], Passage]) -> list[Passage]:
    return [walk(random.Random(seed)) for seed in range(500)]


def _marks(walk: Passage) -> list[tuple[str, bool]]:
    return [(pulse.beam, pulse.broken) for pulse in walk.pulses]


def test_an_entry_breaks_the_outer_beam_first_and_clears_the_inner_last() -> None:
    for walk in _many(walk_in):
        assert _marks(walk) == [(OUTER, True), (INNER, True), (OUTER, False), (INNER, False)]


def test_an_exit_breaks_the_inner_beam_first_and_clears_the_outer_last() -> None:
    for walk in _many(walk_out):
        assert _marks(walk) == [(INNER, True), (OUTER, True), (INNER, False), (OUTER, False)]


def test_turning_back_clears_the_outer_beam_last_and_leaves_both_clear() -> None:
    for walk in _many(turn_back):
        marks = _marks(walk)
        assert (marks[0], marks[-1]) == ((OUTER, True), (OUTER, False))
        for beam in (OUTER, INNER):
            mine = [broken for name, broken in marks if name == beam]
            assert mine == [True, False] * (len(mine) // 2)


def test_some_turn_back_at_the_first_beam_and_some_after_the_second() -> None:
    reached = {any(beam == INNER for beam, _ in _marks(walk)) for walk in _many(turn_back)}
    assert reached == {True, False}


def test_a_passage_takes_a_realistic_time() -> None:
    for walk in [*_many(walk_in), *_many(walk_out)]:
        times = [pulse.at_s for pulse in walk.pulses]
        assert times == sorted(times)
        assert 0.3 < times[-1] - times[0] < 1.3
        assert times[-1] <= walk.lasts_s
