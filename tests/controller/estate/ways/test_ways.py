"""The ways to a site and its doors: who writes them, who sees them, and that photographs say no more than they show."""

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.access.test_door_page import path_of, words
from tests.controller.platform.uploads.test_photo import GPS, JPEG, jpeg, png
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import make_user, put_party
from tests.controller.village import API, SITE, Json, book

WAYS = f"{API}/sites/{SITE}/ways"
OURS = {"Origin": "http://hub.test"}
TEXT = {"text": "Past the war memorial, <b>left</b> of the chapel.", "step_free": "The ramp is behind the car park."}


async def write(client: httpx.AsyncClient, door: str = "", **changes: object) -> Json:
    where = {"door": door} if door else {}
    answer = await client.put(WAYS, params=where, json=TEXT | {"version": 0} | changes)
    assert answer.status_code == 200, answer.text
    made: Json = answer.json()
    return made


async def test_the_way_to_the_building_and_to_a_rooms_doors_stands_on_the_page_of_its_link(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    await write(village)
    await write(village, "side-door", text="Round the back.")
    in_hall, in_studio = await book(village), await book(village, space="studio")
    async with stranger(app) as phone:
        hall = await phone.get(path_of(in_hall))
        studio = words(await phone.get(httpx.URL(in_studio["show_link"]).path))
    assert "Past the war memorial, <b>left</b> of the chapel. Without steps : The ramp" in words(hall)
    assert "<b>" not in hall.text
    assert "Round the back." in words(hall)
    assert "Past the war memorial" in studio
    assert "Round the back." not in studio, "the studio has no side door"
    listed = (await village.get(WAYS)).json()["items"]
    assert [each["door"] for each in listed] == [None, "side-door"]


async def test_a_photograph_is_kept_without_where_it_was_taken_and_opens_by_the_link(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    sent = await village.put(f"{WAYS}/content", params={"door": "side-door"}, content=JPEG)
    assert sent.status_code == 200, sent.text
    made = await book(village)
    async with stranger(app) as phone:
        page = await phone.get(path_of(made))
        assert f'/photo?door=side-door&amp;photo={sent.json()["photo"]}"' in page.text
        shown = await phone.get(f"{path_of(made)}/photo", params={"door": "side-door"})
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
        assert GPS not in shown.content
        assert "sandbox" in shown.headers["content-security-policy"]
        for path, door in ((path_of(made), "front-door"), (path_of(made), "nowhere"), ("/d/no", "")):
            assert (await phone.get(f"{path}/photo", params={"door": door})).status_code == 404
        assert (await phone.get(f"{WAYS}/content", params={"door": "side-door"})).status_code == 401
        await village.post(f"{API}/bookings/{made['id']}/cancel")
        assert (await phone.get(f"{path_of(made)}/photo", params={"door": "side-door"})).status_code == 404
    assert (await village.delete(f"{WAYS}/content", params={"door": "side-door"})).status_code == 204
    assert (await village.get(WAYS)).json()["items"] == []


async def test_what_is_no_photograph_or_of_no_door_is_refused(village: httpx.AsyncClient) -> None:
    for content in (b"", b"<svg/>", b"%PDF-1.7", JPEG[:-30], jpeg(b"")[:40]):
        assert (await village.put(f"{WAYS}/content", content=content)).status_code == 422
    assert (await village.put(f"{WAYS}/content", content=JPEG + b"x" * 6_000_000)).status_code == 413
    assert (await village.put(f"{WAYS}/content", params={"door": "no-door"}, content=JPEG)).status_code == 404
    assert (await village.put(WAYS, params={"door": "no-door"}, json=TEXT | {"version": 0})).status_code == 404
    await write(village)
    assert (await village.put(WAYS, json=TEXT | {"version": 0})).status_code == 409


@pytest.mark.cases_full
async def test_who_runs_the_site_writes_them_on_a_page_and_nobody_else(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    await put_party(village, "choir", site=SITE)
    await make_user(village, "Max", "manager", sites=[SITE])
    await make_user(village, "Lee", "group_leader", sites=[SITE], party="choir")
    path = f"/ways/upload?site={SITE}"
    form = TEXT | {"door": "front-door", "version": "0"}
    async with stranger(app) as page:
        assert (await page.get(f"/ways?site={SITE}")).status_code == 403
        await page.post(f"{API}/session", json={"user": "Lee", "password": PASSWORD})
        assert (await page.get(f"/ways?site={SITE}")).status_code == 403
        assert (await page.post(path, data=form, headers=OURS)).status_code == 403
    async with stranger(app) as page:
        await page.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
        foreign = await page.post(path, data=form, headers={"Origin": "http://evil.test"})
        assert foreign.status_code == 403
        photo = {"file": ("way.png", png())}
        done = await page.post(path, data=form, files=photo, headers=OURS, follow_redirects=True)
        assert "Kept." in words(done)
        assert "left&lt;/b&gt;" in done.text
        assert "ways/content?photo=1&amp;door=front-door" in done.text
        broken = await page.post(path, data=form | {"text": "Lost"}, files={"file": ("x.jpg", b"x")}, headers=OURS)
        assert broken.status_code == 409
        assert "since you read it" in broken.text
        assert "Lost" in broken.text, "what was typed is still there"
        version = (await village.get(WAYS)).json()["items"][0]["version"]
        form |= {"version": str(version), "remove": "yes"}
        await page.post(path, data=form, files={"file": ("", b"")}, headers=OURS)
    assert [each["photo"] for each in (await village.get(WAYS)).json()["items"]] == [None]
