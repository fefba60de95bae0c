"""The agent's log: a sentence with fields, written to a stream by its own thread, so that a stalled stream delays no
door.

Repeated messages are throttled, so that a broken wire cannot fill the disk.
"""

import contextlib
import copy
import logging
import os
import queue
from collections.abc import Iterator
from logging.handlers import QueueHandler, QueueListener
from typing import TextIO

from edge.wire.log_format import FieldFormatter, LogFormat, LogThrottle, formatter

WAITING_LIMIT = 1000
"""The most lines that wait for the stream; more are dropped."""


def is_journal(stream: TextIO) -> bool:
    """Whether it is the stream that systemd names in ``JOURNAL_STREAM`` (systemd.exec(5))."""
    try:
        there = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"


class _Dropping(QueueHandler):
    """Drops records instead of waiting. An error's trace stays apart from its sentence, which is a field of its own
    in JSON."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        made = copy.copy(record)
        made.msg, made.args = record.getMessage(), None
        return made

    def enqueue(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(queue.Full):
            self.queue.put_nowait(record)


@contextlib.contextmanager
def logging_to(stream: TextIO, *, level: int, kind: LogFormat = LogFormat.TEXT) -> Iterator[None]:
    """Log to ``stream`` inside the context."""
    waiting: queue.Queue[logging.LogRecord] = queue.Queue(WAITING_LIMIT)
    writer = logging.StreamHandler(stream)
    text = FieldFormatter("%(levelname)s %(name)s: %(message)s")
    writer.setFormatter(formatter(kind, text, journal=is_journal(stream)))
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
    """Write the waiting lines; does not wait for a stalled stream."""
    thread = listener._thread
    with contextlib.suppress(queue.Full):
        listener.enqueue_sentinel()
    if thread is not None:
        thread.join(2.0)
