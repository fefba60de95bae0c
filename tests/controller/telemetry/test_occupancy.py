"""How many are inside, and how sure that is."""

from datetime import timedelta

from controller.telemetry.people_inside import people_inside
from edge.wire.interval import Interval
from tests.controller.telemetry.speaking import NOW

TODAY = Interval(start=NOW - timedelta(hours=12), end=NOW)


def inside(*counts: tuple[int, int]) -> tuple[int, int]:
    people = people_inside(counts, TODAY)
    return people.estimate, people.error


def hours(starts: float, ends: float) -> Interval:
    return Interval(start=TODAY.start + timedelta(hours=starts), end=TODAY.start + timedelta(hours=ends))


def test_nobody_and_no_doubt_before_the_first_crossing() -> None:
    assert inside() == (0, 0)
    assert inside((0, 0)) == (0, 0)


def test_people_are_those_who_came_less_those_who_left_at_all_doors() -> None:
    assert inside((10, 4), (3, 5))[0] == 4


def test_the_error_grows_with_crossings_and_not_with_people() -> None:
    assert [inside((half, half)) for half in (1, 25, 100, 400)] == [(0, 1), (0, 2), (0, 4), (0, 8)]


def test_the_estimate_is_never_below_zero_and_what_went_below_is_an_error_seen() -> None:
    assert inside((0, 9)) == (0, 9)


def test_an_outage_widens_the_error_by_those_who_may_have_crossed_in_it() -> None:
    quiet, cut = people_inside([(30, 20)], TODAY), people_inside([(30, 20)], TODAY, [hours(3, 5)])
    # 50 crossings in the 10 hours that were counted: 10 may have gone unseen in 2 hours.
    assert (quiet.error, cut.error, cut.gaps) == (2, 12, (hours(3, 5),))


def test_an_outage_leaves_a_doubt_even_where_nobody_was_seen_all_day() -> None:
    assert people_inside([(0, 0)], TODAY, [hours(3, 3.1)]).error == 1


def test_only_the_part_of_an_outage_that_lies_in_the_day_counts_and_each_once() -> None:
    people = people_inside([(0, 0)], TODAY, [hours(2, 4), hours(-2, 1), hours(3, 5), hours(-9, -5)])
    assert (people.gaps, people.error) == ((hours(0, 1), hours(2, 5)), 2)


def test_nobody_is_said_to_be_inside_where_the_error_explains_it() -> None:
    assert not people_inside([(51, 49)], TODAY).somebody
    assert people_inside([(54, 49)], TODAY).somebody
