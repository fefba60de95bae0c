"""Rules give what RFC 5545 and two other programs make of them."""

import pytest

from controller.bookings.series.rule import read_rule
from tests.ical_rules import Sample, ours, table

TABLE = table()


def test_the_table_has_230_rules() -> None:
    assert len(TABLE) == 230


@pytest.mark.parametrize("sample", TABLE, ids=lambda each: each.name.replace(" ", "-"))
def test_a_rule_gives_the_times_of_the_table(sample: Sample) -> None:
    assert ours(sample.begins, sample.added, sample.taken) == sample.gives


def test_the_reader_takes_every_rule_of_the_table() -> None:
    texts = [text for sample in TABLE for text in (*sample.added, *sample.taken) if "=" in text]
    assert [read_rule(text).text for text in texts] == texts
