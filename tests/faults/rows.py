"""A plugin: every test that ends in the four checks adds rows, and their table is printed at the end."""

from collections.abc import Callable

import msgspec
import pytest
from _pytest.terminal import TerminalReporter

from tests.faults.trial import Row, table

ROW = "fault"
DETAILS = "fault details"
"""A property that holds text to be printed below the table."""


@pytest.fixture
def row(record_property: Callable[[str, object], None]) -> Callable[[Row], None]:
    """Take a line of the table that is printed in the end."""
    return lambda row: record_property(ROW, msgspec.to_builtins(row))


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    rows = [
        msgspec.convert(value, Row)
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == ROW
    ]
    if rows:
        failed = [report.nodeid for state in ("failed", "error") for report in terminalreporter.getreports(state)]
        for each in (each for each in failed if each.startswith(("tests/faults/", "tests/scenarios/"))):
            terminalreporter.write_line(f"not in the table, since it failed: {each}", red=True)
        terminalreporter.write_sep("=", "nothing lost, nothing twice, nobody in who should not be, nobody locked in")
        for line in table(rows):
            terminalreporter.write_line(line)
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == DETAILS:
                terminalreporter.write_line(f"\n{report.nodeid}\n{value}")
