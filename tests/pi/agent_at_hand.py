"""Runs by the installed package's own Python: its agent, on simulated pins, before a controller of the test.

The first line of standard input says how, in JSON: ``data`` (the agent's folder), ``config``, ``key`` (the
controller's, in hex), ``code``, ``wrong``, ``withdrawn`` (a code, or null), ``exit`` (the pin of its button), ``log``
and ``seq`` (of the last event that the controller had) and ``wanted`` (the next).

``works``: each further line makes the agent do something, and is answered by the last event that the controller has:
``enter``, or the messages of a plan, as a JSON list of name, item and base64. ``opens``: the agent opens the folder
that a cut has left; answered by what is wrong, by check. Each further line is another folder.
"""

import asyncio
import base64
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.agent import Agent
from edge.config import load
from edge.events.recovery import recover
from edge.events.segments import span_of
from edge.system.durable_files import DiskFiles
from edge.system.pins import GpioPins
from edge.wire.broker_link import Connected, Message
from edge.wire.clock import SystemClock
from edge.wire.envelope import Keyring, Purpose, Signer, open_envelope
from edge.wire.event_batch import Ack, EventBatch
from edge.wire.events import AccessData, Event, read_event
from edge.wire.messages import Applied, Hello, Status
from edge.wire.topics import Topic, parse
from firmware_sim.simulated_pins import SimFactory

RELAY, EXIT_BUTTON, D0, D1 = 17, 22, 5, 6
BIT_EVERY_S = 0.001
WITHIN_S = 20.0


class Controller:
    """The link of the agent, and all that is at its other end."""

    def __init__(self, config: Any, told: dict[str, Any]) -> None:
        self._config, self._told = config, told
        self._signer = Signer(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(told["key"])))
        self._edge = Keyring(config.identity.keys.signing.public_key())
        self._down: asyncio.Queue[Message] = asyncio.Queue()
        self._greeted: list[str] = []
        self.came: dict[tuple[str, int], bytes] = {}
        """Each event that came, by log and seq."""
        self.applied = 0
        """The newest plan that the edge has said it has."""
        self.differ: list[tuple[str, int]] = []
        """Numbers under which two events came, or another than one that the controller had."""

    connected = True

    def renew(self) -> None:
        """It stays."""

    async def events(self) -> AsyncIterator[Any]:
        yield Connected(connection=1)
        while True:
            yield await self._down.get()

    async def publish(self, topic: str, payload: bytes, **how: Any) -> bool:
        found = parse(topic)
        if found is not None and found.name == "status":
            status = self._open(payload, Purpose.STATUS, Status)
            if status.online:
                self._greet(status)
        elif found is not None and found.name == "events":
            self._take(self._open(payload, Purpose.EVENTS, EventBatch))
        elif found is not None and found.name == "plan/applied":
            applied = self._open(payload, Purpose.APPLIED, Applied)
            self.applied = max(self.applied, applied.version if applied.applied else 0)
        return True

    def _take(self, batch: EventBatch) -> None:
        for raw in batch.events:
            first, last = span_of(read_event(bytes(raw)))
            for seq in range(first, last + 1):
                number = batch.log, seq
                had = batch.log == self._told["log"] and seq <= self._told["seq"]
                if had or self.came.setdefault(number, bytes(raw)) != bytes(raw):
                    self.differ.append(number)
        self._say(
            "events/ack",
            Purpose.ACK,
            Ack(site=batch.site, edge=batch.edge, log=batch.log, seq=last, at=SystemClock().now()),
        )

    def _open(self, payload: bytes, purpose: Purpose, kind: Any) -> Any:
        site, edge = self._config.site, self._config.edge
        return open_envelope(payload, purpose=purpose, kind=kind, site=site, edge=edge, keys=self._edge)

    def _greet(self, status: Status) -> None:
        if status.nonce in self._greeted:
            return
        self._greeted.append(status.nonce)
        hello = Hello(
            site=self._config.site,
            edge=self._config.edge,
            nonce=f"{len(self._greeted):032x}",
            at=SystemClock().now(),
            session=status.nonce,
            log=status.log or None,
            next_seq=self._told["wanted"] if status.log == self._told["log"] else 1,
        )
        self._say("hello", Purpose.HELLO, hello)

    def _say(self, name: str, purpose: Purpose, what: Any) -> None:
        self.send(name, None, self._signer.seal(purpose, what))

    def send(self, name: str, item: str | None, payload: bytes) -> None:
        topic = Topic(site=self._config.site, edge=self._config.edge, name=name, item=item)
        self._down.put_nowait(Message(topic=str(topic), payload=payload))


class Door:
    """The door's wires."""

    def __init__(self) -> None:
        self.released = 0
        """How often the strike was released."""
        self.factory = SimFactory(dict.fromkeys((D0, D1, EXIT_BUTTON), True), self._moved)

    def _moved(self, pin: int, level: bool) -> None:
        self.released += pin == RELAY and level

    def type(self, code: str) -> None:
        at = asyncio.get_running_loop().time()
        for key in code:
            for bit in f"{int(key):04b}":
                at += BIT_EVERY_S
                pin = D1 if bit == "1" else D0
                self.factory.drive(pin, False, at)
                self.factory.drive(pin, True, at)

    def press(self, down: bool, pin: int) -> None:
        self.factory.drive(pin, not down, asyncio.get_running_loop().time())


class Running:
    """The agent of one folder, its door and its controller."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.config = load(Path(told["config"]))
        self.controller, self.door = Controller(self.config, told), Door()
        self.recorded: list[Event] = []
        agent = Agent(
            self.config,
            clock=SystemClock(),
            pins=GpioPins(self.door.factory),
            link=lambda options: self.controller,
            files=DiskFiles(Path(told["data"])),
            observer=self.recorded.append,
            synchronised=lambda: True,
        )
        self._task = asyncio.create_task(agent.run())

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Raises ``AssertionError`` with what is not so."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not true():
                    if self._task.done():
                        self._task.result()
                    await asyncio.sleep(0.002)
        except TimeoutError:
            raise AssertionError(what) from None

    def entries(self) -> list[AccessData]:
        return [data for each in self.recorded if isinstance(data := each.read(), AccessData)]

    async def answers(self, code: str) -> AccessData:
        before = len(self.entries())
        self.door.type(code)
        await self.until(lambda: len(self.entries()) > before, "it does not answer a code")
        return self.entries()[-1]

    async def told_all(self) -> None:
        """The controller has what was recorded last."""
        last = self.recorded[-1].at
        came = self.controller.came
        await self.until(lambda: any(read_event(raw).at == last for raw in came.values()), "it holds events back")

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait((self._task,))


async def checks(told: dict[str, Any]) -> dict[str, str]:
    """What is wrong, by check."""
    wrong: dict[str, str] = {}
    found = recover(DiskFiles(Path(told["data"])))
    head = found.segments[-1].last if found.segments else 0
    if found.log != told["log"] or head < told["seq"]:
        wrong["lost"] = f"the controller had {told['seq']}, the disk has {head if found.log == told['log'] else 'none'}"
    running = Running(told)
    door = running.door
    try:
        await running.until(lambda: bool(running.controller.came), "it sends no event")
        for code in (told["wrong"], told["withdrawn"]):
            if code is not None:
                await running.answers(code)
        if door.released or any(each.granted for each in running.entries()):
            reasons = [each.reason.value for each in running.entries()]
            wrong["in"] = f"released {door.released} times after codes that do not open: {reasons}"
        door.press(True, told["exit"])
        try:
            await running.until(lambda: door.released > 0, "the exit button does not release the door")
        except AssertionError as error:
            wrong["locked in"] = str(error)
        door.press(False, told["exit"])
        answer = await running.answers(told["code"])
        if not answer.granted:
            wrong.setdefault("lost", f"the code of a booking is refused: {answer.reason.value}")
        await running.told_all()
        if running.controller.differ:
            wrong["twice"] = f"other events under {running.controller.differ}"
    finally:
        await running.stop()
    return wrong


async def opens(line: str) -> None:
    """Each line is a folder."""
    while line:
        try:
            wrong = await checks(json.loads(line))
        except Exception as error:
            wrong = {"runs": f"{type(error).__name__}: {error}"}
        answer(wrong)
        line = sys.stdin.readline()


async def works(line: str) -> None:
    """One agent, until the input ends."""
    told = json.loads(line)
    running = Running(told)
    controller = running.controller
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip() == "enter":
            assert (await running.answers(told["code"])).granted
        else:
            before = controller.applied
            for name, item, payload in json.loads(line):
                controller.send(name, item, base64.b64decode(payload))
            await running.until(partial(_newer, controller, before), "it does not apply a plan")
        await running.told_all()
        seq, log = max((seq, log) for log, seq in controller.came)
        answer({"log": log, "seq": seq})
    await running.stop()


def _newer(controller: Controller, version: int) -> bool:
    return controller.applied > version


def answer(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


logging.disable()
asyncio.run({"works": works, "opens": opens}[sys.argv[1]](sys.stdin.readline()))
