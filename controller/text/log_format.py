"""Log lines: a sentence, then its fields as ``key=value``. Nothing secret is ever given as a field."""

import logging
import sys

from edge.wire.log_format import FieldFormatter, LogThrottle


def set_up_logging(level: int = logging.INFO) -> None:
    """Log to standard error; libraries speak up from WARNING on. For the process's start only."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        FieldFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z")
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("controller").setLevel(level)
    # One edge could fill the disk with what is refused of it; all of it is counted on /metrics and on Now.
    logging.getLogger("controller.telemetry.envelope_verifier").addFilter(LogThrottle("site", "edge", "kind"))
