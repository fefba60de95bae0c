"""People of a booking report what is broken; who runs the site sees it until it is done."""

import httpx
from fastapi import FastAPI

from controller.app.composition import PERSONAL_DATA
from controller.app.container import Container
from controller.bookings.problem_reports.model import MOST_OPEN
from tests.controller.access.test_door_page import path_of, words
from tests.controller.clock import ManualClock
from tests.controller.platform.uploads.test_photo import GPS, JPEG
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import Json, make_user, put_party
from tests.controller.village import API, SITE, act, book

REPORTS = f"{API}/sites/{SITE}/problem-reports"
MORNING = f"{API}/sites/{SITE}/morning"


async def listed(client: httpx.AsyncClient, **query: str) -> list[Json]:
    answer = await client.get(REPORTS, params=query)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def report(client: httpx.AsyncClient, booking: Json, text: str = "The tap drips") -> httpx.Response:
    return await client.post(f"{API}/bookings/{booking['id']}/problem-reports", json={"text": text})


async def test_by_the_link_to_manage_a_problem_is_reported_with_a_photograph(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    made = await book(village, contact_name="Mary", contact_phone="01487 555 011")
    path = f"{path_of(made)}/upload"
    async with stranger(app) as phone:
        assert "Report a problem…" in words(await phone.get(path_of(made)))
        assert "What is wrong" in words(await phone.get(path))
        short = await phone.post(path, files={"text": (None, ""), "file": ("", b"")})
        assert (short.status_code, "What is wrong must" in words(short)) == (422, True)
        broken = await phone.post(path, files={"text": (None, "Tap <b>drips</b>"), "file": ("x.jpg", b"<svg/>")})
        assert (broken.status_code, "The photograph must be" in words(broken)) == (422, True)
        assert "Tap &lt;b&gt;drips" in broken.text, "what was typed is still there"
        assert await listed(village) == []
        done = await phone.post(path, files={"text": (None, "Tap <b>drips</b>"), "file": ("x.jpg", JPEG)})
        assert done.status_code == 303
        after = await phone.get(str(done.url.join(done.headers["location"])))
        assert "It is reported. Thank you." in words(after)
    [found] = await listed(village)
    assert (found["text"], found["space_name"], found["photo"]) == ("Tap <b>drips</b>", "Hall", True)
    assert (found["contact_name"], found["contact_phone"]) == ("Mary", "01487 555 011")
    photo = await village.get(f"{REPORTS}/{found['id']}/content")
    assert (photo.headers["content-type"], GPS in photo.content) == ("image/jpeg", False)
    assert "sandbox" in photo.headers["content-security-policy"]


async def test_it_stands_on_morning_until_it_is_done_and_comes_back_when_that_is_undone(
    village: httpx.AsyncClient,
) -> None:
    made = await book(village)
    await report(village, made)
    [shown] = (await village.get(MORNING)).json()["problems"]
    assert shown["text"] == "The tap drips"
    one = f"{REPORTS}/{shown['id']}"
    for _ in range(2):
        assert (await village.put(one)).status_code == 200
    assert (await village.get(MORNING)).json()["problems"] == []
    [done] = await listed(village, done="true")
    assert (done["done_by"] != "", done["done_at"] is not None) == (True, True)
    assert (await village.delete(one)).status_code == 200
    assert [each["id"] for each in await listed(village)] == [shown["id"]]
    assert (await village.put(f"{REPORTS}/{made['id']}")).status_code == 404
    assert (await village.get(f"{one}/content")).status_code == 404


async def test_a_group_reports_with_its_account_and_sees_nobodys_reports(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    for party in ("choir", "scouts"):
        await put_party(village, party, site=SITE)
    await make_user(village, "Lee", "group_member", sites=[SITE], party="choir")
    own, other = await book(village, party="choir"), await book(village, space="studio", party="scouts")
    async with stranger(app) as page:
        assert (await report(page, own)).status_code == 401
        await page.post(f"{API}/session", json={"user": "Lee", "password": PASSWORD})
        page.headers["Origin"] = "http://hub.test"
        assert (await report(page, other)).status_code == 403
        made = (await report(page, own)).json()["id"]
        path = f"{API}/bookings/{own['id']}/problem-reports/{made}/content"
        assert (await page.put(path, content=b"%PDF-1.7")).status_code == 422
        assert (await page.put(path, content=JPEG)).status_code == 200
        assert (await page.put(path, content=JPEG)).status_code == 409, "it takes one"
        for refused in (REPORTS, f"{REPORTS}/{made}/content"):
            assert (await page.get(refused)).status_code == 403
        assert (await page.put(f"{REPORTS}/{made}")).status_code == 403
    [found] = await listed(village)
    assert (found["id"], found["photo"]) == (made, True)


async def test_nobody_floods_the_list_or_reports_about_what_is_long_over(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    made, gone = await book(village), await book(village, space="studio")
    for number in range(MOST_OPEN):
        assert (await report(village, made, f"Problem {number}")).status_code == 201
    assert (await report(village, made)).status_code == 409
    await village.put(f"{REPORTS}/{(await listed(village))[0]['id']}")
    assert (await report(village, made)).status_code == 201
    await act(village, gone, "cancel")
    assert (await report(village, gone)).status_code == 409
    clock.advance(days=9)
    assert (await report(village, made)).status_code == 409


async def test_a_photograph_comes_within_an_hour(village: httpx.AsyncClient, clock: ManualClock) -> None:
    made = await book(village)
    first = (await report(village, made)).json()["id"]
    clock.advance(hours=1)
    late = await village.put(f"{API}/bookings/{made['id']}/problem-reports/{first}/content", content=JPEG)
    assert late.status_code == 409


async def test_a_forgotten_party_leaves_no_report(village: httpx.AsyncClient, container: Container) -> None:
    await put_party(village, "choir", site=SITE)
    await report(village, await book(village, party="choir"))
    await report(village, await book(village, space="studio"), "Of somebody else")
    async with container.database.write() as tx:
        for forget in PERSONAL_DATA.forget:
            await forget(tx, "choir", "Ada", container.clock.now())
    assert [each["text"] for each in await listed(village)] == ["Of somebody else"]
