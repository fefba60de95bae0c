"""In which order people would take what would fit instead."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from controller.bookings.diary.policy import Policy
from controller.bookings.diary.site_config import SiteConfig, places
from controller.bookings.fitting_spaces import Fitting
from controller.estate.model import Site, SiteParts, Space
from controller.find.ranking import Candidate, WantedTime, rank
from controller.hours.model import OpeningHours
from controller.hours.timetable import Timetable
from edge.wire.interval import Interval
from tests.controller.bookings.hub import SIX

ROOMS = {
    "hall": Space(site="own", id="hall", name="Hall", capacity=60),
    "twin": Space(site="own", id="twin", name="Twin", capacity=60),
    "half": Space(site="own", id="half", name="Half", capacity=30),
    "large": Space(site="own", id="large", name="Large", capacity=120),
    "huge": Space(site="own", id="huge", name="Huge", capacity=300),
    "closet": Space(site="own", id="closet", name="Closet", capacity=6),
    "unsaid": Space(site="own", id="unsaid", name="Unsaid"),
    "away": Space(site="away", id="away", name="Away", capacity=60),
}
"""“away” is in another building."""


def pictured(site: str, spaces: Iterable[Space]) -> SiteConfig:
    there = Site(id=site, name=site.title(), zone="Europe/London")
    return SiteConfig(
        site=there,
        revision=1,
        by_space=places(SiteParts(site=there, spaces=tuple(spaces))),
        equipment={},
        hours=Timetable(site=there, timetable=OpeningHours()),
        policy=Policy(),
    )


PICTURES = {site: pictured(site, [each for each in ROOMS.values() if each.site == site]) for site in ("own", "away")}
WANTED = Interval(start=SIX, end=SIX + timedelta(hours=2))


def candidate(name: str, minutes: int = 0, miles: float | None = None) -> Candidate:
    space = ROOMS[name]
    site_config = PICTURES[space.site]
    moved = timedelta(minutes=minutes)
    return Candidate(
        fitting=Fitting(site_config=site_config, place=site_config.by_space[name], layout=None, holds=space.capacity),
        during=Interval(start=SIX + moved, end=SIX + timedelta(hours=2) + moved),
        wanted=WANTED,
        miles=miles,
    )


def wish(people: int | None, space: str | None = "hall") -> WantedTime:
    return WantedTime(people=people, place=PICTURES["own"].by_space[space] if space else None)


def ranked(free: Iterable[Candidate], wished: WantedTime) -> list[str]:
    return [each.fitting.place.space.id for each in rank(free, wished)]


@pytest.mark.parametrize(
    ("first", "second", "people"),
    [
        pytest.param(candidate("twin"), candidate("away", miles=1), None, id="own building before another"),
        pytest.param(candidate("huge"), candidate("away", miles=1), 40, id="own building before another, though large"),
        pytest.param(candidate("half"), candidate("away", miles=1), None, id="half the size before another building"),
        pytest.param(
            candidate("hall", 150), candidate("away", miles=1), 40, id="same space, near in time, before elsewhere"
        ),
        pytest.param(
            candidate("away", miles=1), candidate("hall", 24 * 60), 40, id="another building before another day"
        ),
        pytest.param(candidate("twin"), candidate("closet"), None, id="as large as the wished before a closet"),
        pytest.param(candidate("large"), candidate("closet"), None, id="twice as large before a closet"),
        pytest.param(candidate("half"), candidate("closet"), None, id="half as large before a closet"),
        pytest.param(candidate("hall", 120), candidate("closet"), None, id="two hours later before a closet"),
        pytest.param(candidate("huge"), candidate("unsaid"), 40, id="room for certain before room unknown"),
        pytest.param(candidate("away", miles=20), candidate("unsaid"), 40, id="far off before room unknown"),
        pytest.param(candidate("twin"), candidate("unsaid"), None, id="room unknown last, however many come"),
        pytest.param(
            candidate("half"), candidate("large"), 20, id="for those who told how many, the smaller that does"
        ),
        pytest.param(candidate("away", miles=2), candidate("away", miles=3), 40, id="the nearer building"),
    ],
)
def test_of_two_that_are_free_comes_first_what_people_would_rather_have(
    first: Candidate, second: Candidate, people: int | None
) -> None:
    either_way = [rank(pair, wish(people)) for pair in ((first, second), (second, first))]
    assert either_way == [[first, second]] * 2


def test_a_wish_for_any_space_names_those_of_unknown_size_last() -> None:
    free = [candidate("unsaid", miles=0), candidate("huge", miles=0), candidate("away", miles=20)]
    assert ranked(free, wish(40, None)) == ["huge", "away", "unsaid"]


def test_the_size_of_a_room_does_not_matter_without_a_wanted_room_or_number() -> None:
    free = [candidate("unsaid", 30, miles=0), candidate("huge", 60, miles=0), candidate("closet", miles=0)]
    assert ranked(free, wish(None, None)) == ["closet", "unsaid", "huge"]


def test_the_wished_space_is_not_put_off_for_its_own_size_being_unknown() -> None:
    assert ranked([candidate("twin"), candidate("unsaid", 15)], wish(40, "unsaid")) == ["unsaid", "twin"]


def test_of_two_that_are_both_far_too_large_the_smaller_comes_first() -> None:
    free = [candidate("huge"), candidate("large"), candidate("twin"), candidate("half")]
    assert ranked(free, wish(5)) == ["half", "twin", "large", "huge"]
