"""The page behind the link in the message: plain, complete, cancelled in two steps, its link in no log."""

import base64
import hashlib
import logging
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI
from playwright.async_api import Browser, Page

from controller.access.code_generation import spoken
from controller.app.container import Container
from controller.bookings.diary.policy import Policy, ReleaseRule
from tests.controller.access.test_access import go_offline
from tests.controller.bookings.hearing import hear
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.serving import serving
from tests.controller.village import Json, act, apply_plan, book, change, compile_plan, look
from tests.digits import says


def path_of(booking: Json) -> str:
    return str(httpx.URL(booking["link"]).path)


async def see(app: FastAPI, booking: Json) -> str:
    async with stranger(app) as phone:
        answer = await phone.get(path_of(booking))
    assert answer.status_code == 200
    return words(answer)


def words(answer: httpx.Response) -> str:
    body = answer.text.partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def test_it_shows_code_window_doors_and_whom_to_ring(
    village: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    made = await book(village)
    await compile_plan(container, 1)
    await apply_plan(container, 1, ("front-door",))
    text = await see(app, made)
    assert spoken(made["code"]) in text
    assert "Thu 26 Nov, 18:00 to 20:00" in text
    assert "The code works from 17:45 until 20:15." in text
    assert "Hall, Ramsey Hub" in text
    assert "Front door : on the door since 12:00" in text
    assert "Side door : not on the door yet" in text
    assert "Until the code is on the door, it does not open it." in text
    assert "Ring 01487 555 010" in text


async def test_it_says_when_the_code_works_now(village: httpx.AsyncClient, app: FastAPI, clock: ManualClock) -> None:
    made = await book(village)
    clock.advance(hours=30)
    assert "The code works now, until 20:15." in await see(app, made)


async def test_it_warns_that_the_room_will_be_released(
    village: httpx.AsyncClient, app: FastAPI, container: Container, clock: ManualClock
) -> None:
    kept = await book(village, space="yard")
    await put_policy(container, Policy(release=(ReleaseRule(after_min=20, warn_min=10, spaces=("hall",)),)))
    made = await book(village)
    assert "Cancelled if nobody arrives by 18:20." in await see(app, made)
    clock.advance(hours=30, minutes=10)
    await hear(container, clock.now())
    await container.no_shows.look()
    warned = "Nobody has arrived yet. Cancelled if nobody arrives by 18:20."
    assert warned in await see(app, made)
    assert warned in (await look(village, made))["message"]
    assert "ancelled if nobody" not in await see(app, kept)
    await act(village, made, "check-in")
    assert "ancelled if nobody" not in await see(app, made)


async def test_a_cancelled_or_finished_booking_shows_no_code(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    gone = await book(village)
    over = await book(village, space="studio", title="Yoga")
    await act(village, gone, "cancel")
    text = await see(app, gone)
    assert "Choir is cancelled" in text
    assert not says(text, gone["code"])
    clock.advance(days=2)
    text = await see(app, over)
    assert "Yoga is over" in text
    assert not says(text, over["code"])
    assert "Cancel" not in text


async def test_a_space_without_doors_says_so(village: httpx.AsyncClient, app: FastAPI) -> None:
    assert "No door on the way in needs a code." in await see(app, await book(village, space="yard"))


@pytest.mark.parametrize("token", ["Zq", "A" * 22, "A" * 200, "%00Zq", "Z%C3%BCq"])
async def test_an_unknown_link_says_so_and_repeats_nothing(
    village: httpx.AsyncClient, app: FastAPI, token: str
) -> None:
    async with stranger(app) as phone:
        for method in ("GET", "POST"):
            answer = await phone.request(method, f"/d/{token}")
            assert answer.status_code == 404
            assert "This link belongs to no booking" in answer.text
            assert token not in answer.text
            assert unquote(token) not in answer.text


@pytest.mark.parametrize("path", ["/d/Zq..%2fZq", "/d/Zq/Zq", "/d/" + "Zq" * 101])
async def test_a_link_that_cannot_be_one_is_refused_and_not_repeated(
    village: httpx.AsyncClient, app: FastAPI, path: str
) -> None:
    async with stranger(app) as phone:
        for method in ("GET", "POST", "PUT"):
            answer = await phone.request(method, path)
            assert answer.status_code in (404, 405, 422)
            assert "Zq" not in answer.text


async def test_it_is_not_referred_and_runs_nothing_but_its_worker(village: httpx.AsyncClient, app: FastAPI) -> None:
    made = await book(village)
    async with stranger(app) as phone:
        answer = await phone.get(path_of(made))
        head = await phone.head(path_of(made))
    assert head.status_code == 200
    assert answer.headers["referrer-policy"] == "no-referrer"
    [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"default-src 'none'; style-src 'sha256-{digest}';" in policy
    assert "frame-ancestors 'none'" in policy
    [script] = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'; worker-src 'self';" in policy
    assert script.startswith('navigator.serviceWorker?.register("worker.js")')
    assert "set-cookie" not in answer.headers
    assert "src=" not in answer.text


def check_of(answer: httpx.Response) -> str:
    [check] = re.findall(r'name="check" value="([^"]+)"', answer.text)
    return str(check)


async def test_cancelling_takes_two_steps_without_a_cookie(village: httpx.AsyncClient, app: FastAPI) -> None:
    made = await book(village)
    path = path_of(made)
    async with stranger(app) as phone:
        asked = await phone.post(path, data={"step": "ask"})
        assert "Cancel Choir?" in words(asked)
        assert (await look(village, made))["status"] == "confirmed"
        done = await phone.post(path, data={"step": "cancel", "check": check_of(asked)})
        assert "Choir is cancelled" in words(done)
        again = await phone.post(path, data={"step": "cancel", "check": check_of(asked)})
        assert "Choir is cancelled" in words(again)
    assert (await look(village, made))["status"] == "cancelled"


async def test_a_cancel_while_the_door_is_offline_shows_before_and_after_what_the_code_still_opens(
    village: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    made = await book(village, space="studio", starts="2026-11-25T18:00", ends="2026-11-25T21:45")
    await compile_plan(container, 1)
    await apply_plan(container, 1)
    await go_offline(container, "pi-front", 60)
    path = path_of(made)
    opens = "its code still opens Front door until 22:00 (offline since 11:00)."
    async with stranger(app) as phone:
        asked = await phone.post(path, data={"step": "ask"})
        assert f"once cancelled, {opens}" in words(asked)
        assert "stops working" not in words(asked)
        done = await phone.post(path, data={"step": "cancel", "check": check_of(asked)})
        assert f"Cancelled, but {opens}" in words(done)


async def test_a_cancel_within_reach_says_that_the_code_stops_and_when_it_has(
    village: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    made = await book(village, space="studio")
    await compile_plan(container, 1)
    await apply_plan(container, 1)
    async with stranger(app) as phone:
        asked = await phone.post(path_of(made), data={"step": "ask"})
        assert "the door code stops working." in words(asked)
        await phone.post(path_of(made), data={"step": "cancel", "check": check_of(asked)})
    await compile_plan(container, 2)
    await apply_plan(container, 2)
    assert "Cancelled; code off the door since 12:00." in await see(app, made)


async def test_a_cancel_without_the_pages_own_token_does_nothing(village: httpx.AsyncClient, app: FastAPI) -> None:
    made = await book(village)
    path = path_of(made)
    async with stranger(app) as phone:
        for form in ({"step": "cancel"}, {"step": "cancel", "check": "A" * 22}, {"step": "cancel", "check": "ü"}):
            answer = await phone.post(path, data=form)
            assert "has changed meanwhile" in words(answer)
        asked = await phone.post(path, data={"step": "ask"})
        await change(village, made, title="Singers")
        stale = await phone.post(path, data={"step": "cancel", "check": check_of(asked)})
        assert "has changed meanwhile" in words(stale)
        await phone.post(path, content=b"\xff\x00", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (await look(village, made))["status"] == "confirmed"


async def test_titles_are_shown_as_text(village: httpx.AsyncClient, app: FastAPI) -> None:
    made = await book(village, title="<script>alert(1)</script> & Co")
    async with stranger(app) as phone:
        answer = await phone.get(path_of(made))
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_the_link_is_in_no_log_line(
    village: httpx.AsyncClient, app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    made = await book(village)
    token = path_of(made).rsplit("/", 1)[1]
    with caplog.at_level(logging.DEBUG):
        async with stranger(app) as phone:
            await phone.get(path_of(made))
            await phone.post(path_of(made), data={"step": "ask"})
            await phone.put(path_of(made))
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert ours
    for record in ours:
        assert token not in repr(record.__dict__)


@pytest.mark.cases_full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["none", "active"])
async def test_it_is_accessible_fits_a_small_phone_and_prints(
    village: httpx.AsyncClient, app: FastAPI, chromium: Browser, tmp_path: Path, scheme: str, forced: str
) -> None:
    made = await book(village, title="Saturday morning singers of the three villages")
    async with serving(app) as address:
        context = await chromium.new_context(
            color_scheme=scheme,  # type: ignore[arg-type]  # a literal from the parameters above
            forced_colors=forced,  # type: ignore[arg-type]  # likewise
            viewport={"width": 320, "height": 640},
        )
        page = await context.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        await page.goto(address + path_of(made))
        await clean(page, tmp_path / f"{scheme}-{forced}.png")
        await page.get_by_role("button", name="Cancel this booking").click()
        await page.get_by_role("heading", name="Cancel Saturday").wait_for()
        await clean(page, tmp_path / "confirm.png")
        await page.get_by_role("button", name="No, keep it").click()
        assert await page.get_by_text("Door code", exact=True).is_visible()
        await page.emulate_media(media="print")
        assert not await page.get_by_role("button", name="Cancel this booking").is_visible()
        assert [error for error in errors if "favicon" not in error] == []
        await context.close()


async def clean(page: Page, site_config: Path) -> None:
    """No fault that axe finds, nothing sideways."""
    await page.screenshot(path=site_config, full_page=True)
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
