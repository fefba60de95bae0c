"""The bank holidays of the nations of the United Kingdom, from the package ``holidays``: the one door to it."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays
import holidays.countries  # else the first question would load them, in the midst of a request

from controller.hours.model import Nation

_SUBDIVISIONS = {Nation.ENGLAND_AND_WALES: "ENG", Nation.SCOTLAND: "SCT", Nation.NORTHERN_IRELAND: "NIR"}
"""As ISO 3166-2:GB names them."""
_SUBSTITUTE = ("(observed)", "(substitute day)")
"""How the package writes it, and how people in the UK do."""


@lru_cache(maxsize=256)
def of_year(year: int, nation: Nation) -> Mapping[date, str]:
    """Day -> name, by day. Where a holiday falls on a weekend both that day and its substitute are named.

    Source: Banking and Financial Dealings Act 1971 and proclamations up to the package's release. Empty from 2101 on.
    """
    found = holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[nation], years=year, expand=False, language="en_GB")
    return {day: name.replace(*_SUBSTITUTE) for day, name in sorted(found.items()) if day.year == year}


def name(day: date, nation: Nation) -> str | None:
    """The holiday on this day."""
    return of_year(day.year, nation).get(day)
