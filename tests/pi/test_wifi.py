"""WiFi use by a real hostapd, on radios that the kernel simulates."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.eventually import eventually
from tests.pi.hall import SERVICE, SITE, WITHIN_S, Hall
from tests.pi.image import say
from tests.pi.radios import ACCESS_POINT, ADDRESSES, SOURCES, Radios
from tests.scenarios.test_station_addresses import contents, found_in
from tests.services.process import program

pytestmark = pytest.mark.pi

STAGE = {"name": "Stage", "capacity": 20, "doors": []}
LOOK_EVERY_S = 1.0
"""The machine needs the processor."""
LISTS = 4
"""So many of each source, while a device tries to join that does not know the passphrase."""


async def counted(hall: Hall, stations: int, *, randomised: int) -> None:
    """Both ways of asking have come to a number."""

    async def told() -> bool:
        await asyncio.sleep(LOOK_EVERY_S)
        last = {each["device"]: each["data"] for each in await hall.events("wifi")}
        found = [(each["stations"], each["randomised"]) for each in last.values()]
        return found == [(stations, randomised)] * 2

    await eventually(told, what=f"{stations} devices by iw and by hostapd", within_s=WITHIN_S)
    say(f"iw and hostapd: {stations} devices, {randomised} with a made-up address")


async def counts_truly(hall: Hall, radios: Radios) -> list[str]:
    """Devices come and go, and one does not know the passphrase; those that are there at the end."""
    await counted(hall, 0, randomised=0)
    *known, made_up = ADDRESSES
    for number, name in enumerate(known, start=1):
        radios.join(name)
        await counted(hall, number, randomised=0)
    radios.join(made_up)
    await counted(hall, len(ADDRESSES), randomised=1)
    radios.leave(known[0])
    await counted(hall, len(ADDRESSES) - 1, randomised=1)
    radios.leave(made_up)
    await counted(hall, 1, randomised=0)
    before = len(await hall.events("wifi"))
    radios.join(made_up, knows_it=False)
    hall.machine.sh(f"until iw dev {ACCESS_POINT} station dump | grep -q {ADDRESSES[made_up]}; do sleep 0.2; done")

    async def listed_again() -> bool:
        await asyncio.sleep(LOOK_EVERY_S)
        return len(await hall.events("wifi")) >= before + 2 * LISTS

    await eventually(listed_again, what="lists while one tries to join", within_s=WITHIN_S)
    later = (await hall.events("wifi"))[before:]
    assert {each["data"]["stations"] for each in later} == {1}
    radios.leave(made_up)
    radios.join(known[0])
    await counted(hall, len(known), randomised=0)
    return known


async def test_devices_on_an_access_point_are_counted_truly_and_no_address_is_stored_or_sent(
    hall: Hall, tmp_path: Path
) -> None:
    await hall.api.put(f"/sites/{SITE}/spaces/stage", STAGE)
    radios = Radios(hall.machine)
    async with heard(hall, tmp_path / "sent"):
        await hall.enrol(more=SOURCES)
        there = await counts_truly(hall, radios)
    keeps_no_address(hall, tmp_path / "sent", there)


@asynccontextmanager
async def heard(hall: Hall, sent: Path) -> AsyncIterator[None]:
    """Meanwhile all that goes through the broker is written to a file."""
    with sent.open("wb") as file:
        where = ("-h", hall.broker.host, "-p", str(hall.broker.port), "-t", "#", "-F", "%t %p")
        hearing = program("mosquitto_sub", package="mosquitto-clients")
        listener = await asyncio.create_subprocess_exec(hearing, *where, stdout=file)
        try:
            yield
        finally:
            listener.terminate()
            await listener.wait()


def keeps_no_address(hall: Hall, sent: Path, present: list[str]) -> None:
    """In what was sent, in the controller's folder, in the agent's, and in the logs of the agent and of hostapd."""
    stored = contents(hall.controller.data_dir)
    kept = hall.machine.sh("tar -C /var/lib/hallkeeper-edge -c . | base64 -w 0").encode()
    logged = hall.machine.sh(f"journalctl --unit {SERVICE} --unit hostapd --no-pager --all --output export").encode()
    listed = hall.machine.sh(f"iw dev {ACCESS_POINT} station dump").encode()
    addresses = set(ADDRESSES.values())
    assert found_in(listed, addresses) == {ADDRESSES[name] for name in present}  # or the search would show nothing
    assert b"wifi" in sent.read_bytes()
    assert found_in(b"\0".join([sent.read_bytes(), *stored, kept, logged]), addresses) == set()
    say("no address in what was stored, sent or logged")
