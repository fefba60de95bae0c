"""Who may import whom, where import-linter cannot say it."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_NOT_ON_A_PI = ["alembic", "argon2", "asyncpg", "fastapi", "httpx", "icalendar", "iotcore", "jinja2", "sqlalchemy"]


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


WIRE = sorted((ROOT / "edge" / "wire").rglob("*.py"))
_ON_THE_MACHINE = {"ctypes", "fcntl", "io", "mmap", "os", "pathlib", "shutil", "socket", "subprocess", "tempfile"}

_OF_BOTH_PROGRAMS = {"machine_clock.py", "peer_certificate.py"}
"""What edge and controller do alike: ask the machine for the time, and a server for its certificate."""


@pytest.mark.parametrize("path", WIRE, ids=lambda path: path.stem)
def test_the_wire_needs_nothing_but_the_standard_library_msgspec_and_cryptography(path: Path) -> None:
    allowed = {*sys.stdlib_module_names, "msgspec", "cryptography"}
    strangers = {
        name for name in _imported(path) if name.partition(".")[0] not in allowed and not name.startswith("edge.wire")
    }
    assert not strangers


@pytest.mark.parametrize(
    "path", [path for path in WIRE if path.name not in _OF_BOTH_PROGRAMS], ids=lambda path: path.stem
)
def test_the_format_asks_the_machine_for_nothing(path: Path) -> None:
    opened = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
    ]
    assert not opened
    assert not _ON_THE_MACHINE & {name.partition(".")[0] for name in _imported(path)}


@pytest.mark.cases_full
def test_the_command_starts_where_only_the_edge_is_installed() -> None:
    code = f"""
import sys
for name in {_NOT_ON_A_PI}:
    sys.modules[name] = None
sys.argv = ["hallkeeper", "--help"]
from edge.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


@pytest.mark.cases_full
def test_asking_for_help_loads_neither_the_controller_nor_its_libraries() -> None:
    code = """
import sys
sys.argv = ["hallkeeper", "--help"]
from edge.cli import main
try:
    main()
except SystemExit:
    pass
loaded = {name.partition(".")[0] for name in sys.modules}
sys.exit(",".join(sorted(loaded & {"controller", "fastapi", "firmware_sim", "sqlalchemy"})) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"loaded for --help: {done.stderr}"


def test_every_package_of_the_tree_is_in_the_distribution() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(packages) == folders - {"tests", "tools"}
