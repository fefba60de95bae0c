"""`hallkeeper controller updates`, beside a controller that may run."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.cli import app
from tests.edge.updates.made import manifest, signed

PACKAGE = b"a package"


def _said(*words: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["controller", *map(str, words)])
    assert done.exit_code == code, done.output
    return done.output


def _release(folder: Path) -> tuple[Path, tuple[str | Path, ...]]:
    """A release's file beside its package, and the settings of a new controller."""
    config = folder / "controller.toml"
    _said("init", "--config", config, "--data-dir", folder / "data")
    release = folder / "hallkeeper-edge_0.9.0.deb.release"
    release.write_bytes(signed(manifest("0.9.0", PACKAGE)))
    release.with_suffix("").write_bytes(PACKAGE)
    return release, ("--config", config)


def test_a_release_is_added_and_listed(tmp_path: Path) -> None:
    release, of = _release(tmp_path)
    assert "Added 0.9.0 for debian13 on arm64" in _said("updates", "add", release, *of)
    listed = json.loads(_said("updates", "list", "--json", *of))
    assert ([each["version"] for each in listed["releases"]], listed["rollout"]) == (["0.9.0"], None)


@pytest.mark.cases_full
def test_a_release_is_added_rolled_out_paused_resumed_and_cancelled(tmp_path: Path) -> None:
    release, of = _release(tmp_path)
    assert "Added 0.9.0 for debian13 on arm64" in _said("updates", "add", release, *of)
    assert "already" in _said("updates", "add", release, *of, code=2)
    assert "nothing is being rolled out" in _said("updates", "pause", *of, code=2)
    assert "0.9.0 is running, stage 1 of 3 (one edge)" in _said("updates", "stage", "0.9.0", *of)
    assert "paused" in _said("updates", "pause", *of)
    assert "running" in _said("updates", "resume", *of)
    assert "cancelled" in _said("updates", "cancel", *of)
    assert "such as 02:00" in _said("updates", "stage", "0.9.0", "--opens", "9", *of, code=2)
    listed = json.loads(_said("updates", "list", "--json", *of))
    assert [each["version"] for each in listed["releases"]] == ["0.9.0"]
    assert (listed["rollout"]["state"], listed["rollout"]["started_by"], listed["edges"]) == (
        "cancelled",
        "console",
        [],
    )
    assert "0.9.0" in _said("updates", "list", *of)
