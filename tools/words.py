"""Writes ``words/en.po``: all words of the pages, those of ``dashboards/`` and those of the controller's own.

``python -m tools.words`` writes it and brings the translations beside it up to date; ``--check`` only says whether it
is, ``--new cy`` begins a language, ``--build cy`` builds its pages into ``dashboards/languages/cy``.
"""

import ast
import json
import sys
from collections.abc import Iterator

from jinja2.ext import babel_extract

from controller.calendars.public_events import KIND_NAMES
from hatch_build import ROOT, NodeFolder, Pages, PagesNotBuilt

_PAGES = ROOT / "controller" / "screens" / "door_pages"
_OPTIONS = {"silent": "false", "trimmed": "true", "newstyle_gettext": "true"}


def of_templates() -> Iterator[dict[str, str]]:
    """What the templates mark as words: ``file``, ``id``, and ``plural`` where there is one."""
    for path in sorted(_PAGES.glob("*.html")):
        file = path.relative_to(ROOT).as_posix()
        with path.open("rb") as source:
            for _, _, texts, _ in babel_extract(source, ("gettext", "ngettext", "_"), (), _OPTIONS):
                one, *other = [texts] if isinstance(texts, str) else [each for each in texts or () if each]
                yield {"file": file, "id": one} | ({"plural": other[0]} if other else {})


def of_modules() -> Iterator[dict[str, str]]:
    """What the modules of these pages mark as words, and the kinds of events."""
    for path in sorted(_PAGES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="gettext" | "marked"), args=[ast.Constant(value=str(text))]):
                    yield {"file": path.relative_to(ROOT).as_posix(), "id": text}
    for text in KIND_NAMES.values():
        yield {"file": "controller/calendars/public_events.py", "id": text}


def main() -> int:
    options = sys.argv[1:]
    node = NodeFolder(ROOT / "dashboards")
    try:
        if "--build" in options:
            Pages(ROOT).build_language(options[options.index("--build") + 1])
        else:
            node.install()
            node.npm(
                "run", "--silent", "words", "--", *options, show=True, said=json.dumps([*of_templates(), *of_modules()])
            )
    except PagesNotBuilt as error:
        sys.stderr.write(f"hallkeeper: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
