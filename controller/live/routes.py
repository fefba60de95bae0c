"""What is known of a site now, and what its edges reported."""

import asyncio
from contextlib import suppress
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response, WebSocket, WebSocketDisconnect
from sqlalchemy.exc import SQLAlchemyError

from controller.estate import repository as estate
from controller.estate.errors import SiteUnknown
from controller.estate.service import require_site
from controller.live.alerts import open_alerts
from controller.live.push import BEAT_EVERY_S, Live
from controller.live.schemas import (
    AlertPage,
    EventPage,
    OpenAlerts,
    QuarantinePage,
    alert_answer,
    event_answer,
    open_alert_answer,
    quarantine_answer,
)
from controller.people.authentication import SeesLive, SeesLiveAnySite, find_actor
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.people.service import SignInService
from controller.telemetry import queries
from controller.web.fields import LIST_LIMIT, Limit, SlugPath
from controller.web.problem import NotSignedIn, Problem, described
from controller.web.services import TheClock, TheDatabase, service, service_of
from edge.wire.ids import SLUG_PATTERN

router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn, SiteUnknown))

SEND_WITHIN_S = 20.0
"""A watcher that takes nothing for so long, in real seconds, is let go."""
NOT_SIGNED_IN = 4401
NOT_ALLOWED = 4403
NO_SUCH_SITE = 4404
_TRY_AGAIN = 1013
MOST_SITES = 20_000
"""Sites that are looked at for open alerts."""
_CONNECT_AGAIN = 1012

AfterId = Annotated[
    int | None, Query(ge=0, le=2**53, description="`next` of the page before; leave out for the first page")
]
SlugQuery = Annotated[str, Query(pattern=SLUG_PATTERN)]
_SNAPSHOT = {"$ref": "#/components/schemas/Snapshot"}
Kind = Annotated[str | None, Query(pattern=r"^[a-z0-9_-]{1,40}$", description="Only events of this kind")]


@router.get("/sites/{site}/now", responses={200: {"content": {"application/json": {"schema": _SNAPSHOT}}}})
async def get_now(site: SlugPath, live: Annotated[Live, service(Live)], actor: SeesLive) -> Response:
    """The site as it is known now: doors, people, counters, edges. `WS /live?site=` sends the same as it changes."""
    snapshot = await live.snapshot(site)
    return Response(msgspec.json.encode(snapshot), media_type="application/json")


@router.get("/sites/{site}/events")
async def get_events(
    site: SlugPath,
    database: TheDatabase,
    actor: SeesLive,
    after: AfterId = None,
    limit: Limit = LIST_LIMIT,
    kind: Kind = None,
) -> EventPage:
    """What the site's edges reported, in the order in which it was stored."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
        found = await queries.site_events(tx, site, after=after, limit=limit + 1, kind=kind)
    more, found = len(found) > limit, found[:limit]
    return EventPage(items=[event_answer(event, zone) for event in found], next=str(found[-1].id) if more else None)


@router.get("/sites/{site}/quarantine")
async def get_quarantine(
    site: SlugPath, database: TheDatabase, actor: SeesLive, after: AfterId = None, limit: Limit = LIST_LIMIT
) -> QuarantinePage:
    """Events that could not be accepted, as they came, and why."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
        found = await queries.site_quarantine(tx, site, after=after, limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    return QuarantinePage(
        items=[quarantine_answer(each, zone) for each in found], next=str(found[-1].id) if more else None
    )


@router.get("/sites/{site}/alerts")
async def get_alerts(site: SlugPath, database: TheDatabase, actor: SeesLive, limit: Limit = 100) -> AlertPage:
    """Alerts: forced doors, replaced event logs, refused plans, and the like; newest first."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
        found = await queries.site_alerts(tx, site, limit=limit)
    return AlertPage(items=[alert_answer(each, zone) for each in found])


@router.get("/alerts")
async def get_open_alerts(database: TheDatabase, clock: TheClock, actor: SeesLiveAnySite) -> OpenAlerts:
    """Open alerts at the sites whose live state the user may see, site by site: fire, intruders, doors,
    edges offline, and alerts of the last 24 hours that are not resolved."""
    async with database.read() as tx:
        sites = await estate.list_sites(tx, limit=MOST_SITES, only=actor.sites)
        found = await open_alerts(tx, sites, now=clock.now())
    return OpenAlerts(items=[open_alert_answer(each) for each in found])


@router.websocket("/live")
async def live(socket: WebSocket, site: SlugQuery) -> None:
    """A `Snapshot` at once, then at most once a second when something changed; `BookingsChanged` when the diary did; a
    `Beat` every 5 seconds. `type` says which. A user who may see the site but not its `live` data gets a `Beat` at
    once, and no `Snapshot`.

    Ends with 4401 at the session's end, with 4403 where the user may not see the site (any more), and with 1012
    where the user may see more or less of it from now on: connect again.
    """
    try:
        actor = await find_actor(socket)
    except Problem:
        actor = None
    await socket.accept()
    if actor is None:
        await socket.close(NOT_SIGNED_IN, "sign in first")
        return
    rights = _rights(actor, site)
    if Action.READ not in rights:
        await socket.close(NOT_ALLOWED, "you may not see this site")
        return
    sending = asyncio.create_task(_send(socket, site, snapshots=Action.LIVE in rights), name=f"live {site}")
    listening = asyncio.create_task(_listen(socket), name=f"live {site}, other way")
    turned_away = asyncio.create_task(_turned_away(socket, actor, site), name=f"live {site}, its session")
    tasks = (sending, listening, turned_away)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if done == {turned_away}:
        await socket.close(*turned_away.result())


def _rights(actor: Actor, site: str) -> frozenset[Action]:
    """What of the site the actor may watch."""
    return frozenset(action for action in (Action.READ, Action.LIVE) if may(actor, action, Thing(site=site)))


async def _send(socket: WebSocket, site: str, *, snapshots: bool) -> None:
    """Send until the watcher is gone or too slow."""
    messages = service_of(socket, Live).watch(site, snapshots=snapshots)
    try:
        async for message in messages:
            await asyncio.wait_for(socket.send_text(message.decode()), SEND_WITHIN_S)
    except SiteUnknown as error:
        await socket.close(NO_SUCH_SITE, error.detail[:100])
    except SQLAlchemyError:
        await socket.close(_TRY_AGAIN, "the database does not answer")
    except (WebSocketDisconnect, TimeoutError):
        pass
    finally:
        await messages.aclose()


async def _turned_away(socket: WebSocket, actor: Actor, site: str) -> tuple[int, str]:
    """Returns when the watcher's session has ended or shows another part of the site, and says which. Looks at once
    when a user is changed here, and at every beat, since another controller may have done it."""
    people, before = service_of(socket, SignInService), _rights(actor, site)
    while True:
        turned = people.users.turned  # before the look, so that nothing falls in between
        with suppress(SQLAlchemyError):  # the sender ends the line where the database does not answer
            now = await people.again(actor)
            if now is None:
                return NOT_SIGNED_IN, "the session has ended"
            rights = _rights(now, site)
            if Action.READ not in rights:
                return NOT_ALLOWED, "you may no longer see this site"
            if rights != before:
                return _CONNECT_AGAIN, "you may see more or less of this site from now on; connect again"
        with suppress(TimeoutError):
            await asyncio.wait_for(turned.wait(), BEAT_EVERY_S)


async def _listen(socket: WebSocket) -> None:
    """Nothing a watcher says matters; that it goes does."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
