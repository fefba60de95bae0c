"""The short form of the keypad's benchmark: it runs and every code opens. Figures are the long form's business."""

import pytest

from tests.bench.bench_keypad import TRIES, measure, table


async def test_every_code_of_a_plan_of_ten_thousand_opens() -> None:
    result = await measure(grants=10_000, tries=20)
    assert (result.granted, result.released, len(result.times_ms)) == (20, 20, 20)


@pytest.mark.bench
def test_last_key_to_relay() -> None:
    for result in table():
        assert (result.granted, result.released, len(result.times_ms)) == (TRIES, TRIES, TRIES)
