"""At a real door: offline codes open in their window and no other, and whoever has not left comes in by policy."""

import asyncio
from datetime import timedelta

import msgspec

from edge.files import Files
from edge.wire.credentials import CredentialKind
from edge.wire.decide import Reason
from edge.wire.events import AccessData
from edge.wire.offline import OfflineWindow, offline_code
from edge.wire.plan import Grant, GrantsPart, HoursPart, OfflineListing, OfflinePart, Passback
from tests.edge.disk import MemoryDisk
from tests.edge.hall import BOOKING, DOOR, INNER, OUTER, ZERO, Hall, config, grant, hours, with_hall

CONFIG = config()
[OFFLINE] = [each.offline for each in CONFIG.identity.papers.doors[DOOR]]
WINDOW = OfflineWindow(start=ZERO, quarters=8)
CODE = offline_code(OFFLINE, DOOR, WINDOW)
HOUR = 3600.0
HOLDER = "019a1b2c-0000-7000-8000-00000000000c"


async def tried(hall: Hall, code: str) -> AccessData:
    await hall.enter(code)
    await asyncio.sleep(10)
    return hall.data(AccessData)[-1]


def test_an_offline_code_opens_with_no_word_from_the_controller_and_is_told_as_such() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_plan(1, hours())
        told = await tried(hall, CODE)
        assert (told.granted, told.credential, told.offline) == (True, CredentialKind.OFFLINE_CODE, WINDOW)
        assert told.booking is None
        other = offline_code(OFFLINE, "side-door", WINDOW)
        assert (await tried(hall, other)).reason is Reason.UNKNOWN
        await asyncio.sleep(2 * HOUR)
        assert (await tried(hall, CODE)).reason is Reason.TOO_LATE

    with_hall(act, config=CONFIG)


def test_the_next_plan_names_the_booking_or_withdraws_the_code() -> None:
    async def act(hall: Hall) -> None:
        listed = OfflineListing(window=WINDOW, booking=BOOKING)
        await hall.send_plan(1, hours(), OfflinePart(door=DOOR, accepted=(listed,)))
        assert (await tried(hall, CODE)).booking == BOOKING
        await hall.send_plan(2, hours(), OfflinePart(door=DOOR, revoked=(WINDOW,)))
        assert (await tried(hall, CODE)).reason is Reason.REVOKED

    with_hall(act, config=CONFIG)


def test_a_used_code_is_remembered_over_a_restart_and_never_stands_on_the_disk() -> None:
    disk: Files = MemoryDisk()

    async def act(hall: Hall) -> None:
        await hall.send_plan(1, hours())
        assert (await tried(hall, CODE)).granted
        await hall.stop()
        kept = disk.read(f"offline/{DOOR}.json")
        assert kept is not None
        assert CODE.encode() not in kept
        await hall.start()
        assert (await tried(hall, CODE)).granted
        assert disk.read(f"offline/{DOOR}.json") == kept

    with_hall(act, disk=disk, config=CONFIG)


def ours(policy: Passback) -> HoursPart:
    return msgspec.structs.replace(hours(), passback=policy)


def somebody() -> Grant:
    whole = grant("482913", ZERO, ZERO + timedelta(days=3), kind=CredentialKind.CONTRACTOR)
    return msgspec.structs.replace(whole, holder=HOLDER)


def test_whoever_has_not_left_is_told_of_or_refused_as_the_door_has_it_until_the_night() -> None:
    async def act(hall: Hall) -> None:
        for at, (policy, opens, told) in enumerate(
            ((Passback.OFF, True, False), (Passback.SOFT, True, True), (Passback.HARD, False, True)), start=1
        ):
            await hall.send_plan(at, ours(policy), GrantsPart(grants=(somebody(),)))
            if policy is Passback.SOFT:
                assert (await tried(hall, "482913")).granted
            found = await tried(hall, "482913")
            assert (found.granted, found.passback) == (opens, told)
        assert found.reason is Reason.PASSBACK
        await asyncio.sleep(12 * HOUR)  # past four in the morning
        assert (await tried(hall, "482913")).granted

    with_hall(act, config=CONFIG)


def test_where_the_doors_count_says_that_all_have_left_nobody_is_kept_out() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_plan(1, ours(Passback.HARD), GrantsPart(grants=(somebody(),)))
        assert (await tried(hall, "482913")).granted
        await hall.walk(OUTER, INNER)
        await asyncio.sleep(30)
        assert not (await tried(hall, "482913")).granted
        await hall.walk(INNER, OUTER)
        await asyncio.sleep(30)
        assert (await tried(hall, "482913")).granted

    with_hall(act, config=CONFIG)
