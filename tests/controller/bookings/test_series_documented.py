"""docs/series.md names every mark, effect and choice, and its examples run as they stand."""

import re
from pathlib import Path

import httpx
import pytest

from controller.bookings.series.model import DateAction, DateEffect, DateStatus, Otherwise
from tests.controller.village import API, SITE

PAGE = (Path(__file__).parents[3] / "docs" / "series.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("word", sorted({*DateStatus, *DateEffect, *DateAction, *Otherwise}))
def test_every_word_is_explained(word: str) -> None:
    assert re.search(rf"`{word}`|\"{word}\"", PAGE)


async def test_its_examples_book_a_series_and_tell_of_a_change(village: httpx.AsyncClient) -> None:
    new, change = EXAMPLES
    json = {"content-type": "application/json"}
    made = await village.post(f"{API}/sites/{SITE}/series", content=new, headers=json)
    assert made.status_code == 201, made.text
    assert len(made.json()["bookings"]) == 8
    told = await village.patch(f"{API}/series/{made.json()['id']}", content=change, headers=json)
    assert told.status_code == 200, told.text
    effects = {each["date"]: each["effect"] for each in told.json()["dates"]}
    assert (effects["2026-12-15"], effects["2027-01-05"]) == ("nothing", "change")
