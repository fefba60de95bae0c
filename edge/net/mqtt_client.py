"""The edge's connection to the broker; the only file of the edge that imports the MQTT client.

MQTT 5, clean start, session expiry 0: the broker queues nothing for an edge that is offline. Reconnects by itself, with
jitter, so that many edges do not reconnect in the same second.
"""

import asyncio
import logging
import random
import secrets
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.config import BrokerConfig
from edge.net.connect_options import ConnectOptions, context_with, trouble_of
from edge.sensors.config import MqttSensorsConfig
from edge.wire.broker_link import GOODBYE_S, Connected, Disconnected, Message, Trouble, entered, stop_if_told

log = logging.getLogger(__name__)

KEEP_ALIVE_S = 15
ANSWER_S = 10.0
"""How long the broker may take to answer a request."""
RETRY_S = 0.5
RETRY_MOST_S = 30.0
LONGEST_REST_S = 1.5 * RETRY_MOST_S
"""Between two tries, with the jitter."""
QUEUE_LIMIT = 2000
"""The most messages that wait for the agent. More are dropped; their senders send them again."""
SENSORS_PACKET_LIMIT = 64 * 1024
"""Longest packet that the broker of sensors may send: anybody who reaches it may leave one of any length there."""


_REFUSED = {4, 5, 134, 135}
"""Bad user name or password, not authorised: CONNACK codes of MQTT 3.1.1 and 5."""


class _Gate(asyncio.Queue[aiomqtt.Message]):
    """Passes what the client receives directly to the link. This queue itself stays empty, so that iterating the
    client's messages waits only for the end of the connection."""

    target: "asyncio.Queue[Message]"

    def put_nowait(self, item: aiomqtt.Message) -> None:
        self.target.put_nowait(Message(topic=item.topic.value, payload=item.payload, retained=item.retain))


class MqttLink:
    """A ``Link`` over aiomqtt."""

    def __init__(self, broker: BrokerConfig, connect_options: ConnectOptions) -> None:
        self._broker = broker
        self._connect_options = connect_options
        self._client: aiomqtt.Client | None = None
        self._ended: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        return self._client is not None

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        client, ended = self._client, self._ended
        if client is None or ended is None:
            return False
        sending = asyncio.ensure_future(client.publish(topic, payload, qos=qos, retain=retain))
        try:
            await asyncio.wait((sending, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
        return sending.done() and not sending.cancelled() and sending.exception() is None

    def renew(self) -> None:
        if self._ended is not None:
            self._ended.cancel()

    async def events(self) -> AsyncGenerator[Message | Connected | Disconnected]:
        connection, wait_s = 1, RETRY_S
        while True:
            why, trouble = "the connection ended", None
            try:
                async with aclosing(self._connection(connection)) as happenings:
                    async for happening in happenings:
                        if isinstance(happening, Connected):
                            connection, wait_s = connection + 1, RETRY_S
                        yield happening
            except (aiomqtt.MqttError, OSError) as error:
                why, trouble = str(error), _trouble(error)
            stop_if_told()
            yield Disconnected(why=why, trouble=trouble)
            await asyncio.sleep(wait_s * (0.5 + random.random()))  # noqa: S311  # mere jitter
            wait_s = min(wait_s * 2, RETRY_MOST_S)

    async def _connection(self, number: int) -> AsyncGenerator[Message | Connected]:
        """One connection, from connect to loss. Raises ``MqttError`` or ``OSError``."""
        inbox: asyncio.Queue[Message] = asyncio.Queue(QUEUE_LIMIT)
        will = self._connect_options.will(number) if self._connect_options.will is not None else None
        # The session, and with it the will, ends with the connection.
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no types here
        properties.SessionExpiryInterval = 0
        if self._connect_options.packet_limit is not None:
            properties.MaximumPacketSize = self._connect_options.packet_limit

        def gate(maxsize: int = 0) -> _Gate:
            made = _Gate(maxsize)
            made.target = inbox
            return made

        client = aiomqtt.Client(
            self._broker.host,
            self._broker.port,
            username=self._broker.username,
            password=self._broker.password,
            tls_context=self._connect_options.login() if self._connect_options.login is not None else None,
            identifier=self._connect_options.client_id,
            queue_type=gate,  # type: ignore[arg-type]  # aiomqtt only calls it
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=True,
            properties=properties,
            will=aiomqtt.Will(*will, qos=1, retain=True) if will is not None else None,
            timeout=ANSWER_S,
            keepalive=KEEP_ALIVE_S,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            logger=logging.getLogger(f"{__name__}.client"),
        )
        client.pending_calls_threshold = 1000
        async with entered(client):
            await client.subscribe([(name, 1) for name in self._connect_options.filters])
            stop_if_told()
            self._client = client
            ended = self._ended = asyncio.create_task(_until_lost(client), name="broker connection")
            try:
                yield Connected(connection=number)
                while True:
                    getting = asyncio.ensure_future(inbox.get())
                    try:
                        await asyncio.wait((getting, ended), return_when=asyncio.FIRST_COMPLETED)
                        if not getting.done():
                            if not ended.cancelled():
                                ended.result()
                            return
                        yield getting.result()
                        while not inbox.empty():
                            yield inbox.get_nowait()
                    finally:
                        getting.cancel()
            finally:
                self._client = None
                ended.cancel()
                client.timeout = GOODBYE_S


def sensors_link(config: MqttSensorsConfig) -> MqttLink:
    """A link to the broker of sensors, which only listens."""
    broker = BrokerConfig(host=config.host, port=config.port, username=config.username, password=config.password)
    options = ConnectOptions(
        client_id=f"hk-sensors-{secrets.token_hex(4)}",
        filters=config.topics,
        login=partial(context_with, config.ca, config.login) if config.tls else None,
        packet_limit=SENSORS_PACKET_LIMIT,
    )
    return MqttLink(broker, options)


def _trouble(error: Exception) -> Trouble | None:
    if isinstance(error, aiomqtt.MqttCodeError):
        return Trouble.LOGIN if getattr(error.rc, "value", error.rc) in _REFUSED else None
    return trouble_of(error.__context__)  # the client puts an error of its own in its place


async def _until_lost(client: aiomqtt.Client) -> None:
    async for _ in client.messages:
        pass
