"""Stations of a zone become counts; an address is held while it is listed and for ten minutes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ListingUnreadable
from edge.sensors.station_set import GRACE_S, MOST, StationSet

PHONE, LAPTOP = bytes.fromhex("021122334455"), bytes.fromhex("b827eb000001")


def watched(*sources: str) -> StationSet:
    """A zone in which nobody was for ten minutes, up to 0."""
    zone = StationSet(sources)
    for minute in range(-10, 1):
        for source in sources:
            zone.listed(source, (), minute * 60)
    return zone


def test_a_station_that_comes_while_it_is_watched_begins_a_session() -> None:
    zone = watched("ap")
    zone.listed("ap", {LAPTOP}, 60)
    counts = zone.listed("ap", {LAPTOP, PHONE}, 120)
    assert (counts.stations, counts.sessions, counts.seconds) == (2, 1, 120)


def test_the_first_listing_tells_of_no_session_and_of_no_time() -> None:
    counts = StationSet(["ap"]).listed("ap", {PHONE}, 0)
    assert (counts.stations, counts.sessions, counts.seconds) == (1, None, None)


def test_one_that_comes_back_within_ten_minutes_continues_its_session() -> None:
    zone = watched("ap")
    assert zone.listed("ap", {PHONE}, 60).sessions == 1
    for minute in range(2, 11):
        zone.listed("ap", (), minute * 60)
    assert zone.listed("ap", {PHONE}, 60 + GRACE_S - 1).sessions == 0


def test_one_that_comes_back_later_begins_another() -> None:
    zone = watched("ap")
    zone.listed("ap", {PHONE}, 60)
    for minute in range(2, 11):
        zone.listed("ap", (), minute * 60)
    assert zone.listed("ap", {PHONE}, 60 + GRACE_S).sessions == 1


def test_ten_minutes_after_it_was_listed_last_an_address_is_forgotten() -> None:
    zone = StationSet(["ap"])
    zone.listed("ap", {PHONE, LAPTOP}, 0)
    zone.listed("ap", {LAPTOP}, 60)
    assert zone.forget(GRACE_S - 1) == GRACE_S
    assert len(zone) == 2
    assert zone.forget(GRACE_S) == 60 + GRACE_S
    assert len(zone) == 1
    assert zone.forget(60 + GRACE_S) is None
    assert len(zone) == 0


def test_after_ten_minutes_without_a_listing_nobody_is_taken_for_new() -> None:
    zone = watched("ap")
    counts = zone.listed("ap", {PHONE, LAPTOP}, GRACE_S)
    assert (counts.stations, counts.sessions, counts.seconds) == (2, None, None)


def test_after_a_start_no_session_is_told_for_ten_minutes_since_it_may_have_begun_before() -> None:
    zone = StationSet(["ap"])
    told = [zone.listed("ap", {PHONE} if minute % 2 else (), minute * 60).sessions for minute in range(13)]
    assert told == [None] * 11 + [0, 0]


def test_time_in_which_a_source_failed_is_nobodys() -> None:
    zone = watched("ap")
    zone.listed("ap", {PHONE}, 60)
    zone.failed("ap")
    back = zone.listed("ap", {PHONE, LAPTOP}, 180)
    after = zone.listed("ap", {PHONE, LAPTOP}, 240)
    assert (back.stations, back.sessions, back.seconds) == (2, None, None)
    assert (after.stations, after.sessions, after.seconds) == (2, None, 120)


def test_what_a_failed_source_listed_is_the_stations_of_another_that_lists_it() -> None:
    zone = watched("hall", "stage")
    zone.listed("stage", {PHONE}, 60)
    zone.listed("hall", {PHONE}, 90)
    assert zone.listed("stage", {PHONE}, 120).stations == 0
    zone.failed("hall")
    assert zone.listed("stage", {PHONE}, 180).stations == 1


@pytest.mark.parametrize("what", ["has not begun", "has failed", "is silent"])
def test_who_comes_from_an_access_point_that_is_not_watched_is_not_taken_for_new(what: str) -> None:
    zone = watched(*(("stage",) if what == "has not begun" else ("stage", "hall")))
    zone.sources = ("stage", "hall")
    if what == "has failed":
        zone.failed("hall")
    for minute in range(1, 12):
        told = zone.listed("stage", (), minute * 60)
    assert told.seconds == 0
    assert zone.listed("stage", {PHONE}, 720).sessions is None
    for minute in range(13, 25):
        zone.listed("hall", (), minute * 60)
        zone.listed("stage", {PHONE}, minute * 60)
    assert zone.listed("stage", {PHONE, LAPTOP}, 1500).sessions == 1


def test_one_that_walks_to_another_access_point_of_the_zone_is_one_station_in_one_session() -> None:
    zone = watched("hall", "stage")
    zone.listed("hall", {PHONE}, 60)
    zone.listed("stage", (), 60)
    moved = zone.listed("stage", {PHONE}, 120)
    still_listed = zone.listed("hall", {PHONE}, 120)
    assert (moved.stations, moved.sessions, still_listed.stations, still_listed.sessions) == (1, 0, 0, 0)


def test_a_zone_with_more_addresses_than_any_building_has_is_refused_until_some_are_forgotten() -> None:
    zone, crowd = StationSet(["ap", "other"]), [bytes([2, 0, 0, 0, *divmod(n, 256)]) for n in range(MOST)]
    zone.listed("ap", crowd, 0)
    with pytest.raises(ListingUnreadable):
        zone.listed("other", {PHONE}, 60)
    assert len(zone) == MOST
    assert zone.listed("other", crowd[:1], 60).stations == 1
    assert zone.listed("other", {PHONE}, GRACE_S).stations == 1


@pytest.mark.parametrize(("address", "randomised"), [(PHONE, 1), (LAPTOP, 0)])
def test_a_made_up_address_is_told_by_its_bit(address: bytes, randomised: int) -> None:
    assert StationSet(["ap"]).listed("ap", {address}, 0).randomised == randomised


def test_its_text_form_has_no_address() -> None:
    zone = StationSet(["ap"])
    zone.listed("ap", {PHONE}, 0)
    assert PHONE.hex() not in repr(zone)
    assert str(PHONE) not in repr(zone)


some = st.frozensets(st.sampled_from([bytes([n] * 6) for n in range(2, 12, 2)]))
steps = st.lists(st.tuples(st.sampled_from("ab"), st.none() | some, st.integers(0, 700)), max_size=30)


@pytest.mark.cases_full
@given(steps)
def test_every_station_is_counted_at_one_source_and_none_is_held_for_longer(
    listings: list[tuple[str, frozenset[bytes] | None, int]],
) -> None:
    zone, now, last = StationSet("ab"), 0, dict[bytes, int]()
    for source, addresses, wait in listings:
        now += wait
        if addresses is None:
            zone.failed(source)
            continue
        last |= dict.fromkeys(addresses, now)
        counts = zone.listed(source, addresses, now)
        assert 0 <= counts.randomised <= counts.stations <= len(addresses)
        assert len(zone) == sum(now - at < GRACE_S for at in last.values())
