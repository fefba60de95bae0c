"""The answer of an import in lines."""

import httpx
import pytest

from tests.controller.village import API, SITE


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("parties", "name\nThe choir\nThe band\n"),
        ("holders", f"name,kind,places,from\nUna,staff,{SITE},2026-11-01\nBen,staff,{SITE},2026-11-01\n"),
        ("members", "number\nD100200300\nD100200301\n"),
    ],
)
async def test_every_import_tells_how_far_it_is(village: httpx.AsyncClient, path: str, text: str) -> None:
    answer = await village.post(f"{API}/{path}/import", content=text.encode(), params={"progress": "true"})
    *on_progress, last = answer.text.splitlines()
    assert on_progress[-1] == '{"done":2,"of":2}'
    assert '"added":2' in last
