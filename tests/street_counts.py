"""Street counters of Auckland, and how far a forecast that walks through them is off, beside simpler ones.

Heart of the City Auckland, hourly counts of 2024, packaged by Hyesop Shin, CC BY 4.0.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from controller.occupancy.forecast.model import Days, Floats, expected, interval, silent

FIRST = date(2024, 1, 1)
_DAYS_OFF = "01-01 01-02 01-29 02-06 03-29 04-01 04-25 06-03 06-28 10-28 12-25 12-26"
HOLIDAYS = {date.fromisoformat(f"2024-{each}") for each in _DAYS_OFF.split()}
"""Public holidays at Auckland (Holidays Act 2003; Te Kāhui o Matariki Public Holiday Act 2022)."""
SCHOOL_HOLIDAYS = (((1, 1), (1, 31)), ((4, 13), (4, 28)), ((7, 6), (7, 21)), ((9, 28), (10, 13)), ((12, 20), (12, 31)))
"""From and to, by the terms of 2024 of New Zealand's Ministry of Education."""
TABLE = Path(__file__).parent / "data" / "street_counts.tsv"


def table() -> Floats:
    """Of the one counter that the project keeps: (days, 24) from 1 January on, NaN where unknown."""
    rows = [line.split("\t")[1:] for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    return np.array([[float(cell.replace("-", "nan")) for cell in row] for row in rows])


def published(file: Path) -> dict[str, Floats]:
    """By counter: (366, 24). A row before six belongs to the day after that of its date; a date's second row of six to
    seven, which the change of the clocks brings, too."""
    with file.open(newline="") as opened:
        heading, *rows = csv.reader(opened)
    grid = np.full((len(heading) - 3, 367, 24), np.nan)
    seen: set[tuple[str, int]] = set()
    for row in rows:
        hour = int(row[1].partition(":")[0])
        later = hour < 6 or (row[0], hour) in seen
        seen.add((row[0], hour))
        grid[:, (date.fromisoformat(row[0]) - FIRST).days + later, hour] = [float(cell) for cell in row[3:]]
    return dict(zip(heading[3:], grid[:, :366], strict=True))


def days(count: int) -> Days:
    """The first ``count`` days of 2024 at Auckland."""
    each = [FIRST + timedelta(days=day) for day in range(count)]
    return Days(
        np.array([day.weekday() for day in each]),
        np.array([day in HOLIDAYS for day in each]),
        np.array([any(first <= (day.month, day.day) <= last for first, last in SCHOOL_HOLIDAYS) for day in each]),
        np.zeros((count, 24), dtype=bool),
    )


@dataclass
class Error:
    """Of one week ahead. ``off``, ``last_week``, ``four_weeks``: sums of absolute errors; ``inside``: of ``hours``,
    those in the interval; ``width``: sum of its widths."""

    volume: float = 0.0
    off: float = 0.0
    last_week: float = 0.0
    four_weeks: float = 0.0
    inside: float = 0.0
    hours: float = 0.0
    width: float = 0.0

    def share(self, what: float) -> float:
        return what / self.volume

    @property
    def covered(self) -> float:
        return self.inside / self.hours

    def __str__(self) -> str:
        shares = {name: self.share(getattr(self, name)) for name in ("off", "last_week", "four_weeks", "width")}
        return ", ".join(f"{name} {share:.4f}" for name, share in shares.items()) + f", covered {self.covered:.3f}"


def walk(counters: Sequence[Floats], first: int, last: int, step: int) -> tuple[Error, Error]:
    """The errors on days 1-7 and 8-14 of a forecast made before each ``step``-th day from ``first`` to ``last``, which
    knows the days before it; of the same hour a week before (or two, where that is not known); of four such weeks."""
    found = Error(), Error()
    for counts in counters:
        known = days(len(counts))
        made = {at: expected(counts[:at], known[: at + 14], at) for at in range(max(14, first - 56), last)}
        for at in range(first, last, step):
            origins = range(at - 2, 13, -2)[:28]  # those of `past_errors`, each made once
            seen = np.where(silent(counts[:at], known), np.nan, counts[:at])
            past = [(made[each][: at - each], seen[each : each + 14]) for each in origins]
            ahead = interval(made[at], known.closed[at : at + 14], past)
            for week, error in enumerate(found):
                part = slice(7 * week, 7 * week + 7)
                truth = counts[at : at + 14][part]
                sure = np.isfinite(truth)
                error.volume += truth[sure].sum()
                error.off += np.abs(ahead.mean[part] - truth)[sure].sum()
                inside = (truth >= np.floor(ahead.low[part])) & (truth <= np.ceil(ahead.high[part]))
                error.inside += inside[sure].sum()
                error.hours += sure.sum()
                error.width += (ahead.high - ahead.low)[part][sure].sum()
                before = [counts[at - 7 * back : at - 7 * back + 7][: len(truth)] for back in range(1, 5)]
                error.last_week += np.nansum(np.abs(before[0] - truth))
                error.four_weeks += np.nansum(np.abs(np.mean(before, axis=0) - truth))
    return found
