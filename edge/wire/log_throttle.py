"""Logs in which the same is not said over and over, for edge and controller."""

import logging

AN_HOUR = 20
"""Lines of one sentence in an hour."""
HOUR_S = 3600.0


class LogThrottle(logging.Filter):
    """Lets ``AN_HOUR`` lines of each sentence through in an hour, whatever is filled into it; the next one after that
    says how many there were. Sentences with other values in ``fields`` of the record are others. Errors always pass.
    The hour is told by the time of the records."""

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
