"""How many are inside, and how sure that is."""

from controller.telemetry.presence import people_inside
from tests.controller.telemetry.speaking import NOW


def inside(*counts: tuple[int, int]) -> tuple[int, int]:
    people = people_inside(counts, NOW)
    assert people.since == NOW
    return people.estimate, people.error


def test_nobody_and_no_doubt_before_the_first_crossing() -> None:
    assert inside() == (0, 0)
    assert inside((0, 0)) == (0, 0)


def test_people_are_those_who_came_less_those_who_left_at_all_doors() -> None:
    assert inside((10, 4), (3, 5))[0] == 4


def test_the_error_grows_with_crossings_and_not_with_people() -> None:
    assert [inside((half, half)) for half in (1, 25, 100, 400)] == [(0, 1), (0, 2), (0, 4), (0, 8)]


def test_the_estimate_is_never_below_zero_and_what_went_below_is_an_error_seen() -> None:
    assert inside((0, 9)) == (0, 9)
