"""What a hall writes to its card in a day, at the block device."""

import pytest

from tests.bench.bench_card import table


@pytest.mark.bench
def test_what_a_hall_writes_to_its_card() -> None:
    assert table().quiet > 0
