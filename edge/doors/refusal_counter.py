"""Tells of what is refused while codes wait, in few events: whoever types on and on must not push others' out."""

from datetime import datetime

from edge.runtime import Runtime, Timer
from edge.wire.events import AccessData


class _Wait:
    """``recorded``: whose codes have had their event; ``more``: what was refused besides, and since when."""

    def __init__(self, timer: Timer) -> None:
        self.timer = timer
        self.recorded: set[tuple[object, ...]] = set()
        self.device = ""
        self.more: AccessData | None = None
        self.since: datetime | None = None
        self.times = 0


class RefusalCounter:
    """A code or card that somebody has is recorded at once, the first time; all else in one event with its number, when
    the wait is over."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._waits: dict[str, _Wait] = {}

    def note(self, wait: str, device: str, access: AccessData, *, until: float) -> None:
        """Something was refused in the wait of that name, which ends at ``until`` in monotonic seconds."""
        here = self._waits.get(wait)
        if here is None:
            here = self._waits[wait] = _Wait(Timer(self._runtime, f"refusals at {wait}", lambda: self.flush(wait)))
        here.timer.set(until)
        whose = (access.credential, access.booking, access.holder, access.duress)
        if access.credential is not None and whose not in here.recorded:
            here.recorded.add(whose)
            self._runtime.record(device, access)
            return
        here.device, here.times = device, here.times + 1
        if here.more is None:
            here.more, here.since = access, self._runtime.now()

    def flush(self, wait: str) -> None:
        """That wait is over, before its time perhaps."""
        here = self._waits.pop(wait, None)
        if here is None:
            return
        here.timer.set(None)
        if here.more is not None:
            first = here.more
            data = AccessData(
                door=first.door,
                granted=False,
                reason=first.reason,
                reader=first.reader,
                method=first.method,
                times=here.times,
                since=here.since,
            )
            self._runtime.record(here.device, data)

    def flush_all(self) -> None:
        """The agent ends."""
        for wait in list(self._waits):
            self.flush(wait)
