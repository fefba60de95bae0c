"""No space is booked twice, however many clients of a controller ask at once."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from controller.app.container import Container
from controller.bookings.diary.tables import bookings, claims
from tests.controller.running import NOW
from tests.controller.serving import serving
from tests.controller.village import API, SITE

SLOTS = [
    (NOW + timedelta(days=1, minutes=45 * turn), NOW + timedelta(days=1, minutes=45 * turn + 45)) for turn in range(20)
]


async def counted(container: Container) -> tuple[int, int]:
    async with container.database.read() as tx:
        made = (await tx.execute(select(func.count()).select_from(bookings))).scalar_one()
        held = (await tx.execute(select(func.count()).select_from(claims))).scalar_one()
    return made, held


@pytest.mark.both_databases
async def test_eight_clients_post_the_same_twenty_slots_and_twenty_are_accepted(
    any_village: httpx.AsyncClient, any_app: FastAPI, any_container: Container
) -> None:
    async with serving(any_app) as address:

        async def post_all(name: str) -> list[int]:
            headers = {"Authorization": any_village.headers["Authorization"]}
            async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30) as client:
                answers = []
                for starts, ends in SLOTS:
                    body = {"space": "hall", "title": name, "starts": starts.isoformat(), "ends": ends.isoformat()}
                    answers.append((await client.post(f"{API}/sites/{SITE}/bookings", json=body)).status_code)
                return answers

        answers = await asyncio.gather(*(post_all(f"client {number}") for number in range(8)))
    statuses = [status for each in answers for status in each]
    assert statuses.count(201) == 20
    assert statuses.count(409) == 140
    assert await counted(any_container) == (20, 20)
