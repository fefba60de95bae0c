"""Visits by month in the columns of the UK library data schema, “physical visits”:
https://schema.librarydata.uk/physical-visits. Pure."""

from collections.abc import Iterable
from datetime import timedelta

from controller.estate.model import Site
from controller.platform.csv_import.spreadsheet import write_sheet
from controller.use.comparison import Days
from controller.use.model import SiteVisits

COLUMNS = ("Local authority", "Library name", "Count start", "Count end", "Count type", "Visits")
MEASURED = 0.9
"""Share of the open time that must be measured: the schema has no column that says how much is."""


def physical_visits(authority: str, months: Iterable[tuple[Site, Days, SiteVisits | None]]) -> bytes:
    """A row for each month of a site that is measured: the first and the last day, and how many were counted in, or
    half of those who passed both ways, also while it was closed to the public."""
    rows = []
    for site, (first, after), visits in months:
        if visits is None or not visits.open.measured or visits.open.measured < MEASURED * visits.open.minutes:
            continue
        dates = (first.isoformat(), (after - timedelta(days=1)).isoformat())
        counted = (*dates, "Automatic", str(visits.all_visits))
        rows.append(dict(zip(COLUMNS, (authority, site.name, *counted), strict=True)))
    return write_sheet(COLUMNS, rows)
