"""Writes ``words/en.po``: all words of the pages, those of ``dashboards/`` and those of the controller's own.

``python -m tools.words`` writes it and brings the translations beside it up to date; ``--check`` only says whether it
is, ``--new cy`` begins a language, ``--build cy`` builds its pages into ``dashboards/languages/cy``.
"""

import json
import sys
from collections.abc import Iterator

from jinja2.ext import babel_extract

from hatch_build import ROOT, NodeFolder, Pages, PagesNotBuilt

_TEMPLATES = ROOT / "controller" / "door_pages"


def of_templates() -> Iterator[dict[str, str]]:
    """What the templates mark as words: ``file``, ``id``, and ``plural`` where there is one."""
    for path in sorted(_TEMPLATES.glob("*.html")):
        file = path.relative_to(ROOT).as_posix()
        with path.open("rb") as source:
            for _, _, texts, _ in babel_extract(source, ("gettext", "ngettext", "_"), (), {"silent": "false"}):
                one, *other = [texts] if isinstance(texts, str) else [each for each in texts or () if each]
                yield {"file": file, "id": one} | ({"plural": other[0]} if other else {})


def main() -> int:
    options = sys.argv[1:]
    node = NodeFolder(ROOT / "dashboards")
    try:
        if "--build" in options:
            Pages(ROOT).build_language(options[options.index("--build") + 1])
        else:
            node.install()
            node.npm("run", "--silent", "words", "--", *options, show=True, said=json.dumps(list(of_templates())))
    except PagesNotBuilt as error:
        sys.stderr.write(f"hallkeeper: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
