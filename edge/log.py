"""Where the agent's log goes: to a stream, by a thread of its own, so that a stream which stalls holds up no door.

What is said over and over is thinned, so that a broken wire cannot fill a card.
"""

import contextlib
import logging
import queue
from collections.abc import Iterator
from logging.handlers import QueueHandler, QueueListener
from typing import TextIO

WAITING_LIMIT = 1000
"""Lines that wait for the stream; what comes on top is dropped."""
AN_HOUR = 20
"""Lines of one sentence in an hour."""
HOUR_S = 3600.0


class Thinning(logging.Filter):
    """Lets ``AN_HOUR`` lines of each sentence through in an hour, whatever is filled into it; the next one after that
    says how many there were. Errors always pass. The hour is told by the time of the records."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            return True
        name = (record.name, record.msg)
        began, count = self._seen.get(name, (record.created, 0))
        if not 0 <= record.created - began < HOUR_S:
            if count > AN_HOUR:
                record.msg = f"{record.msg} (and {count - AN_HOUR} more like it before)"
            began, count = record.created, 0
        self._seen[name] = (began, count + 1)
        return count < AN_HOUR


class _Dropping(QueueHandler):
    """Never waits for room."""

    def enqueue(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(queue.Full):
            self.queue.put_nowait(record)


@contextlib.contextmanager
def logging_to(stream: TextIO, *, level: int) -> Iterator[None]:
    """Log to ``stream`` meanwhile."""
    waiting: queue.Queue[logging.LogRecord] = queue.Queue(WAITING_LIMIT)
    writer = logging.StreamHandler(stream)
    writer.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    taker = _Dropping(waiting)
    taker.addFilter(Thinning())
    listener = QueueListener(waiting, writer)
    root = logging.getLogger()
    before = root.level
    root.addHandler(taker)
    root.setLevel(level)
    listener.start()
    try:
        yield
    finally:
        root.removeHandler(taker)
        root.setLevel(before)
        _stop(listener, waiting)


def _stop(listener: QueueListener, waiting: "queue.Queue[logging.LogRecord]") -> None:
    """Let it write what waits; a stream that stalls is not waited for."""
    thread = listener._thread
    with contextlib.suppress(queue.Full):
        listener.enqueue_sentinel()
    if thread is not None:
        thread.join(2.0)
