"""The short form of ingest's benchmark: all of it is committed and acknowledged. Figures are for the long form."""

import pytest

from tests.bench.bench_ingest import measure


@pytest.mark.bench
async def test_every_event_that_was_measured_was_committed_and_acknowledged(durable_url: str) -> None:
    result = await measure(batches=40, database=durable_url)
    assert (result.events, result.stored) == (8_001, 8_001)


@pytest.mark.bench
async def test_ingest_against_the_bare_client(durable_url: str) -> None:
    result = await measure(batches=300, database=durable_url)
    print(f"\n{result}")
    assert result.stored == result.events
