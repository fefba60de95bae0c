"""What a building's use switches. Lights and hold-open magnets follow use: on while the building is in use, and until
nobody is left. Announcers say that it is about to close: by a buzzer, by a relay for a chime or loudspeakers, or by a
sound file."""

from edge.alarm.config import AnnouncerConfig, OutputConfig
from edge.doors.buzzer_and_lights import DoorSignal, PinLights, SignalPlayer
from edge.errors import ProgramFailed
from edge.runtime import Runtime, Timer
from edge.system.pins import Relay
from edge.system.subprocesses import ProgramRunner
from edge.wire.faults import FaultCode

PLAY_S = 120.0
"""A sound that takes longer is stopped."""


class Followed:
    """An output with its relay."""

    def __init__(self, config: OutputConfig, *, runtime: Runtime) -> None:
        self._config = config
        self.id = config.id
        self._relay = Relay(runtime.pins, config.relay)
        self.on = False

    def update(self, *, in_use: bool, fire: bool, moved_s_ago: float | None) -> float | None:
        """Update the output. ``moved_s_ago``: seconds since the last movement in its zones, ``None`` if there was none.
        Returns in how many seconds to update again if nothing else happens."""
        lingers = moved_s_ago is not None and moved_s_ago < self._config.run_on_s
        if self._config.use == "hold_open":
            wanted = not fire and (in_use or (self.on and lingers))
        else:
            wanted = fire or in_use or lingers
        if wanted is not self.on:
            self.on = wanted
            self._relay.set(wanted)
        return self._config.run_on_s - moved_s_ago if lingers and moved_s_ago is not None else None

    @property
    def zones(self) -> frozenset[str]:
        """The zones that it follows; empty means all."""
        return frozenset(self._config.zones)

    def switch_off(self) -> None:
        """Switch it off."""
        self.on = False
        self._relay.set(False)


class Announcer:
    """One announcer. A failure of its program does not affect the doors."""

    def __init__(self, config: AnnouncerConfig, *, runtime: Runtime) -> None:
        self._config = config
        self._runtime = runtime
        self.id = config.id
        self._player = None
        if config.buzzer is not None:
            self._player = SignalPlayer(
                config.id, runtime=runtime, show=PinLights(runtime.pins, buzzer=config.buzzer).show
            )
        self._relay = Relay(runtime.pins, config.relay) if config.relay is not None else None
        self._timer = Timer(runtime, f"announcer {config.id}", self.switch_off)

    def announce(self, minutes: int) -> None:
        """Announce how many minutes are left. Does not block."""
        if self._player is not None:
            self._player.signal(DoorSignal.CLOSING)
        if self._relay is not None:
            self._relay.set(True)
            self._timer.set(self._runtime.clock.monotonic() + self._config.for_s)
        if self._config.command is not None:
            self._runtime.spawn(f"announcement by {self.id}", self._play(spoken(self._config.command, minutes)))

    def switch_off(self) -> None:
        """Switch it off."""
        if self._player is not None:
            self._player.silence()
        if self._relay is not None:
            self._relay.set(False)

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
