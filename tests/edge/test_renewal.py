"""Keys, certificates and secrets change under a running edge, and no door notices."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from edge.net.identity import FILE, PrivateKeys, StoredIdentity
from edge.wire.access_decision import Reason
from edge.wire.codec import decode, encode
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.enrolment import (
    Delivery,
    DoorSecret,
    EdgeIdentity,
    Renewal,
    box_id,
    identity_context,
    seal_to,
    secret_id,
)
from edge.wire.envelope import Purpose, Signer
from edge.wire.events import AccessData, FaultData
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval
from edge.wire.offline_codes import OfflineWindow, offline_code
from edge.wire.plan import Grant, GrantsPart
from tests.edge.disk import MemoryDisk
from tests.edge.enrolled import CONTROLLER_KEY, authority, edge_identity, identity, keys
from tests.edge.hall import DOOR, EDGE, SECRET, SITE, ZERO, Hall, config, grant, hours, with_hall

NEXT = bytes(range(32, 64))
CODE = "482913"
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32))


def fresh(
    version: int, held: PrivateKeys, *, secrets: tuple[bytes, ...] = (SECRET,), **changes: object
) -> EdgeIdentity:
    made = edge_identity(held, {}, version=version)
    doors = {DOOR: tuple(DoorSecret(secret=each, offline=each) for each in secrets)}
    return msgspec.structs.replace(made, doors=doors, **changes)


def deliver(
    hall: Hall,
    given: EdgeIdentity,
    box: bytes,
    *,
    renew: bool = False,
    signer: Signer | None = None,
    empty: bool = False,
) -> bytes:
    """Deliver an identity, as a controller does; what was sent."""
    sealed = seal_to(
        box,
        encode(given),
        about=identity_context(SITE, EDGE, given.version),
        ephemeral=X25519PrivateKey.generate(),
    )
    delivery = Delivery(
        site=SITE,
        edge=EDGE,
        version=given.version,
        renew=renew,
        box="" if empty else box_id(box),
        sealed=b"" if empty else sealed,
    )
    payload = (signer or hall.controller).seal(Purpose.IDENTITY, delivery)
    hall.send("identity", payload)
    return payload


def own_box() -> bytes:
    return keys().opening.public_key().public_bytes_raw()


async def holds(hall: Hall, version: int) -> None:
    await hall.until(lambda: hall.status().identity_version == version)


def coded(secret: bytes, code: str) -> Grant:
    window = Interval(start=ZERO - timedelta(hours=1), end=ZERO + timedelta(days=30))
    plain = grant(code, window.start, window.end)
    return msgspec.structs.replace(plain, key=code_key(secret, CredentialKind.BOOKING_CODE, code))


async def opens(hall: Hall, code: str) -> bool:
    before = len([level for level in hall.outputs[17] if level])
    await hall.enter(code)
    await hall.until(lambda: not hall.unlocked(), within_s=60)
    return len([level for level in hall.outputs[17] if level]) > before


def test_a_code_works_before_while_and_after_its_doors_secret_is_changed() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_plan(1, hours(), GrantsPart(grants=(coded(SECRET, CODE),)))
        assert await opens(hall, CODE)
        deliver(hall, fresh(2, keys(), secrets=(SECRET, NEXT)), own_box())
        await holds(hall, 2)
        assert await opens(hall, CODE)
        under = msgspec.structs.replace(hours(), secret=secret_id(NEXT))
        await hall.send_plan(2, under, GrantsPart(grants=(coded(NEXT, CODE),)))
        assert await opens(hall, CODE)
        deliver(hall, fresh(3, keys(), secrets=(NEXT,)), own_box())
        await holds(hall, 3)
        assert await opens(hall, CODE)
        # A plan that is made with a secret which is gone fits nothing: the door stays shut, and no guess fits either.
        gone = msgspec.structs.replace(hours(), secret=secret_id(SECRET))
        await hall.send_plan(3, gone, GrantsPart(grants=(coded(SECRET, CODE), coded(b"", CODE[::-1]))))
        assert not await opens(hall, CODE)

    with_hall(act)


def test_after_a_power_cut_the_edge_continues_with_its_identity_and_plan() -> None:
    disk = MemoryDisk()

    async def before(hall: Hall) -> None:
        under = msgspec.structs.replace(hours(), secret=secret_id(NEXT))
        deliver(hall, fresh(2, keys(), secrets=(SECRET, NEXT)), own_box())
        await holds(hall, 2)
        await hall.send_plan(2, under, GrantsPart(grants=(coded(NEXT, CODE),)))
        disk.power_cut()

    async def after(hall: Hall) -> None:
        assert hall.status().identity_version == 2
        assert await opens(hall, CODE)

    with_hall(before, disk=disk)
    kept = decode(disk.read(FILE) or b"", StoredIdentity)
    later = ZERO + timedelta(minutes=1)
    with_hall(after, disk=disk, config=msgspec.structs.replace(config(), identity=kept), zero=later)


def test_an_identity_refused_by_the_disk_is_not_used_and_is_reported() -> None:
    disk = MemoryDisk()

    async def act(hall: Hall) -> None:
        disk.read_only = True
        deliver(hall, fresh(2, keys(), secrets=(NEXT,)), own_box())
        await hall.until(lambda: hall.status().health.get("identity_refused", 0) == 1)
        assert hall.status().identity_version == 1
        disk.read_only = False
        assert [fault.code for fault in hall.data(FaultData)] == [FaultCode.IDENTITY_REFUSED]

    with_hall(act, disk=disk)


def test_a_new_controller_key_is_trusted_if_the_old_one_signs_it_and_a_removed_old_key_is_not() -> None:
    old, new = Signer(CONTROLLER_KEY), Signer(OTHER_KEY)
    own = CONTROLLER_KEY.public_key().public_bytes_raw()
    other = OTHER_KEY.public_key().public_bytes_raw()

    async def obeyed(hall: Hall, signer: Signer) -> bool:
        hall.controller = signer
        before = len(hall.results())
        await hall.order(hall.command(id=f"0195d6a0-0000-7000-8000-{len(hall.heard):012x}"))
        return len(hall.results()) > before and hall.results()[-1].outcome == "done"

    async def act(hall: Hall) -> None:
        assert not await obeyed(hall, new)
        # By its own word it is nobody.
        deliver(hall, fresh(2, keys(), controller_keys=(own, other)), own_box(), signer=new)
        await hall.until(lambda: hall.status().health.get("bad_signature", 0) == 2)
        deliver(hall, fresh(2, keys(), controller_keys=(own, other)), own_box(), signer=old)
        await holds(hall, 2)
        assert await obeyed(hall, new)
        assert await obeyed(hall, old)
        deliver(hall, fresh(3, keys(), controller_keys=(other,)), own_box(), signer=new)
        await holds(hall, 3)
        assert await obeyed(hall, new)
        assert not await obeyed(hall, old)

    with_hall(act)


@pytest.mark.parametrize("what", ["older", "again", "another edge's", "spoilt", "of another authority", "empty"])
def test_an_old_identity_and_one_of_another_edge_change_nothing(what: str) -> None:
    async def act(hall: Hall) -> None:
        first = deliver(hall, fresh(5, keys(), secrets=(SECRET, NEXT)), own_box())
        await holds(hall, 5)
        if what == "older":
            deliver(hall, fresh(4, keys(), secrets=(NEXT,)), own_box())
        elif what == "again":
            hall.send("identity", first)
        elif what == "another edge's":
            deliver(hall, msgspec.structs.replace(fresh(6, keys(), secrets=(NEXT,)), edge="other"), own_box())
        elif what == "spoilt":
            deliver(hall, msgspec.structs.replace(fresh(6, keys(), secrets=(NEXT,)), certificate="none"), own_box())
        elif what == "of another authority":
            stray = type(authority())()
            deliver(hall, msgspec.structs.replace(fresh(6, keys(), secrets=(NEXT,)), ca=stray.pem), own_box())
        else:
            deliver(hall, fresh(5, keys(), secrets=(NEXT,)), own_box(), empty=True)
        refused = 0 if what in ("again", "empty") else 1
        await hall.until(lambda: hall.status().health.get("identity_refused", 0) == refused)
        assert hall.status().identity_version == 5
        await hall.send_plan(1, hours(), GrantsPart(grants=(coded(SECRET, CODE),)))
        assert await opens(hall, CODE)

    with_hall(act)


def asked(hall: Hall) -> list[Renewal]:
    return hall.got("renewal", Purpose.RENEWAL, Renewal)


def test_a_key_change_is_requested_under_the_new_keys_and_takes_effect_once_the_identity_is_on_the_disk() -> None:
    async def act(hall: Hall) -> None:
        first = deliver(hall, fresh(2, keys()), own_box(), renew=True)
        await hall.until(lambda: bool(asked(hall)) and hall.status().connection == 2)
        renewal = asked(hall)[0]
        assert renewal.key != keys().signing.public_key().public_bytes_raw()
        # The same again, by a broker that repeats it: nothing more is asked.
        hall.send("identity", first)
        connection = hall.status().connection
        certificate = authority().for_request(renewal.csr)
        deliver(hall, fresh(3, keys(), certificate=certificate), renewal.box)
        kept: Mapping[str, bytes] = hall.disk._now  # type: ignore[attr-defined]
        await hall.until(lambda: FILE in kept and decode(kept[FILE], StoredIdentity).issued.version == 3)
        assert {each.key for each in asked(hall)} == {renewal.key}
        fresh_keys = decode(kept[FILE], StoredIdentity).keys
        assert fresh_keys.signing.public_key().public_bytes_raw() == renewal.key
        # From here on its word is signed with the new key, on a new connection with a will of that key.
        hall.config = msgspec.structs.replace(
            hall.config, identity=msgspec.structs.replace(hall.config.identity, keys=fresh_keys)
        )
        hall.heard.clear()
        await hall.until(lambda: bool(hall.heard) and hall.status().connection == connection + 1)
        assert hall.status().identity_version == 3
        assert not asked(hall)

    with_hall(act)


@pytest.mark.parametrize(("over_days", "asks"), [(480, False), (490, True)])
def test_the_next_certificate_is_asked_for_at_two_thirds_of_its_life(over_days: int, asks: bool) -> None:
    since = ZERO - timedelta(days=over_days)
    held = edge_identity(keys(), {DOOR: SECRET}, since=since, until=since + timedelta(days=730))
    found = msgspec.structs.replace(config(), identity=StoredIdentity(keys=keys(), issued=held))

    async def act(hall: Hall) -> None:
        await hall.until(lambda: hall.status().online)
        await hall.until(lambda: bool(hall.batches()))
        assert bool(asked(hall)) is asks

    with_hall(act, config=found)


def test_an_edge_without_the_time_requests_no_certificate() -> None:
    since = ZERO - timedelta(days=700)
    held = edge_identity(keys(), {DOOR: SECRET}, since=since, until=since + timedelta(days=730))
    found = msgspec.structs.replace(config(), identity=StoredIdentity(keys=keys(), issued=held))

    async def act(hall: Hall) -> None:
        await hall.until(lambda: bool(hall.batches()))
        assert not asked(hall)

    with_hall(act, config=found, synchronised=False)


def test_an_identity_never_shows_its_secrets() -> None:
    shown = repr(identity({DOOR: SECRET}))
    assert SECRET.hex() not in shown
    assert repr(SECRET) not in shown
    assert keys().tls.splitlines()[1] not in shown


def test_offline_codes_of_a_secret_work_from_its_arrival_to_its_removal() -> None:
    window = OfflineWindow(start=ZERO, quarters=1)
    old, new = (offline_code(secret, DOOR, window) for secret in (SECRET, NEXT))

    async def act(hall: Hall) -> None:
        await hall.send_plan(1, hours())
        for version, secrets in ((2, (SECRET,)), (3, (SECRET, NEXT)), (4, (NEXT,))):
            deliver(hall, fresh(version, keys(), secrets=secrets), own_box())
            await holds(hall, version)
            assert (await opens(hall, old), await opens(hall, new)) == (SECRET in secrets, NEXT in secrets)

    with_hall(act)


def test_a_used_offline_code_keeps_its_meaning_through_a_change_of_secrets_and_a_restart() -> None:
    code = offline_code(NEXT, DOOR, OfflineWindow(start=ZERO, quarters=1))

    async def act(hall: Hall) -> None:
        await hall.send_plan(1, hours())
        deliver(hall, fresh(2, keys(), secrets=(SECRET, NEXT)), own_box())
        await holds(hall, 2)
        assert await opens(hall, code)
        deliver(hall, fresh(3, keys(), secrets=(NEXT,)), own_box())
        await holds(hall, 3)
        await hall.stop()
        kept = decode(hall.disk.read(FILE) or b"", StoredIdentity)
        hall.config = msgspec.structs.replace(hall.config, identity=kept)
        await hall.start()
        # So long after its window the digits alone mean nothing any more.
        await asyncio.sleep(3 * 3600)
        await hall.enter(code)
        await asyncio.sleep(1)
        assert hall.data(AccessData)[-1].reason is Reason.TOO_LATE

    with_hall(act)
