"""The page with a pass: a QR code that renews, only while the booking's code opens, and that the door knows."""

from datetime import datetime, timedelta

import httpx
import pytest
import segno
from fastapi import FastAPI
from playwright.async_api import Browser

from controller.app.container import Container
from edge.wire import qr_passes
from edge.wire.access_decision import Reason
from edge.wire.credentials import Presented
from edge.wire.envelope import Signer
from tests.controller.access.asking import ask
from tests.controller.access.test_door_page import path_of, see
from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.serving import serving
from tests.controller.village import SITE, Json, act, book
from tests.digits import says

OPENS = datetime.fromisoformat("2026-11-26T17:45:00+00:00")


async def look_at(app: FastAPI, booking: Json) -> httpx.Response:
    async with stranger(app) as phone:
        return await phone.get(f"{path_of(booking)}/pass")


def token_of(container: Container, booking: Json) -> str:
    return qr_passes.issue(Signer(container.keys.signing), site=SITE, holder=booking["id"], now=container.clock.now())


async def test_it_shows_a_pass_that_opens_the_door_now_and_not_three_minutes_later(
    village: httpx.AsyncClient, app: FastAPI, container: Container, clock: ManualClock
) -> None:
    made = await book(village)
    clock.set(OPENS)
    answer = await look_at(app, made)
    token = token_of(container, made)
    assert segno.make_qr(token, error="m").svg_inline(border=4, light="#fff", omitsize=True) in answer.text
    assert '<meta http-equiv="refresh" content="60">' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "script" not in answer.text
    assert not says(answer.text, made["code"])
    shown = Presented(token=token)
    assert (await ask(container, shown, OPENS)).granted
    assert (await ask(container, shown, OPENS + timedelta(minutes=3))).reason is Reason.PASS_EXPIRED
    assert "Show a QR code" in await see(app, made)


@pytest.mark.parametrize(("minutes", "there"), [(-1, False), (0, True), (134, True), (135, False)])
async def test_there_is_a_pass_only_from_when_the_code_opens_until_the_end(
    village: httpx.AsyncClient, app: FastAPI, container: Container, clock: ManualClock, minutes: int, there: bool
) -> None:
    made = await book(village)
    clock.set(OPENS + timedelta(minutes=minutes))
    answer = await look_at(app, made)
    assert answer.status_code == 200
    assert ('class="card pass"' in answer.text) is there


async def test_a_cancelled_booking_and_an_unknown_link_have_none(
    village: httpx.AsyncClient, app: FastAPI, container: Container, clock: ManualClock
) -> None:
    made = await book(village)
    clock.set(OPENS)
    await act(village, made, "cancel")
    assert 'class="card pass"' not in (await look_at(app, made)).text
    assert (await look_at(app, {"link": "http://hub/d/nobody"})).status_code == 404


@pytest.mark.cases_full
@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_the_whole_pass_fits_the_width_of_any_phone(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, chromium: Browser, width: int
) -> None:
    made = await book(village)
    clock.set(OPENS)
    async with serving(app) as address:
        page = await chromium.new_page(viewport={"width": width, "height": 640})
        await page.goto(f"{address}{path_of(made)}/pass")
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        box = await page.locator("svg").bounding_box()
        await page.close()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["width"] >= 0.75 * min(width, 448), "as large as there is room, for a scanner in the rain"
    assert abs(box["width"] - box["height"]) < 1
