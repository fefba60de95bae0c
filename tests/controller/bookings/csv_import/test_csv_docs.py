"""What a user of the spreadsheets reads is all there."""

from pathlib import Path

from controller.bookings.csv_import.columns import COLUMNS
from controller.bookings.csv_import.routes import router

PAGE = (Path(__file__).parents[4] / "docs" / "bookings-csv.md").read_text(encoding="utf-8")


def test_every_route_and_every_column_with_its_other_names_is_named() -> None:
    for route in router.routes:
        assert f"/api/v1{getattr(route, 'path', '')}" in PAGE
    for column, others in COLUMNS.items():
        assert f"| {column} | {', '.join(others)} |" in PAGE
