"""Which numbers are answered for."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.telemetry.deduplication import SeqRuns

RUNS = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 8)).map(lambda pair: (pair[0], pair[0] + pair[1])))


@pytest.mark.cases_full
@given(RUNS)
def test_runs_are_a_set_of_numbers(added: list[tuple[int, int]]) -> None:
    runs = SeqRuns(added)
    numbers = {number for first, last in added for number in range(first, last + 1)}
    assert {number for number in range(80) if number in runs} == numbers
    assert {number for first, last in runs.runs for number in range(first, last + 1)} == numbers
    assert all(one[1] + 1 < two[0] for one, two in pairwise(runs.runs))
    assert runs.top == max(numbers, default=0)
    assert runs.contiguous == next(number for number in range(80) if number + 1 not in numbers)


@given(RUNS, st.integers(1, 60), st.integers(0, 30))
def test_what_is_missing_and_what_is_there_make_the_whole(
    added: list[tuple[int, int]], first: int, length: int
) -> None:
    runs = SeqRuns(added)
    missing = {n for a, b in runs.missing(first, first + length) for n in range(a, b + 1)}
    assert missing == {n for n in range(first, first + length + 1) if n not in runs}


@given(RUNS, st.lists(st.integers(1, 60)))
def test_numbers_in_any_order_are_added_as_their_runs(added: list[tuple[int, int]], numbers: list[int]) -> None:
    together, one_by_one = SeqRuns(added), SeqRuns(added)
    together.add_each(numbers)
    for number in numbers:
        one_by_one.add(number, number)
    assert together.runs == one_by_one.runs
