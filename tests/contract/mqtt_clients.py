"""A bare MQTT client for tests of brokers: it does nothing by itself, and can leave without a goodbye."""

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

ANSWER_S = 15.0


class Refused(Exception):
    """The broker does not do what was asked of it."""


def properties(kind: int, **values: object) -> Properties:
    """The properties of a packet of MQTT 5."""
    made = Properties(kind)  # type: ignore[no-untyped-call]  # paho has no types here
    for name, value in values.items():
        setattr(made, name, value)
    return made


class Client:
    """One connection. ``keep``: seconds for which the broker keeps the session. ``acknowledge``: False leaves messages
    unacknowledged. ``heard``: what came and was not taken yet."""

    def __init__(
        self,
        port: int,
        name: str = "",
        *,
        version: MQTTProtocolVersion = paho.MQTTv5,
        keep: int = 0,
        clean: bool = True,
        acknowledge: bool = True,
        packet_limit: int = 0,
        will: tuple[str, bytes] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.name = name or f"test-{secrets.token_hex(4)}"
        self._port = port
        self._version = version
        self._keep = keep
        self._clean = clean
        self._limit = packet_limit
        self._loop = asyncio.get_running_loop()
        self._answers: dict[object, asyncio.Future[Any]] = {}
        self.heard: asyncio.Queue[paho.MQTTMessage] = asyncio.Queue()
        self.lost = asyncio.Event()
        fixed: dict[str, Any] = {} if version == paho.MQTTv5 else {"clean_session": clean}
        made = paho.Client(
            CallbackAPIVersion.VERSION2, self.name, protocol=version, manual_ack=not acknowledge, **fixed
        )
        self._paho: Any = made
        if tls is not None:
            self._paho.tls_set_context(tls)
        if will is not None:
            self._paho.will_set(*will, qos=1, retain=True)
        self._paho.on_connect = lambda *args: self._tell("connect", args[3])
        self._paho.on_subscribe = lambda *args: self._tell(args[2], args[3])
        self._paho.on_publish = lambda *args: self._tell(args[2], args[3])
        self._paho.on_disconnect = self._end
        self._paho.on_message = self._hear

    async def connect(self) -> None:
        """Raises ``Refused``."""
        more: dict[str, Any] = {}
        if self._version == paho.MQTTv5:
            wanted: dict[str, object] = {"SessionExpiryInterval": self._keep}
            if self._limit:
                wanted["MaximumPacketSize"] = self._limit
            more = {"clean_start": self._clean, "properties": properties(PacketTypes.CONNECT, **wanted)}
        answer = self._expect("connect")
        try:
            await asyncio.to_thread(self._paho.connect, "127.0.0.1", self._port, 30, **more)
        except OSError as error:
            raise Refused(str(error)) from error
        self._paho.loop_start()
        if (code := await self._answered(answer)).is_failure:
            raise Refused(str(code))

    async def subscribe(self, topic: str, qos: int = 1) -> None:
        """Raises ``Refused``."""
        _, number = self._paho.subscribe(topic, qos)
        codes = await self._answered(self._expect(number))
        if codes[0].is_failure:
            raise Refused(str(codes[0]))

    async def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, expires: int = 0
    ) -> None:
        """Returns once the broker has confirmed it. Raises ``Refused``."""
        more = properties(PacketTypes.PUBLISH, MessageExpiryInterval=expires) if expires else None
        try:
            number = self._paho.publish(topic, payload, qos=qos, retain=retain, properties=more).mid
        except ValueError as error:  # the broker has said that it knows no such QoS
            raise Refused(str(error)) from error
        code = await self._answered(self._expect(number))
        if code.is_failure:
            raise Refused(str(code))

    async def next(self) -> paho.MQTTMessage:
        """Raises ``Refused`` where nothing comes."""
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self.heard.get()
        except TimeoutError as error:
            raise Refused("nothing comes") from error

    async def until(self, end: bytes) -> list[bytes]:
        """The payloads that come before ``end``. Raises ``Refused``."""
        before: list[bytes] = []
        while (message := await self.next()).payload != end:
            before.append(bytes(message.payload))
        return before

    async def leave(self) -> None:
        """With a goodbye."""
        self._paho.disconnect()
        await asyncio.to_thread(self._paho.loop_stop)
        for name in ("on_connect", "on_subscribe", "on_publish", "on_disconnect", "on_message"):
            setattr(self._paho, name, None)  # a circle of references would leave paho's sockets to the collector

    async def vanish(self) -> None:
        """Without one: the connection is cut."""
        if (socket := self._paho.socket()) is not None:
            socket.shutdown(2)
        await self.leave()

    def _end(self, *_: Any) -> None:
        self._loop.call_soon_threadsafe(self.lost.set)

    def _hear(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        self._loop.call_soon_threadsafe(self.heard.put_nowait, message)

    def _expect(self, what: object) -> "asyncio.Future[Any]":
        return self._answers.setdefault(what, self._loop.create_future())

    def _tell(self, what: object, answer: object) -> None:
        def tell() -> None:
            future = self._expect(what)
            if not future.done():
                future.set_result(answer)

        self._loop.call_soon_threadsafe(tell)

    async def _answered(self, answer: "asyncio.Future[Any]") -> Any:
        lost = asyncio.ensure_future(self.lost.wait())
        try:
            done, _ = await asyncio.wait((answer, lost), timeout=ANSWER_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
        if answer not in done:
            raise Refused("the connection ended" if done else "no answer")
        return answer.result()


@asynccontextmanager
async def connected(port: int, name: str = "", **wanted: Any) -> AsyncIterator[Client]:
    """As ``Client``; leaves with a goodbye."""
    client = Client(port, name, **wanted)
    try:
        await client.connect()
        yield client
    finally:
        await client.leave()
