"""A broker that stands still and goes on: what was given up meanwhile is sent by nobody, or refused at the door."""

import asyncio

import msgspec
import pytest
from sqlalchemy import select

from controller.people.passwords import Passwords
from controller.plans.commands import CommandOutcome, OutOfReach
from controller.plans.tables import commands
from controller.platform.mqtt_client import CONFIRM_S, IN_FLIGHT, BrokerLink
from controller.platform.settings import Broker as BrokerSettings
from controller.platform.settings import Settings
from edge.wire.broker_link import Disconnected, Message
from edge.wire.messages import COMMAND_LIFE_S
from tests.controller.clock import ManualClock
from tests.controller.plans.test_commands import until_outcome
from tests.eventually import eventually
from tests.integration.hub import open_hub
from tests.integration.test_controller import edge_link
from tests.services.mosquitto import Broker

TOPIC = "hk/1/ramsey/main/command"


async def test_what_a_stalled_broker_does_not_confirm_in_time_is_not_sent_when_it_goes_on(mosquitto: Broker) -> None:
    ours, others = (
        BrokerLink(host=mosquitto.host, port=mosquitto.port, subscribe=filters, confirm_s=0.3)
        for filters in ([], [TOPIC])
    )
    heard, lost = list[bytes](), asyncio.Event()

    async def listen(to: BrokerLink) -> None:
        async for each in to.events():
            if isinstance(each, Message):
                heard.append(each.payload)
            if isinstance(each, Disconnected):
                lost.set()

    listening = [asyncio.create_task(listen(each)) for each in (ours, others)]

    async def connected() -> bool:
        return ours.connected and others.connected

    async def last_heard() -> bool:
        return heard[-1:] == [b"last"]

    await eventually(connected, what="both are connected")
    mosquitto.pause()
    sending = [asyncio.create_task(ours.publish(TOPIC, b"%d" % number)) for number in range(3 * IN_FLIGHT)]
    assert not any(await asyncio.gather(*sending))
    await asyncio.wait_for(lost.wait(), 30)
    mosquitto.resume()
    await eventually(connected, what="both are connected again")
    assert await ours.publish(TOPIC, b"last")
    await eventually(last_heard, what="the last message is heard")
    # What the kernel had handed to the broker by then cannot be taken back.
    assert {int(each) for each in heard[:-1]} <= set(range(IN_FLIGHT))
    for each in listening:
        each.cancel()
    await asyncio.gather(*listening, return_exceptions=True)


async def test_a_sender_that_no_longer_waits_keeps_its_place_until_the_broker_confirms(mosquitto: Broker) -> None:
    """Otherwise paho would queue what is sent after it."""
    link = BrokerLink(host=mosquitto.host, port=mosquitto.port, subscribe=[])

    async def listen() -> None:
        async for _ in link.events():
            pass

    listening = asyncio.create_task(listen())

    async def connected() -> bool:
        return link.connected

    await eventually(connected, what="it is connected")
    mosquitto.pause()
    early = [asyncio.create_task(link.publish(TOPIC, b"x")) for _ in range(IN_FLIGHT)]
    await asyncio.sleep(0)  # each is as far as it can be
    for each in early:
        each.cancel()
    await asyncio.gather(*early, return_exceptions=True)
    late = asyncio.create_task(link.publish(TOPIC, b"y"))
    done, _ = await asyncio.wait({late}, timeout=0.1)
    assert not done
    assert len(link._outgoing) == IN_FLIGHT
    mosquitto.resume()
    assert await asyncio.wait_for(late, 30)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_message_does_not_wait_for_ever_for_those_before_it(mosquitto: Broker) -> None:
    go_on = asyncio.Event()

    async def before() -> None:
        await go_on.wait()

    link = BrokerLink(host=mosquitto.host, port=mosquitto.port, subscribe=[], confirm_s=0.3, before=before)

    async def listen() -> None:
        async for _ in link.events():
            pass

    listening = asyncio.create_task(listen())

    async def connected() -> bool:
        return link.connected

    await eventually(connected, what="it is connected")
    early = [asyncio.create_task(link.publish(TOPIC, b"x")) for _ in range(IN_FLIGHT)]
    await asyncio.sleep(0)  # each is as far as it can be
    assert not await link.publish(TOPIC, b"y")
    go_on.set()
    assert all(await asyncio.gather(*early))
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_command_that_a_stalled_broker_passes_on_late_is_refused_by_the_edge(
    settings: Settings, clock: ManualClock, passwords: Passwords, mosquitto: Broker
) -> None:
    broker = BrokerSettings(host=mosquitto.host, port=mosquitto.port)
    opened = open_hub(msgspec.structs.replace(settings, broker=broker), clock, passwords)
    async with opened as hub, hub.edge(edge_link(mosquitto)) as edge:
        await hub.up_to_date()
        link = hub.container.mqtt.link
        assert isinstance(link, BrokerLink)
        assert link.confirm_s == CONFIRM_S >= COMMAND_LIFE_S
        link.confirm_s = 0.3
        edge.hellos.clear()
        mosquitto.pause()
        with pytest.raises(OutOfReach, match="carried out within 10 s or never"):
            await hub.container.mqtt.commander.unlock("ramsey", "front-door", reason="x", actor="Una Porter")
        clock.advance(seconds=CONFIRM_S)
        mosquitto.resume()
        await hub.connected()
        await edge.until(lambda: edge.hellos, "a hello on the new connection")
        second = await hub.container.mqtt.commander.unlock("ramsey", "front-door", reason="x", actor="Una Porter")
        await until_outcome(hub, second, CommandOutcome.DONE)
        # Whether or not the first came before it, the edge has not done it.
        async with hub.container.database.read() as tx:
            outcomes = [each for (each,) in await tx.execute(select(commands.c.outcome).order_by(commands.c.id))]
        assert outcomes == [CommandOutcome.REFUSED, CommandOutcome.DONE]
