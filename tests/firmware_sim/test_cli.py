"""The commands that act on a running demo, where none runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from firmware_sim.cli import app


@pytest.mark.parametrize("code", ["", "12a456", "482 913", "٤٨٢٩١٣"])
def test_what_is_on_no_keypad_cannot_be_typed(code: str, tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["key", "ramsey/front-door", code, "--dir", str(tmp_path)])
    assert answer.exit_code == 2
    assert "type digits" in answer.stderr


def test_without_a_demo_the_answer_is_2_and_says_so(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["key", "ramsey/front-door", "482913", "--dir", str(tmp_path)])
    assert answer.exit_code == 2
    assert "demo" in answer.stderr
