"""The log of the controller is not filled by what one edge has refused."""

import subprocess
import sys

from edge.wire.log_format import AN_HOUR

FLOOD = """
from controller.text.log_format import set_up_logging
from controller.telemetry.envelope_verifier import EnvelopeVerifier

set_up_logging()
gate = EnvelopeVerifier()
for edge in ("main", "other"):
    for number in range(500):
        gate.refuse("ramsey", edge, "malformed", f"message {number}")
gate.refuse("ramsey", "main", "bad_signature", "another")
assert gate.take_counts()["ramsey", "main", "malformed"] == 500
"""


def test_refusals_over_and_over_are_counted_and_told_a_few_times_an_hour() -> None:
    done = subprocess.run([sys.executable, "-c", FLOOD], capture_output=True, text=True, check=True, timeout=60)
    lines = [line for line in done.stderr.splitlines() if "was refused" in line]
    assert len(lines) == 2 * AN_HOUR + 1
    assert sum("edge=other" in line for line in lines) == AN_HOUR
    assert "kind=bad_signature" in lines[-1]
