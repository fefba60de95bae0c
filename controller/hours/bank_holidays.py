"""The bank holidays of the nations of the United Kingdom, from the package ``holidays``, which only this module
imports."""

import sys
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import holidays

from controller.hours.model import Nation

_SUBDIVISIONS = {Nation.ENGLAND_AND_WALES: "ENG", Nation.SCOTLAND: "SCT", Nation.NORTHERN_IRELAND: "NIR"}
"""As ISO 3166-2:GB names them."""
_COUNTRY = "holidays.countries.united_kingdom"
_SUBSTITUTE = ("(observed)", "(substitute day)")
"""How the package writes it, and how people in the UK do."""


def _united_kingdom() -> type[holidays.HolidayBase]:
    """The package's class. Its module is loaded by itself: the package ``holidays.countries`` would load that of every
    country, which takes 0.25 s of CPU and 15 MB."""
    if _COUNTRY not in sys.modules:
        file = Path(holidays.__file__).parent / "countries" / "united_kingdom.py"
        spec = spec_from_file_location(_COUNTRY, file)
        assert spec is not None, file
        assert spec.loader is not None, file
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[_COUNTRY] = module
    country: type[holidays.HolidayBase] = sys.modules[_COUNTRY].UnitedKingdom
    return country


_UNITED_KINGDOM = _united_kingdom()


@lru_cache(maxsize=256)
def of_year(year: int, nation: Nation) -> Mapping[date, str]:
    """Day -> name, by day. Where a holiday falls on a weekend both that day and its substitute are named.

    Source: Banking and Financial Dealings Act 1971 and proclamations up to the package's release. Empty from 2101 on.
    """
    found = _UNITED_KINGDOM(subdiv=_SUBDIVISIONS[nation], years=year, expand=False, language="en_GB")
    return {day: name.replace(*_SUBSTITUTE) for day, name in sorted(found.items()) if day.year == year}


def name(day: date, nation: Nation) -> str | None:
    """The holiday on this day."""
    return of_year(day.year, nation).get(day)
