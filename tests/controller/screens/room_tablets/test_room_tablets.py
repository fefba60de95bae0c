"""A tablet beside a room's door shows its room, acts for who types a code, and is let in nowhere else."""

import logging
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from msgspec.structs import replace
from sqlalchemy import select, text, update

from controller.app.container import Container
from controller.app.idempotency import idempotency
from controller.bookings.diary.model import HIRE_PAGE
from controller.bookings.diary.policy import ApprovalRule, HirePolicy, Policy
from controller.bookings.diary.tables import bookings
from controller.bookings.problem_reports.model import MOST_OPEN
from controller.people.tables import sign_in_failures
from controller.records.audit.tables import audit_rows
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.people.route_rights import rows
from tests.controller.running import BASE_URL, stranger
from tests.controller.signin.signing import put_party
from tests.controller.village import API, SITE, Json, act, book, code_of, look
from tests.digits import says

NOW = "2026-11-25T12:00"
ROOM = f"{API}/room-tablet"
RULES = Policy(rules=(ApprovalRule(name="all"),), tablet_end=True, tablet_book=True)


ASKED = {"from": "2026-11-25", "to": "2026-12-12", "text": "zz"}


def no_such(name: str) -> str:
    """A value of a path parameter that names nothing."""
    if name == "day":
        return "2026-11-26"
    return "0" * 36 if name.endswith("_id") or name in ("command", "notice", "closure", "display") else "zzz"


async def paired(client: httpx.AsyncClient, device: httpx.AsyncClient, space: str = "hall") -> Json:
    body = {"kind": "room", "name": f"{space} door", "space": space}
    made: Json = (await client.post(f"{API}/sites/{SITE}/displays", json=body)).json()
    answer = await device.post(f"{API}/displays/pair", json={"code": made["code"]})
    assert answer.status_code == 201, answer.text
    return made


@pytest.fixture
async def tablet(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Paired with the hall, where all that fits is confirmed; the choir is a group."""
    await put_party(village, "choir", name="Upwood Choir")
    await put_policy(app.state.container, RULES)
    async with stranger(app) as device:
        device.headers["Origin"] = BASE_URL
        await paired(village, device)
        yield device


async def running(village: httpx.AsyncClient, **more: object) -> tuple[Json, str]:
    """A booking of the choir that has begun, and its code."""
    fields = {"starts": "2026-11-25T11:30", "ends": "2026-11-25T13:00", "party": "choir"} | more
    made = await book(village, **fields)
    return made, await code_of(village, made)


async def send(tablet: httpx.AsyncClient, what: str, code: str, status: int = 200, **more: object) -> Json:
    answer = await tablet.post(f"{ROOM}/{what}", json={"code": code} | more)
    assert answer.status_code == status, answer.text
    said: Json = answer.json()
    return said


async def test_it_shows_what_takes_the_room_and_no_name(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container
) -> None:
    await running(village, contact_name="Mrs Quagga")
    await book(village, space="studio", starts="2026-11-25T12:00", ends="2026-11-25T13:00", title="Elsewhere")
    quiz = {"title": "Quiz", "listed_as": "Quiz night", "public": True, "party": "choir"}
    await book(village, starts="2026-11-25T18:00", ends="2026-11-25T20:00", **quiz)
    shown = (await tablet.get(ROOM)).json()
    assert (shown["site"], shown["space"], shown["zone"]) == ("Ramsey Hub", "Hall", "Europe/London")
    assert [(each["starts"][11:16], each["who"], each["sure"]) for each in shown["taken"]] == [
        ("11:30", "", True),
        ("18:00", "Quiz night", True),
    ]
    assert "Choir" not in str(shown)
    assert "Quagga" not in str(shown)
    await put_policy(container, Policy(rules=RULES.rules, tablet_names=True))
    named = (await tablet.get(ROOM)).json()["taken"]
    assert [each["who"] for each in named] == ["Upwood Choir", "Quiz night"]


async def test_no_person_is_named(village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container) -> None:
    await put_policy(container, Policy(rules=RULES.rules, tablet_names=True))
    await put_party(village, "mary", kind="person", name="Mary Holloway")
    await running(village, party="mary")
    assert (await tablet.get(ROOM)).json()["taken"][0]["who"] == ""


@pytest.mark.parametrize("public", [False, True])
async def test_the_title_in_the_diary_is_never_shown(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container, *, public: bool
) -> None:
    await put_party(village, "mary", kind="person", name="Mary Holloway")
    await running(village, title="Mary H chemotherapy party", listed_as="Private party", public=public, party="mary")
    title = {"title": "Mary H, another", "public": public, "party": "mary"}
    await book(village, starts="2026-11-25T18:00", ends="2026-11-25T20:00", **title)
    for names in (False, True):
        await put_policy(container, Policy(rules=RULES.rules, tablet_names=names))
        shown = (await tablet.get(ROOM)).json()
        assert "Mary" not in str(shown)
        assert [each["who"] for each in shown["taken"]] == ["Private party" if public else "", ""]


async def test_a_booking_of_the_whole_takes_its_part(village: httpx.AsyncClient, tablet: httpx.AsyncClient) -> None:
    whole = {"name": "Whole", "doors": ["front-door"], "parts": ["hall", "studio"]}
    assert (await village.put(f"{API}/sites/{SITE}/spaces/whole", json=whole)).is_success
    _, code = await running(village, space="whole")
    assert len((await tablet.get(ROOM)).json()["taken"]) == 1
    assert (await send(tablet, "check-in", code))["text"] == "Checked in, until 13:00"


async def test_a_check_in_counts_as_presence(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container
) -> None:
    made, code = await running(village)
    for _ in range(2):
        await send(tablet, "check-in", code)
    seen = await look(village, made)
    assert (seen["arrived_how"], seen["arrived_at"] is None) == ("tablet", False)
    assert (await tablet.get(ROOM)).json()["taken"][0]["arrived"] is True
    log = (await village.get(f"{API}/bookings/{made['id']}/log")).json()["items"]
    assert [each["actor"][:8] for each in log if each["what"] == "check in"] == ["display:"]


async def test_a_code_counts_in_its_own_window_and_at_its_own_doors(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, clock: ManualClock
) -> None:
    made, code = await running(village, starts="2026-11-25T14:00", ends="2026-11-25T15:00")
    early = await send(tablet, "check-in", code, 403)
    unknown = await send(tablet, "check-in", "400000", 403)
    assert early == unknown, "nobody learns which codes there are"
    clock.advance(hours=1, minutes=50)
    await send(tablet, "check-in", code)
    await village.post(f"{API}/bookings/{made['id']}/cancel", json={})
    await send(tablet, "check-in", code, 403)


async def test_a_code_of_another_room_is_told_which(village: httpx.AsyncClient, tablet: httpx.AsyncClient) -> None:
    _, code = await running(village, space="studio")
    said = await send(tablet, "check-in", code, 409)
    assert said["detail"] == "this code is for Studio, Wed 25 Nov, 11:30 to 13:00; this is Hall"
    assert (await send(tablet, "end", code, 409))["type"].endswith("nothing-runs")


async def test_the_half_hour_after_a_booking_makes_it_longer(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient
) -> None:
    made, code = await running(village)
    offer = await send(tablet, "offer", code)
    assert (offer["starts"][11:16], offer["ends"][11:16], offer["longer"]) == ("13:00", "13:30", True)
    assert offer["price"]
    assert (await look(village, made))["ends"][11:16] == "13:00", "an offer books nothing"
    for _ in range(2):
        done = await send(tablet, "bookings", code, starts=offer["starts"])
        assert done == {"text": "Booked until 13:30. Your code stays the same", "code": ""}
    assert (await look(village, made))["ends"][11:16] == "13:30"
    await send(tablet, "check-in", code)


async def test_a_free_room_is_booked_for_the_group_of_the_code(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient
) -> None:
    _, code = await running(village, space="studio", contact_name="Mary")
    offer = await send(tablet, "offer", code)
    assert (offer["starts"][11:16], offer["ends"][11:16], offer["longer"]) == ("12:01", "12:31", False)
    done = await send(tablet, "bookings", code, starts=offer["starts"])
    assert done["text"] == "Booked, 12:01 to 12:31"
    again = await send(tablet, "bookings", code, starts=offer["starts"])
    assert again == done
    query = {"from": NOW, "to": "2026-11-25T13:00", "space": "hall"}
    [made] = (await village.get(f"{API}/sites/{SITE}/bookings", params=query)).json()["items"]
    assert (made["party"]["id"] if isinstance(made["party"], dict) else made["party"]) == "choir"
    assert (made["contact_name"], made["arrived_how"]) == ("Mary", "tablet")
    assert await code_of(village, made) == done["code"].replace(" ", "")


async def test_a_clash_is_told_without_the_name_of_another(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient
) -> None:
    _, code = await running(village)
    await put_party(village, "scouts", name="Scouts")
    await book(village, starts="2026-11-25T13:10", ends="2026-11-25T14:00", title="Zanzibar", party="scouts")
    said = await send(tablet, "offer", code, 409)
    assert said["type"].endswith("clash")
    assert "Zanzibar" not in str(said)
    assert (await send(tablet, "bookings", code, 409, starts="2026-11-25T13:00"))["type"].endswith("clash")


async def test_what_the_rules_would_leave_to_staff_is_not_booked(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container
) -> None:
    made, code = await running(village)
    await put_policy(container, Policy(tablet_end=True, tablet_book=True))
    assert (await send(tablet, "offer", code, 409))["type"].endswith("needs-staff")
    assert (await send(tablet, "bookings", code, 409, starts=made["ends"]))["type"].endswith("needs-staff")
    assert (await look(village, made))["status"] == "confirmed"
    await send(tablet, "end", code)
    studio, other = await running(village, space="studio")
    assert (await send(tablet, "offer", other, 409))["type"].endswith("needs-staff")
    await act(village, studio, "cancel")
    _, none = await running(village, space="studio", party=None)
    assert (await send(tablet, "offer", none, 409))["type"].endswith("no-group")


async def hirer(village: httpx.AsyncClient, container: Container, space: str) -> tuple[Json, str]:
    """A booking from the hire page that a manager has approved and that is on, and its code."""
    made, code = await running(village, space=space)
    async with container.database.write() as tx:
        its = bookings.c.id == made["id"]
        await tx.execute(update(bookings).where(its).values(created_by=HIRE_PAGE, state_before="held"))
    return made, code


@pytest.mark.parametrize("confirms", [False, True])
async def test_a_hirer_gets_no_room_and_no_time_without_a_manager(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container, *, confirms: bool
) -> None:
    await put_policy(container, replace(RULES, hire=HirePolicy(terms="No candles.", confirms=confirms)))
    _, code = await hirer(village, container, "studio")
    assert (await send(tablet, "offer", code, 409))["type"].endswith("needs-staff")
    assert (await send(tablet, "bookings", code, 409, starts="2026-11-25T12:01"))["type"].endswith("needs-staff")
    made, other = await hirer(village, container, "hall")
    assert (await send(tablet, "offer", other, 409))["type"].endswith("needs-staff")
    assert (await send(tablet, "bookings", other, 409, starts=made["ends"]))["type"].endswith("needs-staff")
    assert (await look(village, made))["ends"] == made["ends"]


async def test_a_code_only_checks_in_unless_the_site_lets_it_do_more(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container
) -> None:
    made, code = await running(village)
    await put_policy(container, Policy(rules=RULES.rules))
    shown = (await tablet.get(ROOM)).json()
    assert (shown["may_end"], shown["may_book"]) == (False, False)
    for typed in (code, "400000"):
        for what, more in (("end", {}), ("offer", {}), ("bookings", {"starts": made["ends"]})):
            assert (await send(tablet, what, typed, 409, **more))["type"].endswith("not-at-tablet")
    await send(tablet, "check-in", code)
    assert (await look(village, made))["ends"] == made["ends"]


async def test_ending_early_frees_the_rest(village: httpx.AsyncClient, tablet: httpx.AsyncClient) -> None:
    made, code = await running(village, party=None)
    assert (await send(tablet, "end", code))["text"] == "Ended at 12:00. The room is free for others then"
    assert (await look(village, made))["ends"][11:16] == "12:00"
    assert (await tablet.get(ROOM)).json()["taken"] == []
    await book(village, starts="2026-11-25T12:00", ends="2026-11-25T13:00")


async def reported(village: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    """Of which booking, in which room and what, as Morning has it."""
    shown = (await village.get(f"{API}/sites/{SITE}/morning")).json()["problems"]
    return sorted((each["booking_id"], each["space_name"], each["text"]) for each in shown)


async def test_a_problem_is_reported_by_a_right_code_whatever_else_the_site_allows(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container
) -> None:
    await put_policy(container, Policy())
    whole = {"name": "Whole", "doors": ["front-door"], "parts": ["hall", "studio"]}
    assert (await village.put(f"{API}/sites/{SITE}/spaces/whole", json=whole)).is_success
    made, code = await running(village, space="whole", contact_name="Mrs Quagga")
    assert (await tablet.post(f"{ROOM}/report", json={"about": "light"})).status_code == 422, "never without a code"
    await send(tablet, "report", "400000", 403, about="light")
    await send(tablet, "report", code, 422, about="neighbours")
    await send(tablet, "report", code, 422, about="light", text="x" * 201)
    assert await reported(village) == []
    for _ in range(2):
        done = await send(tablet, "report", code, about="light", text=" The left one flickers ")
        assert done == {"text": "Reported. The staff will see it", "code": ""}
    await send(tablet, "report", code, about="something_else")
    here = (made["id"], "Hall")
    assert await reported(village) == [(*here, "Light: The left one flickers"), (*here, "Something else")]
    [first, _] = (await village.get(f"{API}/sites/{SITE}/morning")).json()["problems"]
    assert first["contact_name"] == "Mrs Quagga"


@pytest.mark.cases_full
async def test_a_sixth_problem_of_a_booking_is_refused_until_one_is_done(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient
) -> None:
    _, code = await running(village)
    for number in range(MOST_OPEN):
        await send(tablet, "report", code, about="door", text=f"Screw {number}")
    refused = await send(tablet, "report", code, 409, about="toilet")
    assert refused["detail"] == "5 problems of this booking wait for the staff already; ring them instead"
    await send(tablet, "report", code, about="door", text="Screw 0")
    assert len(await reported(village)) == MOST_OPEN
    [first, *_] = (await village.get(f"{API}/sites/{SITE}/morning")).json()["problems"]
    await village.put(f"{API}/sites/{SITE}/problem-reports/{first['id']}")
    await send(tablet, "report", code, about="toilet")
    assert len(await reported(village)) == MOST_OPEN


async def test_a_problem_is_reported_at_the_room_s_own_tablet(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient
) -> None:
    _, code = await running(village, space="studio")
    assert (await send(tablet, "report", code, 409, about="heating"))["type"].endswith("other-room")
    assert await reported(village) == []


async def test_wrong_codes_of_reports_count_with_the_others(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient
) -> None:
    _, code = await running(village)
    for number in range(5):
        await send(tablet, "report", f"40000{number}", 403, about="door")
    await send(tablet, "report", code, 429, about="door")
    await send(tablet, "check-in", code, 429)


async def test_wrong_codes_are_followed_by_a_wait_that_a_right_one_does_not_end(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    _, code = await running(village)
    for number in range(4):
        await send(tablet, "check-in", f"40000{number}", 403)
    await send(tablet, "check-in", code)
    await send(tablet, "end", "400009", 403)
    locked = await tablet.post(f"{ROOM}/check-in", json={"code": code})
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "30")
    async with stranger(app) as other:
        other.headers["Origin"] = BASE_URL
        await paired(village, other)
        await send(other, "check-in", code)
    clock.advance(seconds=31)
    await send(tablet, "check-in", code)
    await send(tablet, "check-in", "400008", 403)
    assert (await tablet.post(f"{ROOM}/check-in", json={"code": code})).headers["Retry-After"] == "60"
    clock.advance(hours=3)
    await send(tablet, "check-in", "400007", 403)
    await send(tablet, "check-in", code, 403)  # it is over by now, and after three quiet hours no try waits


async def test_a_code_is_neither_stored_nor_logged(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _, code = await running(village)
    wrong = "407193"
    for typed, status in ((code, 200), (wrong, 403)):
        answer = await tablet.post(f"{ROOM}/check-in", json={"code": typed}, headers={"Idempotency-Key": "a"})
        assert answer.status_code == status
        assert typed not in answer.text
    bad = await tablet.post(f"{ROOM}/check-in", json={"code": f"{wrong}x"})
    assert (bad.status_code, wrong in bad.text) == (422, False)
    assert wrong not in caplog.text
    async with container.database.read() as tx:
        assert (await tx.execute(select(idempotency).where(idempotency.c.actor.like("display:%")))).all() == []
        kept = str((await tx.execute(select(audit_rows))).all()) + str(
            (await tx.execute(select(sign_in_failures))).all()
        )
        tables = (await tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))).scalars().all()
        for table in tables:
            kept += str((await tx.execute(text(f'SELECT * FROM "{table}"'))).all())
    assert wrong not in kept


async def test_every_other_route_is_refused_to_it(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container
) -> None:
    made, _ = await running(village)
    ours = {"site": SITE, "booking_id": made["id"], "party": "choir", "space": "hall", "door": "front-door"}
    asked = 0
    for (method, path), row in rows().items():
        if row.action in ("room", "anyone"):
            continue
        where = re.sub(r"{(\w+)}", lambda found: ours.get(found[1]) or no_such(found[1]), path)
        answer = await tablet.request(method, API + where, params=ASKED, json=None if method == "GET" else {})
        asked += 1
        assert answer.status_code == 403, (method, path, answer.text)
    assert asked > 240
    for page in (f"/bookings/{made['id']}/slip", "/documents", "/induction"):
        answer = await tablet.get(page)
        assert made["title"] not in answer.text
    assert (await tablet.get(ROOM)).status_code == 200


async def test_nobody_but_a_tablet_at_a_room_is_let_in(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, app: FastAPI
) -> None:
    assert (await village.get(ROOM)).status_code == 403
    async with stranger(app) as other:
        assert (await other.get(ROOM)).status_code == 401
        other.headers["Origin"] = BASE_URL
        made = await village.post(f"{API}/sites/{SITE}/displays", json={"kind": "wall", "name": "Foyer"})
        await other.post(f"{API}/displays/pair", json={"code": made.json()["code"]})
        assert (await other.get(ROOM)).status_code == 403
        assert (await other.post(f"{ROOM}/check-in", json={"code": "482913"})).status_code == 403


async def test_it_is_refused_as_soon_as_it_is_ended(village: httpx.AsyncClient, tablet: httpx.AsyncClient) -> None:
    [shown] = (await village.get(f"{API}/sites/{SITE}/displays")).json()["items"]
    assert (await village.delete(f"{API}/sites/{SITE}/displays/{shown['id']}")).status_code == 204
    assert (await tablet.get(ROOM)).status_code == 401
    await send(tablet, "check-in", "482913", 401)


async def test_it_keeps_its_cookie_for_a_year_from_its_last_use(tablet: httpx.AsyncClient) -> None:
    assert "Max-Age=31536000" in (await tablet.get(ROOM)).headers["set-cookie"]


async def test_a_room_is_named_with_it(village: httpx.AsyncClient) -> None:
    for space in ({}, {"space": "no-such"}):
        refused = await village.post(f"{API}/sites/{SITE}/displays", json={"kind": "room", "name": "x"} | space)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "space")


@pytest.mark.parametrize(("words", "shown"), [("floor works", ": floor works"), ("", "")])
async def test_a_closure_is_shown_with_the_words_for_everybody_and_never_with_its_reason(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, words: str, shown: str
) -> None:
    day = {"reason": "Ann is ill", "public_words": words, "starts": "2026-11-25T15:00", "ends": "2026-11-25T17:00"}
    assert (await village.post(f"{API}/sites/{SITE}/closures", json=day)).status_code == 201
    [shut] = (await tablet.get(ROOM)).json()["shut"]
    assert (shut["starts"][11:16], shut["ends"][11:16]) == ("15:00", "17:00")
    assert shut["why"] == f"Ramsey Hub is closed Wed 25 Nov, 15:00 to 17:00{shown}"


async def test_too_many_wrong_codes_are_on_record_for_the_manager_without_the_codes(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient
) -> None:
    for number in range(5):
        await send(tablet, "check-in", f"40000{number}", 403)
    await send(tablet, "check-in", "400009", 429)
    found = (await village.get(f"{API}/audit", params={"site": SITE})).json()["items"]
    noted = [each for each in found if each["act"] == "too many wrong codes"]
    assert len(noted) == 1
    assert noted[0]["thing"].startswith("display ")
    assert not [wrong for wrong in range(400000, 400010) if says(str(noted), str(wrong))]


async def test_a_tablet_at_which_codes_are_guessed_is_on_the_page_now_of_who_runs_the_site(
    village: httpx.AsyncClient, tablet: httpx.AsyncClient, container: Container
) -> None:
    with container.changes.subscribe() as changed:
        for number in range(4):
            await send(tablet, "check-in", f"40000{number}", 403)
        assert not changed.waiting
        await send(tablet, "check-in", "400004", 403)
        assert changed.pending() == {SITE}
    now = (await village.get(f"{API}/sites/{SITE}/now")).json()["alerts"]
    everywhere = (await village.get(f"{API}/alerts")).json()["items"]
    for found in (now, everywhere):
        [alert] = [each for each in found if each["kind"] == "tablet_lockout"]
        assert alert["text"] == "Tablet hall door: too many wrong codes, so it takes none for a while"
        assert "look who is there" in alert["hint"]
