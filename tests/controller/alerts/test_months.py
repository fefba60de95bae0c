"""A month in which nothing is wrong brings no alert; of twelve faults at random times nearly all are found."""

from tests.controller.alerts.months import FAULTS, Month


def test_a_quiet_month_brings_no_alert() -> None:
    assert [(each.key.kind, each.text) for each in Month("short").rings] == []


def test_faults_at_random_times_are_found() -> None:
    month = Month("short", faults=len(FAULTS))
    missed = [fault.code for fault in month.faults if month.late(fault) is None]
    assert len(missed) <= 1, missed
    assert len(month.false_rings()) <= 1
