"""No route is without a gate: every one of them asks what its asker may."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute, Route

from controller.app.container import Container
from controller.app.http_app import API, ROUTERS
from controller.people.authentication import Authenticated
from controller.people.permissions import Action

Paths = list[tuple[str, BaseRoute]]

OPEN = {
    "/api/v1/setup-needed": "nobody can have signed in yet",
    "/api/v1/setup": "asks for the set-up token",
    "/api/v1/session": "is the sign-in itself",
    "/api/v1/session/others": "is about one's own sign-ins",
    "/api/v1/sessions": "is about one's own sign-ins",
    "/api/v1/sessions/{session_id}": "is about one's own sign-ins",
    "/api/v1/session/password": "is about one's own sign-in, and asks for the password",
    "/api/v1/session/mail": "is the sign-in itself",
    "/api/v1/session/mail/proof": "asks for proof that somebody reads the mail",
    "/api/v1/session/email": "is about one's own address",
    "/api/v1/session/email/proof": "asks for proof that somebody reads the mail",
    "/api/v1/tokens": "is about one's own tokens",
    "/api/v1/tokens/{token_id}": "is about one's own tokens",
    "/api/v1/session/second-step": "is the sign-in itself",
    "/api/v1/session/second-factor": "is about one's own sign-in",
    "/api/v1/session/second-factor/proof": "is about one's own sign-in",
    "/api/v1/session/second-factor/remove": "is about one's own sign-in",
    "/api/v1/session/second-factor/again": "is about one's own sign-in",
    "/api/v1/sites/{site}/hire-options": "is for people who have no user; it says what can be asked for",
    "/api/v1/hire-requests": "is for people who have no user; the site's policy allows it",
    "/api/v1/hire-requests/check": "is for people who have no user; the site's policy allows it",
    "/api/v1/hire-requests/proof": "asks for proof that somebody reads the mail",
    "/api/v1/hire-requests/proof/check": "asks for proof that somebody reads the mail",
    "/api/v1/displays/pair": "asks for a code that works once",
    **{
        f"/api/v1/room-tablet{act}": "only a tablet at a room's door is let in, and it is let in nowhere else"
        for act in ("", "/live", "/check-in", "/report", "/offer", "/bookings", "/end")
    },
    "/api/v1/session/passkey/options": "is the sign-in itself",
    "/api/v1/session/passkey": "is the sign-in itself",
    "/api/v1/session/passkey/again": "is about one's own sign-in",
    "/api/v1/passkeys": "is about one's own passkeys",
    "/api/v1/passkeys/options": "is about one's own passkeys",
    "/api/v1/passkeys/{passkey_id}": "is about one's own passkeys",
    "/api/v1/passkeys/{passkey_id}/remove": "is about one's own passkeys",
    "/api/v1/session/notice-preferences": "is about one's own mails",
    "/api/v1/parties/{party}/leave": "is about one's own roles",
    "/api/v1/invitations/look": "asks for the link or the digits of an invitation",
    "/api/v1/invitations/mail": "asks for the link of an invitation",
    "/api/v1/invitations/accept": "asks for the link or the digits of an invitation",
    "/api/v1/session/oidc": "is the sign-in itself",
    "/api/v1/session/oidc/proof": "asks for what a provider says of who has signed in",
    "/api/v1/session/oidc/again": "is about one's own sign-in",
    "/api/v1/session/accounts": "is about one's own sign-in",
    "/api/v1/session/accounts/{account_id}/remove": "is about one's own sign-in",
    "/api/v1/sign-in-options": "nobody has signed in yet; it says nothing of users",
    "/api/v1/live": "asks in its own words, since a WebSocket answers by a close code (test_users)",
    "/api/v1/live/sites": "as for one site (telemetry/test_live_sites)",
    "/api/v1/enrol": "asks for proof of a one-time token",
    "/induction": "a page, which asks who has signed in by itself (induction/test_induction_page)",
    "/calls": "a page, which asks who has signed in by itself (notices/test_calls)",
    "/slip/{booking_id}": "a page, which asks who has signed in by itself (notices/test_calls)",
    "/documents": "a page, which asks who has signed in by itself (documents/test_page)",
    "/documents/{party}": "as the page of a site",
    "/documents/{party}/upload": "as the page of a site",
    "/documents/{party}/{document_id}": "as the page of a site",
    "/documents/{party}/{document_id}/upload": "as the page of a site; read, it only leads to that of the document",
    "/induction/edit": "a page, which asks who has signed in by itself (induction/test_editing)",
    "/induction/{token}": "the link is a secret of who takes it",
    "/d/{token}/pass": "the link is a secret of the booking's people",
    "/d/{token}/photo": "the link is a secret of the booking's people",
    "/ways": "a page, which asks who has signed in by itself (ways/test_ways)",
    "/ways/upload": "as the page itself",
    "/d/{token}/upload": "the link is a secret of the booking's people",
    "/d/{token}/move": "the link is a secret of the booking's people",
    "/d/{token}/charge": "the link is a secret of the booking's people",
    "/d/{token}/booking.ics": "the link is a secret of the booking's people",
    "/d/series/{token}/dates.ics": "the link is a secret of the series' people",
    "/d/worker.js": "a script, the same for everybody; it holds no secret",
    "/d/series/{token}": "the link is a secret of the series' people",
    "/d/{token}": "the link is a secret of the booking's people",
    "/api/v1/sites/{site}/whats-on": "shows what is marked as public",
    "/listings": "a page, which asks who has signed in by itself (calendars/test_listing_page)",
    "/listings/{booking_id}": "as the page of a site",
    "/whats-on": "shows what is marked as public (calendars/test_public_pages)",
    "/whats-on.ics": "as the page",
    "/whats-on/{site}": "as the page",
    "/whats-on/{site}.ics": "as the page",
    "/whats-on/{site}/poster.pdf": "as the page",
    "/embed/whats-on": "as the page",
    "/embed/whats-on/{site}": "as the page",
    "/accessibility": "says nothing of what is stored",
    "/c/{token}.ics": "the link is a secret of its subscribers",
    "/n/{token}": "the link is a secret of who got the mail",
    "/healthz": "says nothing but that the process runs",
    "/readyz": "says which part is not ready, and nothing of what it holds",
    "/metrics": "numbers for the scraper, which is known by its address",
    "/openapi.json": "says what the API is, not what is in it",
}
"""Routes without a gate, and why."""
READING_POSTS = {
    "/api/v1/sites/{site}/induction/results": "writes only what somebody answered for themselves",
    "/api/v1/sites/{site}/bookings/check": "writes nothing",
    "/api/v1/sites/{site}/series/check": "writes nothing",
    "/api/v1/sites/{site}/quote": "writes nothing",
    "/api/v1/sites/{site}/bookings/instead": "writes nothing",
    "/api/v1/bookings/search/text": "writes nothing",
    "/api/v1/find": "writes nothing",
    "/api/v1/find/series": "writes nothing",
}
"""Routes that take a body, write nothing, and so ask no more than reading does."""
OF_NO_SITE = {
    "kind": "which of a thing's links; the thing is looked up",
    "report_id": "a report of the booking in the path, which the service asks for (problem_reports/test_reports)",
    "user_id": "somebody with rights at several sites; the service asks for each of them (test_assignments)",
    "assignment_id": "as for the user",
    "merge_id": "a merge into the party of the path",
    "invitation_id": "an invitation to the party of the path",
    "session_id": "one's own sign-in",
    "document_id": "of the party in the path; the service refuses another party's (documents/test_documents)",
    "bounced_address": "one of accounts, for those who keep all users",
    "account_id": "one's own sign-in",
    "member": "a person, whom the service looks up",
    "holder_id": "opens doors of several sites; the service asks for each of them (access/test_holders)",
    "subscription_id": "a calendar of one site or of several; the service asks whose it is",
    "member_id": "a member of the library, who belongs to the estate",
}
"""Names in paths without a site that nobody need look up, and why."""
ANY_SITE = {
    ("GET", "/api/v1/sites"): "lists the actor's sites (test_estate_wide, as for all of these)",
    ("GET", "/api/v1/use"): "measures the actor's sites (use/test_use)",
    ("GET", "/api/v1/use.csv"): "as the answer in JSON (use/test_use)",
    ("GET", "/api/v1/use/physical-visits.csv"): "lists the actor's sites as that does (use/test_use)",
    ("GET", "/api/v1/alerts"): "looks at the actor's sites (telemetry/test_open_alerts)",
    ("GET", "/api/v1/estate"): "looks at the actor's sites (telemetry/test_all_sites)",
    ("GET", "/api/v1/bookings/search"): "finds those whose details the actor may see (bookings/test_search)",
    ("POST", "/api/v1/bookings/search/text"): "as the search by an address (bookings/test_search)",
    ("POST", "/api/v1/bookings/search"): "looks at the sites where they may see every code (as above)",
    ("GET", "/api/v1/requests"): "lists what waits at the actor's sites",
    ("GET", "/api/v1/my/bookings"): "lists those of the actor's own parties, at their sites (bookings/test_own)",
    ("GET", "/api/v1/my/waiting"): "lists those of the actor's own parties (waitlist/test_waitlist)",
    ("GET", "/api/v1/free"): "looks at the actor's sites",
    ("GET", "/api/v1/find/offered"): "looks at the actor's sites",
    ("GET", "/api/v1/desks/free"): "looks at the actor's sites (occupancy/test_desks)",
    ("POST", "/api/v1/find"): "looks at the actor's sites",
    ("POST", "/api/v1/find/series"): "looks at the actor's sites",
    ("GET", "/api/v1/subscriptions"): "lists the actor's own, and those of sites that they run",
    ("POST", "/api/v1/subscriptions"): "the service asks for the site of the body",
    ("DELETE", "/api/v1/subscriptions/{subscription_id}"): "as listing them",
    ("GET", "/api/v1/holders"): "lists those who open doors at the actor's sites only",
    ("GET", "/api/v1/holders.csv"): "as listing them",
    ("POST", "/api/v1/holders"): "the service asks for each site of the body",
    ("POST", "/api/v1/holders/import"): "the service asks for each site of a row",
    ("GET", "/api/v1/holders/{holder_id}"): "the service asks for each of their sites",
    ("GET", "/api/v1/holders/{holder_id}/data.zip"): "as showing one",
    ("PUT", "/api/v1/holders/{holder_id}"): "the service asks for each of their sites, before and after",
    ("POST", "/api/v1/holders/{holder_id}/reissue"): "the service asks for each of their sites",
    ("POST", "/api/v1/holders/{holder_id}/reveal"): "the service asks for each of their sites",
    ("POST", "/api/v1/holders/{holder_id}/end"): "the service asks for each of their sites",
    ("GET", "/api/v1/parties"): "lists those of the actor's sites and of the estate (test_party_sites)",
    ("GET", "/api/v1/parties.csv"): "as listing them",
    ("POST", "/api/v1/parties/import"): "refuses the rows of parties that are not the actor's to change",
    ("GET", "/api/v1/users"): "lists who has rights at the actor's sites (test_assignments, as for all of these)",
    ("POST", "/api/v1/users"): "the service asks for each site of the body",
    ("POST", "/api/v1/parties/{party}/people"): "the service asks for the site of the body (test_groups)",
    ("PATCH", "/api/v1/users/{user_id}"): "the service asks for each site of the user",
    ("GET", "/api/v1/users/{user_id}/data.zip"): "as changing them",
    ("POST", "/api/v1/users/{user_id}/forget"): "as changing them",
    ("DELETE", "/api/v1/users/{user_id}/second-factor"): "as changing them",
    ("DELETE", "/api/v1/users/{user_id}/passkeys"): "as changing them",
    ("DELETE", "/api/v1/users/{user_id}/accounts"): "as changing them",
    ("POST", "/api/v1/users/{user_id}/assignments"): "the service asks for the site of the body",
    ("PATCH", "/api/v1/users/{user_id}/assignments/{assignment_id}"): "the service asks for the site, before and after",
    ("DELETE", "/api/v1/users/{user_id}/assignments/{assignment_id}"): "the service asks for the site",
    ("GET", "/api/v1/members"): "tells of members what is said at the actor's sites",
    ("GET", "/api/v1/members/{member_id}"): "as listing them",
    ("PUT", "/api/v1/members/{member_id}/induction"): "asks for the site of the body",
}
"""Routes that let in who may do it at one site at least, and how they keep to those sites."""


def _routes(app: FastAPI) -> Iterator[tuple[str, BaseRoute]]:
    """Every route with its whole path; FastAPI keeps included routers as they are."""
    for found in app.routes:
        router = getattr(found, "original_router", None)
        if router is None:
            assert isinstance(found, Route | APIWebSocketRoute), f"{found} is out of sight of this test"
            yield found.path, found
            continue
        prefix = API if router in ROUTERS else ""
        for route in router.routes:
            assert isinstance(route, APIRoute | APIWebSocketRoute), f"{route} is out of sight of this test"
            yield prefix + route.path, route


def _asks(route: APIRoute) -> list[Action]:
    return [verifier.action for verifier in _gates(route.dependant)]


def _gates(dependant: Dependant) -> list[Authenticated]:
    own = [each.call for each in dependant.dependencies if isinstance(each.call, Authenticated)]
    return own + [verifier for each in dependant.dependencies for verifier in _gates(each)]


@pytest.fixture
def routes(app: FastAPI) -> Paths:
    return list(_routes(app))


def test_every_route_has_one_gate_or_a_reason_to_have_none(routes: Paths) -> None:
    bare: set[str] = set()
    for path, route in routes:
        gates = _gates(route.dependant) if isinstance(route, APIRoute | APIWebSocketRoute) else []
        if gates:
            assert len(gates) == 1, f"{path}: has {len(gates)} gates"
            assert path not in OPEN, f"{path}: has a gate, so it needs no reason"
        else:
            bare.add(path)
    assert bare == set(OPEN)


def test_who_may_only_look_gets_no_further_than_looking(routes: Paths) -> None:
    reading = {path for path, route in _gated(routes) if _asks(route) == [Action.READ] and _writes(route)}
    assert reading == set(READING_POSTS)


def test_whatever_a_path_names_without_its_site_can_be_looked_up(routes: Paths, container: Container) -> None:
    named = {path: {each.name for each in route.dependant.path_params} for path, route in _gated(routes)}
    without = {path: names for path, names in named.items() if "site" not in names}
    assert len(without) > 20
    for path, names in without.items():
        unknown = names - {*container.owners, *OF_NO_SITE}
        assert not unknown, f"{path}: {unknown} has no finder in owners"


def _gated(routes: Paths) -> list[tuple[str, APIRoute]]:
    return [(path, route) for path, route in routes if isinstance(route, APIRoute) and path not in OPEN]


def _writes(route: APIRoute) -> bool:
    return not (route.methods or set()) <= {"GET", "HEAD"}


def test_only_routes_that_keep_to_the_sites_of_the_actor_let_in_who_has_some(routes: Paths) -> None:
    found = {
        (method, path)
        for path, route in routes
        if isinstance(route, APIRoute) and any(verifier.any_site for verifier in _gates(route.dependant))
        for method in route.methods or ()
    }
    assert found == set(ANY_SITE)


def test_the_tables_name_only_routes_that_there_are(routes: Paths) -> None:
    assert set(OPEN) | set(READING_POSTS) <= {path for path, _ in routes}
