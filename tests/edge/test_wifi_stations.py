"""Any failure of the source of a WiFi count is a fault of the count alone."""

import asyncio
import gc
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from edge.sensors.config import IwConfig, SnmpConfig
from edge.sensors.station_set import StationSet
from edge.sensors.wifi_stations import station_sets
from edge.wire.events import FaultData, WifiData
from edge.wire.faults import FaultCode
from firmware_sim.simulated_pi import put_listing
from tests.edge.hall import Hall, config, with_hall

STATION = "Station 02:11:22:33:44:55 (on wlan0)\n"


def source(folder: Path, which: str) -> IwConfig:
    os.mkfifo(folder / "pipe")
    scripts = {
        "a program that never ends": "exec sleep 3600",
        "one that says no end": "exec yes",
        "one that fails": "exit 1",
    }
    files = {"a pipe": str(folder / "pipe"), "a device": "/dev/zero"}
    program = ("/bin/sh", "-c", scripts[which]) if which in scripts else ("/nowhere/iw",)
    return IwConfig(
        id="hall-wifi",
        zone="hall",
        command=None if which in files else program,
        file=files.get(which),
        every_s=900.0,
    )


def children() -> set[str]:
    """Processes of ours that have not been fetched yet."""
    found: set[str] = set()
    for thread in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a thread may have ended meanwhile
            found |= set((thread / "children").read_text().split())
    return found


async def until_ended(before: set[str]) -> None:
    """Virtual time does not wait for other processes: wait here until the loop has heard of each one's end."""
    while children() - before:
        time.sleep(0.001)  # noqa: ASYNC251  # real time
        await asyncio.sleep(0)
    for thread in threading.enumerate():
        if "waitpid" in thread.name:  # the thread that tells the loop, up to Python 3.11
            thread.join()
    await asyncio.sleep(1)


@pytest.mark.parametrize(
    "which",
    [
        "a program that never ends",
        "one that says no end",
        "one that fails",
        "one that is not there",
        "a pipe",
        "a device",
    ],
)
def test_an_unusable_source_is_reported_once_and_the_agent_keeps_running(which: str, tmp_path: Path) -> None:
    async def act(hall: Hall) -> None:
        await asyncio.sleep(1200)
        assert [(each.code, each.present) for each in hall.data(FaultData)] == [(FaultCode.STATIONS_UNREADABLE, True)]
        assert hall.state("hall-wifi").values["stations"] is None
        assert hall.data(WifiData) == []
        await hall.order(hall.command())
        assert hall.unlocked()
        await hall.stop()
        await until_ended(before)

    before = children()
    with_hall(act, config=msgspec.structs.replace(config(), wifi=(source(tmp_path, which),)))


def test_a_usable_source_counts_again(tmp_path: Path) -> None:
    listing = tmp_path / "stations"

    async def act(hall: Hall) -> None:
        await asyncio.sleep(60)
        listing.write_text(STATION)
        await asyncio.sleep(60)
        assert [each.present for each in hall.data(FaultData)] == [True, False]
        assert [each.stations for each in hall.data(WifiData)] == [1]

    with_hall(act, config=config(wifi=str(listing)))


def test_sessions_and_minutes_come_as_counts(tmp_path: Path) -> None:
    listing = tmp_path / "stations"
    listing.write_text(STATION)

    async def act(hall: Hall) -> None:
        await asyncio.sleep(30)
        for _ in range(10):
            put_listing(listing, STATION)
            await asyncio.sleep(60)
        put_listing(listing, STATION + STATION.replace("02:", "b8:"))
        await asyncio.sleep(60)
        found = [(each.stations, each.randomised, each.sessions, each.minutes) for each in hall.data(WifiData)]
        assert found == [(1, 1, None, None)] + [(1, 1, None, 1)] * 10 + [(2, 1, 1, 2)]
        assert hall.state("hall-wifi").values == {
            "stations": 2,
            "randomised": 1,
            "set_aside": 0,
            "failures": 0,
            "zone": "hall",
        }

    with_hall(act, config=config(wifi=str(listing)))


def test_time_in_which_the_source_was_down_is_nobodys(tmp_path: Path) -> None:
    listing = tmp_path / "stations"
    listing.write_text(STATION)

    async def act(hall: Hall) -> None:
        for down in (False, True, False):
            await asyncio.sleep(30)
            listing.write_text("<html>\n" if down else STATION)
            await asyncio.sleep(30)
        await asyncio.sleep(60)
        assert [(each.stations, each.minutes) for each in hall.data(WifiData)] == [(1, None), (1, 1), (1, None), (1, 1)]

    with_hall(act, config=config(wifi=str(listing)))


def test_a_zone_waits_for_those_of_its_sources_that_list_addresses() -> None:
    snmp = SnmpConfig(id="numbers", zone="hall", host="ap", login_file="ap/snmp.conf", count="1.3.6.1.2.1.2.1")
    iw = IwConfig(id="stage-wifi", zone="stage", file="stage")
    made = station_sets([iw, snmp, IwConfig(id="hall-wifi", zone="hall", file="hall")])
    assert {zone: list(each.sources) for zone, each in made.items()} == {"stage": ["stage-wifi"], "hall": ["hall-wifi"]}


def test_addresses_are_forgotten_on_time_while_the_source_is_down(tmp_path: Path) -> None:
    listing = tmp_path / "stations"
    listing.write_text(STATION)

    async def act(hall: Hall) -> None:
        gc.collect()  # of what earlier tests left
        (zone,) = (each for each in gc.get_objects() if isinstance(each, StationSet))
        await asyncio.sleep(30)
        listing.unlink()
        await asyncio.sleep(540)
        assert len(zone) == 1
        await asyncio.sleep(60)
        assert len(zone) == 0

    with_hall(act, config=config(wifi=str(listing)))
