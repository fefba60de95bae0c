"""The bank holidays of England and Wales, from the package ``holidays``: the one door to it."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays
import holidays.countries  # else the first question would load them, in the midst of a request

_SUBSTITUTE = ("(observed)", "(substitute day)")
"""How the package writes it, and how people in the UK do."""


@lru_cache(maxsize=256)
def of_year(year: int) -> Mapping[date, str]:
    """Day -> name, by day. Where a holiday falls on a weekend both that day and its substitute are named.

    Source: Banking and Financial Dealings Act 1971 and proclamations up to the package's release. Empty from 2101 on.
    """
    found = holidays.country_holidays("GB", subdiv="ENG", years=year, expand=False, language="en_GB")
    return {day: name.replace(*_SUBSTITUTE) for day, name in sorted(found.items()) if day.year == year}


def name(day: date) -> str | None:
    """The holiday on this day."""
    return of_year(day.year).get(day)
