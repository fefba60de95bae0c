"""Announces that the building is about to close: by a buzzer, by a relay for a chime or loudspeakers, or by a sound
file."""

from edge.alarm.config import AnnouncerConfig
from edge.doors.signal_player import PinLights, SignalPlayer
from edge.doors.signals import DoorSignal
from edge.errors import ProgramFailed
from edge.runtime import Runtime, Timer
from edge.system.pins import Pins
from edge.system.programs import ProgramRunner
from edge.wire.faults import FaultCode

PLAY_S = 120.0
"""A sound that takes longer is stopped."""


class Announcer:
    """One announcer. A failure of its program does not affect the doors."""

    def __init__(self, config: AnnouncerConfig, *, runtime: Runtime, pins: Pins) -> None:
        self._config = config
        self._runtime = runtime
        self.id = config.id
        self._player = None
        if config.buzzer is not None:
            self._player = SignalPlayer(config.id, runtime=runtime, show=PinLights(pins, buzzer=config.buzzer).show)
        self._relay = None
        if config.relay is not None:
            self._relay = pins.output(config.relay.pin, initial=config.relay.level(False))
        self._timer = Timer(runtime, f"announcer {config.id}", self.switch_off)

    def announce(self, minutes: int) -> None:
        """Announce how many minutes are left. Does not block."""
        if self._player is not None:
            self._player.signal(DoorSignal.CLOSING)
        if self._relay is not None and self._config.relay is not None:
            self._relay.set(self._config.relay.level(True))
            self._timer.set(self._runtime.clock.monotonic() + self._config.for_s)
        if self._config.command is not None:
            self._runtime.spawn(f"announcement by {self.id}", self._play(spoken(self._config.command, minutes)))

    def switch_off(self) -> None:
        """Switch it off."""
        if self._player is not None:
            self._player.silence()
        if self._relay is not None and self._config.relay is not None:
            self._relay.set(self._config.relay.level(False))

    async def _play(self, command: tuple[str, ...]) -> None:
        self._runtime.fault(self.id, FaultCode.SOUND_NOT_PLAYED, present=not await played(command))


def spoken(command: tuple[str, ...], minutes: int) -> tuple[str, ...]:
    """The command with ``{minutes}`` filled in."""
    return tuple(part.replace("{minutes}", str(minutes)) for part in command)


async def played(command: tuple[str, ...]) -> bool:
    """Play a sound. Returns whether its program succeeded."""
    try:
        await ProgramRunner(within_s=PLAY_S).call(command)
    except (ProgramFailed, OSError, ValueError):
        return False
    return True
