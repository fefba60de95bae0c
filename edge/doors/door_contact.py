"""Whether a door is closed: its contacts, one for each leaf, and whether they are plausible."""

from collections.abc import Callable

from edge.doors.config import DoorConfig
from edge.runtime import Runtime
from edge.sensors.debounced_input import Switch
from edge.wire.events import FootfallData
from edge.wire.faults import FaultCode

PASSAGES = 3
"""This many consecutive passages through a door that never opened are not a counting error."""
SHUT_S = 5.0
"""A counter has reported every passage this long after the door was closed."""


class DoorContact:
    """The contact of a door, or both contacts of a double door. ``changed`` is called when the door may have opened or
    closed, and when a contact begins or stops chattering."""

    def __init__(self, config: DoorConfig, *, runtime: Runtime, changed: Callable[[], None]) -> None:
        self._door = config.id
        self._runtime = runtime
        self._notify = changed
        self._contacts = [
            Switch(
                contact,
                device=config.id,
                what=what,
                runtime=runtime,
                changed=lambda _: self._contact_changed(),
                doubted=self._contact_changed,
            )
            for what, contact in (("contact", config.contact), ("second_contact", config.second_contact))
            if contact is not None
        ]
        self._passages = 0
        self._shut_at = runtime.clock.monotonic()
        self._trusted = {each.id for each in runtime.config.counters}
        runtime.listen(FootfallData, self._on_footfall)

    @property
    def open(self) -> bool | None:
        """Whether the door is open; ``None`` if no contact can tell."""
        if any(not contact.active for contact in self._contacts if not contact.chatters):
            return True
        return None if not self._contacts or any(contact.chatters for contact in self._contacts) else False

    def _contact_changed(self) -> None:
        self._shut_at = self._runtime.clock.monotonic()
        if self.open is not False:
            self._passages = 0
            self._runtime.fault(self._door, FaultCode.CONTACT_NEVER_OPEN, present=False)
        self._notify()

    def _on_footfall(self, counter: str, data: FootfallData) -> None:
        passed = counter in self._trusted and data.door == self._door and (data.ins or data.outs or data.passages)
        if passed and self.open is False and self._runtime.clock.monotonic() >= self._shut_at + SHUT_S:
            self._passages += 1
            if self._passages >= PASSAGES:
                self._runtime.fault(self._door, FaultCode.CONTACT_NEVER_OPEN, present=True)
                self._runtime.publish_state(self._door)
