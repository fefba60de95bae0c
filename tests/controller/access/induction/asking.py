"""An induction that tests write."""

from typing import Any

import httpx

from tests.controller.signin.signing import API, Json
from tests.controller.village import SITE

PATH = f"{API}/sites/{SITE}/induction"
FIRE: Json = {
    "text": "Where do you meet when there is a fire?",
    "choices": ["In the car park", "At the war memorial"],
    "right": 2,
    "because": "The car park is for the fire engine.",
}
LIGHTS: Json = {
    "text": "Who turns off the lights?",
    "choices": ["Nobody", "The last one out", "The council"],
    "right": 2,
}
DRAFT: Json = {
    "sections": [{"heading": "If there is a fire", "text": "Leave by the nearest door."}],
    "questions": [FIRE, LIGHTS],
    "pass_percent": 100,
    "valid_months": 12,
}


async def write(client: httpx.AsyncClient, **changes: Any) -> Json:
    """Write it, over the version that is there."""
    before = await client.get(PATH)
    version = before.json()["version"] if before.is_success else 0
    answer = await client.put(PATH, json=DRAFT | changes | {"version": version})
    assert answer.is_success, answer.text
    written: Json = answer.json()
    return written


async def take(client: httpx.AsyncClient, answers: list[int], status: int = 201, version: int = 1) -> Json:
    answer = await client.post(f"{PATH}/results", json={"version": version, "answers": answers})
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body
