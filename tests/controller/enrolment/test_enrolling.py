"""Letting an edge in: one token, one edge, one set of keys, and nobody else's issued."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
import segno
from cryptography import x509
from cryptography.x509.oid import NameOID
from fastapi import FastAPI
from sqlalchemy import select

from controller.access.holders import repository as holders
from controller.app.container import Container
from controller.enrolment import repository
from controller.enrolment.tables import enrolment_tokens
from controller.plans import repository as plans
from controller.plans.model import SignedPlan
from edge.errors import EnrolmentFailed
from edge.net.enrol import EnrolmentClient
from edge.net.identity import StoredIdentity
from edge.wire.codec import decode, encode
from edge.wire.enrolment import Application, Token, box_id, secret_id
from edge.wire.envelope import key_id
from tests.controller.access.test_members import send
from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.village import API, SITE, act, book, look

EDGE = "pi-front"
PATH = f"{API}/sites/{SITE}/edges/{EDGE}"


async def token_for(client: httpx.AsyncClient, edge: str = EDGE) -> str:
    made = await client.post(f"{API}/sites/{SITE}/edges/{edge}/enrolment", json={})
    assert made.status_code == 201, made.text
    token: str = made.json()["token"]
    return token


async def applied(client: httpx.AsyncClient, body: dict[str, str]) -> httpx.Response:
    return await client.post(f"{API}/enrol", json=body)


def accepted(applicant: EnrolmentClient, answer: httpx.Response) -> StoredIdentity:
    assert answer.status_code == 200, answer.text
    return applicant.accept(base64.b64decode(answer.json()["identity"]))


async def enrolled(client: httpx.AsyncClient, edge: str = EDGE) -> StoredIdentity:
    applicant = EnrolmentClient(await token_for(client, edge))
    return accepted(applicant, await applied(client, applicant.body))


async def test_an_edge_that_has_a_token_gets_all_it_needs(village: httpx.AsyncClient, container: Container) -> None:
    identity = await enrolled(village)
    issued = identity.issued
    async with container.database.read() as tx:
        assert issued.doors == await container.estate.all_secrets(tx, SITE, edge=EDGE)
    assert set(issued.doors) == {"front-door"}
    assert issued.controller_keys == (container.keys.public,)
    (name,) = identity.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == f"{SITE}/{EDGE}"
    lasts = identity.certificate.not_valid_after_utc - identity.certificate.not_valid_before_utc
    assert timedelta(days=730) <= lasts <= timedelta(days=732)
    state = (await village.get(f"{PATH}/enrolment")).json()
    version = int(container.clock.now().timestamp() * 1000)
    assert (state["enrolled_at"] is not None, state["identity_version"], state["changing"]) == (True, version, False)


async def test_enrolling_needs_no_sign_in_and_a_token_does(app: FastAPI, village: httpx.AsyncClient) -> None:
    applicant = EnrolmentClient(await token_for(village))
    async with stranger(app) as client:
        assert (await client.post(f"{PATH}/enrolment", json={})).status_code == 401
        accepted(applicant, await applied(client, applicant.body))


async def test_what_to_type_on_the_pi_is_also_a_qr_code(village: httpx.AsyncClient) -> None:
    made = (await village.post(f"{PATH}/enrolment", json={})).json()
    assert made["command"] == f"hallkeeper edge enrol {made['token']} --controller http://hub.test"
    assert made["qr"] == segno.make_qr(made["command"], error="l").svg_inline(border=4, light="#fff", omitsize=True)


async def test_a_token_lets_one_pi_in_which_may_ask_again(village: httpx.AsyncClient) -> None:
    token = await token_for(village)
    first, second = EnrolmentClient(token), EnrolmentClient(token)
    issued = accepted(first, await applied(village, first.body)).issued
    assert (await applied(village, second.body)).status_code == 403
    again = accepted(first, await applied(village, first.body)).issued
    assert again == issued


async def test_a_token_runs_out_and_is_void_once_another_is_made(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    old = EnrolmentClient(await token_for(village))
    new = EnrolmentClient(await token_for(village))
    assert (await applied(village, old.body)).status_code == 403
    clock.advance(hours=24)
    refused = await applied(village, new.body)
    assert refused.status_code == 403
    assert "hallkeeper edge token" in refused.json()["detail"]


def _changed(body: dict[str, str], **fields: Any) -> dict[str, str]:
    application = decode(base64.b64decode(body["application"]), Application)
    changed = encode(msgspec.structs.replace(application, **fields))
    return body | {"application": base64.b64encode(changed).decode()}


FORGED: dict[str, dict[str, Any]] = {
    "another edge": {"edge": "pi-side"},
    "another site": {"site": "moor"},
    "another key": {"key": bytes(32)},
    "another box": {"box": bytes(32)},
    "another token": {"token": "0" * 32},
    "another certificate": {"csr": b"none"},
}


@pytest.mark.parametrize("what", FORGED)
async def test_an_application_changed_on_the_way_is_refused(village: httpx.AsyncClient, what: str) -> None:
    applicant = EnrolmentClient(await token_for(village))
    assert (await applied(village, _changed(applicant.body, **FORGED[what]))).status_code == 403
    accepted(applicant, await applied(village, applicant.body))


@pytest.mark.parametrize("wrong", ["key", "ca", "last letter"])
async def test_a_token_whose_tail_was_miscopied_costs_a_running_pi_nothing(
    village: httpx.AsyncClient, container: Container, wrong: str
) -> None:
    """Its keys stay good, and the token too."""
    running = await enrolled(village)
    token = await token_for(village)
    real = Token.read(token)
    tail = token[:-1] + ("A" if token[-1] != "A" else "B")
    miscopied = tail if wrong == "last letter" else str(msgspec.structs.replace(real, **{wrong: bytes(16)}))
    refused = await applied(village, EnrolmentClient(miscopied).body)
    assert (refused.status_code, "incomplete or expired" in refused.json()["detail"]) == (403, True)
    async with container.database.read() as tx:
        container.mqtt.verifier.load(await repository.live_keys(tx))
        assert list(await repository.revoked_serials(tx, now=container.clock.now())) == []
    assert set(container.mqtt.verifier._keys[SITE, EDGE].keys) == {key_id(running.keys.signing.public_key())}
    accepted(applicant := EnrolmentClient(token), await applied(village, applicant.body))


@pytest.mark.parametrize("body", [{}, {"application": "!", "proof": "!"}, {"application": "e30=", "proof": ""}])
async def test_an_application_that_is_none_is_refused_in_words(
    village: httpx.AsyncClient, body: dict[str, str]
) -> None:
    assert (await applied(village, body)).status_code == 422


async def test_identity_for_another_token_or_from_another_controller_are_refused(village: httpx.AsyncClient) -> None:
    token = await token_for(village)
    applicant = EnrolmentClient(token)
    answer = base64.b64decode((await applied(village, applicant.body)).json()["identity"])
    real = Token.read(token)
    for other in (
        msgspec.structs.replace(real, secret=bytes(16)),
        msgspec.structs.replace(real, key=bytes(16)),
        msgspec.structs.replace(real, ca=bytes(16)),
    ):
        swapped = EnrolmentClient(str(other))
        swapped._keys = applicant._keys
        with pytest.raises(EnrolmentFailed, match="not from the controller that made this token"):
            swapped.accept(answer)
    with pytest.raises(EnrolmentFailed):
        EnrolmentClient(token).accept(answer)
    applicant.accept(answer)


async def test_the_database_holds_no_token_in_the_clear(village: httpx.AsyncClient, container: Container) -> None:
    token = Token.read(await token_for(village))
    async with container.database.read() as tx:
        (row,) = (await tx.execute(select(enrolment_tokens))).all()
    assert token.secret not in b"".join(each for each in row if isinstance(each, bytes))
    assert token.secret.hex() not in str(row)


async def test_a_replaced_pi_takes_over_and_the_old_one_is_heard_no_more(
    village: httpx.AsyncClient, container: Container
) -> None:
    old = await enrolled(village)
    new = await enrolled(village)
    async with container.database.read() as tx:
        container.mqtt.verifier.load(await repository.live_keys(tx))
        revoked = {serial for serial, _ in await repository.revoked_serials(tx, now=container.clock.now())}
    ring = container.mqtt.verifier._keys[SITE, EDGE]
    assert set(ring.keys) == {key_id(new.keys.signing.public_key())}
    assert revoked == {f"{old.certificate.serial_number:x}"}
    assert new.issued.doors == old.issued.doors  # nobody has the old Pi, so codes stay as they are


async def test_a_revoked_edge_loses_keys_certificate_secrets_and_every_code_at_its_doors(
    village: httpx.AsyncClient, container: Container
) -> None:
    both = await book(village, space="hall", contact_name="Una", contact_phone="01487 555 010")
    front = await book(village, space="studio", title="Yoga", starts="2026-11-27T10:00", ends="2026-11-27T11:00")
    gone = await act(
        village,
        await book(village, space="studio", title="Off", starts="2026-11-27T14:00", ends="2026-11-27T15:00"),
        "cancel",
    )
    identity = await enrolled(village)
    old = identity.issued.doors["front-door"]
    done = await village.post(f"{PATH}/revocation", json={"reason": "stolen over night"})
    assert done.status_code == 200, done.text
    told = done.json()
    assert told["doors"] == ["front-door"]
    assert [(each["what"], each["who"], each["phone"]) for each in told["people"]] == [
        ("Choir", "Una", "01487 555 010"),
        ("Yoga", "", ""),
    ]
    for before in (both, front):
        shown = await village.post(f"{API}/bookings/{before['id']}/code", json={})
        assert {each["code"] for each in shown.json()["codes"]}.isdisjoint({before["code"]})
    assert (await look(village, gone))["code"] is None
    async with container.database.read() as tx:
        secrets = await container.estate.all_secrets(tx, SITE, edge=EDGE)
        assert not await repository.keys_of(tx, SITE, EDGE)
    assert secrets["front-door"] != old
    crl = (container.settings.data_dir / "broker" / "crl.pem").read_bytes()
    serials = {one.serial_number for one in x509.load_pem_x509_crl(crl)}
    assert serials == {identity.certificate.serial_number}
    assert (await village.get(f"{PATH}/revocation")).json() == told
    again = await enrolled(village)
    assert again.issued.doors == secrets
    assert box_id(again.keys.opening.public_key().public_bytes_raw()) != box_id(
        identity.keys.opening.public_key().public_bytes_raw()
    )


@pytest.mark.cases_full
async def test_a_revoked_edge_gets_no_plan_and_no_identity_until_it_enrols_again(
    village: httpx.AsyncClient, container: Container
) -> None:
    planner, name = container.mqtt.planner, (SITE, EDGE)

    async def newest() -> SignedPlan:
        async with container.database.read() as tx:
            found = await plans.latest(tx, *name)
        assert found is not None
        return found

    async def out() -> dict[str, bool]:
        shot = await container.mqtt.live.snapshot(SITE)
        return {each.id: each.revoked_at is not None for each in shot.edges}

    await enrolled(village)
    await book(village, space="studio")
    assert await planner.refresh(name) is not None
    before = await newest()
    assert await out() == {EDGE: False, "pi-side": False}
    assert (await village.post(f"{PATH}/revocation", json={"reason": "stolen"})).status_code == 200
    token = EnrolmentClient(await token_for(village))
    await book(village, space="studio", starts="2026-11-27T10:00", ends="2026-11-27T11:00")
    assert await planner.refresh(name) is None
    assert await planner.refresh((SITE, "pi-side")) is not None
    async with container.database.read() as tx:
        assert await planner.compile_current(tx, name) is None
        assert await container.enrolment.registry.delivery(tx, *name) is None
    assert await newest() == before
    assert await out() == {EDGE: True, "pi-side": False}

    issued = accepted(token, await applied(village, token.body)).issued
    assert await planner.refresh(name) is not None
    async with container.database.read() as tx:
        made_with = await plans.secrets_named(tx, *name, (await newest()).manifest.version)
    assert made_with == {"front-door": secret_id(issued.doors["front-door"][0].secret)}
    assert await out() == {EDGE: False, "pi-side": False}


async def test_people_to_notify_has_each_group_once_and_only_the_members_who_were_on_the_door(
    village: httpx.AsyncClient,
) -> None:
    for day in (27, 26, 28):
        when = {"starts": f"2026-11-{day}T10:00", "ends": f"2026-11-{day}T11:00"}
        await book(village, space="studio", title="Yoga", contact_name="Una", **when)
    evening = {"starts": "2026-11-26T12:00", "ends": "2026-11-26T13:00"}
    await book(village, space="studio", title="Yoga", contact_name="Ben", **evening)
    await send(
        village,
        "D1,2749,1990-05-01,,no,,2026-11-01,\n"
        "D2,2749,1990-05-01,,yes,,2026-11-01,\n"
        "D3,2749,1990-05-01,2026-11-24,no,,2026-11-01,\n"
        "D4,2749,2015-05-01,,no,,2026-11-01,\n"
        "D5,2749,1990-05-01,,no,,2026-12-01,\n",
    )
    told = (await village.post(f"{PATH}/revocation", json={"reason": "stolen"})).json()
    assert [(each["who"], each["when"], each["bookings"]) for each in told["people"]] == [
        ("Una", "Thu 26 Nov, 10:00 to 11:00", 3),
        ("Ben", "Thu 26 Nov, 12:00 to 13:00", 1),
    ]
    assert told["members"] == 1


async def test_a_reason_is_needed_to_put_an_edge_out_and_an_edge_to_be_put_out(village: httpx.AsyncClient) -> None:
    for reason in (" ", "no", "a\0b", "x" * 501):
        assert (await village.post(f"{PATH}/revocation", json={"reason": reason})).status_code == 422
    nowhere = f"{API}/sites/{SITE}/edges/attic"
    for path in ("enrolment", "rotation"):
        assert (await village.post(f"{nowhere}/{path}", json={})).status_code == 404
    assert (await village.post(f"{nowhere}/revocation", json={"reason": "stolen"})).status_code == 404
    assert (await village.post(f"{PATH}/rotation", json={})).status_code == 409
    assert (await village.get(f"{PATH}/revocation")).status_code == 404


async def test_everybody_with_a_code_of_their_own_at_a_revoked_edges_doors_gets_a_new_one(
    village: httpx.AsyncClient, container: Container
) -> None:
    plain = {"kind": "key_holder", "first": "2026-11-01", "code": True, "duress": True}
    made: dict[str, Any] = {}
    for name, doors in (("Una", ["front-door"]), ("Ben", ["side-door"])):
        body = plain | {"name": name, "places": [{"site": SITE, "doors": doors}]}
        answer = await village.post(f"{API}/holders", json=body)
        assert answer.status_code == 201, answer.text
        made[name] = answer.json()["holder"]

    async def held(name: str) -> Any:
        async with container.database.read() as tx:
            found = await holders.holder(tx, made[name]["id"])
            assert found is not None
            return await container.holders.secrets(tx, found)

    before = {name: await held(name) for name in made}
    done = await village.post(f"{PATH}/revocation", json={"reason": "stolen over night"})
    assert done.status_code == 200, done.text
    assert [(each["what"], each["who"]) for each in done.json()["people"]] == [("key holder", "Una")]
    after = {name: await held(name) for name in made}
    assert after["Ben"] == before["Ben"]
    assert not {after["Una"].code, after["Una"].duress_code} & {before["Una"].code, before["Una"].duress_code}
