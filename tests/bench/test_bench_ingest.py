"""Ingest keeps up with the bare client, in a short run; the long one prints its figures."""

import pytest

from tests.bench.bench_ingest import measure


async def test_ingest_is_not_left_far_behind_by_the_bare_client() -> None:
    result = await measure(batches=40)
    assert result.events == 8_000
    assert result.ratio > 0.005, str(result)


@pytest.mark.bench
async def test_ingest_against_the_bare_client() -> None:
    for _ in range(3):
        print(f"\n{await measure(batches=300)}")
