"""Rules give what RFC 5545 and two other programs make of them."""

import pytest

from controller.hours.recurrence.rule import read_rule
from tests.ical_rules import Sample, ours, table

TABLE = table()
RFC5545 = table("rfc5545_rules.tsv")


def test_the_table_has_229_rules() -> None:
    assert len(TABLE) == 229


@pytest.mark.parametrize("sample", TABLE + RFC5545, ids=lambda each: each.name.replace(" ", "-"))
def test_a_rule_gives_the_times_of_the_table(sample: Sample) -> None:
    assert ours(sample.begins, sample.added, sample.taken) == sample.gives


def test_the_reader_takes_every_rule_of_the_table() -> None:
    texts = [text for sample in TABLE + RFC5545 for text in (*sample.added, *sample.taken) if "=" in text]
    assert [read_rule(text).text for text in texts] == texts
