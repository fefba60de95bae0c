"""Formats and throttles log lines, for edge and controller. Nothing is redacted here: a type that holds a code, a PIN
or a key hides it in its ``__repr__``, so that no log line can have it."""

import logging

AN_HOUR = 20
"""The most lines of one sentence in an hour."""
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


class LogThrottle(logging.Filter):
    """Passes at most ``AN_HOUR`` lines of each sentence in an hour, whatever its arguments; the next one after that
    says how many there were. Records with different values in ``fields`` count separately. Errors always pass. The hour
    is measured by the time of the records."""

    def __init__(self, *fields: str) -> None:
        super().__init__()
        self._fields = fields
        self._seen: dict[tuple[object, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            return True
        name = (record.name, record.msg, *(getattr(record, field, None) for field in self._fields))
        began, count = self._seen.get(name, (record.created, 0))
        if not 0 <= record.created - began < HOUR_S:
            if count > AN_HOUR:
                record.msg = f"{record.msg} (and {count - AN_HOUR} more like it before)"
            began, count = record.created, 0
        self._seen[name] = (began, count + 1)
        return count < AN_HOUR
