"""The edge itself as a device: what is wrong with its clocks and its disk now."""

from edge.runtime import Runtime
from edge.wire.faults import FaultCode, written
from edge.wire.messages import DeviceState

_ONCE = {
    FaultCode.FILE_DAMAGED,
    FaultCode.OUTBOX_LOST,
    FaultCode.OUTBOX_TORN,
    FaultCode.OUTBOX_GAP,
    FaultCode.PLAN_DAMAGED,
}
"""What was found at the start of the agent, and is over by then: it is in the events alone."""


class OwnFaults:
    """The device of the edge's own id."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.id = runtime.config.edge

    def state(self) -> DeviceState:
        found = [fault for device, fault in self._runtime.faults if device == self.id and fault.code not in _ONCE]
        return self._runtime.device_state(self.id, "edge", {"fault": written(found) or None})
