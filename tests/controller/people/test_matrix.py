"""Every route, asked by every role about its own and another site, its own and another party: what is in the answer.

Things carry marks, which nobody else has. A mark may be in an answer to somebody who may see it, and in no other,
whatever the route and whatever the status.

With all tests who has one role asks each route for one of the things that it may have and one of those that it may
not; every thing is asked for by some role, and who has two roles asks for all. ``make fuzz`` has each ask for all.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple

import httpx
import pytest
from fastapi import FastAPI

from controller.access.code_generation import spoken
from controller.people.model import OF_PARTY, Actor, Assignment, Role
from controller.people.permissions import Action, Thing, lacks, may, may_somewhere, parties_of
from tests.controller.access.test_holders import changed as changed_holder
from tests.controller.access.test_holders import make as make_holder
from tests.controller.access.test_members import send as send_members
from tests.controller.people.route_rights import RouteRights, rows
from tests.controller.running import stranger
from tests.controller.signin.signing import API, Json, make_user, put_party, signed_in_as
from tests.controller.village import SITE
from tests.fuzz.effort import is_long

OWN, OTHER = "choir", "scouts"
AWAY = "wyton"
Target = tuple[str, str]
Asked = defaultdict[tuple[str, str], Counter[tuple[Target, bool]]]
"""Of each route, how often each thing was asked for by roles that may have it, and by those that may not."""
TARGETS = [(site, party) for site in (SITE, AWAY) for party in (OWN, OTHER)]
"""Own site and own party, own site and another party, and so on."""
ROLES = [role for role in Role if role is not Role.PUBLIC]
EVERYWHERE = (Role.OWNER, Role.MANAGER, Role.GROUP_LEADER, Role.AUDITOR)
"""Roles that are also tried at all sites."""
MIXED = (
    (Assignment(role=Role.MANAGER, site=SITE), Assignment(role=Role.WALL, site=AWAY)),
    (
        Assignment(role=Role.GROUP_LEADER, site=SITE, party=OWN),
        Assignment(role=Role.GROUP_MEMBER, site=AWAY, party=OTHER),
    ),
)
"""What one person holds together, which must not add up to more than each of them at its own site."""
ASKED = {"from": "2026-11-25", "to": "2026-12-12", "text": "zz"}
NO_SUCH = "0" * 36
BODIES: dict[tuple[str, str], Json] = {
    ("PUT", "/holders/{holder_id}"): changed_holder(),
    ("POST", "/holders/{holder_id}/reissue"): {"reason": "x", "code": True},
    ("POST", "/holders/{holder_id}/end"): {"reason": "x"},
    ("POST", "/users/{user_id}/assignments"): {"role": "wall", "site": SITE},
}
"""Of routes that ask for the thing only once the body is read."""
REFUSED = (401, 403)


class Mark(NamedTuple):
    """A text that only one thing has. ``seen_by``: any of these suffices to see it."""

    kind: str
    site: str | None
    party: str | None
    text: str
    seen_by: tuple[tuple[Action, Thing], ...]

    def may_be_seen(self, actor: Actor) -> bool:
        return any(may(actor, action, thing) for action, thing in self.seen_by)

    def in_text(self, text: str) -> bool:
        # The plain search first: it is three hundred times as fast, and most marks are in no answer.
        return self.text in text and re.search(rf"(?<![\w-]){re.escape(self.text)}(?![\w-])", text) is not None


class World:
    """What was made, by site and party or by site: values of path parameters, and marks."""

    def __init__(self) -> None:
        self.params: dict[tuple[str, str], dict[str, str]] = {target: {} for target in TARGETS}
        self.marks: list[Mark] = []

    def mark(self, kind: str, text: str, site: str | None, party: str | None, *actions: Action) -> None:
        thing = Thing(site=site, party=party)
        self.marks.append(Mark(kind, site, party, text, tuple((action, thing) for action in actions)))


async def _made(client: httpx.AsyncClient, path: str, body: Json) -> Json:
    answer = await client.post(f"{API}{path}", json=body)
    assert answer.is_success, answer.text
    found: Json = answer.json()
    return found


async def furnished(owner: httpx.AsyncClient) -> World:
    """Both sites with the same things in them, for both parties."""
    world = World()
    await owner.put(f"{API}/sites/{AWAY}", json={"name": "zzSite-wyton", "zone": "Europe/London"})
    await owner.put(f"{API}/sites/{AWAY}/spaces/hall", json={"name": "Hall", "doors": []})
    edge = {"name": "Pi"}
    assert (await owner.put(f"{API}/sites/{AWAY}/edges/pi", json=edge)).is_success
    door = {"name": "Door", "edge": "pi"}
    assert (await owner.put(f"{API}/sites/{AWAY}/doors/front-door", json=door)).is_success
    hall = {"name": "Hall", "capacity": 60, "doors": ["front-door"]}
    assert (await owner.put(f"{API}/sites/{AWAY}/spaces/hall", json=hall)).is_success
    for party in (OWN, OTHER):
        mail = f"zzmail-{party}@example.org"
        await put_party(owner, party, tier="partner", contact_email=mail)
        ways = [(Action.CONTACT, Thing(site=site, party=party)) for site in (None, SITE, AWAY)]
        ways += [(Action.PEOPLE, Thing(site=site)) for site in (SITE, AWAY)]
        world.marks.append(Mark("partymail", None, party, mail, tuple(ways)))
        await _furnish_documents(owner, world, party)
    world.mark("sitename", "zzSite-wyton", AWAY, None, Action.READ)
    for site in (SITE, AWAY):
        await _furnish_site(owner, world, site)
    await send_members(owner, "21412000000017,4711,,,,,,")
    member = (await owner.get(f"{API}/members")).json()["items"][0]["id"]
    for site, day in ((SITE, "2025-01-17"), (AWAY, "2025-02-18")):
        induction = {"site": site, "day": day, "version": 0}
        assert (await owner.put(f"{API}/members/{member}/induction", json=induction)).is_success
        keepers = ((Action.KEYS, Thing(site=site)), (Action.AUDIT, Thing()))
        world.marks.append(Mark("induction", site, None, day, keepers))
    for params in world.params.values():
        params["member_id"] = member
    for number, (site, party) in enumerate(TARGETS):
        await _furnish_target(owner, world, site, party, number)
    return world


async def _furnish_documents(owner: httpx.AsyncClient, world: World, party: str) -> None:
    path, dates = f"/parties/{party}", {"valid_from": "2026-01-01", "valid_until": "2027-01-01"}
    made = await _made(owner, f"{path}/documents", {"kind": "insurance", "notes": f"zzPolicy-{party}", **dates})
    content = f"%PDF-1.7 zzFile-{party}".encode()
    assert (await owner.put(f"{API}{path}/documents/{made['id']}/content", content=content)).is_success
    seen = {"level": "basic", "seen_on": "2026-01-01", "review_on": "2027-01-01", "seen_by": f"zzSeen-{party}"}
    assert (await owner.put(f"{API}{path}/safeguarding", json=seen)).is_success
    shared = ((Action.DOCUMENTS, Thing(party=party)),)
    for kind, text in (("document", f"zzPolicy-{party}"), ("file", f"zzFile-{party}")):
        world.marks.append(Mark(kind, None, party, text, (*shared, (Action.AUDIT, Thing()))))
    keepers = ((Action.PEOPLE, Thing(party=party)), (Action.AUDIT, Thing()))
    world.marks.append(Mark("safeguarding", None, party, f"zzSeen-{party}", keepers))
    for site in (SITE, AWAY):
        world.params[site, party]["document_id"] = made["id"]


async def _furnish_site(owner: httpx.AsyncClient, world: World, site: str) -> None:
    reason, name, closure, user = (f"zz{what}-{site}" for what in ("Override", "Holder", "Closure", "User"))
    ordered = await _made(owner, f"/sites/{site}/overrides", {"kind": "lock_down", "reason": reason})
    world.mark("override", reason, site, None, Action.LOG)
    holder = await make_holder(owner, name=name, places=[{"site": site}])
    world.mark("holder", name, site, None, Action.KEYS)
    day = {"reason": closure, "starts": "2026-12-24T00:00", "ends": "2026-12-26T00:00"}
    await _made(owner, f"/sites/{site}/closures", day)
    world.mark("closure", closure, site, None, Action.RUN, Action.AUDIT)
    made = await make_user(owner, user, "porter", sites=[site])
    world.mark("user", user, site, None, Action.USERS)
    link = await _made(owner, "/subscriptions", {"site": site, "shows": "titles", "name": f"zzLink-{site}"})
    world.mark("subscription", f"zzLink-{site}", site, None, Action.RUN)
    display = await _made(owner, f"/sites/{site}/displays", {"kind": "wall", "name": f"zzDisplay-{site}"})
    world.mark("display", f"zzDisplay-{site}", site, None, Action.USERS)
    for party in (OWN, OTHER):
        world.params[site, party] |= {
            "site": site,
            "display": display["id"],
            "override_id": ordered["id"],
            "holder_id": holder["holder"]["id"],
            "user_id": made["id"],
            "assignment_id": made["assignments"][0]["id"],
            "subscription_id": link["id"],
        }


async def _furnish_target(owner: httpx.AsyncClient, world: World, site: str, party: str, number: int) -> None:
    tag = f"{site}-{party}"
    times = {"starts": f"2026-11-26T{10 + number * 2}:00", "ends": f"2026-11-26T{11 + number * 2}:00"}
    body = {"space": "hall", "party": party, "title": f"zzTitle-{tag}", "contact_name": f"zzContact-{tag}", **times}
    booking = await _made(owner, f"/sites/{site}/bookings", body)
    again = await _made(owner, f"/bookings/{booking['id']}/code/reissue", {"reason": f"zzWhy-{tag}"})
    code = again["booking"]["code"]
    world.mark("title", body["title"], site, party, Action.DETAILS)
    world.mark("contact", body["contact_name"], site, party, Action.CONTACT)
    world.mark("why", f"zzWhy-{tag}", site, party, Action.LOG)
    world.mark("code", code, site, party, Action.CODE)
    world.mark("spoken code", spoken(code), site, party, Action.CODE)
    for name, action in (("link", Action.BOOK), ("show_link", Action.CODE)):
        world.mark(name, booking[name].rpartition("/")[2], site, party, action)
    day = f"2026-12-0{number + 1}"
    weekly = {"first_starts": f"{day}T10:00", "first_ends": f"{day}T11:00", "rule": "FREQ=WEEKLY;COUNT=2"}
    about = {"space": "hall", "party": party, "title": f"zzSeries-{tag}"}
    series = await _made(owner, f"/sites/{site}/series", about | weekly)
    world.mark("series", about["title"], site, party, Action.DETAILS)
    waiting = await _made(owner, f"/sites/{site}/waiting", body | {"title": f"zzWait-{tag}"})
    world.mark("waiting", f"zzWait-{tag}", site, party, Action.DETAILS)
    series_id = series.get("id") or series["series"]["id"]
    ids = {"booking_id": booking["id"], "series_id": series_id, "wait_id": waiting["id"], "party": party}
    world.params[site, party] |= ids


def _actors() -> Iterator[tuple[Assignment, ...]]:
    for role in ROLES:
        party = OWN if role in OF_PARTY else None
        yield (Assignment(role=role, site=SITE, party=party),)
        if role in EVERYWHERE:
            yield (Assignment(role=role, party=party),)
    yield from MIXED


def _allowed(row: RouteRights, actor: Actor, site: str, party: str) -> bool:
    """Whether the route lets the actor do that to the thing of the site and the party."""
    if row.action == "room":
        return False
    if row.action in ("anyone", "signed-in"):
        return row.action == "anyone" or bool(actor.assignments)
    action = Action(row.action)
    match row.on:
        case "site":
            return parties_of(actor, action, site) != frozenset()
        case "thing":
            return may(actor, action, Thing(site=site, party=party))
        case "party":
            return may(actor, action, Thing(party=party))
        case "holder" | "override":
            return may(actor, action, Thing(site=site))
        case "user":
            return lacks(actor, Assignment(role=Role.PORTER, site=site)) is None
        case "all":
            return may(actor, action, Thing())
    assert row.on == "somewhere", row
    return may_somewhere(actor, action)


class _Unknown(dict[str, str]):
    """Values of path parameters; of those that are not given, one that there is not."""

    def __missing__(self, name: str) -> str:
        if name == "day":
            return "2026-11-26"
        return NO_SUCH if name.endswith("_id") or name in ("command", "notice", "closure") else "zzz"


ROWS = rows()


def test_every_route_has_a_row_and_every_row_a_route(openapi: Json) -> None:
    there = {
        (method.upper(), path.removeprefix(API))
        for path, operations in openapi["paths"].items()
        for method in operations
        if path.startswith(API)
    }
    assert there == ROWS.keys(), "write down in route_rights what a new route asks for, and what it shows"


@pytest.mark.cases_full
async def test_nothing_is_in_an_answer_that_its_asker_may_not_see(app: FastAPI, village: httpx.AsyncClient) -> None:
    world = await furnished(village)
    before = await _state(village, world)
    faults: list[str] = []
    asked: Asked = defaultdict(Counter)
    async with AsyncExitStack() as stack:
        for held in _actors():
            who = " and ".join(f"{each.role} at {each.site or 'all sites'}" for each in held)
            bodies = [{"role": each.role, "site": each.site, "party": each.party} for each in held]
            client = await stack.enter_async_context(signed_in_as(app, village, "user", name=who, assignments=bodies))
            faults += await _walk(client, Actor(name="", assignments=held), world, asked, who)
        client = await stack.enter_async_context(stranger(app))
        faults += await _walk(client, Actor(name=""), world, asked, "nobody")
    assert faults == [], "\n".join(faults)
    assert await _state(village, world) == before


async def _state(owner: httpx.AsyncClient, world: World) -> Sequence[str]:
    """What must not change."""
    paths = [f"/bookings/{params['booking_id']}" for params in world.params.values()]
    paths += [f"/series/{params['series_id']}" for params in world.params.values()]
    return [(await owner.get(f"{API}{path}")).text for path in paths]


async def _walk(client: httpx.AsyncClient, actor: Actor, world: World, asked: Asked, who: str) -> list[str]:
    faults: list[str] = []
    hidden = [mark for mark in world.marks if not mark.may_be_seen(actor)]
    shown = [mark for mark in world.marks if mark.may_be_seen(actor)]
    walked = 0
    for (method, path), row in ROWS.items():
        if row.on == "-" and method != "GET":
            continue  # signing in and out; they answer nothing of things (test_sign_in, test_mail_sign_in)
        targets = {target: _allowed(row, actor, *target) for target in _targets(path)}
        every = is_long() or len(actor.assignments) > 1
        chosen = targets if every else _one_of_each(targets, asked[method, path])
        for (site, party), allowed in chosen.items():
            reads = method == "GET" or (method, path) == ("POST", "/bookings/{booking_id}/code")
            params = world.params[site, party]
            # What is allowed is not done to the things themselves, which others look at later.
            known = params if reads or not allowed else {"site": site} if "{site}" in path else {}
            answer = await client.request(
                method,
                API + path.format_map(_Unknown(known)),
                params=ASKED,
                json=None if reads else BODIES.get((method, path), {}),
            )
            about = f"{who}: {method} {path} of {party} at {site}: {answer.status_code}"
            walked += answer.status_code == 200
            if answer.status_code >= 500:
                faults.append(f"{about} {answer.text[:200]}")
            if allowed == (answer.status_code in REFUSED) and not (row.on == "user" and answer.status_code == 404):
                faults.append(f"{about}, and it {'may' if allowed else 'may not'}: {answer.text[:200]}")
            faults += [f"{about} shows {mark.text}" for mark in hidden if mark.in_text(answer.text)]
            if allowed and answer.status_code == 200:
                faults += [
                    f"{about} lacks {mark.text}"
                    for mark in shown
                    if mark.kind in row.shows and _concerns(mark, path, site, party) and not mark.in_text(answer.text)
                ]
    if actor.assignments and walked < 20:
        faults.append(f"{who} got {walked} answers only")
    return faults


def _targets(path: str) -> Sequence[tuple[str, str]]:
    """Those that make a difference to the path."""
    if "{" not in path:
        return TARGETS[:1]
    return TARGETS if _of_one(path) else TARGETS[::2]


def _one_of_each(targets: Mapping[Target, bool], asked: Counter[tuple[Target, bool]]) -> dict[Target, bool]:
    """One that is allowed and one that is not, where there are; those that were ``asked`` for least often."""
    rarest = sorted(targets.items(), key=asked.__getitem__, reverse=True)
    chosen = {allowed: target for target, allowed in rarest}
    asked.update((target, allowed) for allowed, target in chosen.items())
    return {target: allowed for allowed, target in chosen.items()}


def _of_one(path: str) -> bool:
    """Whether the path names something of a party."""
    return any(name in path for name in ("{booking_id}", "{series_id}", "{wait_id}", "{party}"))


def _concerns(mark: Mark, path: str, site: str, party: str) -> bool:
    """Whether the mark is of what the path names."""
    here = mark.site in (None, site) if "{" in path and "{party}" not in path else True
    return here and (not _of_one(path) or mark.party in (None, party))
