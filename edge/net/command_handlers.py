"""The commands that an edge executes: unlock a door once, set a counter's number, self-test, restart."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping

from edge.device_factory import Devices
from edge.runtime import Runtime
from edge.wire.access_decision import ClockTrust
from edge.wire.errors import CommandRefused
from edge.wire.events import RecountData
from edge.wire.faults import FaultCode, advise
from edge.wire.messages import Command, ResultCode

PROBE = "self-test"
"""A file that the self-test writes, reads back and deletes."""
DISK_WITHIN_S = 5.0

CommandHandler = Callable[[Command], "str | Awaitable[tuple[str, ResultCode | None]]"]
"""Returns a sentence about the result, now, or later with a code. Raises ``CommandRefused``."""


def check_outputs(runtime: Runtime) -> None:
    """Read back every output. One that does not have the level that was set is a fault of the edge until it does."""
    edge, astray = runtime.config.edge, {str(pin) for pin in runtime.pins.astray()}
    before = {fault.part for _, fault in runtime.faults if fault.code is FaultCode.OUTPUT_ASTRAY}
    for pin in sorted(before ^ astray):
        runtime.fault(edge, FaultCode.OUTPUT_ASTRAY, pin, present=pin in astray)


class CommandHandlers:
    """``behind``: the number of events that wait to be acknowledged."""

    def __init__(self, runtime: Runtime, devices: Devices, *, behind: Callable[[], int]) -> None:
        self._runtime = runtime
        self._devices = devices
        self._behind = behind

    @property
    def by_kind(self) -> Mapping[str, CommandHandler]:
        return {
            "unlock": self.unlock,
            "recount": self.recount,
            "self_test": self.self_test,
            "restart": lambda _: "restarting",
        }

    def unlock(self, command: Command) -> str:
        """Unlock a door once. A door into an area with a set alarm stays locked unless the command also unsets the
        alarm."""
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
        """Set how many people are inside by a counter. Its totals are unchanged."""
        name, inside = command.args.get("counter"), command.args.get("inside")
        counter = self._devices.counters.get(name) if isinstance(name, str) else None
        if counter is None:
            raise CommandRefused(f"there is no counter {name!r} here")
        if counter.both_ways:
            raise CommandRefused(f"{name} does not tell in from out, so nobody can be counted on from a number by it")
        if not isinstance(inside, int) or isinstance(inside, bool) or not 0 <= inside <= 100_000:
            raise CommandRefused("a re-count needs how many are inside, from 0 to 100000")
        ins, outs = counter.totals
        self._runtime.record(counter.id, RecountData(counter=counter.id, inside=inside, total_ins=ins, total_outs=outs))
        self._runtime.publish_state(counter.id)
        return f"counting on from {inside}"

    async def self_test(self, command: Command) -> tuple[str, ResultCode | None]:
        """Check everything that can be checked without moving a door."""
        runtime, doors = self._runtime, self._devices.doors
        check_outputs(runtime)
        found = [(each.id, fault) for each in doors.values() for fault in each.current_faults] + runtime.faults
        wrong = [advise(device, fault.code, fault.part) for device, fault in dict.fromkeys(found)]
        if (disk := await self._disk()) is not None:
            wrong.append(disk)
        if not runtime.plans.on_disk:
            wrong.append("the plan in force is not on the disk")
        if runtime.trust is ClockTrust.UNPROVEN:
            wrong.append("the clock is not trusted")
        also = f"clock {runtime.trust}; {self._behind()} events not acknowledged"
        if wrong:
            return f"problems: {'; '.join(wrong)}; {also}", ResultCode.FAULTS_FOUND
        locks = "1 lock works" if len(doors) == 1 else f"{len(doors)} locks work"
        readers = len(self._devices.readers)
        answer = "1 reader answers" if readers == 1 else f"{readers} readers answer"
        return f"all is well: {locks}, {answer}, the disk works; {also}", None

    async def _disk(self) -> str | None:
        """What is wrong with the disk; ``None`` if it stores and returns data."""
        try:
            async with asyncio.timeout(DISK_WITHIN_S):
                same = await asyncio.to_thread(self._write_and_read, secrets.token_bytes(64))
        except OSError as error:
            return f"the disk cannot be written: {error.strerror or error}"
        except TimeoutError:
            return f"the disk has not answered within {DISK_WITHIN_S:g} s"
        return None if same else "the disk returns other data than was written"

    def _write_and_read(self, data: bytes) -> bool:
        self._runtime.files.replace(PROBE, data)
        try:
            return self._runtime.files.read(PROBE) == data
        finally:
            self._runtime.files.remove(PROBE)
