"""The id of the request that is being answered, as log lines carry it: the trace id of W3C Trace Context."""

import logging
import re
import secrets
from contextvars import ContextVar

REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
"""Set while a request is answered, and in tasks that were begun by it."""
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")


def request_id(traceparent: bytes) -> str:
    """The trace id of a ``traceparent`` header (https://www.w3.org/TR/trace-context/, 3.2), or a new one where there is
    none that can be used: 32 hexadecimal digits."""
    found = _TRACEPARENT.fullmatch(traceparent)
    return found[1].decode() if found is not None else secrets.token_hex(16)


class RequestFilter(logging.Filter):
    """Adds the field ``request`` to lines that are written while a request is answered."""

    def filter(self, record: logging.LogRecord) -> bool:
        if (request := REQUEST.get()) is not None and not hasattr(record, "request"):
            record.request = request
        return True
