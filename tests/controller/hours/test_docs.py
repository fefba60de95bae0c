"""What a user of the hours reads is all there."""

from pathlib import Path

import pytest

from controller.hours import routes
from controller.hours.cli import app
from controller.hours.impact import UNLOCKED, LossKind
from controller.hours.model import HolidayMeaning
from edge.wire.plan import Mode

PAGE = (Path(__file__).parents[3] / "docs" / "opening-hours.md").read_text(encoding="utf-8")
PATHS = sorted({getattr(route, "path", "") for route in routes.router.routes})


@pytest.mark.parametrize("path", PATHS)
def test_every_route_is_named(path: str) -> None:
    assert f"/api/v1{path}" in PAGE


def test_every_word_and_command_is_named() -> None:
    for word in (*Mode, *HolidayMeaning, *LossKind, UNLOCKED):
        assert f"`{word}`" in PAGE
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"hallkeeper hours {command.name or command.callback.__name__}" in PAGE
