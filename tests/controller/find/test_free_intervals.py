"""What is left of a time, in whole numbers; the property test holds it against the judge."""

from datetime import UTC, datetime

import pytest

from controller.bookings.rules.buffers import Buffers
from controller.estate.model import Space
from controller.find.free_intervals import (
    QUARTER,
    BufferKind,
    RequiredGaps,
    claimed,
    fewest,
    full,
    holds,
    interval,
    left,
    moment,
    span,
    us,
    used_up,
)
from tests.controller.bookings.hub import at, site_config

MINUTE = 60_000_000


def gaps(
    wish: str, *, layout: str = "", setup_min: int = 0, cleardown_min: int = 0, **kinds: BufferKind
) -> RequiredGaps:
    there = site_config()
    buffers = Buffers(layout=layout, setup_min=setup_min, cleardown_min=cleardown_min)
    return RequiredGaps(there.by_space[wish].space, buffers, kinds, there)


def kind(space: str, *, layout: str = "", setup_min: int = 0, cleardown_min: int = 0) -> BufferKind:
    return BufferKind(space=space, layout=layout, setup_min=setup_min, cleardown_min=cleardown_min)


def minutes(*spans: tuple[int, int]) -> list[tuple[int, int]]:
    return [(start * MINUTE, end * MINUTE) for start, end in spans]


def test_an_instant_comes_back_as_it_was() -> None:
    night = datetime(2026, 10, 25, 1, 30, 0, 123456, tzinfo=UTC)
    assert moment(us(night)) == night
    assert interval(span(at(night))) == at(night)


def test_what_is_left_is_cut_to_the_time_asked_about() -> None:
    blocked = minutes((50, 60), (-20, 10), (15, 30), (20, 25), (90, 200))
    assert left(blocked, (0, 100 * MINUTE), MINUTE) == minutes((10, 15), (30, 50), (60, 90))


def test_pieces_that_are_too_short_are_left_out_and_exact_ones_are_not() -> None:
    assert left(minutes((10, 15)), (0, 30 * MINUTE), 10 * MINUTE) == minutes((0, 10), (15, 30))
    assert left(minutes((9, 15)), (0, 30 * MINUTE), 10 * MINUTE) == minutes((15, 30))
    assert left([], (0, 0), MINUTE) == []


@pytest.mark.parametrize(
    ("wanted", "inside"),
    [((10, 20), True), ((12, 13), True), ((9, 12), False), ((19, 21), False), ((20, 21), False), ((30, 40), True)],
)
def test_a_time_lies_in_one_of_the_pieces_or_not(wanted: tuple[int, int], *, inside: bool) -> None:
    assert holds([(10, 20), (30, 40)], wanted) is inside


def test_neighbours_share_their_buffers_where_both_spaces_do() -> None:
    shared = gaps("studio", setup_min=10, cleardown_min=20, x=kind("studio", setup_min=10, cleardown_min=20))
    assert claimed([(100 * MINUTE, 160 * MINUTE, "x")], shared) == minutes((80, 180))
    alone = gaps("studio", setup_min=10, cleardown_min=20, x=kind("kitchen", setup_min=10, cleardown_min=20))
    assert claimed([(100 * MINUTE, 160 * MINUTE, "x")], alone) == minutes((70, 190))


def test_a_change_of_layout_takes_its_listed_minutes_one_way_and_the_plain_ones_back() -> None:
    wish = gaps("hall", layout="boardroom", x=kind("hall", layout="theatre"))
    assert claimed([(100 * MINUTE, 160 * MINUTE, "x")], wish) == minutes((80, 205))


def test_nothing_is_changed_over_across_what_lies_between() -> None:
    """The hall's change-over of 20 minutes counts from its own neighbour only."""
    wish = gaps("hall", layout="theatre", half=kind("half-b"), hall=kind("hall", layout="theatre"))
    half, hall = (100 * MINUTE, 110 * MINUTE, "half"), (115 * MINUTE, 118 * MINUTE, "hall")
    assert claimed([half, hall], wish) == minutes((80, 115), (115, 118))
    early, late = (100 * MINUTE, 103 * MINUTE, "hall"), (108 * MINUTE, 120 * MINUTE, "half")
    assert claimed([early, late], wish) == minutes((100, 103), (103, 140))


def test_a_buffer_counts_in_full_where_neighbours_are_closer_than_it() -> None:
    wish = gaps("hall", layout="theatre", setup_min=10, cleardown_min=10, half=kind("half-b"))
    first, second = (100 * MINUTE, 110 * MINUTE, "half"), (115 * MINUTE, 120 * MINUTE, "half")
    assert claimed([first, second], wish) == minutes((80, 120), (105, 140))


def test_each_kind_of_claim_keeps_its_own_buffers() -> None:
    wish = gaps("yard", long=kind("shed", setup_min=5, cleardown_min=15), short=kind("shed", setup_min=1))
    first, second = (100 * MINUTE, 160 * MINUTE, "long"), (200 * MINUTE, 260 * MINUTE, "short")
    assert claimed([first, second], wish) == minutes((95, 175), (199, 260))


def test_a_claim_of_a_space_that_is_gone_keeps_its_own_buffers() -> None:
    wish = gaps("yard", x=kind("shed", setup_min=5, cleardown_min=15))
    assert claimed([(100 * MINUTE, 160 * MINUTE, "x")], wish) == minutes((95, 175))


def test_a_pool_is_full_by_the_quarter_hour() -> None:
    taken = {0: 3, QUARTER: 5, 2 * QUARTER: 4}
    assert full(taken, 3) == [(QUARTER, 2 * QUARTER), (2 * QUARTER, 3 * QUARTER)]
    assert fewest(taken, 8, (5, QUARTER)) == 5
    assert fewest(taken, 8, (5, QUARTER + 1)) == 3
    assert fewest({}, 8, (0, QUARTER)) == 8


def test_equipment_is_used_up_while_too_many_are_out_at_once() -> None:
    uses = [(0, 10, 1), (5, 20, 1), (10, 15, 1), (30, 40, 2)]
    assert used_up(uses, 1) == [(5, 10), (10, 15), (30, 40)]
    assert used_up(uses, 2) == []
    assert used_up([*uses, (30, 40, -2)], 1) == [(5, 10), (10, 15)]


def test_a_bare_space_has_no_gaps() -> None:
    there = site_config()
    bare = Space(site="hub", id="yard", name="Yard")
    none = RequiredGaps(bare, Buffers(layout="", setup_min=0, cleardown_min=0), {"x": kind("yard")}, there)
    assert claimed([(5, 10, "x")], none) == [(5, 10)]
