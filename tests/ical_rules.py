"""A table of recurrence rules with the times they give, and our own way to them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from controller.hours.recurrence.expand import wall_times
from controller.hours.recurrence.rule import RecurrenceRule

DATA = Path(__file__).parent / "data"
END_OF_TIME = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001  # wall time on purpose
UTC = ZoneInfo("UTC")


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """``added`` and ``taken``: rules, and single times."""

    name: str
    begins: datetime
    added: tuple[str, ...]
    taken: tuple[str, ...]
    gives: tuple[datetime, ...]


def table(name: str = "ical_rules.tsv") -> list[Sample]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [_sample(*line.split("\t")) for line in lines if not line.startswith("#")]


def _sample(name: str, begins: str, parts: str, gives: str) -> Sample:
    return Sample(
        name=name,
        begins=wall(begins),
        added=tuple(each[1:] for each in parts.split() if each[0] == "+"),
        taken=tuple(each[1:] for each in parts.split() if each[0] == "-"),
        gives=tuple(wall(each) for each in gives.split()),
    )


def wall(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007  # wall time on purpose


def unread(text: str) -> RecurrenceRule:
    """A rule without our reader's word on it."""
    return RecurrenceRule(parts=dict(part.split("=", 1) for part in text.split(";")))


def ours(begins: datetime, added: Sequence[str], taken: Sequence[str] = ()) -> tuple[datetime, ...]:
    """What we make of rules and dates."""

    def all_of(texts: Sequence[str]) -> set[datetime]:
        rules = [wall_times(unread(text), begins, UTC, end=END_OF_TIME, steps=200_000) for text in texts if "=" in text]
        return {wall(text) for text in texts if "=" not in text}.union(*rules)

    return tuple(sorted(all_of(added) - all_of(taken)))
