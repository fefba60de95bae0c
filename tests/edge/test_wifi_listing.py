"""Station listings become a number, and nothing else of them leaves."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ListingUnreadable
from edge.sensors.station_listings import read_listing

IW = """\
Station 02:11:22:33:44:55 (on wlan0)
\tinactive time:\t304 ms
\trx bytes:\t21313
\tsignal:  \t-55 [-58, -60] dBm
\tauthorized:\tyes
\tauthenticated:\tyes
\tassociated:\tyes
\tconnected time:\t1203 seconds
Station 02:aa:bb:cc:dd:ee (on wlan0)
\tinactive time:\t12 ms
\tauthorized:\tno
\tauthenticated:\tyes
Station 02:aa:bb:cc:dd:ef (on wlan1)
\tinactive time:\t9000 ms
\tauthorized:\tyes
"""
HOSTAPD = """\
Selected interface 'wlan0'
02:11:22:33:44:55
flags=[AUTH][ASSOC][AUTHORIZED][SHORT_PREAMBLE][WMM]
aid=1
capability=0x421
dot11RSNAStatsSTAAddress=02:11:22:33:44:55
connected_time=31
02:11:22:33:44:56
flags=[AUTH][ASSOC]
aid=2
"""


def count(text: str, form: Literal["iw", "hostapd"]) -> int:
    return len(read_listing(text, form).addresses)


def test_iw_counts_authorised_stations() -> None:
    assert count(IW, "iw") == 2


def test_hostapd_counts_authorised_stations() -> None:
    assert count(HOSTAPD, "hostapd") == 1


def test_an_empty_listing_means_nobody() -> None:
    assert count("", "iw") == 0
    assert count("Selected interface 'wlan0'\n", "hostapd") == 0


def test_one_address_on_two_interfaces_is_one_station() -> None:
    assert count(IW.replace("dd:ef", "44:55").replace("02:aa:bb:cc:44:55", "02:11:22:33:44:55"), "iw") == 1


@pytest.mark.parametrize("address", ["00:00:00:00:00:00", "01:00:5e:00:00:fb", "ff:ff:ff:ff:ff:ff"])
def test_an_address_that_no_device_has_is_set_aside_and_counted(address: str) -> None:
    listing = read_listing(f"{IW}Station {address} (on wlan0)\n", "iw")
    assert (len(listing.addresses), listing.set_aside) == (2, 1)


def test_the_text_form_of_a_listing_has_no_address() -> None:
    assert "11" not in repr(read_listing(IW, "iw")).partition(" object at ")[0]


@pytest.mark.parametrize("form", ["iw", "hostapd"])
@pytest.mark.parametrize("text", ["command failed: No such device (-19)\n", "<html>", "0"])
def test_another_text_is_unreadable_and_not_zero(text: str, form: str) -> None:
    with pytest.raises(ListingUnreadable):
        count(text, "iw" if form == "iw" else "hostapd")


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_no_error_quotes_the_listing(text: str) -> None:
    with pytest.raises(ListingUnreadable) as caught:
        count(f"x{text}\n02:11:22:33:44:55", "iw")
    assert "02:11" not in str(caught.value)
