"""Lights and hold-open magnets, which follow use: on while the building is, and until nobody is left."""

from edge.alarm.config import OutputConfig
from edge.runtime import Runtime
from edge.system.pins import Pins


class Followed:
    """One output on its relay."""

    def __init__(self, config: OutputConfig, *, runtime: Runtime, pins: Pins) -> None:
        self._config = config
        self._runtime = runtime
        self.id = config.id
        self._output = pins.output(config.relay.pin, initial=config.relay.level(False))
        self.on = False

    def update(self, *, in_use: bool, fire: bool, stirred_s: float | None) -> float | None:
        """Follow. ``stirred_s``: how long ago somebody moved in its zones. In how many seconds to look again, if
        nothing else happens."""
        lingers = stirred_s is not None and stirred_s < self._config.run_on_s
        if self._config.use == "hold_open":
            wanted = not fire and (in_use or (self.on and lingers))
        else:
            wanted = fire or in_use or lingers
        if wanted is not self.on:
            self.on = wanted
            self._output.set(self._config.relay.level(wanted))
        return self._config.run_on_s - stirred_s if lingers and stirred_s is not None else None

    @property
    def zones(self) -> frozenset[str]:
        """The zones that it follows; all where it names none."""
        return frozenset(self._config.zones)

    def switch_off(self) -> None:
        """Switch it off."""
        self.on = False
        self._output.set(self._config.relay.level(False))
