"""What a user of people and roles reads is all there."""

from pathlib import Path

import pytest

from controller.people import party_routes
from controller.people.model import PartyKind, Role, Tier
from controller.people.party_csv_rows import COLUMNS
from controller.signin import routes as people_routes

PAGE = (Path(__file__).parents[3] / "docs" / "people.md").read_text(encoding="utf-8")
PATHS = sorted({getattr(route, "path", "") for each in (party_routes, people_routes) for route in each.router.routes})


@pytest.mark.parametrize("path", PATHS)
def test_every_route_is_named(path: str) -> None:
    assert f"/api/v1{path}" in PAGE


def test_every_column_with_its_other_names_and_every_word_is_named() -> None:
    for column, others in COLUMNS.items():
        assert f"| {column} | {', '.join(others)} |" in PAGE
    for word in (*Role, *Tier, *PartyKind):
        assert word.value in PAGE
