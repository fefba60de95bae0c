"""Where the agent's log goes: to a stream, by a thread of its own, so that a stream which stalls holds up no door.

What is said over and over is thinned, so that a broken wire cannot fill a card.
"""

import contextlib
import logging
import queue
from collections.abc import Iterator
from logging.handlers import QueueHandler, QueueListener
from typing import TextIO

from edge.wire.log_throttle import LogThrottle

WAITING_LIMIT = 1000
"""Lines that wait for the stream; what comes on top is dropped."""


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
    taker.addFilter(LogThrottle())
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
