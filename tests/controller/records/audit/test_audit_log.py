"""Each change is recorded: who by id, from where, before and after, why; personal values apart."""

import httpx
import pytest

from controller.app.container import Container
from controller.people.model import PartyDraft, PartyKind
from controller.records.audit.audit_log import Source, diff, origin
from tests.controller.access.test_holders import CARD, changed, make
from tests.controller.bookings.test_weekly import post
from tests.controller.records.audit.reading import rows_of
from tests.controller.running import USER
from tests.controller.signin.signing import API, put_party
from tests.controller.village import SITE, book, change
from tests.digits import says


async def test_a_row_names_its_user_by_id_and_says_from_where(
    any_client: httpx.AsyncClient, any_container: Container
) -> None:
    await put_party(any_client, "choir", name="St Mary's Choir", tier="partner")
    row = (await rows_of(any_container.database))[-1]
    assert (row["who"], row["act"], row["thing"], row["source"]) == (USER, "make", "party choir", "api")
    assert (row["actor"], row["subject"], row["site"]) == ("", "choir", None)
    assert row["user_id"] is not None
    assert USER not in str({name: value for name, value in row.items() if name not in {"who", "name"}})


async def test_the_origin_of_a_request_ends_with_it(any_client: httpx.AsyncClient) -> None:
    """The client of a test works in the test's own task; servers may handle several requests in one."""
    before = origin()
    await put_party(any_client, "choir")
    assert (before.source, origin()) == (Source.CONTROLLER, before)


async def test_personal_values_are_apart_from_the_others(
    any_client: httpx.AsyncClient, any_container: Container
) -> None:
    made = await put_party(any_client, "choir", name="St Mary's Choir", contact_phone="01487 555020", tier="partner")
    await put_party(any_client, "choir", name="St Mary's Choir", contact_phone="01487 555021", tier="community")
    first, second = (await rows_of(any_container.database))[-2:]
    assert first["changes"]["tier"] == [None, "partner"]
    assert second["changes"] == {"tier": ["partner", "community"]}
    assert second["personal"]["changes"] == {"contact_phone": ["01487 555020", "01487 555021"]}
    assert made["contact_phone"] == "01487 555020"


async def test_a_reason_is_kept_with_what_it_explains(any_village: httpx.AsyncClient, any_container: Container) -> None:
    made = await book(any_village)
    answer = await any_village.post(f"{API}/bookings/{made['id']}/cancel", json={"reason": "The boiler is out"})
    assert answer.status_code == 200, answer.text
    row = (await rows_of(any_container.database))[-1]
    assert (row["act"], row["thing"]) == ("cancel", f"booking {made['id']}")
    assert row["personal"]["why"] == "The boiler is out"
    assert row["changes"]["state"] == ["confirmed", "cancelled"]


async def test_who_may_open_doors_is_recorded_before_and_after_and_no_code_is(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await make(any_village, pin=True, card=CARD)
    holder = made["holder"]["id"]
    body = changed(name="Sam Cook", places=[{"site": SITE, "doors": ["front-door"]}])
    answer = await any_village.put(f"{API}/holders/{holder}", json=body)
    assert answer.is_success, answer.text
    rows = [each for each in await rows_of(any_container.database) if holder in each["thing"]]
    assert [each["act"] for each in rows] == ["make", "change"]
    before, after = rows[1]["changes"]["places"]
    assert (after[0]["doors"], before != after) == (["front-door"], True)
    assert rows[1]["personal"]["changes"]["name"][1] == "Sam Cook"
    assert not [secret for secret in made["secrets"].values() if secret and says(str(rows), secret)]


async def test_a_series_is_recorded_with_what_changed(any_village: httpx.AsyncClient, any_container: Container) -> None:
    made = (await post(any_village)).json()
    edited = await any_village.patch(f"{API}/series/{made['id']}", json={"scope": "all", "people": 12})
    assert edited.is_success, edited.text
    (row,) = [each for each in await rows_of(any_container.database) if each["act"] == "change series"]
    assert row["changes"] == {"people": [None, 12]}


async def test_a_door_that_is_held_open_by_hand_is_recorded_with_its_time_and_reason(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    body = {"kind": "hold_open", "doors": ["front-door"], "minutes": 30, "reason": "Chairs are carried in"}
    answer = await any_village.post(f"{API}/sites/{SITE}/overrides", json=body)
    assert answer.is_success, answer.text
    row = (await rows_of(any_container.database))[-1]
    assert (row["act"], row["thing"], row["site"]) == ("hold open", "door front-door", SITE)
    assert row["personal"]["why"] == "Chairs are carried in"
    assert row["changes"]["ends"] == [None, "2026-11-25T12:30:00+00:00"]


async def test_a_new_booking_is_recorded_with_its_values(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village, contact_name="Ann Lee")
    row = (await rows_of(any_container.database))[-1]
    assert (row["act"], row["thing"]) == ("book", f"booking {made['id']}")
    assert {name: row["changes"][name] for name in ("space", "state")} == {
        "space": [None, made["space"]],
        "state": [None, "confirmed"],
    }
    assert row["personal"]["changes"]["contact_name"] == [None, "Ann Lee"]
    assert USER not in str(row["changes"])
    assert not {"id", "site", "created_by", "changed_by", "title"} & set(row["changes"])


@pytest.mark.parametrize("party", ["choir", None])
async def test_a_booking_that_goes_to_another_party_leaves_each_its_own_values_to_erase(
    any_village: httpx.AsyncClient, any_container: Container, party: str | None
) -> None:
    await put_party(any_village, "ann-lee", kind="person", name="Ann Lee")
    await put_party(any_village, "choir", name="Choir")
    made = await book(any_village, party="ann-lee", contact_name="Ann Lee", contact_phone="01487 555020")
    await change(any_village, made, party=party, contact_name="Cora Bell", contact_phone="01487 555099")
    first, second = (await rows_of(any_container.database))[-2:]
    assert (first["subject"], second["subject"]) == (party, "ann-lee")
    assert first["changes"] == {"party": ["ann-lee", party]}
    assert first["personal"]["changes"] == {
        "contact_name": [None, "Cora Bell"],
        "contact_phone": [None, "01487 555099"],
    }
    assert (second["act"], second["thing"], second["changes"]) == (first["act"], first["thing"], {})
    assert second["personal"]["changes"] == {"contact_name": ["Ann Lee", None], "contact_phone": ["01487 555020", None]}
    answer = await any_village.post(f"{API}/parties/ann-lee/forget")
    assert answer.is_success, answer.text
    left = str(await rows_of(any_container.database))
    assert ("Ann Lee" in left, "555020" in left, "Cora Bell" in left) == (False, False, True)


async def test_who_made_a_closure_is_not_chained_by_name(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    body = {"first": "2026-12-24", "last": "2026-12-27", "reason": "Christmas"}
    answer = await any_village.post(f"{API}/sites/{SITE}/closures", json=body)
    assert answer.is_success, answer.text
    row = (await rows_of(any_container.database, site=SITE))[-1]
    assert row["who"] == USER
    assert row["changes"]["closures"][1][0]["reason"] == "Christmas"
    assert USER not in str(row["changes"])


def test_only_fields_that_differ_are_in_a_diff() -> None:
    old = PartyDraft(kind=PartyKind.GROUP, name="Choir", contact_phone="1")
    assert diff(old, PartyDraft(kind=PartyKind.GROUP, name="Choir", notes="x")) == {
        "contact_phone": ("1", None),
        "notes": (None, "x"),
    }
    assert diff(old, old) == {}
    assert diff(None, old) == {
        "kind": (None, "group"),
        "name": (None, "Choir"),
        "contact_phone": (None, "1"),
        "ended": (None, False),
        "one_off": (None, False),
    }
