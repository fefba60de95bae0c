"""Setting up says what is missing and what to do about it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETUP = ROOT / "deploy" / "setup"
PACKAGE = re.compile(r'\bprogram\((?:"[\w-]+", )+package="([\w-]+)"\)')
"""The Debian packages whose programs tests run."""
ALWAYS_THERE = {"mount", "util-linux", "no-such-package"}


def _run(*argv: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A PATH on which nothing is installed and nobody is root."""
    for name, script in {"id": "echo 1000", "apt-get": "exit 100"}.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    return str(tmp_path)


def test_without_root_the_tests_stop_with_the_line_to_run(bare_path: str) -> None:
    done = _run("/bin/sh", SETUP / "system.sh", "test", PATH=bare_path)
    assert done.returncode == 2
    assert "apt-get update && apt-get install -y --no-install-recommends" in done.stderr
    assert "chromium" in done.stderr
    assert "influxdb" in done.stderr


def test_every_program_that_a_test_runs_is_installed_by_setting_up() -> None:
    asked_for = {package for file in (ROOT / "tests").rglob("*.py") for package in PACKAGE.findall(file.read_text())}
    installed = set(re.findall(r"\|\| need \"?([\w-]+)", (SETUP / "system.sh").read_text()))
    assert asked_for >= {"chromium-headless-shell", "mosquitto-clients"}
    assert asked_for <= installed | ALWAYS_THERE


def test_without_root_the_demo_goes_on(bare_path: str) -> None:
    assert _run("/bin/sh", SETUP / "system.sh", "demo", PATH=bare_path).returncode == 0


def test_without_a_release_of_mrbs_its_target_says_what_to_name(tmp_path: Path) -> None:
    for folder in ("", tmp_path):
        done = _run("make", "mrbs", f"MRBS={folder}", PATH=os.environ["PATH"])
        assert done.returncode == 2
        assert "make mrbs MRBS=folder" in done.stderr


def test_a_python_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "deploy" / "setup").mkdir(parents=True)
    shutil.copy(SETUP / "environment.sh", tmp_path / "deploy" / "setup")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    script = tmp_path / "deploy" / "setup" / "environment.sh"
    done = _run(script, "run", cwd=tmp_path, PATH=os.environ["PATH"], PYTHON="/no/such/python3")
    assert done.returncode == 2
    assert "no Python 3.11 or later as /no/such/python3" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_setting_up_compiles_the_packages(tmp_path: Path) -> None:
    shutil.copytree(SETUP, tmp_path / "deploy" / "setup")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    pinned = re.search(r"^uv==(\S+)", (ROOT / "requirements" / "uv.txt").read_text(), re.MULTILINE)
    assert pinned is not None
    uv = programs / "uv"
    uv.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "uv {pinned[1]}" || echo "$@" >>{tmp_path}/asked\n')
    uv.chmod(0o755)
    done = _run("/bin/sh", tmp_path / "deploy" / "setup" / "environment.sh", "run", PATH=os.environ["PATH"])
    assert done.returncode == 0, done.stderr
    (sync,) = [line for line in (tmp_path / "asked").read_text().splitlines() if line.startswith("pip sync ")]
    assert "--compile-bytecode" in sync.split()


def test_what_make_starts_keeps_the_bytecode_of_our_own_code() -> None:
    shown = _run(
        "make",
        "--no-print-directory",
        "--eval=show: ; @env",
        "show",
        PATH=os.environ["PATH"],
        PYTHONDONTWRITEBYTECODE="1",
    )
    assert shown.returncode == 0, shown.stderr
    assert "PATH=" in shown.stdout
    assert "PYTHONDONTWRITEBYTECODE" not in shown.stdout


@pytest.mark.parametrize(
    ("given", "started"),
    [
        ([], ".venv/bin/hallkeeper demo"),
        (["SPEED=60", "FRESH=1"], ".venv/bin/hallkeeper demo --speed 60 --fresh"),
        (["ARGS=--speed 30"], ".venv/bin/hallkeeper demo --speed 30"),
    ],
)
def test_make_demo_passes_on_what_it_is_given(given: list[str], started: str) -> None:
    done = _run("make", "--no-print-directory", "--dry-run", "demo", *given, PATH=os.environ["PATH"])
    assert done.returncode == 0, done.stderr
    assert " ".join(done.stdout.splitlines()[-1].split()) == f"exec {started}"


def test_make_help_lists_every_target_that_a_person_types() -> None:
    targets = {line.partition(":")[0] for line in (ROOT / "Makefile").read_text().splitlines() if ": " in line}
    typed = {name for name in targets if name[0].isalpha() and not name.startswith("setup-")}
    done = _run("make", "--no-print-directory", PATH=os.environ["PATH"])
    assert {line.split()[1] for line in done.stdout.splitlines()} == typed
