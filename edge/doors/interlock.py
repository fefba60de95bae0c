"""An interlock: of several doors in a lobby, only one admits people at a time. It never blocks the way out.

A door admits somebody only while every other door is closed and locked. A door that is free for everybody locks while
another is in use. A person in the lobby can leave by any door: requests to exit, broken glass and fire ignore the
interlock.
"""

from typing import Protocol

WAIT_S = 10.0
"""How long a door keeps a valid credential that was presented while another door was in use: door closers take time."""


class InterlockedDoor(Protocol):
    """What an interlock needs from a door."""

    @property
    def blocks_others(self) -> bool:
        """Whether it is in use, or has not locked although it should have."""
        ...

    @property
    def has_waiting(self) -> bool:
        """Whether somebody is waiting to be admitted here."""
        ...

    def set_yield(self, yields: bool) -> None:
        """While it ``yields``, free hours do not release the door."""
        ...

    def on_interlock_change(self) -> None:
        """Another door has changed: somebody waiting here may be admitted now."""
        ...


class Interlock:
    """The doors of one lobby, all on this edge."""

    def __init__(self) -> None:
        self._members: list[InterlockedDoor] = []
        self._updating = self._repeat = False

    def join(self, member: InterlockedDoor) -> None:
        self._members.append(member)

    def admits(self, member: InterlockedDoor) -> bool:
        """Whether ``member`` may admit somebody now."""
        return not any(other.blocks_others for other in self._members if other is not member)

    def lock_free_doors(self, member: InterlockedDoor) -> None:
        """Lock the other doors that are only released by free hours, because somebody is about to come in at
        ``member``."""
        for other in self._members:
            if other is not member:
                other.set_yield(True)

    def update(self) -> None:
        """A door has changed: update the others, repeatedly until nothing changes."""
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
