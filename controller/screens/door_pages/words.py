"""The words of the controller's own pages: those of the sources, or of the catalogue beside the built pages.

The catalogue is ``words.mo``, in gettext's binary format; ``docs/words.md`` says how it is made.
"""

from gettext import GNUTranslations, NullTranslations
from html import escape
from pathlib import Path

from jinja2 import Environment

_RIGHT_TO_LEFT = "x-direction"
_known = NullTranslations()


def read(folder: Path | None) -> None:
    """Take the words of these built pages from now on; those of the sources where they have no catalogue. Raises
    ``OSError`` where it cannot be read."""
    global _known
    file = folder / "words.mo" if folder else None
    if file is None or not file.is_file():
        _known = NullTranslations()
        return
    with file.open("rb") as opened:
        _known = GNUTranslations(opened)


def install(environment: Environment) -> None:
    """Let its templates say ``{% trans %}`` and ``_("…")``. A translation has markup only where the source has."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(_for_markup, _many_for_markup, newstyle=True)  # type: ignore[attr-defined]


def frame() -> dict[str, str]:
    """What the element around a page says of its language: a tag of BCP 47, and ``ltr`` or ``rtl``."""
    info = _known.info()
    return {"language": info.get("language", "en-GB"), "direction": info.get(_RIGHT_TO_LEFT, "ltr")}


def marked(text: str) -> str:
    """The text as it is, in the catalogue; for what is translated later."""
    return text


def gettext(text: str, **places: object) -> str:
    """The text in the language of the pages. ``places``: what stands in it as ``%(name)s``."""
    found = _known.gettext(text) if text else ""
    return found % places if places else found


def _for_markup(text: str) -> str:
    return _plain(text, _known.gettext(text))


def _many_for_markup(one: str, other: str, number: int) -> str:
    return _plain(one, _known.ngettext(one, other, number))


def _plain(source: str, found: str) -> str:
    return found if "<" in source or found == source else escape(found)
