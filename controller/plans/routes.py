"""Commands at doors, and which plan each edge has."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, status

from controller.estate.errors import DoorUnknown, SiteUnknown, ThingUnknown
from controller.estate.service import require_parts, require_site
from controller.people.authentication import OpensDoors, SeesLive
from controller.people.permissions import Action, Thing, may
from controller.plans import repository
from controller.plans.commands import CommandService, CommandUnknown, OutOfReach
from controller.plans.manual_acts import ActPage, acts
from controller.plans.schemas import (
    CommandAnswer,
    CommandBody,
    CommandIssued,
    EdgeCommandBody,
    PlanAnswer,
    PlanList,
)
from controller.telemetry import repository as telemetry
from controller.text import local_time
from controller.web.fields import After, IdPath, Limit, SlugPath, answer_of
from controller.web.problem import NotSignedIn, described, invalid_field
from controller.web.services import TheClock, TheDatabase, service

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
    visible = may(actor, Action.CONTACT, Thing(site=issued.site))
    counter, inside = issued.args.get("counter"), issued.args.get("inside")
    return answer_of(
        CommandAnswer,
        issued,
        counter=counter if isinstance(counter, str) else None,
        inside=inside if isinstance(inside, int) else None,
        reason=issued.reason if visible else "",
        actor=issued.actor if visible else "",
        issued_at=local_time.rfc3339(issued.issued_at, zone),
        expires_at=local_time.rfc3339(issued.expires_at, zone),
        outcome=outcome.value,
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
