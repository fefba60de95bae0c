"""The commands that act on a running demo, where none runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from firmware_sim.cli import app


@pytest.mark.parametrize("code", ["", "12a456", "482 913", "٤٨٢٩١٣"])
def test_keys_missing_on_the_keypad_cannot_be_typed(code: str, tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["key", "ramsey/front-door", code, "--dir", str(tmp_path)])
    assert answer.exit_code == 2
    assert "type digits" in answer.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("key", "ramsey/front-door", "1" * 33), "32 keys at most"),
        (("card", "ramsey/front-door", "118:1603", "--pin", "1" * 33), "32 keys at most"),
        (("clock", "ramsey", "--ahead", "1e30"), "1e+30"),
    ],
)
def test_input_that_would_keep_a_demo_busy_for_ever_is_refused(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    answer = CliRunner().invoke(app, [*words, "--dir", str(tmp_path)])
    assert (answer.exit_code, said in answer.stderr) == (2, True), answer.stderr


def test_without_a_demo_the_answer_is_2_with_a_message(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["key", "ramsey/front-door", "482913", "--dir", str(tmp_path)])
    assert answer.exit_code == 2
    assert "demo" in answer.stderr
