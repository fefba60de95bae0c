"""Formats and throttles log lines, for edge and controller. Nothing is redacted here: a type that holds a code, a PIN
or a key hides it in its ``__repr__``, so that no log line can have it.

Ids that lines of edge and controller share: ``event_id`` and ``plan_id``; docs/logs.md has all of them.
"""

import json
import logging
from datetime import UTC, datetime
from enum import StrEnum

AN_HOUR = 20
"""The most lines of one sentence in an hour."""
EVENTS_AN_HOUR = 600
"""The most of a sentence about events, each of which somebody may look for by its id."""
HOUR_S = 3600.0
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class FieldFormatter(logging.Formatter):
    """A sentence, then its fields as ``key=value``, such as ``WARNING edge.agent: A message was refused reason=late``.
    No field holds a secret."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        fields = " ".join(f"{name}={value}" for name, value in vars(record).items() if name not in _STANDARD)
        head, newline, trace = line.partition("\n")
        return f"{head} {fields}{newline}{trace}" if fields else line


class JsonFormatter(logging.Formatter):
    """One JSON object (RFC 8259) on a line: ``time`` (RFC 3339, UTC), ``level``, ``logger``, ``message``, then the
    fields of the line, and ``exception``. No field holds a secret."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head = {"time": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        fields = {name: value for name, value in vars(record).items() if name not in _STANDARD and name not in head}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(head | fields, default=str, ensure_ascii=False)


class LogFormat(StrEnum):
    """How log lines are written."""

    TEXT = "text"
    JSON = "json"


_PRIORITIES = {"CRITICAL": 2, "ERROR": 3, "WARNING": 4, "INFO": 6, "DEBUG": 7}


class _JournalFormatter(logging.Formatter):
    """Each line begins with its priority, which journald takes off and keeps (sd-daemon(3)), so that
    ``journalctl -p warning`` finds it."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        head = f"<{_PRIORITIES.get(record.levelname, 6)}>"
        return "\n".join(head + line for line in self._inner.format(record).split("\n"))


def formatter(kind: LogFormat, text: logging.Formatter, *, journal: bool) -> logging.Formatter:
    """``text``: for lines that people read. ``journal``: they go to systemd's journal, so they carry their priority."""
    chosen = JsonFormatter() if kind is LogFormat.JSON else text
    return _JournalFormatter(chosen) if journal else chosen


def event_id(site: str, edge: str, seq: int) -> str:
    """Of an event, in the lines of its edge and of the controller."""
    return f"{site}/{edge}/{seq}"


def plan_id(site: str, edge: str, version: int) -> str:
    """Of a plan, in the lines of its edge and of the controller."""
    return f"{site}/{edge}/{version}"


class LogThrottle(logging.Filter):
    """Passes at most ``AN_HOUR`` lines of each sentence in an hour, whatever its arguments, or ``EVENTS_AN_HOUR`` of
    one that has the field ``event``; the next one after that says how many there were. Records with different values in
    ``fields`` count separately. Errors always pass. The hour is measured by the time of the records."""

    def __init__(self, *fields: str) -> None:
        super().__init__()
        self._fields = fields
        self._seen: dict[tuple[object, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            return True
        name = (record.name, record.msg, *(getattr(record, field, None) for field in self._fields))
        most = EVENTS_AN_HOUR if hasattr(record, "event") else AN_HOUR
        began, count = self._seen.get(name, (record.created, 0))
        if not 0 <= record.created - began < HOUR_S:
            if count > most:
                record.msg = f"{record.msg} (and {count - most} more like it before)"
            began, count = record.created, 0
        self._seen[name] = (began, count + 1)
        return count < most
