"""A controller that does not know the plan in force gets it back, and no other."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from edge.net.plan_store import PARTS
from edge.wire.envelope import Keyring, Purpose, open_envelope
from edge.wire.messages import Hello
from edge.wire.plan import GrantsPart, Manifest
from edge.wire.plan_assembly import assemble
from edge.wire.topics import parse
from tests.edge.disk import MemoryDisk
from tests.edge.hall import EDGE, SITE, ZERO, Hall, grant, hours, with_hall


def given_back(hall: Hall) -> tuple[list[Manifest], dict[str, bytes]]:
    manifests: list[Manifest] = []
    parts: dict[str, bytes] = {}
    keys = Keyring(hall.controller.public_key)
    for message in hall.heard:
        topic = parse(message.topic)
        if topic is None or topic.name != "plan/held":
            continue
        if topic.item is None:
            manifests.append(
                open_envelope(message.payload, purpose=Purpose.PLAN, kind=Manifest, site=SITE, edge=EDGE, keys=keys)
            )
        else:
            parts[topic.item] = message.payload
    return manifests, parts


@pytest.mark.parametrize("disk", ["written", "read at the start", "lost"])
def test_the_plan_in_force_is_returned_as_received(disk: str) -> None:
    """Also where the disk has lost it since: a door that could not give it back would get no other."""

    async def act(hall: Hall) -> None:
        sent = await hall.send_plan(7, hours(), GrantsPart(grants=(grant("482913", ZERO, ZERO + timedelta(hours=2)),)))
        if disk != "written":
            await hall.stop()
            await hall.start()
        if disk == "lost":
            for name in medium.names(PARTS):
                medium.spoil(name, 9)
        await hall.hello(session=hall.status().nonce, plan_wanted=7)
        await asyncio.sleep(1)
        manifests, parts = given_back(hall)
        assert manifests == [sent]
        assert assemble(sent, parts).grant_count == 1

    medium = MemoryDisk()
    with_hall(act, disk=medium)


class Telling(MemoryDisk):
    """Calls ``read_first`` when a part of the plan is read."""

    read_first: Callable[[], object] | None = None

    def read(self, name: str) -> bytes | None:
        tell = self.read_first
        if tell is not None and name.startswith(PARTS):
            self.read_first = None
            tell()
        return super().read(name)


def test_a_command_result_does_not_wait_for_a_plan_acknowledgement() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_plan(7, hours(), *(msgspec.structs.replace(hours(), door=f"door-{n}") for n in range(40)))
        session, loop = hall.status().nonce, asyncio.get_running_loop()
        command = hall.seal(Purpose.COMMAND, hall.command())
        medium.read_first = lambda: loop.call_soon_threadsafe(hall.send, "command", command)
        hall.heard.clear()
        await hall.hello(session=session, plan_wanted=7)
        await asyncio.sleep(1)
        said = [topic.name for message in hall.heard if (topic := parse(message.topic)) is not None]
        assert said.count("plan/held") == 42
        assert "plan/held" in said[said.index("command/result") :]

    medium = Telling()
    with_hall(act, disk=medium)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"plan_wanted": 6}, id="another plan"),
        pytest.param({"plan_wanted": 7, "session": "cd" * 16}, id="another session"),
        pytest.param({}, id="nothing"),
    ],
)
def test_nothing_is_given_back_that_this_session_was_not_asked_for(asked: dict[str, object]) -> None:
    async def act(hall: Hall) -> None:
        await hall.send_plan(7, hours())
        await hall.hello(**({"session": hall.status().nonce} | asked))
        await asyncio.sleep(1)
        assert given_back(hall) == ([], {})

    with_hall(act)


def test_a_request_repeated_by_the_broker_is_answered_once() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_plan(7, hours())
        session = hall.status().nonce
        asked = Hello(site=SITE, edge=EDGE, nonce="ab" * 16, at=hall.clock.now(), session=session, plan_wanted=7)
        for _ in range(3):
            hall.send("hello", hall.seal(Purpose.HELLO, asked))
            await asyncio.sleep(1)
        assert len(given_back(hall)[0]) == 1

    with_hall(act)


def test_a_plan_made_without_the_one_in_force_is_refused_even_after_a_power_cut() -> None:
    async def act(hall: Hall) -> None:
        kept = await hall.send_plan(7, hours())
        await hall.stop()
        await hall.start()
        await hall.send_plan(9, hours(), follows=(5,))
        refusal = hall.applied()[-1]
        assert (refusal.version, refusal.applied) == (9, False)
        assert refusal.why == "plan 9 does not follow 7, which is applied"
        assert hall.status().plan_digest == kept.digest
        await hall.send_plan(10, hours(), follows=(5, 9))
        assert (hall.applied()[-1].version, hall.applied()[-1].applied) == (10, False)
        await hall.send_plan(11, hours(), follows=(7, 9, 10))
        assert (hall.applied()[-1].version, hall.applied()[-1].applied) == (11, True)

    with_hall(act)
