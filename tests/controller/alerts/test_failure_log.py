"""A failure that lasts is logged once for each thing that it is about, and once more after it has worked."""

import logging

import pytest

from controller.platform.failure_log import FailureLog


def test_a_failure_is_logged_when_it_begins_and_not_while_it_lasts(caplog: pytest.LogCaptureFixture) -> None:
    failures = FailureLog(logging.getLogger(__name__), "%s is not known")
    for site, fails in (("a", True), ("a", True), ("b", True), ("a", False), ("a", True)):
        with failures.catching(site):
            if fails:
                raise ValueError(site)
    assert [each.getMessage() for each in caplog.records] == [f"{site} is not known" for site in "aba"]


def test_an_end_of_the_program_is_not_caught() -> None:
    failures = FailureLog(logging.getLogger(__name__), "%s is not known")
    with pytest.raises(KeyboardInterrupt), failures.catching("a"):
        raise KeyboardInterrupt
