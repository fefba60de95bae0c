"""What the page about finding a space shows is what is answered."""

import re
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.controller.village import API, SITE, book

PAGE = (Path(__file__).parents[3] / "docs" / "finding-a-space.md").read_text(encoding="utf-8")
CALL = re.compile(r'"\$HALLKEEPER(?P<path>/[^"]*)"(?: --json \'(?P<body>[^\']*)\')?')
CALLS = [CALL.search(block) for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)]


@pytest.fixture
async def ramsey(village: httpx.AsyncClient) -> httpx.AsyncClient:
    """As the page has it."""
    site = {"name": "Ramsey Hub", "zone": "Europe/London", "latitude": 52.4487, "longitude": -0.1096}
    spaces = {
        "": site,
        "/spaces/east": {"name": "East half", "capacity": 30},
        "/spaces/west": {"name": "West half", "capacity": 30},
        "/spaces/hall": {
            "name": "Hall",
            "parts": ["east", "west"],
            "capacity": 60,
            "step_free": True,
            "cleardown_min": 30,
        },
        "/spaces/studio": {"name": "Studio", "capacity": 40, "step_free": True},
        "/spaces/yard": {"name": "Yard", "bookable": False},
    }
    for path, body in spaces.items():
        answer = await village.put(f"{API}/sites/{SITE}{path}", json=body)
        assert answer.is_success, answer.text
    await book(village)
    return village


@pytest.mark.cases_full
async def test_the_calls_of_the_page_are_answered_as_it_says(ramsey: httpx.AsyncClient) -> None:
    free, found, instead, series = [await _made(ramsey, call) for call in CALLS]

    times = {each["space"]: [_hours(time) for time in each["free"]] for each in free["spaces"]}
    halves = ["17:00 to 18:00", "20:30 to 23:00"]
    assert times == {"hall": ["20:30 to 23:00"], "east": halves, "west": halves, "studio": ["17:00 to 23:00"]}
    assert found["items"][0]["text"] in _told()
    assert instead["reasons"][0]["text"] in _told()
    assert instead["items"][0]["space"] == "studio"
    assert any(each["text"] in _told() for each in instead["items"])
    taken = {each["space"]: (each["taken"], each["dates"]) for each in series["items"]}
    assert (taken["studio"], taken["hall"]) == ((12, 12), (11, 12))


async def _made(client: httpx.AsyncClient, call: re.Match[str] | None) -> Any:
    assert call is not None
    body = call["body"]
    answer = await client.request(
        "POST" if body else "GET", call["path"], json=msgspec.json.decode(body) if body else None
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def _hours(time: dict[str, str]) -> str:
    return f"{time['starts'][11:16]} to {time['ends'][11:16]}"


def _told() -> str:
    return " ".join(PAGE.split())
