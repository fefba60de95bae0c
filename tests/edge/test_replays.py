"""No copied, late, altered, misdirected or unsigned command moves a door, each by its own test over the link to a real
agent; the same command, rightly sent, does."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.net.command_results import RESULTS_LIMIT
from edge.wire.broker_link import Message
from edge.wire.codec import decode, encode
from edge.wire.command_acceptance import SEEN_LIMIT
from edge.wire.envelope import Envelope, Purpose, Signer
from edge.wire.events import DoorData
from edge.wire.topics import Topic
from tests.edge.hall import STRIKE, ZERO, Hall, run, with_hall
from tests.virtual_time import VirtualClock

RETIRED = Signer(Ed25519PrivateKey.from_private_bytes(bytes([9] * 32)))
"""A former key of the controller, no longer trusted by this edge."""


def releases(hall: Hall) -> int:
    """How often the strike was released."""
    levels = [False, *hall.outputs.get(STRIKE, [])]
    return sum(now and not before for before, now in pairwise(levels))


def by_id(number: int) -> str:
    return f"0195d6a0-0000-7000-8000-{number:012x}"


async def refused(hall: Hall, payload: bytes, *, counter: str, retain: bool = False, before: int = 0) -> None:
    """Send it; the edge counts it as refused, says so where it may, and no door moves."""
    counted = hall.status().health.get(counter, 0)
    hall.send("command", payload, retain=retain)
    await hall.until(lambda: hall.status().health.get(counter, 0) > counted)
    await asyncio.sleep(10)
    assert releases(hall) == before
    assert sum(result.outcome == "done" for result in hall.results()) == before


async def why(hall: Hall, payload: bytes, words: str, *, retain: bool = False, before: int = 0) -> None:
    """As ``refused``, with the reason that the edge gives."""
    await refused(hall, payload, counter="command_refused", retain=retain, before=before)
    assert words in (hall.results()[-1].why or "")


def test_a_fresh_command_moves_the_door_once() -> None:
    async def act(hall: Hall) -> None:
        command = hall.command()
        await hall.order(command)
        assert hall.unlocked()
        assert (hall.results()[-1].id, hall.results()[-1].outcome) == (command.id, "done")
        await asyncio.sleep(6)
        assert not hall.unlocked()
        assert releases(hall) == 1
        assert [data.why for data in hall.data(DoorData)] == ["command", "time"]

    with_hall(act)


def test_a_retained_command() -> None:
    async def act(hall: Hall) -> None:
        assert hall.link is not None
        hall.link.cut()
        await asyncio.sleep(1)
        nonce = hall.status().nonce
        hall.send("command", hall.seal(Purpose.COMMAND, hall.command()), retain=True)
        hall.link.repair()
        await hall.until(lambda: hall.status().nonce != nonce and bool(hall.results()))
        assert "a retained command is never executed" in (hall.results()[-1].why or "")
        assert releases(hall) == 0

    with_hall(act)


def test_a_retained_command_with_the_nonce_of_this_session() -> None:
    """A hostile broker may mark any message as retained, or remove the mark, but then the nonce is an old one."""

    async def act(hall: Hall) -> None:
        payload = hall.seal(Purpose.COMMAND, hall.command())
        topic = str(Topic(site=hall.config.site, edge=hall.config.edge, name="command"))
        assert hall.link is not None
        hall.link.offer(Message(topic=topic, payload=payload, retained=True))
        await hall.until(lambda: bool(hall.results()))
        assert "retained" in (hall.results()[-1].why or "")
        assert releases(hall) == 0

    with_hall(act)


def test_a_command_queued_while_the_edge_was_offline() -> None:
    async def act(hall: Hall) -> None:
        payload = hall.seal(Purpose.COMMAND, hall.command())
        assert hall.link is not None
        hall.link.cut()
        await asyncio.sleep(0.5)
        hall.link.repair()
        await hall.until(lambda: hall.link is not None and hall.link.connected)
        await asyncio.sleep(0.2)
        # In time still, and not marked: as a broker hands out what it has queued.
        await why(hall, payload, "another session")

    with_hall(act)


def test_a_duplicate() -> None:
    async def act(hall: Hall) -> None:
        payload = hall.seal(Purpose.COMMAND, hall.command())
        hall.send("command", payload)
        hall.send("command", payload)
        await asyncio.sleep(10)
        assert releases(hall) == 1
        assert [result.outcome for result in hall.results()] == ["done"]
        hall.send("command", payload)
        await asyncio.sleep(10)
        assert releases(hall) == 1
        assert [result.outcome for result in hall.results()] == ["done", "done"]
        assert hall.status().health["command_refused"] == 2

    with_hall(act)


def test_a_late_command() -> None:
    async def act(hall: Hall) -> None:
        payload = hall.seal(Purpose.COMMAND, hall.command())
        await asyncio.sleep(5)
        await why(hall, payload, "too late")

    with_hall(act)


class SetBack(VirtualClock):
    """A wall clock set back while the monotonic one continues."""

    back = timedelta(0)

    def now(self) -> datetime:
        return super().now() - self.back


def test_a_late_command_after_the_wall_clock_was_set_back() -> None:
    async def main(_: VirtualClock) -> None:
        clock = SetBack(ZERO)
        hall = Hall(clock)
        await hall.start()
        try:
            payload = hall.seal(Purpose.COMMAND, hall.command())
            await asyncio.sleep(5)
            clock.back = timedelta(hours=1)
            await why(hall, payload, "too late")
        finally:
            await hall.close()

    run(main)


def test_a_command_older_than_the_last_executed_command() -> None:
    async def act(hall: Hall) -> None:
        first = hall.command(id=by_id(1))
        await asyncio.sleep(0.1)
        second = hall.command(id=by_id(2))
        await hall.order(second)
        await asyncio.sleep(4)
        await why(hall, hall.seal(Purpose.COMMAND, first), "overtaken", before=1)

    with_hall(act)


def test_a_command_for_another_door() -> None:
    async def act(hall: Hall) -> None:
        await why(hall, hall.seal(Purpose.COMMAND, hall.command(door="back-door")), "no door 'back-door' here")

    with_hall(act)


def test_a_command_without_a_door() -> None:
    async def act(hall: Hall) -> None:
        await why(hall, hall.seal(Purpose.COMMAND, hall.command(door=None)), "no door None here")

    with_hall(act)


def test_a_command_for_another_site() -> None:
    async def act(hall: Hall) -> None:
        await refused(hall, hall.seal(Purpose.COMMAND, hall.command(site="wyton")), counter="wrong_address")

    with_hall(act)


def test_a_command_for_another_edge() -> None:
    async def act(hall: Hall) -> None:
        await refused(hall, hall.seal(Purpose.COMMAND, hall.command(edge="other-pi")), counter="wrong_address")

    with_hall(act)


def test_a_message_on_the_topic_of_another_edge_is_not_received() -> None:
    async def act(hall: Hall) -> None:
        payload = hall.seal(Purpose.COMMAND, hall.command())
        hall.broker.publish("hk/1/ramsey/other-pi/command", payload)
        await asyncio.sleep(10)
        assert releases(hall) == 0
        assert hall.results() == []

    with_hall(act)


def test_an_edited_command() -> None:
    async def act(hall: Hall) -> None:
        envelope = decode(hall.seal(Purpose.COMMAND, hall.command()), Envelope)
        longer = hall.command(expires_at=hall.clock.now() + timedelta(seconds=10))
        edited = msgspec.structs.replace(envelope, payload=encode(longer))
        await refused(hall, encode(edited), counter="bad_signature")

    with_hall(act)


def test_a_command_with_any_byte_of_its_signature_changed() -> None:
    async def act(hall: Hall) -> None:
        envelope = decode(hall.seal(Purpose.COMMAND, hall.command()), Envelope)
        for place in (0, 31, 32, 63):
            broken = bytearray(envelope.signature)
            broken[place] ^= 1
            changed = msgspec.structs.replace(envelope, signature=bytes(broken))
            await refused(hall, encode(changed), counter="bad_signature")

    with_hall(act)


def test_an_unsigned_command() -> None:
    async def act(hall: Hall) -> None:
        await refused(hall, encode(hall.command()), counter="malformed")
        bare = Envelope(kid=hall.controller.kid, purpose=Purpose.COMMAND, payload=encode(hall.command()), signature=b"")
        await refused(hall, encode(bare), counter="bad_signature")

    with_hall(act)


def test_a_command_signed_by_a_retired_key() -> None:
    async def act(hall: Hall) -> None:
        await refused(hall, RETIRED.seal(Purpose.COMMAND, hall.command()), counter="bad_signature")

    with_hall(act)


def test_a_command_signed_by_a_retired_key_in_the_name_of_the_present_key() -> None:
    async def act(hall: Hall) -> None:
        envelope = decode(RETIRED.seal(Purpose.COMMAND, hall.command()), Envelope)
        renamed = msgspec.structs.replace(envelope, kid=hall.controller.kid)
        await refused(hall, encode(renamed), counter="bad_signature")

    with_hall(act)


def test_a_command_signed_by_the_edge_itself() -> None:
    async def act(hall: Hall) -> None:
        own = Signer(hall.config.identity.keys.signing)
        await refused(hall, own.seal(Purpose.COMMAND, hall.command()), counter="bad_signature")

    with_hall(act)


def test_a_command_signed_for_another_purpose() -> None:
    async def act(hall: Hall) -> None:
        for purpose in (Purpose.PLAN, Purpose.HELLO, Purpose.ACK):
            payload = hall.seal(purpose, hall.command())
            await refused(hall, payload, counter="wrong_address")
            # The purpose is under the signature, so that it cannot be put right afterwards.
            renamed = msgspec.structs.replace(decode(payload, Envelope), purpose=Purpose.COMMAND)
            await refused(hall, encode(renamed), counter="bad_signature")

    with_hall(act)


def test_a_command_with_the_nonce_of_the_previous_session() -> None:
    async def act(hall: Hall) -> None:
        old = hall.status().nonce
        assert hall.link is not None
        hall.link.cut()
        hall.link.repair()
        await hall.until(lambda: hall.status().online and hall.status().nonce != old)
        await why(hall, hall.seal(Purpose.COMMAND, hall.command(nonce=old)), "another session")

    with_hall(act)


def test_a_command_from_the_future() -> None:
    async def act(hall: Hall) -> None:
        ahead = hall.clock.now() + timedelta(seconds=11)
        command = hall.command(issued_at=ahead, expires_at=ahead + timedelta(seconds=5))
        await why(hall, hall.seal(Purpose.COMMAND, command), "from the future")

    with_hall(act)


def test_a_command_with_too_long_a_life() -> None:
    async def act(hall: Hall) -> None:
        command = hall.command(expires_at=hall.clock.now() + timedelta(days=1))
        await why(hall, hall.seal(Purpose.COMMAND, command), "lives 86400 s")

    with_hall(act)


@pytest.mark.cases_full
def test_a_command_beyond_the_limit_of_a_session() -> None:
    async def act(hall: Hall) -> None:
        for number in range(SEEN_LIMIT):
            hall.send("command", hall.seal(Purpose.COMMAND, hall.command("unknown", id=by_id(number))))
            if number % RESULTS_LIMIT == 0:
                await asyncio.sleep(0.1)
        await hall.until(lambda: len(hall.results()) == SEEN_LIMIT, within_s=60)
        await why(hall, hall.seal(Purpose.COMMAND, hall.command(id=by_id(SEEN_LIMIT))), f"more than {SEEN_LIMIT}")

    with_hall(act)


def test_no_bytes_on_the_topic_move_a_door() -> None:
    async def act(hall: Hall) -> None:
        good = hall.seal(Purpose.COMMAND, hall.command())
        for payload in (b"", b"{}", b"\xff unlock", good[:-1], good * 2, b"[" * 5000):
            await refused(hall, payload, counter="malformed")

    with_hall(act)
