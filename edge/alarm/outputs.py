"""Lights and hold-open magnets, which follow use: on while the building is in use, and until nobody is left."""

from edge.alarm.config import OutputConfig
from edge.runtime import Runtime
from edge.system.pins import Pins


class Followed:
    """An output with its relay."""

    def __init__(self, config: OutputConfig, *, runtime: Runtime, pins: Pins) -> None:
        self._config = config
        self._runtime = runtime
        self.id = config.id
        self._output = pins.output(config.relay.pin, initial=config.relay.level(False))
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
            self._output.set(self._config.relay.level(wanted))
        return self._config.run_on_s - moved_s_ago if lingers and moved_s_ago is not None else None

    @property
    def zones(self) -> frozenset[str]:
        """The zones that it follows; empty means all."""
        return frozenset(self._config.zones)

    def switch_off(self) -> None:
        """Switch it off."""
        self.on = False
        self._output.set(self._config.relay.level(False))
