"""No address of a WiFi station leaves the memory of the agent: not in a file, a message, a log or the database, in no
spelling and under no hash that could be looked up again."""

import asyncio
import base64
import hashlib
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.sensors.station_set import GRACE_S
from edge.wire.broker_link import Message
from edge.wire.log_format import FieldFormatter
from firmware_sim.building_file import demo_buildings
from firmware_sim.demo_data import set_up_sites
from firmware_sim.world import World
from tests.memory_link import MemoryLink
from tests.scenarios.test_readers import template
from tests.scenarios.virtual_hub import virtual_hub
from tests.services.memory import in_memory
from tests.virtual_time import VirtualClock, run_virtual

__all__ = ["template"]
ZERO = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)
"""A Tuesday on which the library is open."""
SITE, EVERY_S = "ramsey", 60.0
_ADDRESS = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")


def spellings(address: str) -> Iterator[bytes]:
    """An address as text (in lower case), as bytes, and the SHA-256 of each."""
    digits = address.replace(":", "")
    pairs, quads = re.findall("..", digits), re.findall("....", digits)
    texts = [digits, ".".join(quads), ":".join(quads), "-".join(quads), f"{digits[:6]}-{digits[6:]}"]
    texts += [mark.join(pairs) for mark in (":", "-", ".", " ")]
    texts.append(":".join(pair.lstrip("0") or "0" for pair in pairs))
    texts.append(".".join(str(int(pair, 16)) for pair in pairs))  # as in an SNMP index
    plain = [bytes.fromhex(digits), *(form.encode() for text in texts for form in (text, text.upper()))]
    yield from plain
    for each in plain:
        yield hashlib.sha256(each).digest()
        yield hashlib.sha256(each).hexdigest().encode()


_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}")


def decoded(haystack: bytes) -> Iterator[bytes]:
    """What each run of base64 holds, wherever in it the encoding begins."""
    for run in _BASE64.findall(haystack.translate(bytes.maketrans(b"-_", b"+/"))):
        for start in range(4):
            yield base64.b64decode(run[start : start + (len(run) - start) // 4 * 4])


def found_in(haystack: bytes, addresses: set[str]) -> set[str]:
    """The addresses that are in it in any spelling, as they are or in base64."""
    whole = b"\0".join([haystack, haystack.lower(), *decoded(haystack)])
    return {address for address in addresses for each in spellings(address) if each in whole}


@pytest.mark.parametrize("address", ["02:1f:a0:44:05:c6", "b8:27:eb:00:0b:01"])
def test_the_search_finds_each_spelling_also_in_base64(address: str) -> None:
    for each in spellings(address):
        assert found_in(b"before " + each + b" after", {address}) == {address}
        for prefix in (b"", b"a", b"ab"):
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                assert found_in(encode(prefix + each + b" after"), {address}) == {address}
    assert found_in(b"nothing of it", {address}) == set()


def logged(records: Iterable[logging.LogRecord]) -> bytes:
    """Log lines as the agent and the controller write them, with their fields and errors."""
    return "\n".join(map(FieldFormatter("%(name)s: %(message)s").format, records)).encode()


def test_the_search_finds_an_address_in_a_field_and_in_an_error_of_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    field, error = "02:1f:a0:44:05:c6", "b8:27:eb:00:0b:01"
    try:
        raise ValueError(error)
    except ValueError:
        logging.getLogger("edge").warning("A list cannot be read", extra={"line": field}, exc_info=True)
    assert found_in(logged(caplog.records), {field, error}) == {field, error}


def contents(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


def opened(payload: bytes) -> bytes:
    """A message with what its envelope holds."""
    inner = json.loads(payload).get("payload", "") if payload.startswith(b"{") else ""
    return payload + b"\0" + (base64.b64decode(inner) if isinstance(inner, str) else b"")


def test_no_address_is_in_a_file_a_message_a_log_or_the_database(
    template: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    addresses, stored, sent = set[str](), list[bytes](), list[bytes]()

    async def play(clock: VirtualClock) -> None:
        with tempfile.TemporaryDirectory(dir=in_memory(), prefix="hallkeeper-") as name:
            folder = Path(name)
            shutil.copy(template, folder / "hallkeeper.db")
            buildings = demo_buildings()[:1]
            world = World(buildings, zero=clock.now(), seed="stations")
            async with virtual_hub(folder, clock, world, wifi_every_s=EVERY_S) as hub:
                ears = hub.broker.client(["#"])
                listening = asyncio.create_task(listen(ears))
                await set_up_sites(hub.api, buildings, clock.now().date())
                site, zone = world.site(SITE), buildings[0].doors[0].zone
                listing = folder / SITE / "public-wifi.txt"
                await clock.sleep(GRACE_S + 2 * EVERY_S)  # until sessions are known
                for minute in range(8):
                    if minute < 3:
                        site.entered(zone, f"visitor {minute}", devices=2)
                    elif minute < 6:
                        site.left(zone, f"visitor {minute - 3}")
                    await clock.sleep(EVERY_S)
                    addresses.update(_ADDRESS.findall(listing.read_text()))
                day = {"from": "2026-03-03", "to": "2026-03-04", "by": "day"}
                told = await hub.api.get(f"/sites/{SITE}/samples", **day)
                counted = {each["field"]: each["total"] for each in told["items"] if each["measurement"] == "wifi"}
                assert counted["sessions"] == len(addresses)
                assert counted["minutes"] > len(addresses)
                listening.cancel()
            listing.unlink()
            stored.extend(contents(folder))

    async def listen(ears: MemoryLink) -> None:
        async for event in ears.events():
            if isinstance(event, Message):
                sent.append(event.topic.encode() + b"\0" + opened(event.payload))

    run_virtual(play, zero=ZERO)
    logs = logged(caplog.records)
    assert len(addresses) == 6
    for kept in (stored, sent):
        assert any(re.search(rb'"sessions":[1-9]', each) for each in kept)
    assert b"The agent has started action=started site=ramsey" in logs
    assert found_in(b"\0".join([*stored, *sent, logs]), addresses) == set()
