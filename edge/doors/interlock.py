"""An interlock: of several doors in a row only one lets people in at a time. It never stands in the way out.

A door lets somebody in only while every other is shut and locked. One that is free to anybody locks for as long as
another is in use. Whoever is in the lobby between them gets out by either door: a request to exit, broken glass and
fire know no interlock.
"""

from typing import Protocol

WAIT_S = 10.0
"""How long a door keeps a credential that was shown while another door was in use: closers take their time."""


class InterlockedDoor(Protocol):
    """What an interlock needs of a door."""

    @property
    def blocks_others(self) -> bool:
        """Whether it is in use, or has not locked although it should have."""
        ...

    @property
    def has_waiting(self) -> bool:
        """Whether somebody waits for it to let them in."""
        ...

    def set_yield(self, yields: bool) -> None:
        """While it ``yields``, being free does not release it."""
        ...

    def on_interlock_change(self) -> None:
        """Another door has changed: whoever waits may perhaps come in now."""
        ...


class Interlock:
    """The doors of one lobby, all on this edge."""

    def __init__(self) -> None:
        self._members: list[InterlockedDoor] = []
        self._updating = self._repeat = False

    def join(self, member: InterlockedDoor) -> None:
        self._members.append(member)

    def admits(self, member: InterlockedDoor) -> bool:
        """Whether ``member`` may let somebody in now."""
        return not any(other.blocks_others for other in self._members if other is not member)

    def lock_free_doors(self, member: InterlockedDoor) -> None:
        """Lock those that are only free, since somebody is about to come in at ``member``."""
        for other in self._members:
            if other is not member:
                other.set_yield(True)

    def update(self) -> None:
        """A door has changed. What follows from it at the others may follow again at others."""
        self._repeat = True
        if self._updating:
            return
        self._updating = True
        try:
            while self._repeat:
                self._repeat = False
                self._notify_members()
        finally:
            self._updating = False

    def _notify_members(self) -> None:
        for member in self._members:
            others = [other for other in self._members if other is not member]
            member.set_yield(any(other.blocks_others or other.has_waiting for other in others))
        for member in self._members:
            member.on_interlock_change()
