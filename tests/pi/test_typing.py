"""Which codes the tests type again: those whose bits a busy machine moved too late."""

from itertools import accumulate

from tests.pi.hall import late_by
from tests.pi.wiring import typed

STEPS = typed("48")
ON_TIME = list(accumulate(after_s for after_s, _, _ in STEPS))


def delayed(place: int, seconds: float, times: list[float]) -> list[float]:
    """One step, and all after it, come later."""
    return [at + seconds * (number >= place) for number, at in enumerate(times)]


def test_a_code_is_typed_again_where_two_bits_of_a_key_came_too_far_apart() -> None:
    assert late_by(STEPS, ON_TIME) is None
    assert late_by(STEPS, delayed(2, 0.03, ON_TIME)) is None
    late_s = late_by(STEPS, delayed(3, 0.03, delayed(4, 0.03, ON_TIME)))  # a pulse that is long, and the next late
    assert late_s is not None
    assert 0.05 < late_s < 0.07


def test_a_key_may_come_late_but_not_so_late_that_the_reader_has_forgotten_the_code() -> None:
    between_keys = 8
    assert late_by(STEPS, delayed(between_keys, 1.0, ON_TIME)) is None
    assert late_by(STEPS, delayed(between_keys, 11.0, ON_TIME)) is not None
