"""Records what is refused during a lock-out in few events, so that repeated typing cannot displace other events."""

from datetime import datetime

from edge.runtime import Runtime, Timer
from edge.wire.events import AccessData


class _Wait:
    """``recorded``: the credentials that have had their event; ``more``: the first of the other refusals; ``since``:
    its time."""

    def __init__(self, timer: Timer) -> None:
        self.timer = timer
        self.recorded: set[tuple[object, ...]] = set()
        self.device = ""
        self.more: AccessData | None = None
        self.since: datetime | None = None
        self.times = 0


class RefusalCounter:
    """Records a known code or card once, immediately. All other refusals become one event with their number, at the end
    of the lock-out."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._waits: dict[str, _Wait] = {}

    def note(self, wait: str, device: str, access: AccessData, *, until: float) -> None:
        """Count a refusal during the lock-out named ``wait``, which ends at ``until`` (monotonic seconds)."""
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
        """The lock-out has ended, possibly early: record what was counted."""
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
        """Record everything that was counted; the agent is stopping."""
        for wait in list(self._waits):
            self.flush(wait)
