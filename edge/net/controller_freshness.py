"""Whether the edge has recent news from the controller. If so, its plan lists every offline code, and a door need not
accept any other. Pure; times are monotonic seconds, so that no clock change affects it."""

from datetime import UTC, datetime, timedelta
from math import inf

from edge.wire.messages import WORD_STALE_S

SETTLES_S = 60.0
"""How long the connection must have lasted: by then, the plan includes codes that were issued while the edge was
offline."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ControllerFreshness:
    """The hellos of one session, each with the version of the newest plan that the controller has made."""

    def __init__(self) -> None:
        self.lost()

    def lost(self) -> None:
        """The connection is lost, or a new session begins: nothing has been heard in it."""
        self._began, self._last = inf, -inf
        self._ahead = inf
        self._version = 0

    def heard(self, at: datetime, version: int | None, mono: float) -> None:
        """Note a hello of this session: at controller time ``at``, ``version`` was the newest plan. A delayed or
        repeated hello counts with the age that it had, relative to the least delayed one."""
        if version is None:
            return
        if mono - self._last > WORD_STALE_S:
            self._began, self._version = mono, 0
        said = (at - _EPOCH) / timedelta(seconds=1)
        self._ahead = min(self._ahead, mono - said)
        self._last = max(self._last, said + self._ahead)
        self._version = max(self._version, version)

    def is_fresh(self, applied: int | None, mono: float) -> bool:
        """Whether the plan in force, version ``applied``, is known to list all issued offline codes."""
        if applied is None or applied < self._version:
            return False
        return mono - self._began >= SETTLES_S and mono - self._last <= WORD_STALE_S
