"""Log lines: a sentence, then its fields as ``key=value``. Nothing secret is ever given as a field."""

import logging
import os
import sys
from typing import TextIO

from controller.platform.text.request_id import RequestFilter
from edge.wire.log_format import FieldFormatter, LogFormat, LogThrottle, formatter


def set_up_logging(level: int = logging.INFO, kind: LogFormat = LogFormat.TEXT) -> None:
    """Log to standard error; libraries speak up from WARNING on. For the process's start only."""
    handler = logging.StreamHandler(sys.stderr)
    text = FieldFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z")
    handler.setFormatter(formatter(kind, text, journal=_is_journal(sys.stderr)))
    handler.addFilter(RequestFilter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("controller").setLevel(level)
    # One edge could fill the disk with what is refused of it; all of it is counted on /metrics and on Now.
    logging.getLogger("controller.telemetry.envelope_verifier").addFilter(LogThrottle("site", "edge", "kind"))
    logging.getLogger("controller.telemetry.ingest_queue").addFilter(LogThrottle("site", "edge"))


def _is_journal(stream: TextIO) -> bool:
    """Whether it is the stream that systemd names in ``JOURNAL_STREAM`` (systemd.exec(5))."""
    try:
        there = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"
