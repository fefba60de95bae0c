"""A site's own induction: written, taken, lapsed, and what needs it."""

from datetime import date
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from controller.access.induction.cli import app as induction_cli
from controller.access.induction.model import Taker, months_later
from controller.access.members.model import MemberUnknown
from controller.app.container import Container
from tests.controller.access.induction.asking import DRAFT, FIRE, PATH, take, write
from tests.controller.access.test_members import ADA, one, send
from tests.controller.access.test_people_cli import Typed, typed
from tests.controller.bookings.test_series_edits import edit
from tests.controller.bookings.test_weekly import of_series, post
from tests.controller.clock import ManualClock
from tests.controller.privacy.rows import count
from tests.controller.records.audit.reading import rows_of
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import API, Json, make_user, put_party, signed_in_as
from tests.controller.village import SITE, book, change, look

__all__ = ["typed"]  # a fixture


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 25), 12, date(2027, 11, 25)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 1), 1, date(2026, 12, 1)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


async def test_it_is_written_in_versions_and_only_managers_see_what_is_right(
    any_app: FastAPI, any_village: httpx.AsyncClient
) -> None:
    assert (await any_village.get(PATH)).status_code == 404
    assert (await write(any_village))["version"] == 1
    assert (await any_village.put(PATH, json=DRAFT | {"version": 0})).status_code == 409
    assert (await write(any_village))["version"] == 1  # nothing changed
    assert (await write(any_village, pass_percent=50))["version"] == 2
    wrong = await any_village.put(PATH, json=DRAFT | {"version": 2, "questions": [FIRE | {"right": 3}]})
    assert (wrong.status_code, "right must be 1 to 2" in wrong.text) == (422, True)
    await put_party(any_village, "choir")
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as leader:
        assert (await leader.get(PATH)).status_code == 403
        shown = await leader.get(f"{PATH}/questions")
        assert shown.status_code == 200
        assert ("war memorial" in shown.text, "right" in shown.text, "fire engine" in shown.text) == (
            True,
            False,
            False,
        )
        assert (await leader.get(f"{PATH}/results")).status_code == 403


async def test_the_result_says_what_was_wrong_and_tries_are_bounded(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await write(any_village)
    failed = await take(any_village, [1, 2])
    assert (failed["result"]["passed"], failed["result"]["score"]) == (False, 1)
    assert failed["wrong"] == [{"text": FIRE["text"], "because": FIRE["because"]}]
    await take(any_village, [2], 422)
    await take(any_village, [2, 2], 409, version=2)
    for _ in range(4):
        await take(any_village, [1, 1])
    late = await any_village.post(f"{PATH}/results", json={"version": 1, "answers": [2, 2]})
    assert (late.status_code, "once more in 60 minutes" in late.text) == (429, True)
    clock.advance(hours=1)
    passed = await take(any_village, [2, 2])
    assert (passed["result"]["passed"], passed["result"]["valid_until"]) == (True, "2027-11-25")
    assert (await any_village.get(f"{PATH}/questions")).json()["valid_until"] == "25 November 2027"
    found = (await any_village.get(f"{PATH}/results")).json()["items"]
    assert [each["passed"] for each in found] == [True, *[False] * 5]
    acts = [each["act"] for each in await rows_of(any_container.database)]
    assert (acts.count("fail induction"), acts.count("pass induction")) == (5, 1)


async def _policy(client: httpx.AsyncClient, **rule: object) -> None:
    body = {"rules": [{"name": "All"}], "induction": [rule]}
    answer = await client.put(f"{API}/sites/{SITE}/policy", json=body)
    assert answer.is_success, answer.text


async def test_a_group_needs_so_many_people_who_passed_for_a_time_without_staff(
    any_app: FastAPI, any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await write(any_village)
    await _policy(any_village, people=2, spaces=["hall"])
    await put_party(any_village, "ann-lee", kind="person")
    await put_party(any_village, "choir", responsible="ann-lee")
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as leader:
        assert (await book(leader, party="choir"))["status"] == "held"
        assert (await book(leader, party="choir", space="studio"))["status"] == "confirmed"
        await take(leader, [2, 2])
        asked = {
            "space": "hall",
            "party": "choir",
            "title": "x",
            "starts": "2026-12-01T18:00",
            "ends": "2026-12-01T19:00",
        }
        why = (await leader.post(f"{API}/sites/{SITE}/bookings/check", json=asked)).json()["reasons"]
        assert "2 people of the group must have taken the induction" in why[0]["text"]
        assert "(1 so far)" in why[0]["text"]
        await _by_link(any_app, await _link(any_village, party="ann-lee"), ["2", "2"])
        later = {"starts": "2026-12-03T18:00", "ends": "2026-12-03T20:00"}
        tonight = await book(leader, party="choir", **later)
        assert tonight["status"] == "confirmed"
        await write(any_village, again=True)
        await change(leader, tonight, people=9)
        assert (await look(leader, tonight))["status"] == "confirmed"
        again = await book(leader, party="choir", starts="2026-12-04T18:00", ends="2026-12-04T20:00")
        assert again["status"] == "held"


@pytest.mark.parametrize(
    ("hours", "changed"),
    [
        (("18:00", "20:30"), False),
        (("17:30", "20:00"), False),
        (("19:00", "21:00"), False),
        (("18:30", "20:00"), True),
    ],
)
async def test_more_time_without_staff_tonight_is_refused_without_the_induction_and_the_code_stays(
    any_app: FastAPI, any_village: httpx.AsyncClient, clock: ManualClock, hours: tuple[str, str], changed: bool
) -> None:
    policy = f"{API}/sites/{SITE}/policy"
    assert (await any_village.put(policy, json={"rules": [{"name": "All"}]})).is_success
    await put_party(any_village, "choir")
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as leader:
        tonight = await book(leader, party="choir", starts="2026-11-27T18:00", ends="2026-11-27T20:00")
        assert tonight["status"] == "confirmed"
        clock.advance(days=2)
        await write(any_village)
        await _policy(any_village, people=1, spaces=["hall"])
        starts, ends = (f"2026-11-27T{each}" for each in hours)
        moved = tonight | {"starts": starts, "ends": ends}
        asked = {name: moved[name] for name in ("space", "party", "title", "starts", "ends")}
        check = await leader.post(f"{API}/sites/{SITE}/bookings/check", json=asked | {"id": tonight["id"]})
        assert check.status_code == 200, check.text
        assert ([each["kind"] for each in check.json()["reasons"]], check.json()["free"]) == (
            ([], True) if changed else (["stands"], False)
        )
        answer = await leader.patch(f"{API}/bookings/{tonight['id']}", json={"starts": starts, "ends": ends})
        assert answer.status_code == (200 if changed else 409), answer.text
        if not changed:
            assert "nothing is changed and the booking stands" in answer.text
            assert "take it on the page “Induction”" in answer.text
        found = await look(leader, tonight)
        assert (found["status"], found["ends"] == tonight["ends"]) == ("confirmed", True)
        assert found["on_door"]["doors"] == tonight["on_door"]["doors"]


@pytest.mark.parametrize("otherwise", ["skip", "keep"])
async def test_a_change_of_the_series_leaves_tonights_date_as_it_is_also_where_others_are_left_out(
    any_app: FastAPI, any_village: httpx.AsyncClient, clock: ManualClock, otherwise: str
) -> None:
    await put_party(any_village, "choir")
    weekly = (await post(any_village, party="choir")).json()
    clock.advance(days=1)
    await write(any_village)
    await _policy(any_village, people=1, spaces=["hall"])
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as leader:
        await edit(leader, weekly["id"], scope="all", first_starts="2026-11-26T18:30", otherwise=otherwise)
        tonight = (await of_series(leader, weekly["id"]))[0]
    assert (tonight["starts"][:16], tonight["status"]) == ("2026-11-26T19:00", "confirmed")


async def test_a_manager_gives_a_group_more_time_tonight_that_has_not_had_the_induction(
    any_app: FastAPI, any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put_party(any_village, "choir")
    tonight = await book(any_village, party="choir", starts="2026-11-25T18:00", ends="2026-11-25T20:00")
    await write(any_village)
    await _policy(any_village, people=1, spaces=["hall"])
    await change(any_village, tonight, ends="2026-11-25T20:30")
    assert (await look(any_village, tonight))["status"] == "confirmed"


@pytest.mark.both_databases
async def test_a_change_lapses_nobody_unless_the_manager_says_so(any_village: httpx.AsyncClient) -> None:
    await write(any_village)
    await take(any_village, [2, 2])
    await write(any_village, pass_percent=50)
    assert (await any_village.get(f"{PATH}/questions")).json()["valid_until"] == "25 November 2027"
    assert (await write(any_village, again=True))["counts_from"] == 3
    assert (await any_village.get(f"{PATH}/questions")).json()["valid_until"] is None


async def _link(client: httpx.AsyncClient, **whose: str) -> str:
    made = await client.post(f"{PATH}/links", json=whose)
    assert made.status_code == 201, made.text
    return str(made.json()["link"]).partition("/induction/")[2]


async def _by_link(app: FastAPI, token: str, choices: list[str]) -> httpx.Response:
    """Take it to the end, as a phone without script does."""
    async with stranger(app) as phone:
        page = await phone.get(f"/induction/{token}")
        answers: list[str] = []
        for step, choice in enumerate([None, None, *choices]):
            form = {"version": page.text.partition('name="version" value="')[2].partition('"')[0]}
            form |= {"step": str(step), "answers": ",".join(answers)}
            if choice is not None:
                form["choice"] = choice
                answers.append(choice)
            page = await phone.post(f"/induction/{token}", data=form)
        return page


async def test_a_member_of_the_library_passes_by_a_link_and_has_the_induction_until_it_runs_out(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await write(any_village)
    await send(any_village, ADA.replace("2026-11-01", "").replace("2027-06-30", "2029-06-30"))
    member = await one(any_village)
    assert member["inductions"] == []
    token = await _link(any_village, member=member["id"])
    page = await _by_link(any_app, token, ["2", "1"])
    assert "Not passed yet" in page.text
    assert (await one(any_village))["inductions"] == []
    page = await _by_link(any_app, token, ["2", "2"])
    assert "You have passed" in page.text
    assert [(each["site"], each["day"]) for each in (await one(any_village))["inductions"]] == [(SITE, "2026-11-25")]
    refused = [await any_village.post(f"{PATH}/links", json=each) for each in ({"member": "0" * 36}, {})]
    assert [each.status_code for each in refused] == [404, 422]
    clock.advance(days=365)
    await any_container.induction.look()
    assert (await any_container.members.get(member["id"])).inductions == {SITE: date(2026, 11, 25)}
    clock.advance(days=1)
    await any_container.induction.look()
    await any_container.induction.look()
    assert (await any_container.members.get(member["id"])).inductions == {}


async def test_who_passes_again_on_the_same_day_keeps_the_induction(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await write(any_village)
    await send(any_village, ADA.replace("2026-11-01", "").replace("2027-06-30", "2029-06-30"))
    member = await one(any_village)
    token = await _link(any_village, member=member["id"])
    await _by_link(any_app, token, ["2", "2"])
    await write(any_village, again=True)
    await any_container.induction.look()
    assert (await one(any_village))["inductions"] == []
    clock.advance(hours=1)
    await _by_link(any_app, token, ["2", "2"])
    await any_container.induction.look()
    assert [each["day"] for each in (await one(any_village))["inductions"]] == ["2026-11-25"]


async def test_a_pass_that_cannot_be_noted_for_the_member_is_not_recorded(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await write(any_village)
    with pytest.raises(MemberUnknown):
        await any_container.induction.take(SITE, Taker(member="0" * 36), version=1, answers=[2, 2], name="Ada")
    assert (await any_village.get(f"{PATH}/results")).json()["items"] == []


async def test_a_link_ends_after_two_weeks_and_another_s_is_none(
    app: FastAPI, village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await write(village)
    await put_party(village, "choir")
    token = await _link(village, party="choir")
    text, _, proof = token.partition(".")
    async with stranger(app) as phone:
        assert (await phone.get(f"/induction/{token}")).status_code == 200
        for other in (f"{text[:-2]}AA.{proof}", f"{text}.{proof[::-1]}", text, "x.y"):
            assert (await phone.get(f"/induction/{other}")).status_code == 404, other
            assert (await phone.post(f"/induction/{other}")).status_code == 404, other
        clock.advance(days=14)
        assert (await phone.get(f"/induction/{token}")).status_code == 404


async def test_the_page_is_for_people_who_have_signed_in_and_refuses_forms_of_other_sites(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    await write(village)
    await make_user(village, "Lee", "wall", sites=[SITE])
    async with stranger(app) as phone:
        assert (await phone.get("/induction")).status_code == 401
        assert (await phone.post(f"/induction?site={SITE}")).status_code == 401
        assert (await phone.post(f"{API}/session", json={"user": "Lee", "password": PASSWORD})).status_code == 201
        listed = await phone.get("/induction")
        assert f"site={SITE}" in listed.text
        assert "script" not in listed.headers["content-security-policy"].replace("default-src 'none'", "")
        form = {"version": "1", "step": "0", "answers": ""}
        ours = {"Origin": "http://hub.test"}
        assert "Step 1 of 3" in (await phone.post(f"/induction?site={SITE}", data=form, headers=ours)).text
        foreign = await phone.post(f"/induction?site={SITE}", data=form, headers={"Origin": "http://evil.test"})
        assert foreign.status_code == 403
        broken: list[Json] = [{}, form | {"version": "9"}, form | {"step": "3"}, form | {"step": "x", "answers": "1,2"}]
        for each in broken:
            page = await phone.post(f"/induction?site={SITE}", data=each, headers=ours)
            assert (page.status_code, "begin again" in page.text.lower()) == (200, each != form), each
        empty = await phone.post(f"/induction?site={SITE}", data=form | {"step": "2"}, headers=ours)
        assert "Choose an answer first." in empty.text


@pytest.mark.both_databases
async def test_forgetting_a_party_deletes_what_it_took(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await write(any_village)
    await put_party(any_village, "ann-lee", kind="person")
    await _by_link(any_app, await _link(any_village, party="ann-lee"), ["2", "2"])
    assert await count(any_container, "induction_results") == 1
    assert (await any_village.post(f"{API}/parties/ann-lee/forget")).status_code == 200
    assert await count(any_container, "induction_results") == 0


async def test_it_is_shown_edited_and_its_results_listed_at_the_terminal(
    typed: Typed, village: httpx.AsyncClient, tmp_path: Path
) -> None:
    await write(village)
    file = tmp_path / "induction.toml"
    file.write_text((await typed(induction_cli, "show", SITE)).stdout)
    assert "Nobody has taken it" in (await typed(induction_cli, "results", SITE)).stdout
    await take(village, [2, 2])
    file.write_text(file.read_text().replace("pass_percent = 100", "pass_percent = 60"))
    done = await typed(induction_cli, "edit", SITE, str(file), "--again")
    assert (done.exit_code, "version 2" in done.stdout) == (0, True), done.output
    assert (await village.get(PATH)).json()["pass_percent"] == 60
    assert "passed, until 2027-11-25" in (await typed(induction_cli, "results", SITE)).stdout
    await put_party(village, "choir")
    assert "/induction/" in (await typed(induction_cli, "link", SITE, "--party", "choir")).stdout
    file.write_text("questions = 3")
    assert (await typed(induction_cli, "edit", SITE, str(file))).exit_code == 1
