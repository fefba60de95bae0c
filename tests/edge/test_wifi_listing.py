"""Station listings become a number, and nothing else of them leaves."""

import asyncio
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ListingUnreadable
from edge.sensors.config import IwConfig
from edge.sensors.station_listings import STALE_POLLS, STALE_S, TextSource, read_listing
from edge.sensors.station_set import MOST
from edge.system.liveness import Liveness
from tests.edge.calls import threads_that_call
from tests.edge.now import Now

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


@pytest.mark.parametrize(("text", "form"), [(IW, "iw"), (HOSTAPD, "hostapd")])
@pytest.mark.parametrize("line", ["ap: link lost", "<html>", "Station gone", " authorized: no", "=1"])
def test_a_line_that_does_not_fit_makes_a_listing_unreadable(
    text: str, form: Literal["iw", "hostapd"], line: str
) -> None:
    with pytest.raises(ListingUnreadable):
        count(f"{text}{line}\n", form)


def crowd(stations: int) -> str:
    return "".join(
        f"Station 02:00:00:{n >> 16:02x}:{n >> 8 & 255:02x}:{n & 255:02x} (on wlan0)\n" for n in range(stations)
    )


def test_more_addresses_than_any_building_has_are_unreadable() -> None:
    assert count(crowd(MOST), "iw") == MOST
    with pytest.raises(ListingUnreadable):
        count(crowd(MOST + 1), "iw")


def source(now: Now, *, file: Path | None = None, every_s: float = 60.0) -> TextSource:
    command = ("echo", "Station 02:11:22:33:44:55 (on wlan0)") if file is None else None
    asked = IwConfig(id="ap", zone="hall", file=None if file is None else str(file), command=command, every_s=every_s)
    return TextSource(asked, monotonic=now, liveness=Liveness(), late=lambda: None)


@pytest.mark.parametrize("every_s", [60.0, 900.0])
async def test_a_file_that_is_no_longer_written_is_not_believed(tmp_path: Path, every_s: float) -> None:
    now, file, fresh = Now(), tmp_path / "stations", tmp_path / "fresh"
    file.write_text(IW)
    asked = source(now, file=file, every_s=every_s)
    await asked.listing()
    stale_s = max(STALE_S, STALE_POLLS * every_s)
    now.s = stale_s - 1
    assert len((await asked.listing()).addresses) == 2
    for now.s in (stale_s, 10 * stale_s):
        with pytest.raises(ListingUnreadable):
            await asked.listing()
    fresh.write_text(IW)
    fresh.replace(file)
    assert len((await asked.listing()).addresses) == 2


@pytest.mark.parametrize("text", ["", IW[:-1], IW + "Station 02:aa:bb:cc:dd:e0"], ids=["empty", "no end", "half"])
async def test_a_file_that_is_being_written_is_unreadable(tmp_path: Path, text: str) -> None:
    file = tmp_path / "stations"
    file.write_text(text)
    with pytest.raises(ListingUnreadable):
        await source(Now(), file=file).listing()


async def test_a_file_with_an_empty_line_means_nobody(tmp_path: Path) -> None:
    file = tmp_path / "stations"
    file.write_text("\n")
    assert (await source(Now(), file=file).listing()).addresses == frozenset()


@pytest.mark.parametrize("of_file", [False, True])
def test_a_listing_is_read_beside_the_doors(tmp_path: Path, of_file: bool) -> None:
    file = tmp_path / "stations"
    file.write_text(IW)
    with threads_that_call(read_listing) as threads:
        asyncio.run(source(Now(), file=file if of_file else None).listing())
    assert threads == {"blocking"}


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_no_error_quotes_the_listing(text: str) -> None:
    with pytest.raises(ListingUnreadable) as caught:
        count(f"x{text}\n02:11:22:33:44:55", "iw")
    assert "02:11" not in str(caught.value)
