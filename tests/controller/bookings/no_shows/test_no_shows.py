"""Bookings whose people do not come: on evidence only, and never while a door's edge is offline or behind."""

from datetime import timedelta

import httpx
import pytest

from controller.app.container import Container
from controller.bookings.diary.policy import Policy, ReleaseRule
from controller.bookings.no_shows.service import NoShowService
from controller.telemetry import repository as telemetry
from controller.telemetry.event_timestamps import ClockSample
from edge.wire.access_decision import ClockTrust
from tests.controller.bookings.hearing import LOG, hear
from tests.controller.bookings.policing import put_policy
from tests.controller.bookings.test_arrivals import access, crossed, note, opened
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.village import SITE, Json, book, look

SIX = NOW + timedelta(hours=30)


async def give_rule(container: Container, *rules: ReleaseRule) -> None:
    await put_policy(container, Policy(release=rules))


async def story(client: httpx.AsyncClient, booking: Json) -> list[tuple[str, str]]:
    answer = await client.get(f"/api/v1/bookings/{booking['id']}/log")
    return [(each["what"], each["reason"]) for each in answer.json()["items"]]


async def status(client: httpx.AsyncClient, booking: Json) -> str:
    return str((await look(client, booking))["status"])


async def test_a_room_nobody_comes_to_is_released_after_a_warning(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await give_rule(any_container, ReleaseRule(after_min=20, warn_min=10))
    made = await book(any_village)
    clock.set(SIX + timedelta(minutes=10))
    await hear(any_container, clock.now())
    assert await any_container.no_shows.look() == 60
    assert await status(any_village, made) == "confirmed"
    assert (await story(any_village, made))[-1] == (
        "warn",
        "nobody has arrived yet; cancelled if nobody arrives by 18:20",
    )
    clock.set(SIX + timedelta(minutes=20))
    await hear(any_container, clock.now())
    await any_container.no_shows.look()
    assert await status(any_village, made) == "released"
    assert (await story(any_village, made))[-1] == (
        "release",
        "nobody had come by 18:20, and its doors are heard of until 18:20",
    )
    assert (await book(any_village, title="Band practice", starts="2026-11-26T18:20"))["status"] == "confirmed"


@pytest.mark.both_databases
async def test_a_booking_shows_its_release_time_while_that_applies(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await give_rule(any_container, ReleaseRule(after_min=20, warn_min=10, spaces=("hall",)))
    made = await book(any_village)
    elsewhere = await book(any_village, space="studio")
    assert (made["release_at"], made["warned_at"]) == ("2026-11-26T18:20:00+00:00", None)
    assert elsewhere["release_at"] is None
    clock.set(SIX + timedelta(minutes=14))
    await hear(any_container, clock.now())
    await any_container.no_shows.look()
    late = await look(any_village, made)
    assert (late["warned_at"], late["release_at"]) == ("2026-11-26T18:14:00+00:00", "2026-11-26T18:24:00+00:00")
    here = (await any_village.post(f"/api/v1/bookings/{made['id']}/check-in")).json()
    assert here["release_at"] is None


@pytest.mark.parametrize(
    "unheard",
    [
        {"online": False},
        {"head": 8},
        {"trust": ClockTrust.UNPROVEN},
        {"edges": ("pi-front",)},
    ],
    ids=["offline", "behind", "clock unproven", "one door never heard of"],
)
async def test_a_room_is_kept_while_a_door_may_know_more(
    village: httpx.AsyncClient, container: Container, clock: ManualClock, unheard: dict[str, object]
) -> None:
    await give_rule(container, ReleaseRule(after_min=20, warn_min=10))
    made = await book(village)
    for minutes in (10, 20, 60, 119, 121):
        clock.set(SIX + timedelta(minutes=minutes))
        await hear(container, clock.now(), **unheard)  # type: ignore[arg-type]
        await container.no_shows.look()
    assert await status(village, made) == "finished"
    assert [what for what, _ in await story(village, made)] == ["book"]


async def test_a_gap_of_a_stopped_door_does_not_count_as_absence(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await give_rule(container, ReleaseRule(after_min=20))
    made = await book(village)
    clock.set(SIX + timedelta(minutes=10))
    await hear(container, clock.now())
    async with container.database.write() as tx:
        log = await telemetry.log_id(tx, SITE, "pi-side", LOG)
        assert log is not None
        await telemetry.insert_outage(tx, SITE, "pi-side", log, 5, SIX, SIX + timedelta(minutes=3))
    await container.no_shows.look()
    assert [what for what, _ in await story(village, made)] == ["book"]


@pytest.mark.parametrize(
    ("unheard", "release_at", "kept"),
    [
        ({"online": False}, "18:20", "Front door offline since 12:00 on Wed 25 Nov"),
        ({"head": 8}, "18:20", "events of Front door have not all arrived yet"),
        ({"trust": ClockTrust.UNPROVEN}, "18:20", "the clock at Front door is not known to be right"),
        ({"edges": ("pi-front",)}, "18:20", "Side door never reported anything"),
        ("wrong clock", None, "the clock at Side door was wrong from 17:55 to 18:03"),
        ("outage", None, "what happened at Side door from 17:55 to 18:03 is not known"),
        ("log", None, "what happened at Side door before 18:05 is not known"),
    ],
    ids=[
        "offline",
        "behind",
        "clock unproven",
        "one door never heard of",
        "a wrong clock",
        "an outage",
        "a new log",
    ],
)
async def test_a_booking_past_its_release_says_why_it_is_kept(
    any_village: httpx.AsyncClient,
    any_container: Container,
    clock: ManualClock,
    unheard: dict[str, object] | str,
    release_at: str | None,
    kept: str,
) -> None:
    await give_rule(any_container, ReleaseRule(after_min=20))
    made = await book(any_village)
    assert made["kept"] == ""
    clock.set(SIX + timedelta(minutes=21))
    if unheard == "log":
        await hear(any_container, clock.now(), edges=("pi-front",))
        async with any_container.database.write() as tx:
            await telemetry.open_log(tx, SITE, "pi-side", LOG, SIX + timedelta(minutes=5))
        await hear(any_container, clock.now(), edges=("pi-side",))
    else:
        await hear(any_container, clock.now(), **(unheard if isinstance(unheard, dict) else {}))  # type: ignore[arg-type]
    if unheard == "outage":
        async with any_container.database.write() as tx:
            log = await telemetry.log_id(tx, SITE, "pi-side", LOG)
            assert log is not None
            minutes = timedelta(minutes=1)
            await telemetry.insert_outage(tx, SITE, "pi-side", log, 5, SIX - 5 * minutes, SIX + 3 * minutes)
    if unheard == "wrong clock":
        async with any_container.database.write() as tx:
            begun = ClockSample(boot="b" * 36, mono_ms=0, earliest=SIX, latest=SIX)
            await telemetry.put_clock_samples(tx, SITE, "pi-side", [begun])
            for off in (0, -5, 3):
                at = SIX + timedelta(minutes=off)
                await telemetry.mark_wrong(tx, SITE, "pi-side", begun.boot, at, at)
    await any_container.no_shows.look()
    there = await look(any_village, made)
    assert there["status"] == "confirmed"
    assert (there["release_at"] or "") == (f"2026-11-26T{release_at}:00+00:00" if release_at else "")
    assert there["kept"] == kept
    assert "ancelled if nobody" not in there["message"]


async def test_a_booking_of_a_space_without_a_door_shows_no_release_time(
    village: httpx.AsyncClient, container: Container
) -> None:
    await give_rule(container, ReleaseRule(after_min=5, warn_min=0))
    made = await look(village, await book(village, space="yard"))
    assert (made["release_at"], made["kept"]) == (None, "no door leads there, so arrivals cannot be detected")
    assert "ancelled if nobody" not in made["message"]


async def test_the_time_before_a_doors_first_log_does_not_count_as_absence(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await give_rule(any_container, ReleaseRule(after_min=20))
    made = await book(any_village)
    clock.set(SIX + timedelta(minutes=5))
    async with any_container.database.write() as tx:
        for edge in ("pi-front", "pi-side"):
            await telemetry.open_log(tx, SITE, edge, LOG, clock.now())
    for minutes in (10, 20, 121):
        clock.set(SIX + timedelta(minutes=minutes))
        await hear(any_container, clock.now())
        await any_container.no_shows.look()
    assert await status(any_village, made) == "finished"
    assert [what for what, _ in await story(any_village, made)] == ["book"]


async def test_a_no_show_is_put_down_when_it_is_over_and_keeps_its_time(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    made = await book(any_village)
    clock.set(SIX + timedelta(hours=2))
    await hear(any_container, clock.now())
    await any_container.no_shows.look()
    assert await status(any_village, made) == "no_show"


async def test_a_space_without_a_door_is_never_released(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await give_rule(container, ReleaseRule(after_min=5, warn_min=0))
    made = await book(village, space="yard")
    clock.set(SIX + timedelta(hours=3))
    await hear(container, clock.now())
    await container.no_shows.look()
    assert await status(village, made) == "finished"


async def test_an_edge_whose_word_is_missing_is_asked_and_not_more_often_than_every_ten_seconds(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await give_rule(container, ReleaseRule(after_min=20, warn_min=10))
    await book(village)
    clock.set(SIX + timedelta(minutes=10))
    await hear(container, SIX + timedelta(minutes=9))
    asked: list[tuple[str, str]] = []

    async def ask(edge: tuple[str, str]) -> None:
        asked.append(edge)

    no_shows = NoShowService(container.database, clock, container.changes, container.writer, container.bookings, ask)
    both = [(SITE, "pi-front"), (SITE, "pi-side")]
    assert await no_shows.look() == 10
    assert asked == both
    clock.advance(seconds=5)
    await no_shows.look()
    assert asked == both
    clock.advance(seconds=5)
    await no_shows.look()
    assert asked == 2 * both
    for _ in range(3):
        clock.advance(seconds=10)
        await container.no_shows.look()
    assert container.mqtt.edge_sessions.open_questions == dict.fromkeys(both, 1)


async def release(client: httpx.AsyncClient, container: Container, clock: ManualClock) -> None:
    """Let nobody come until 18:20."""
    for minutes in (10, 20):
        clock.set(SIX + timedelta(minutes=minutes))
        await hear(container, clock.now())
        await container.no_shows.look()


async def test_a_late_arrival_restores_a_released_booking_if_its_time_is_free(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await give_rule(any_container, ReleaseRule(after_min=20, warn_min=10))
    made = await book(any_village)
    await release(any_village, any_container, clock)
    assert await status(any_village, made) == "released"
    clock.set(SIX + timedelta(minutes=21))
    await note(any_container, [access(made, after_s=21 * 60), opened(21 * 60 + 3)])
    await any_container.no_shows.look()
    there = await look(any_village, made)
    assert (there["status"], there["release_at"]) == ("arrived", None)
    assert there["code"] is not None
    assert (await story(any_village, made))[-2:] == [
        ("arrive", "somebody came in with its code at Front door, after it had been released"),
        ("restore", "its people came at 18:21, and its time was still free"),
    ]


async def test_a_late_arrival_is_only_logged_when_the_time_is_taken(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await give_rule(any_container, ReleaseRule(after_min=20, warn_min=10))
    made = await book(any_village)
    await release(any_village, any_container, clock)
    others = await book(any_village, title="Band", starts="2026-11-26T18:20")
    clock.set(SIX + timedelta(minutes=21))
    await note(any_container, [access(made, after_s=21 * 60), opened(21 * 60 + 3)])
    for _ in range(2):
        await any_container.no_shows.look()
    there = await look(any_village, made)
    assert (there["status"], there["why"]) == ("released", (await story(any_village, made))[-2][1])
    assert [what for what, _ in await story(any_village, made)] == ["book", "warn", "release", "arrive"]
    assert await status(any_village, others) == "confirmed"


async def test_an_approved_booking_is_confirmed_again_on_a_late_arrival(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await give_rule(container, ReleaseRule(after_min=20, warn_min=10))
    made = await book(village, by_rules=True)
    await village.post(f"/api/v1/bookings/{made['id']}/approve")
    await release(village, container, clock)
    assert await status(village, made) == "released"
    restored = (await village.post(f"/api/v1/bookings/{made['id']}/restore")).json()
    assert restored["status"] == "confirmed"


async def test_where_a_check_in_is_wanted_walking_in_does_not_keep_the_room_and_checking_in_does(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await give_rule(any_container, ReleaseRule(after_min=20, warn_min=10, check_in=True))
    made = await book(any_village)
    other = await book(any_village, starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    await note(any_container, [crossed(60, door="side-door")])
    assert await status(any_village, made) == "arrived"
    await release(any_village, any_container, clock)
    assert await status(any_village, made) == "released"
    day = timedelta(days=1)
    clock.set(SIX + day + timedelta(minutes=1))
    await note(any_container, [crossed(day.total_seconds() + 60, door="side-door")])
    here = (await any_village.post(f"/api/v1/bookings/{other['id']}/check-in")).json()
    assert (here["arrived_how"], here["arrived_at"]) == ("tablet", "2026-11-27T18:01:00+00:00")
    for minutes in (10, 20):
        clock.set(SIX + day + timedelta(minutes=minutes))
        await hear(any_container, clock.now())
        await any_container.no_shows.look()
    assert await status(any_village, other) == "arrived"


async def test_a_clock_that_nothing_sets_is_taken_to_be_five_minutes_fast(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await give_rule(any_container, ReleaseRule(after_min=20, warn_min=0))
    made = await book(any_village)
    for minutes, told in ((24, ["book"]), (25, ["book", "warn"])):
        clock.set(SIX + timedelta(minutes=minutes))
        await hear(any_container, clock.now(), edges=("pi-front",))
        await hear(any_container, clock.now(), edges=("pi-side",), trust=ClockTrust.HOLDOVER)
        await any_container.no_shows.look()
        assert [what for what, _ in await story(any_village, made)] == told
