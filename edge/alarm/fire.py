"""The fire line of a building: a loop that is closed in normal state, so that a cut wire counts as fire.

Doors that fire released stay released after the line is back to normal, over power cuts and restarts, until a key
holder is admitted at any reader of this edge. One line goes to every edge of a site.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum

from edge.alarm.config import FireConfig
from edge.runtime import Runtime
from edge.sensors.debounced_input import Switch
from edge.system.durable_files import Files
from edge.system.state_file import StateFile
from edge.wire.access_decision import Decision
from edge.wire.credentials import CredentialKind
from edge.wire.events import FireChange, FireData
from edge.wire.messages import DeviceState

FILE = "fire"
"""This file exists while fire is latched; its content does not matter."""


class FireState(StrEnum):
    """``active``: the line signals fire. ``latched``: it no longer does, but nobody has cleared it."""

    CLEAR = "clear"
    ACTIVE = "active"
    LATCHED = "latched"


async def read_latch(files: Files) -> bool:
    """Whether fire was latched at the end of the last run. An unreadable file counts as latched."""
    try:
        return await asyncio.to_thread(files.read, FILE) is not None
    except OSError:
        return True


class FireLine:
    """The fire line of this edge. ``listeners`` are called with whether there is fire, latched or not, when that
    changes."""

    def __init__(self, config: FireConfig, *, runtime: Runtime, latched: bool) -> None:
        self._runtime = runtime
        self.id = config.id
        self.listeners: list[Callable[[bool], None]] = []
        self._switch = Switch(
            config.loop,
            device=self.id,
            what="fire_line",
            runtime=runtime,
            changed=self._loop_changed,
        )
        self._state = FireState.LATCHED if latched else FireState.CLEAR
        self.state_file = StateFile(
            runtime,
            path=FILE,
            device=self.id,
            part="fire_latch",
            content=lambda: b"latched\n" if self.on else None,
        )
        runtime.entry_listeners.append(self._entered)

    @property
    def on(self) -> bool:
        """Whether there is fire, or a fire that nobody has cleared."""
        return self._state is not FireState.CLEAR

    def start(self) -> None:
        """Act on the present state. Call it before the doors start, so that none of them locks first."""
        self.state_file.start("fire latch")
        if not self._switch.active:
            self._set_state(FireState.ACTIVE, FireChange.ACTIVE)
        elif self.on:
            self._notify()

    def state(self) -> DeviceState:
        return self._runtime.device_state(self.id, "fire", {"state": self._state.value})

    def _loop_changed(self, whole: bool) -> None:
        if not whole:
            self._set_state(FireState.ACTIVE, FireChange.ACTIVE)
        elif self._state is FireState.ACTIVE:
            self._set_state(FireState.LATCHED, FireChange.LATCHED)

    def _entered(self, door: str, decision: Decision) -> None:
        """A key holder who is admitted while the line is normal clears the latch."""
        if self._state is FireState.LATCHED and decision.kind is CredentialKind.KEY_HOLDER:
            self._set_state(FireState.CLEAR, FireChange.CLEARED, door)

    def _set_state(self, state: FireState, change: FireChange, door: str | None = None) -> None:
        """Change the state. Doors are released before anything is recorded."""
        self._state = state
        self._notify()
        self._runtime.record(self.id, FireData(change=change, door=door))
        self._runtime.publish_state(self.id)
        self.state_file.changed()

    def _notify(self) -> None:
        for listener in self.listeners:
            listener(self.on)
