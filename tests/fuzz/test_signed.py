"""What the right key has signed may be absurd all the same: it is refused with a reason, or done within its meaning."""

import asyncio
from collections.abc import Callable
from random import Random

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.codec import encode
from edge.wire.enrolment import Delivery, box_id, identity_context, seal_to
from edge.wire.envelope import Envelope, Purpose
from edge.wire.event_batch import Ack
from edge.wire.messages import Hello
from edge.wire.plan import PartRef, digest
from tests.edge.enrolled import edge_identity
from tests.edge.hall import DOOR, EDGE, SECRET, SITE, run
from tests.fuzz.effort import effort
from tests.fuzz.house import House, inhabited, logged, parts
from tests.fuzz.mutations import extreme
from tests.virtual_time import VirtualClock

MESSAGES = 25


def seal(container: House, purpose: Purpose, body: bytes) -> bytes:
    """An envelope around bytes that are no value of ours."""
    signer = container.controller
    return encode(Envelope(kid=signer.kid, purpose=purpose, payload=body, signature=signer.sign(purpose, body)))


def send_plan(container: House, version: int, random: Random) -> None:
    """One part of it is absurd, or the manifest is."""
    manifest, data = container.plan(version, *parts())
    if random.random() < 0.7:
        name = random.choice(list(data))
        data[name] = extreme(data[name], random)
        refs = {name: PartRef(digest=digest(part), size=len(part)) for name, part in data.items()}
        body = encode(msgspec.structs.replace(manifest, parts=refs))
    else:
        body = extreme(encode(manifest), random)
    for name, part in data.items():
        container.send("plan/part", part, item=name, retain=True)
    container.send("plan", seal(container, Purpose.PLAN, body), retain=True)


def send_hello(container: House, version: int, random: Random) -> None:
    status = container.status()
    hello = Hello(site=SITE, edge=EDGE, nonce="ab" * 16, at=container.clock.now(), session=status.nonce, log=status.log)
    container.send("hello", seal(container, Purpose.HELLO, extreme(encode(hello), random)))


def send_ack(container: House, version: int, random: Random) -> None:
    ack = Ack(
        site=SITE, edge=EDGE, log=container.status().log or "", seq=container.status().head, at=container.clock.now()
    )
    container.send("events/ack", seal(container, Purpose.ACK, extreme(encode(ack), random)))


def send_command(container: House, version: int, random: Random) -> None:
    kind = random.choice(("self_test", "recount"))
    command = container.command(
        kind, id=f"00000000-0000-7000-8000-{version:012x}", args={"counter": "front-beams", "inside": 3}
    )
    container.send("command", seal(container, Purpose.COMMAND, extreme(encode(command), random)))


def send_identity(container: House, version: int, random: Random) -> None:
    held = container.config.identity.keys
    box = held.opening.public_key().public_bytes_raw()
    fresh = extreme(encode(edge_identity(held, {DOOR: SECRET}, version=version)), random)
    about, ephemeral = identity_context(SITE, EDGE, version), X25519PrivateKey.generate()
    sealed = seal_to(box, fresh, about=about, ephemeral=ephemeral)
    delivery = encode(Delivery(site=SITE, edge=EDGE, version=version, box=box_id(box), sealed=sealed))
    container.send(
        "identity", seal(container, Purpose.IDENTITY, delivery if random.random() < 0.7 else extreme(delivery, random))
    )


SENDERS: tuple[Callable[[House, int, Random], None], ...] = (
    *(send_plan, send_plan, send_plan, send_hello, send_ack, send_command, send_identity),
)


@pytest.mark.cases_full
@given(st.randoms(use_true_random=False))
@effort(15)
def test_what_is_signed_and_absurd_ends_nothing_and_opens_nothing(random: Random) -> None:
    async def main(clock: VirtualClock) -> None:
        async with inhabited(clock) as container:
            await container.furnish()
            for version in range(20, 20 + MESSAGES):
                random.choice(SENDERS)(container, version, random)
                await asyncio.sleep(random.choice((0.01, 2, 61)))
                container.whole()
                assert container.never_opened()
            await container.exits()
            await container.stop()
            # And so does whatever of it went to the disk.
            await container.start()
            assert container.never_opened()
            await container.exits()

    with logged():
        run(main)
