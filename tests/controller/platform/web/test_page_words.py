"""The controller's own pages in another language: each word of a template is in the catalogue, and comes from it."""

import re
import shutil
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from jinja2 import nodes

from controller.screens.door_pages import plain_page, words
from hatch_build import ROOT
from tests.browser.pseudo import built, pseudo
from tests.controller.running import stranger
from tests.controller.village import SITE, book, show_public

TEMPLATES = sorted((ROOT / "controller" / "door_pages").glob("*.html"))
SHOWN = frozenset({"aria-label", "title", "placeholder", "alt"})
HIDDEN = frozenset({"script", "style", "svg"})


class Outside(HTMLParser):
    """Collects the pieces of text outside of every bracket: of the text as a whole, and of each attribute."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._depth = 0
        self._hidden = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in HIDDEN
        for name, value in attrs:
            if value and (name in SHOWN or (name == "content" and ("name", "description") in attrs)):
                self._look(value, 0)

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._depth = self._look(data, self._depth)

    def handle_comment(self, data: str) -> None:
        self._look(data.removeprefix("kept").removeprefix("sent"), 0)

    def _look(self, text: str, depth: int) -> int:
        piece = ""
        for letter in f"{text}\0":
            if depth == 0 and letter not in "⟦⟧\0":
                piece += letter
            elif re.search(r"[^\W\d_]{2}", piece):
                self.found.append(piece.strip())
                piece = ""
            else:
                piece = ""
            depth = max(0, depth + {"⟦": 1, "⟧": -1}.get(letter, 0))
        return depth


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_every_word_of_a_template_is_marked(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    markup = re.sub(r"\{% trans.*?endtrans %\}|\{\{.*?\}\}|\{%.*?%\}", "", source, flags=re.DOTALL)
    markup = re.sub(r"(<textarea[^>]* readonly).*?</textarea>", "", markup, flags=re.DOTALL)  # HTML to copy
    assert Outside(markup).found == []
    tree = plain_page._JINJA.parse(source)
    strings = [one for each in tree.find_all(nodes.Output) for one in _chosen(each)]
    assert [each for each in strings if re.search(r"[^\W\d_]{2}", each) and not re.match(r"[/?&]", each)] == []


def _chosen(node: nodes.Node) -> Iterator[str]:
    """The strings that an expression of a template may put on the page as they are."""
    match node:
        case nodes.Const(value=str(text)):
            yield text
        case nodes.Output() | nodes.CondExpr() | nodes.Or() | nodes.Concat():
            for each in node.iter_child_nodes(exclude=("test",)):
                yield from _chosen(each)


@pytest.fixture
def pages_dir(tmp_path: Path) -> Iterator[Path]:
    """Pages in words that no language has."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in ("index.html", "words.mo"):
        shutil.copy(built() / name, folder)
    yield folder
    words.read(None)


@pytest.fixture
async def outside(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    await show_public(village)
    async with stranger(app) as client:
        yield client


DATA = re.compile(
    r"Choir|Ramsey Hub|Hall|Studio|Yard|Front door|Side door|https?://\S+"
    r"|Thu(?:rsday)? 26 Nov(?:ember)?|\d\d:\d\d to \d\d:\d\d"
)
"""What people entered, and times, which are not in the catalogue."""
PAGES = {
    "whats-on": "/whats-on",
    "whats-on-site": f"/whats-on/{SITE}",
    "embed": f"/embed/whats-on/{SITE}",
    "accessibility": "/accessibility",
    "no-link": "/d/none",
    "link": "{link}",
    "move": "{link}/move",
    "report": "{link}/upload",
    "charge": "{link}/charge",
    "no-preferences": "/n/none",
    "listings": f"/listings?site={SITE}",
    "listing": "/listings/{id}",
    "documents": f"/documents?site={SITE}",
    "ways": f"/ways?site={SITE}",
    "calls": f"/calls?site={SITE}",
    "slip": "/slip/{id}",
}
ENGLISH = {"link": ["not on the door yet"], "charge": ["no charge was set when it was confirmed"]}
"""What the API says too, and in English."""


@pytest.mark.cases_full
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_says_everything_in_the_words_of_the_catalogue(
    village: httpx.AsyncClient, outside: httpx.AsyncClient, name: str
) -> None:
    made = await book(village, title="Choir", public=True)
    path = PAGES[name].format(id=made["id"], link=urlsplit(made["link"]).path)
    answer = await (village if "site=" in path or made["id"] in path else outside).get(path)
    page = re.sub(r"(<textarea[^>]* readonly).*?</textarea>", "", answer.text, flags=re.DOTALL)
    assert '<html lang="en-XA">' in page
    assert "⟦" in page
    rest = {DATA.sub("", each).strip(" ,:\n") for each in Outside(page).found}
    assert sorted(rest - {""}) == ENGLISH.get(name, [])


@pytest.mark.cases_full
async def test_what_is_done_on_a_page_is_said_in_the_words_of_the_catalogue(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    made = await book(village, title="Choir")
    link = urlsplit(made["link"]).path
    asked = await outside.post(link, data={"step": "ask"})
    assert f"<h1>⟦{pseudo('Cancel ')}Choir?⟧</h1>" in asked.text
    done = await outside.get(link, params={"done": "moved"})
    assert f'role="status">⟦{pseudo("It is moved.")}⟧<' in done.text
    assert Outside(done.text.partition('role="status">')[2].partition("<")[0]).found == []


def test_a_translation_makes_no_markup_that_the_source_has_not(pages_dir: Path) -> None:
    words.read(pages_dir)
    assert words.gettext("") == ""
    assert words._plain("Price", 'Prix "<b>" & co') == "Prix &quot;&lt;b&gt;&quot; &amp; co"
    assert words._plain("<b>Price</b>", "<b>Prix</b>") == "<b>Prix</b>"


def test_pages_without_a_catalogue_are_english(tmp_path: Path) -> None:
    words.read(tmp_path)
    assert words.gettext("Cancel %(booking)s?", booking="Choir") == "Cancel Choir?"
    assert words.frame() == {"language": "en-GB", "direction": "ltr"}
