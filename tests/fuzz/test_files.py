"""Whatever lies in the folder of an agent at its start: it starts, reports the fault, opens nothing, lets people
out."""

import json
from datetime import timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.alarm.area_io import StoredArea
from edge.alarm.fire import FILE as FIRE
from edge.events.segments import FOLDER as OUTBOX
from edge.events.segments import line, payload_of
from edge.wire.codec import encode
from edge.wire.events import FaultData
from tests.edge.disk import MemoryDisk
from tests.edge.hall import INNER, OUTER, ZERO, run
from tests.fuzz.effort import effort
from tests.fuzz.house import KEY_CODE, OFFLINE_CODE, inhabited, logged
from tests.fuzz.mutations import bent, extreme
from tests.virtual_time import VirtualClock

FOLDERS = ("", "plan", "plan/parts", "outbox", "offline")
KINDS = (
    "kept.json",
    "lockout.json",
    "alarm-",
    "plan/manifest",
    "plan/parts/",
    "outbox/0",
    "outbox/ack.json",
    "offline/",
)
"""What an agent keeps; each is a file, or the beginning of the names of some."""


@cache
def lived_in() -> dict[str, bytes]:
    """The files of an agent that has seen a day."""
    disk = MemoryDisk()

    async def main(clock: VirtualClock) -> None:
        async with inhabited(clock, disk=disk) as container:
            await container.furnish()
            await container.enter(OFFLINE_CODE)
            await container.open_door()
            await container.walk(OUTER, INNER)
            for wrong in range(6):
                await container.enter(f"00000{wrong}")
            container.ack(container.status().log or "", 5)
            await container.exits()

    run(main)
    files = {name: disk.read(name) or b"" for folder in FOLDERS for name in disk.names(folder)}
    files["alarm-ground-floor.json"] = encode(StoredArea(set=False, since=ZERO, why="entry", unseen={"hall-pir": 2}))
    return files


def spoilt(name: str, data: bytes, random: Random) -> bytes:
    if random.random() < 0.4:
        return bent(data, random)
    if not name.startswith(f"{OUTBOX}/0"):
        return extreme(data, random)
    lines = data.splitlines()
    at = random.randrange(len(lines))
    # The disk's own check sum fits: nothing but the content is wrong.
    lines[at] = line(extreme(payload_of(lines[at]) or b"[]", random)).rstrip(b"\n")
    return b"\n".join(lines) + b"\n"


def is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def starts_with(name: str, data: bytes) -> None:
    """An agent that finds ``data`` in the file ``name``."""

    files = {**lived_in(), name: data}

    async def main(clock: VirtualClock) -> None:
        disk = MemoryDisk()
        for each, kept in files.items():
            disk.replace(each, kept)
        async with inhabited(clock, disk=disk) as container:
            container.whole()
            assert container.never_opened()
            spoilt_part = name.startswith("plan/parts/") and data != lived_in()[name]
            if spoilt_part or not (name.startswith(f"{OUTBOX}/0") or is_json(data)):
                assert any(fault.present for fault in container.data(FaultData)), (
                    "nobody is told that the file is spoilt"
                )
            await container.exits()
            # It carries on with what it has, and what it keeps from then on can be read again.
            await container.furnish(version=2**52)
            await container.enter("000000")
            await container.walk(OUTER, INNER)
            await container.until(lambda: not container.unlocked())
            await container.enter(KEY_CODE)
            container.whole()
            await container.stop()
            await container.start()
            container.whole()
            await container.exits()

    with logged():
        run(main, zero=ZERO + timedelta(minutes=30))


@pytest.mark.cases_full
@pytest.mark.parametrize("kind", KINDS)
@given(st.randoms(use_true_random=False))
@effort(5)
def test_any_bytes_in_any_file_of_the_agent_are_told_and_open_nothing(kind: str, random: Random) -> None:
    name = random.choice([name for name in lived_in() if name.startswith(kind)])
    starts_with(name, spoilt(name, lived_in()[name], random))


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("kept.json", '{"floor":{"at":"AT"}}'),
        ("kept.json", '{"floor":{"at":"2026-03-28T16:00:00Z","mono":-1e300,"error_s":1e300,"ahead_s":1e300}}'),
        ("kept.json", '{"floor":{"at":"2026-03-28T16:00:00Z"},"plan":{"version":-1,"digest":""}}'),
        (
            "lockout.json",
            '{"salt":"","readers":{"front-keypad":{"wrong":1000000000000000000000,"steps":-1000000000000000000000,'
            '"series":1000000000000000000000,"until":"AT","quiet_from":"AT","forgiven":-1e300}}}',
        ),
        ("alarm-ground-floor.json", '{"set":true,"since":"AT","unseen":{"hall-pir":-1000000000000000000000}}'),
        ("offline/front-door.json", '{"codes":[{"key":"","window":{"start":"AT","quarters":48}}]}'),
        ("offline/front-door.json", '{"codes":[{"key":"","window":{"start":"9999-12-31T12:00:00Z","quarters":1}}]}'),
        ("outbox/ack.json", '{"log":"' + "0" * 32 + '","seq":1000000000000000000000000}'),
    ],
)
def test_times_and_numbers_past_all_sense_in_a_file_end_nothing(name: str, text: str, at: str) -> None:
    starts_with(name, text.replace("AT", at).encode())


@given(st.binary(max_size=40))
@effort(3)
def test_a_fire_latch_holds_whatever_is_in_its_file(data: bytes) -> None:
    async def main(clock: VirtualClock) -> None:
        disk = MemoryDisk()
        disk.replace(FIRE, data)
        async with inhabited(clock, disk=disk) as container:
            container.whole()
            assert container.state("fire-line").values["state"] == "latched"

    run(main)
