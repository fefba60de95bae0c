"""Commands at doors, and which plan each edge has."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, status
from pydantic import Field

from controller.estate.errors import DoorUnknown, SiteUnknown, ThingUnknown
from controller.estate.service import require_parts, require_site
from controller.people.authentication import OpensDoors, SeesLive
from controller.people.permissions import Action, Thing, may
from controller.plans import repository
from controller.plans.commands import CommandService, CommandUnknown, OutOfReach
from controller.plans.manual_acts import ActPage, acts
from controller.platform.text import local_time
from controller.platform.web.fields import (
    After,
    Answer,
    Body,
    IdPath,
    Limit,
    LocalTime,
    Name,
    Slug,
    SlugPath,
    Whole,
    Yes,
    answer_of,
)
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import TheClock, TheDatabase, service
from controller.telemetry import repository as telemetry


class CommandBody(Body):
    """``reason`` is recorded with the name of the user who asked. ``unset_alarm``: also unset the intruder alarm of the
    door's area; where it is set, the door is not opened without."""

    kind: Literal["unlock"]
    reason: Name
    unset_alarm: Yes = False


class EdgeCommandBody(Body):
    """``counter`` and ``inside``, for ``recount`` only: the number from which that counter continues."""

    kind: Literal["recount", "restart", "self_test"]
    reason: Name
    counter: Slug | None = None
    inside: Annotated[Whole, Field(ge=0, le=100_000)] | None = None


class CommandIssued(Answer):
    id: str


class CommandAnswer(Answer):
    """``outcome``: waiting, done, refused or expired; an expired command can no longer be carried out. ``code``:
    ``faults_found`` by a self-test, ``alarm_set`` where an unlock has to unset the alarm too. Who and why are empty for
    users who may not see them."""

    id: str
    site: str
    edge: str
    door: str | None
    kind: str
    counter: str | None
    inside: int | None
    reason: str
    actor: str
    issued_at: LocalTime
    expires_at: LocalTime
    outcome: str
    why: str | None
    code: str | None


class PlanAnswer(Answer):
    """``version`` is what the edge should have, ``applied_version`` what it says it has."""

    edge: str
    version: int | None
    compiled_at: str | None
    horizon: str | None
    grants: int
    parts: int
    applied_version: int | None
    applied_at: str | None
    refused_at: str | None
    why: str | None


class PlanList(Answer):
    items: list[PlanAnswer]


router = APIRouter(tags=["plans"], responses=described(NotSignedIn))
TheCommands = Annotated[CommandService, service(CommandService)]
ACTS = 50
"""Acts on a page where nothing is said."""


@router.post(
    "/sites/{site}/doors/{door}/commands",
    status_code=status.HTTP_202_ACCEPTED,
    responses=described(SiteUnknown, DoorUnknown, OutOfReach),
)
async def post_command(
    site: SlugPath, door: SlugPath, body: CommandBody, commands: TheCommands, actor: OpensDoors
) -> CommandIssued:
    """Unlock a door once, now. Refused if the door is offline; it is never queued."""
    made = await commands.unlock(site, door, reason=body.reason, actor=actor.name, unset_alarm=body.unset_alarm)
    return CommandIssued(id=made)


@router.post(
    "/sites/{site}/edges/{edge}/commands",
    status_code=status.HTTP_202_ACCEPTED,
    responses=described(SiteUnknown, ThingUnknown, OutOfReach),
)
async def post_edge_command(
    site: SlugPath, edge: SlugPath, body: EdgeCommandBody, commands: TheCommands, actor: OpensDoors
) -> CommandIssued:
    """Ask an edge to test itself, to restart (its doors lock meanwhile), or to go on counting people from a number that
    somebody has counted. Refused where it is offline; it is never queued."""
    given = {"reason": body.reason, "actor": actor.name}
    if body.kind == "restart":
        return CommandIssued(id=await commands.restart(site, edge, **given))
    if body.kind == "self_test":
        return CommandIssued(id=await commands.self_test(site, edge, **given))
    if body.counter is None:
        raise invalid_field("counter", "a re-count needs the counter; look it up in the list of counters")
    if body.inside is None:
        raise invalid_field("inside", "a re-count needs how many people there are")
    return CommandIssued(id=await commands.recount(site, edge, body.counter, body.inside, **given))


@router.get("/commands/{command}", responses=described(CommandUnknown))
async def get_command(command: IdPath, commands: TheCommands, database: TheDatabase, actor: SeesLive) -> CommandAnswer:
    """The outcome of a command."""
    issued, outcome = await commands.outcome(command)
    async with database.read() as tx:
        zone = (await require_site(tx, issued.site)).tz
    visible = may(actor, Action.LOG, Thing(site=issued.site))
    counter, inside = issued.args.get("counter"), issued.args.get("inside")
    return answer_of(
        CommandAnswer,
        issued,
        zone,
        counter=counter if isinstance(counter, str) else None,
        inside=inside if isinstance(inside, int) else None,
        outcome=outcome,
        **({} if visible else {"reason": "", "actor": ""}),
    )


@router.get("/sites/{site}/acts", responses=described(SiteUnknown))
async def get_acts(
    site: SlugPath, database: TheDatabase, clock: TheClock, actor: OpensDoors, after: After = None, limit: Limit = ACTS
) -> ActPage:
    """What was done at the site's doors and edges by hand, the newest first: commands, overrides and replaced codes,
    who asked, why, and the outcome."""
    async with database.read() as tx:
        parts = await require_parts(tx, site)
        return await acts(tx, parts, before=after, limit=limit, now=clock.now())


@router.get("/sites/{site}/plans", responses=described(SiteUnknown))
async def get_plans(site: SlugPath, database: TheDatabase, actor: SeesLive) -> PlanList:
    """For each edge, the plan it should have and the one it has."""
    async with database.read() as tx:
        parts = await require_parts(tx, site)
        zone = parts.site.tz
        items: list[PlanAnswer] = []
        for edge in parts.edges:
            plan = await repository.latest(tx, site, edge.id)
            state = await telemetry.edge_state(tx, site, edge.id)
            items.append(
                PlanAnswer(
                    edge=edge.id,
                    version=plan.manifest.version if plan else None,
                    compiled_at=_time(plan.compiled_at if plan else None, zone),
                    horizon=_time(plan.manifest.horizon if plan else None, zone),
                    grants=plan.grants if plan else 0,
                    parts=len(plan.manifest.parts) if plan else 0,
                    applied_version=state.applied_version if state else None,
                    applied_at=_time(plan.applied_at if plan else None, zone),
                    refused_at=_time(plan.refused_at if plan else None, zone),
                    why=plan.why if plan else None,
                )
            )
    return PlanList(items=items)


def _time(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return local_time.rfc3339(moment, zone) if moment else None
