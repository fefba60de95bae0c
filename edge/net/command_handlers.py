"""What a command does at an edge: let somebody in once, count on from a number, look whether all is well."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping

from edge.device_factory import Devices
from edge.runtime import Runtime
from edge.system.files import Files
from edge.system.pins import Pins
from edge.wire.decide import ClockTrust
from edge.wire.errors import CommandRefused
from edge.wire.events import RecountData
from edge.wire.faults import FaultCode, advise
from edge.wire.messages import Command, ResultCode

PROBE = "self-test"
"""A file that the self-test writes, reads back and takes away."""
DISK_WITHIN_S = 5.0

CommandHandler = Callable[[Command], "str | Awaitable[tuple[str, ResultCode | None]]"]
"""Says in a sentence how it went, at once; or later, with a code. Raises ``CommandRefused``."""


def check_outputs(runtime: Runtime, pins: Pins) -> None:
    """Read every output back; one that is not at the level it was set to is a fault of the edge, until it is."""
    edge, astray = runtime.config.edge, {str(pin) for pin in pins.astray()}
    before = {fault.part for _, fault in runtime.faults if fault.code is FaultCode.OUTPUT_ASTRAY}
    for pin in sorted(before ^ astray):
        runtime.fault(edge, FaultCode.OUTPUT_ASTRAY, pin, present=pin in astray)


class CommandHandlers:
    """``behind``: how many events wait to be acknowledged."""

    def __init__(
        self, runtime: Runtime, devices: Devices, *, pins: Pins, files: Files, behind: Callable[[], int]
    ) -> None:
        self._runtime = runtime
        self._devices = devices
        self._pins = pins
        self._files = files
        self._behind = behind

    @property
    def by_kind(self) -> Mapping[str, CommandHandler]:
        return {
            "unlock": self.unlock,
            "recount": self.recount,
            "self_test": self.self_test,
            "restart": lambda _: "it starts anew",
        }

    def unlock(self, command: Command) -> str:
        """Let somebody in once. A door into an area whose alarm is set stays locked unless the command unsets it."""
        door = self._devices.doors.get(command.door or "")
        if door is None:
            raise CommandRefused(f"there is no door {command.door!r} here")
        area = self._devices.area_of(door.id)
        if area is None or not area.is_set:
            door.unlock()
            return "unlocked once"
        if command.args.get("unset_alarm") is not True:
            raise CommandRefused(
                f"the alarm of {area.id!r} is set; unset it with the same command, or at the door", ResultCode.ALARM_SET
            )
        door.unlock()
        area.unset("command")
        return f"the alarm of {area.id!r} unset and the door unlocked once"

    def recount(self, command: Command) -> str:
        """From here on so many people are inside by a counter. What it has counted in all stays as it is."""
        name, inside = command.args.get("counter"), command.args.get("inside")
        counter = self._devices.counters.get(name) if isinstance(name, str) else None
        if counter is None:
            raise CommandRefused(f"there is no counter {name!r} here")
        if not isinstance(inside, int) or isinstance(inside, bool) or not 0 <= inside <= 100_000:
            raise CommandRefused("a re-count needs how many are inside, from 0 to 100000")
        ins, outs = counter.totals
        self._runtime.record(counter.id, RecountData(counter=counter.id, inside=inside, total_ins=ins, total_outs=outs))
        self._runtime.publish_state(counter.id)
        return f"counts on from {inside}"

    async def self_test(self, command: Command) -> tuple[str, ResultCode | None]:
        """Look at everything that can be looked at without moving a door."""
        runtime, doors = self._runtime, self._devices.doors
        check_outputs(runtime, self._pins)
        found = [(each.id, fault) for each in doors.values() for fault in each.current_faults] + runtime.faults
        wrong = [advise(device, fault.code, fault.part) for device, fault in dict.fromkeys(found)]
        if (disk := await self._disk()) is not None:
            wrong.append(disk)
        if not runtime.plans.on_disk:
            wrong.append("the plan in force is not on the disk")
        if runtime.trust is ClockTrust.UNPROVEN:
            wrong.append("the time is not proven")
        also = f"clock {runtime.trust}; {self._behind()} events not acknowledged"
        if wrong:
            return f"found: {'; '.join(wrong)}; {also}", ResultCode.FAULTS_FOUND
        locks = "1 lock obeys" if len(doors) == 1 else f"{len(doors)} locks obey"
        readers = len(self._devices.readers)
        answer = "1 reader answers" if readers == 1 else f"{readers} readers answer"
        return f"all well: {locks}, {answer}, the disk gives back what it took; {also}", None

    async def _disk(self) -> str | None:
        """What is wrong with the disk; None where it takes something and gives it back."""
        try:
            async with asyncio.timeout(DISK_WITHIN_S):
                same = await asyncio.to_thread(self._write_and_read, secrets.token_bytes(64))
        except OSError as error:
            return f"the disk cannot be written: {error.strerror or error}"
        except TimeoutError:
            return f"the disk has not answered within {DISK_WITHIN_S:g} s"
        return None if same else "the disk gives back something else than it took"

    def _write_and_read(self, data: bytes) -> bool:
        self._files.replace(PROBE, data)
        try:
            return self._files.read(PROBE) == data
        finally:
            self._files.remove(PROBE)
