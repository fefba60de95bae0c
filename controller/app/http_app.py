"""The web application: routes, errors and what every request passes, around one ``Container``."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, compile_path

from controller.access.holders import routes as holders
from controller.access.induction import routes as induction
from controller.access.members import routes as members
from controller.alerts import routes as alerts
from controller.alerts import rule_routes as alert_rules
from controller.app import health
from controller.app.composition import open_container
from controller.app.container import Container
from controller.app.idempotency import IdempotencyMiddleware
from controller.app.preloads import Preloads
from controller.billing import routes as billing
from controller.billing.hire_requests import routes as hire_requests
from controller.bookings import code_search, door_codes
from controller.bookings import link_renewal as links
from controller.bookings import routes as bookings
from controller.bookings.affected import routes as affected
from controller.bookings.csv_import import routes as booking_csv
from controller.bookings.policies import routes as policies
from controller.bookings.problem_reports import routes as problem_reports
from controller.bookings.series import routes as series
from controller.calendars import routes as calendars
from controller.calendars import whats_on
from controller.calendars.external_feeds import routes as feeds
from controller.calendars.subscriptions import routes as subscriptions
from controller.closures import routes as closures
from controller.enrolment import routes as enrolment
from controller.estate import routes as estate
from controller.estate.floor_plans import routes as floor_plans
from controller.estate.site_file import routes as site_file
from controller.estate.ways import routes as ways
from controller.find import routes as finding
from controller.find.waitlist import routes as waiting
from controller.hours import routes as hours
from controller.notices import call_routes as calls
from controller.notices import document_reminders
from controller.notices import routes as notices
from controller.notices import template_routes as notice_templates
from controller.notices.bounces import routes as bounces
from controller.notices.digest import routes as notice_digest
from controller.notices.morning import routes as morning
from controller.notices.preferences import routes as notice_preferences
from controller.occupancy import routes as occupancy
from controller.occupancy.forecast import routes as forecast
from controller.people import party_routes, user_routes
from controller.people.authentication import (
    COOKIE,
    Authenticated,
    cookie_name,
    the_actor,
    the_person,
    the_room_tablet,
    the_token_owner,
)
from controller.people.documents import routes as documents
from controller.people.documents.model import LARGEST as LARGEST_DOCUMENT
from controller.people.groups import routes as groups
from controller.people.merging import routes as merging
from controller.people.passwords import Passwords
from controller.plans import routes as plans
from controller.plans.clock_trust import GIVEN, Sources
from controller.plans.overrides import routes as overrides
from controller.plans.restored import routes as restored
from controller.plans.why import routes as why
from controller.platform.csv_import.spreadsheet import LARGEST
from controller.platform.settings import Settings
from controller.platform.uploads.parser import Parser
from controller.platform.web.middleware import HeadersMiddleware, HostMiddleware, LimitMiddleware, WatchMiddleware
from controller.platform.web.pages import Pages, find_pages
from controller.platform.web.problem import (
    Conflicting,
    Invalid,
    Misdirected,
    NoRoom,
    ProblemBody,
    Refused,
    TooLarge,
    Unavailable,
    described,
    install_handlers,
)
from controller.privacy import routes as retention
from controller.privacy.audit import routes as audit
from controller.records.audit.audit_log import AuditSourceMiddleware
from controller.screens.door_pages import (
    documents_page,
    door_page,
    induction_edit_page,
    induction_page,
    link_files,
    listing_page,
    move_page,
    preferences_page,
    report_page,
    series_page,
    staff_pages,
    ways_page,
    whats_on_page,
    words,
)
from controller.screens.door_pages.plain_page import refuse_size
from controller.screens.live import past_routes as past
from controller.screens.live import routes as telemetry
from controller.screens.live import websocket as live_socket
from controller.screens.live.push import Beat, BookingsChanged
from controller.screens.live.snapshot_schemas import Snapshot, WallView
from controller.screens.room_tablets import routes as room_tablets
from controller.signin import joining_routes
from controller.signin import mail_routes as account_mails
from controller.signin import routes as people
from controller.signin import token_routes as tokens
from controller.signin.displays import routes as displays
from controller.signin.oidc import routes as oidc
from controller.signin.passkeys import routes as passkeys
from controller.signin.second_factor import routes as second_factor
from controller.telemetry.hand_counts import routes as hand_counts
from controller.telemetry.rollups import routes as rollups
from controller.telemetry.room_sensors import routes as room_sensors
from controller.use import routes as use
from controller.use.attendance import routes as attendance
from edge.wire.broker_link import Link
from edge.wire.clock import Clock

API = "/api/v1"
ROUTERS = (
    bookings.router,  # those that are asked most come first: routes are looked through in their order
    telemetry.router,
    live_socket.router,
    door_codes.router,
    code_search.router,
    links.router,
    problem_reports.router,
    holders.router,
    members.router,
    people.router,
    user_routes.router,
    account_mails.router,
    tokens.router,
    second_factor.router,
    passkeys.router,
    displays.router,
    room_tablets.router,
    oidc.router,
    party_routes.router,
    documents.router,
    document_reminders.router,
    induction.router,
    groups.router,
    joining_routes.router,
    merging.router,
    estate.router,
    ways.router,
    floor_plans.router,
    room_sensors.router,
    hand_counts.router,
    enrolment.router,
    site_file.router,
    hours.router,
    policies.router,
    booking_csv.router,
    affected.router,
    series.router,
    finding.router,
    waiting.router,
    hire_requests.router,
    notices.router,
    notice_templates.router,
    calls.router,
    notice_preferences.router,
    notice_digest.router,
    morning.router,
    bounces.router,
    use.router,
    attendance.router,
    audit.router,
    retention.router,
    billing.router,
    calendars.router,
    feeds.router,
    subscriptions.router,
    whats_on.router,
    plans.router,
    overrides.router,
    closures.router,
    restored.router,
    why.router,
    alerts.router,
    alert_rules.router,
    past.router,
    rollups.router,
    forecast.router,
    occupancy.router,
)
"""The routers of the domains, all under ``API``."""
_PREFIXED = (
    *((router, API) for router in ROUTERS),
    (health.router, ""),
    (series_page.router, ""),
    (link_files.router, ""),
    (move_page.router, ""),
    (report_page.router, ""),
    (door_page.router, ""),
    (induction_edit_page.router, ""),  # before the links, whose path it would be
    (induction_page.router, ""),
    (staff_pages.router, ""),
    (ways_page.router, ""),
    (documents_page.router, ""),
    (preferences_page.router, ""),
    (subscriptions.page, ""),
    (listing_page.router, ""),
    (whats_on_page.router, ""),
)
SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `token` that `POST /api/v1/session` answers, or one of `POST /api/v1/tokens`.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "As `POST /api/v1/session` sets it; a write must come from our own pages.",
    },
}
"""How OpenAPI names the ways in which one is signed in."""
ANYWHERE = (Invalid, TooLarge, Refused, Conflicting, Misdirected, NoRoom, Unavailable)
"""Responses that any of their routes may give: invalid fields, size, foreign origin, idempotency keys, other hosts, and
a full or locked database."""


def build_app(
    settings: Settings,
    clock: Clock,
    *,
    passwords: Passwords | None = None,
    parser: Parser | None = None,
    link: Link | None = None,
    time: Sources = GIVEN,
    several: bool = False,
) -> FastAPI:
    """The application around a container of its own, ``app.state.container``. ``time``: what vouches for the clock.
    ``parser`` stays the caller's to close. ``several``: as in ``open_container``.

    The caller migrates the database, awaits ``container.start()`` before the first request, runs
    ``container.tasks``, and awaits ``container.close()`` at the end. Raises ``KeyFault``.
    """
    return app_of(
        open_container(settings, clock, passwords=passwords, parser=parser, link=link, time=time, several=several)
    )


def app_of(container: Container) -> FastAPI:
    """The application around a container."""
    app = FastAPI(
        title="Hallkeeper",
        version="1",
        description="Access control and booking for shared community buildings. Errors are RFC 9457 problems; writes "
        "take an `Idempotency-Key`; times carry the site's offset.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        separate_input_output_schemas=False,
        # WatchMiddleware measures; FastAPI's own would record paths as they were sent, which may be secret.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        redirect_slashes=False,
    )
    app.state.container = container
    app.state.services = container.services()
    app.state.methods_at = methods_at
    words.read(find_pages(container.settings.pages_dir))
    install_handlers(app)
    app.router.routes += _routes()
    # Only the pages are compressed: the length of a compressed answer would reveal something of its secrets (BREACH).
    cookie = cookie_name(COOKIE, container.settings)
    pages = Pages(container.settings.pages_dir, cookie=cookie, api=API, preloads=Preloads(_gates_of_reads()))
    app.router.default = GZipMiddleware(pages)
    # The last added is the first passed.
    app.add_middleware(IdempotencyMiddleware, container=container)
    app.add_middleware(LimitMiddleware, csv_limit=LARGEST, document_limit=LARGEST_DOCUMENT, refusing_page=refuse_size)
    app.add_middleware(HostMiddleware, names=container.settings.host_names, address=container.settings.address)
    app.add_middleware(WatchMiddleware, registry=container.registry)
    app.add_middleware(AuditSourceMiddleware, proxies=container.settings.listen.trusted)
    listen = container.settings.listen
    app.add_middleware(HeadersMiddleware, secure=container.settings.secure, framed_by=listen.framed_by)
    _describe(app)
    return app


@cache
def _routes() -> list[BaseRoute]:
    """Every route under its prefix. No container is in them, so that what FastAPI works out about them serves each
    application of the process."""
    every = APIRouter()
    for router, prefix in _PREFIXED:
        every.include_router(router, prefix=prefix, responses=described(*ANYWHERE) if prefix else None)
    return every.routes


def every_route() -> Iterator[tuple[str, APIRoute]]:
    """Each with its whole path."""
    for router, prefix in _PREFIXED:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield prefix + route.path_format, route


@cache
def _methods() -> dict[str, frozenset[str]]:
    """Path, as OpenAPI writes it -> what its routes take."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for path, route in every_route():
        found[path] |= route.methods or frozenset()
    return dict(found)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those of paths that name something."""
    return tuple((compile_path(path)[0], path) for path in _methods() if "{" in path)


def methods_at(path: str) -> list[str]:
    """The methods that a path takes: of a literal path such as `/holders/import`, or else of one with parameters."""
    whole = path if path in _methods() else next((each for pattern, each in _patterns() if pattern.match(path)), "")
    return sorted(_methods().get(whole, ()))


@cache
def _gates_of_reads() -> dict[str, Authenticated]:
    """By the path of a route that reads, below the API's, what asks who may."""
    return {
        path.removeprefix(API): each.call
        for path, route in every_route()
        if "GET" in (route.methods or ())
        for each in route.dependant.dependencies
        if isinstance(each.call, Authenticated)
    }


def _gated() -> dict[str, set[str]]:
    """Path -> the methods, in small letters, that want somebody signed in."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, route in every_route():
        if any(
            isinstance(each.call, Authenticated)
            or each.call in (the_actor, the_person, the_room_tablet, the_token_owner)
            for each in route.dependant.dependencies
        ):
            found[path] |= {method.lower() for method in route.methods or ()}
    return found


def _describe(app: FastAPI) -> None:
    """Put into the OpenAPI document the schemas that ``described`` refers to, and those of what watchers are sent."""
    plain = app.openapi

    def openapi() -> dict[str, object]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "ProblemBody" not in schemas:
            schema = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs", {})
            schemas["ProblemBody"] = schema
            _, watched = msgspec.json.schema_components(
                [Snapshot, BookingsChanged, Beat, WallView], ref_template="#/components/schemas/{name}"
            )
            schemas |= watched
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            document["components"]["securitySchemes"] = SECURITY
            for path, methods in _gated().items():
                for method in methods & set(document["paths"].get(path, {})):
                    document["paths"][path][method]["security"] = [{name: []} for name in SECURITY]
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
