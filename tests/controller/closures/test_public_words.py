"""A closure's reason is for those who run the site, where it has other words for everybody."""

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.closures.test_closure_batches import EVENING, FLOOR, ROOT, cancelled, carry_out, listed, undo
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, book, look, post

WORDS = FLOOR | {"reason": "Ann is ill", "public_words": "floor works"}


async def test_who_runs_the_site_reads_the_reason_and_everybody_else_the_words(
    any_village: httpx.AsyncClient, any_app: FastAPI
) -> None:
    await put_party(any_village, "choir")
    choir = await book(any_village, title="Choir", party="choir", **EVENING)
    await carry_out(any_village, WORDS)
    [closure] = await listed(any_village, "closures")
    assert (closure["reason"], closure["public_words"]) == ("Ann is ill", "floor works")
    refused = (await post(any_village, title="Drama", starts="2026-12-11T09:00", ends="2026-12-11T10:00")).json()[
        "detail"
    ]
    affected = (await look(any_village, choir))["affected_by"][0]["text"]
    async with signed_in_as(any_app, any_village, "group_leader", sites=[SITE], party="choir") as leader:
        answer = await leader.get(f"{API}/sites/{SITE}/closures")
        assert [each["reason"] for each in answer.json()["items"]] == ["floor works"]
        seen = (await look(leader, choir))["affected_by"][0]["text"]
    for text in (refused, affected, seen):
        assert "Hall is closed Thu 10 Dec to Fri 11 Dec: floor works" in text
        assert "Ann" not in text


@pytest.mark.cases_full
async def test_a_group_reads_the_words_or_only_that_it_is_closed_wherever_it_looks(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    await put_party(village, "choir")
    day = {"from": "2026-12-10T00:00", "to": "2026-12-11T00:00"}
    choir = {"title": "Choir", "party": "choir", "people": 10, "by_rules": True}
    async with signed_in_as(app, village, "group_leader", sites=[SITE], party="choir") as leader:
        for spaces, words in ((["hall"], ""), ([], ""), (["hall"], "floor works"), ([], "floor works")):
            shut = FLOOR | {"reason": "Ann is ill", "spaces": spaces, "public_words": words}
            closure = (await village.post(f"{ROOT}/closures", json=shut)).json()
            texts = []
            for reader in (village, leader):
                answers = [
                    await reader.get(f"{ROOT}/closures"),
                    await reader.get(f"{ROOT}/hours/2026-12-10"),
                    await reader.get(f"{ROOT}/modes", params=day),
                    await reader.get(f"{ROOT}/bank-holidays"),
                    await reader.get(f"{ROOT}/diary", params=day),
                    await reader.post(f"{API}/find", json=EVENING | {"people": 10, "sites": [SITE]}),
                    await post(reader, **choir, **EVENING),
                ]
                assert [each.status_code for each in answers] == [200] * 6 + [409], answers[5].text
                texts.append("\n".join(each.text for each in answers))
            assert "Ann is ill" in texts[0]
            assert "Ann is ill" not in texts[1]
            assert f"is closed Thu 10 Dec to Fri 11 Dec{words and ': '}{words}" in texts[1]
            assert (await village.delete(f"{ROOT}/closures/{closure['id']}")).is_success


async def test_the_words_are_undone_with_the_closure_and_a_charge_waived_for_them_holds_again(
    village: httpx.AsyncClient,
) -> None:
    choir = await book(village, title="Choir", **EVENING)
    done = await carry_out(village, WORDS, cancelled(choir))
    assert (await undo(village, done))["refused"] == []
    assert await listed(village, "closures") == []
    assert (await look(village, choir))["status"] == "confirmed"


async def test_a_shut_door_has_no_words_for_everybody(village: httpx.AsyncClient) -> None:
    day = {"first": "2026-12-10", "last": "2026-12-10"}
    body = {"reason": "new lock", "door": "front-door", "public_words": "works"} | day
    answer = await village.post(f"{ROOT}/closure-batches/preview", json=body)
    assert (answer.status_code, "not announced" in answer.text) == (422, True)


async def test_a_site_file_keeps_the_words(village: httpx.AsyncClient) -> None:
    await carry_out(village, WORDS)
    await carry_out(village, FLOOR | {"first": "2026-12-20", "last": "2026-12-20"})
    file = await village.get(f"{ROOT}/file")
    assert file.status_code == 200
    assert file.text.count('public_words = "floor works"') == 1
