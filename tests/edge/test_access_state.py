"""At a real door: offline codes open in their window and no other, and passback is applied by policy."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from edge.system.durable_files import Files
from edge.wire.access_decision import ClockTrust, Reason
from edge.wire.credentials import CredentialKind
from edge.wire.events import AccessData, FootfallData
from edge.wire.interval import Interval
from edge.wire.messages import WORD_EVERY_S, WORD_STALE_S
from edge.wire.offline_codes import QUARTER, OfflineWindow, offline_code
from edge.wire.plan import DoorSpan, Grant, GrantsPart, HoursPart, OfflineListing, OfflinePart, Passback
from tests.edge.disk import MemoryDisk
from tests.edge.hall import BOOKING, DOOR, INNER, OUTER, ZERO, Hall, config, grant, hours, with_hall
from tests.edge.test_one_beam import MAT, pass_by

CONFIG = config()
[OFFLINE] = [each.offline for each in CONFIG.identity.issued.doors[DOOR]]
WINDOW = OfflineWindow(start=ZERO, quarters=8)
CODE = offline_code(OFFLINE, DOOR, WINDOW)
HOUR = 3600.0
NIGHTS = [datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)]
"""The instants at which the clocks of London go forward and back."""
HOLDER = "019a1b2c-0000-7000-8000-00000000000c"


async def tried(hall: Hall, code: str) -> AccessData:
    await hall.enter(code)
    await asyncio.sleep(10)
    return hall.data(AccessData)[-1]


def test_an_offline_code_opens_without_the_controller_and_is_reported_as_such() -> None:
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


async def said(hall: Hall, *, version: int = 1, words: int = 0) -> None:
    """The controller greets this session, and says so many words after it."""
    await hall.hello(session=hall.status().nonce, plan_version=version)
    for _ in range(words):
        await asyncio.sleep(WORD_EVERY_S)
        await hall.hello(session=hall.status().nonce, plan_version=version, asks=False)


@pytest.mark.parametrize("night", NIGHTS, ids=["spring", "autumn"])
def test_an_offline_code_that_no_plan_lists_opens_only_while_the_controller_is_not_heard(night: datetime) -> None:
    """Both clock changes fall among the words."""
    window = OfflineWindow(start=night - 2 * QUARTER, quarters=8)
    mine, theirs, never = (offline_code(OFFLINE, DOOR, msgspec.structs.replace(window, slot=slot)) for slot in range(3))

    def lists(*slots: int) -> OfflinePart:
        accepted = [
            OfflineListing(window=msgspec.structs.replace(window, slot=slot), booking=BOOKING) for slot in slots
        ]
        return OfflinePart(door=DOOR, accepted=tuple(accepted))

    around = Interval(start=night - timedelta(days=1), end=night + timedelta(days=1))

    async def have(hall: Hall, version: int, listed: OfflinePart) -> None:
        span = DoorSpan(during=around, accepts=tuple(CredentialKind))
        manifest, data = hall.plan(version, hours(span), listed)
        await hall.publish(msgspec.structs.replace(manifest, valid_from=around.start, horizon=around.end), data)

    async def act(hall: Hall) -> None:
        await have(hall, 1, lists(1))
        assert (await tried(hall, mine)).granted  # nothing was heard
        await said(hall)
        assert (await tried(hall, mine)).granted  # it may have been issued as the edge came back
        replies = len(hall.replies())
        await said(hall, words=2)
        assert (await tried(hall, mine)).reason is Reason.UNKNOWN
        assert (await tried(hall, theirs)).booking == BOOKING
        await said(hall, version=2)
        assert (await tried(hall, mine)).granted  # the plan that lists it is on its way
        await have(hall, 2, lists(0, 1))
        assert (await tried(hall, mine)).booking == BOOKING
        assert (await tried(hall, never)).reason is Reason.UNKNOWN
        assert len(hall.replies()) == replies + 2  # no word is answered
        await asyncio.sleep(WORD_STALE_S)
        assert (await tried(hall, never)).granted  # the controller has fallen silent
        await said(hall, version=2, words=2)
        assert (await tried(hall, never)).reason is Reason.UNKNOWN
        assert hall.link is not None
        hall.link.cut()
        await asyncio.sleep(1)
        assert (await tried(hall, never)).granted  # the line is down
        hall.link.repair()
        await asyncio.sleep(60)
        assert (await tried(hall, never)).granted  # and it is another session

    with_hall(act, config=CONFIG, zero=night - timedelta(minutes=3))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"session": "ef" * 16}, id="of another session"),
        pytest.param({"trust": ClockTrust.UNPROVEN}, id="of a controller that does not know the time"),
    ],
)
def test_an_unproven_message_does_not_make_the_door_refuse_an_offline_code(changes: dict[str, object]) -> None:
    async def act(hall: Hall) -> None:
        await hall.send_plan(1, hours())
        for _ in range(3):
            await hall.hello(**{"session": hall.status().nonce, "plan_version": 1, "asks": False} | changes)
            await asyncio.sleep(WORD_EVERY_S)
        assert (await tried(hall, CODE)).granted

    with_hall(act, config=CONFIG)


def test_the_next_plan_names_the_booking_or_withdraws_the_code() -> None:
    async def act(hall: Hall) -> None:
        listed = OfflineListing(window=WINDOW, booking=BOOKING)
        await hall.send_plan(1, hours(), OfflinePart(door=DOOR, accepted=(listed,)))
        assert (await tried(hall, CODE)).booking == BOOKING
        await hall.send_plan(2, hours(), OfflinePart(door=DOOR, revoked=(WINDOW,)))
        assert (await tried(hall, CODE)).reason is Reason.REVOKED

    with_hall(act, config=CONFIG)


def test_a_used_code_is_remembered_over_a_restart_and_never_written_to_the_disk() -> None:
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


@pytest.mark.cases_full
def test_a_person_still_inside_is_reported_or_refused_as_the_door_is_configured_until_the_night() -> None:
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


def test_nobody_is_refused_while_the_doors_count_says_that_all_have_left() -> None:
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


def test_a_counter_that_cannot_tell_in_from_out_lets_nobody_in_a_second_time() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_plan(1, ours(Passback.HARD), GrantsPart(grants=(somebody(),)))
        assert (await tried(hall, "482913")).granted
        await pass_by(hall)
        assert [each.passages for each in hall.data(FootfallData)] == [1]
        assert not (await tried(hall, "482913")).granted

    with_hall(act, config=MAT)
