"""A page is light: what it fetches before it can be used, packed as a server would."""

import gzip
from pathlib import PurePosixPath

import pytest
from playwright.async_api import Response, expect

from hatch_build import ROOT
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DIST = ROOT / "dashboards" / "dist"
MOST_KB = {"/now?site=ramsey": 31, "/diary?site=ramsey": 31}
"""Scripts and styles, in 1024 bytes. Svelte takes 8 of them; what panel and views need comes when wanted."""


@pytest.mark.parametrize("path", MOST_KB)
async def test_a_page_fetches_no_more_than_its_budget(screens: Screens, path: str) -> None:
    screen = await screens.new()
    fetched: list[str] = []

    def note(response: Response) -> None:
        name = PurePosixPath(response.url.removeprefix(screen.address).split("?")[0])
        if name.suffix in {".js", ".css"}:
            fetched.append(str(name))

    screen.page.on("response", note)
    await screen.open(path)
    shown = screen.page.get_by_role("grid").or_(screen.page.get_by_role("heading", name="Front door"))
    await expect(shown).to_be_visible()
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    packed = {name: len(gzip.compress((DIST / name.lstrip("/")).read_bytes(), 9)) for name in fetched}
    assert sum(packed.values()) <= MOST_KB[path] * 1024, packed
