"""Stations of a zone become counts; an address is held while it is listed and for ten minutes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ListingUnreadable
from edge.sensors.station_set import GRACE_S, MOST, StationSet

PHONE, LAPTOP = bytes.fromhex("021122334455"), bytes.fromhex("b827eb000001")


def test_a_station_that_comes_while_it_is_watched_begins_a_session() -> None:
    zone = StationSet()
    zone.listed("ap", {LAPTOP}, 0)
    counts = zone.listed("ap", {LAPTOP, PHONE}, 60)
    assert (counts.stations, counts.sessions, counts.seconds) == (2, 1, 120)


def test_the_first_listing_tells_of_no_session_and_of_no_time() -> None:
    counts = StationSet().listed("ap", {PHONE}, 0)
    assert (counts.stations, counts.sessions, counts.seconds) == (1, None, None)


def test_one_that_comes_back_within_ten_minutes_continues_its_session() -> None:
    zone = StationSet()
    zone.listed("ap", {PHONE}, 0)
    for minute in range(1, 10):
        zone.listed("ap", (), minute * 60)
    assert zone.listed("ap", {PHONE}, GRACE_S - 1).sessions == 0


def test_one_that_comes_back_later_begins_another() -> None:
    zone = StationSet()
    zone.listed("ap", {PHONE}, 0)
    for minute in range(1, 10):
        zone.listed("ap", (), minute * 60)
    assert zone.listed("ap", {PHONE}, GRACE_S).sessions == 1


def test_ten_minutes_after_it_was_listed_last_an_address_is_forgotten() -> None:
    zone = StationSet()
    zone.listed("ap", {PHONE, LAPTOP}, 0)
    zone.listed("ap", {LAPTOP}, 60)
    assert zone.forget(GRACE_S - 1) == GRACE_S
    assert len(zone) == 2
    assert zone.forget(GRACE_S) == 60 + GRACE_S
    assert len(zone) == 1
    assert zone.forget(60 + GRACE_S) is None
    assert len(zone) == 0


def test_after_ten_minutes_without_a_listing_nobody_is_taken_for_new() -> None:
    zone = StationSet()
    zone.listed("ap", {PHONE}, 0)
    counts = zone.listed("ap", {PHONE, LAPTOP}, GRACE_S)
    assert (counts.stations, counts.sessions, counts.seconds) == (2, None, None)


def test_one_that_walks_to_another_access_point_of_the_zone_is_one_station_in_one_session() -> None:
    zone = StationSet()
    for source, addresses in (("hall", {PHONE}), ("stage", set[bytes]())):
        zone.listed(source, addresses, 0)
    moved = zone.listed("stage", {PHONE}, 60)
    still_listed = zone.listed("hall", {PHONE}, 60)
    assert (moved.stations, moved.sessions, still_listed.stations, still_listed.sessions) == (1, 0, 0, 0)


def test_a_zone_with_more_addresses_than_any_building_has_is_refused_until_some_are_forgotten() -> None:
    zone, crowd = StationSet(), [bytes([2, 0, 0, 0, *divmod(n, 256)]) for n in range(MOST)]
    zone.listed("ap", crowd, 0)
    with pytest.raises(ListingUnreadable):
        zone.listed("other", {PHONE}, 60)
    assert len(zone) == MOST
    assert zone.listed("other", crowd[:1], 60).stations == 1
    assert zone.listed("other", {PHONE}, GRACE_S).stations == 1


@pytest.mark.parametrize(("address", "randomised"), [(PHONE, 1), (LAPTOP, 0)])
def test_a_made_up_address_is_told_by_its_bit(address: bytes, randomised: int) -> None:
    assert StationSet().listed("ap", {address}, 0).randomised == randomised


def test_its_text_form_has_no_address() -> None:
    zone = StationSet()
    zone.listed("ap", {PHONE}, 0)
    assert PHONE.hex() not in repr(zone)
    assert str(PHONE) not in repr(zone)


some = st.frozensets(st.sampled_from([bytes([n] * 6) for n in range(2, 12, 2)]))
steps = st.lists(st.tuples(st.sampled_from("ab"), some, st.integers(0, 700)), max_size=30)


@given(steps)
def test_every_station_is_counted_at_one_source_and_none_is_held_for_longer(
    listings: list[tuple[str, frozenset[bytes], int]],
) -> None:
    zone, now, last = StationSet(), 0, dict[bytes, int]()
    for source, addresses, wait in listings:
        now += wait
        last |= dict.fromkeys(addresses, now)
        counts = zone.listed(source, addresses, now)
        assert 0 <= counts.randomised <= counts.stations <= len(addresses)
        assert len(zone) == sum(now - at < GRACE_S for at in last.values())
