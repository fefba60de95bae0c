"""Whether the controller's word is at hand: then the plan lists every offline code that there is, and the door needs to
believe no other. Pure; seconds are monotonic, so that no change of a clock moves it."""

from datetime import UTC, datetime, timedelta
from math import inf

from edge.wire.messages import WORD_STALE_S

SETTLES_S = 60.0
"""How long a contact lasts before it counts: a code that was issued as the edge came back has its plan by then."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ControllerFreshness:
    """The words of one session with the controller, each with the version of the newest plan it has made."""

    def __init__(self) -> None:
        self.lost()

    def lost(self) -> None:
        """The line is down, or another session begins: nothing has been heard in it."""
        self._began, self._last = inf, -inf
        self._ahead = inf
        self._version = 0

    def heard(self, at: datetime, version: int | None, mono: float) -> None:
        """The controller said at its time ``at``, in answer to this very session, that ``version`` is the edge's newest
        plan. A word that was kept back, or is sent again, is as old as it says, held against the one that was the
        least so."""
        if version is None:
            return
        if mono - self._last > WORD_STALE_S:
            self._began, self._version = mono, 0
        said = (at - _EPOCH) / timedelta(seconds=1)
        self._ahead = min(self._ahead, mono - said)
        self._last = max(self._last, said + self._ahead)
        self._version = max(self._version, version)

    def stands(self, applied: int | None, mono: float) -> bool:
        """Whether the plan in force, of version ``applied``, is known to list all offline codes that were issued."""
        if applied is None or applied < self._version:
            return False
        return mono - self._began >= SETTLES_S and mono - self._last <= WORD_STALE_S
