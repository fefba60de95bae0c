"""The short form of the agent's benchmark: it starts, and a busy quarter of an hour is written down."""

from pathlib import Path

import pytest

from tests.bench.bench_agent import day, leave_plan, started, table
from tests.edge.test_config import GOOD, folder_with


async def test_an_agent_starts_without_a_network(tmp_path: Path) -> None:
    folder_with(tmp_path, GOOD)
    took, memory = await started(tmp_path)
    assert took > 0
    assert 10 < memory < 200


@pytest.mark.bench
def test_a_busy_quarter_of_an_hour_is_counted_on_the_card() -> None:
    found = day(hours_open=0.25, hours_in_all=0.25, grants=10)
    assert found.events > 300
    assert 50_000 < found.written < 1_000_000
    assert found.syncs > 15


def test_a_plan_is_left_for_the_next_start(tmp_path: Path) -> None:
    leave_plan(tmp_path, 400)
    assert (tmp_path / "data" / "plan" / "manifest").exists()


@pytest.mark.bench
def test_what_an_agent_costs() -> None:
    table()
