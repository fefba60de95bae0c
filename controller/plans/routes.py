"""Commands at doors, and which plan each edge has."""

from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, status

from controller import localtime
from controller.estate.errors import DoorUnknown, SiteUnknown
from controller.estate.service import require_parts, require_site
from controller.fields import IdPath, SlugPath
from controller.house import TheHouse
from controller.people.gate import Decides, Reads
from controller.plans import repository
from controller.plans.commands import CommandUnknown, OutOfReach
from controller.plans.schemas import CommandAnswer, CommandBody, CommandIssued, PlanAnswer, PlanList
from controller.problem import NotSignedIn, described
from controller.telemetry import repository as telemetry

router = APIRouter(tags=["plans"], responses=described(NotSignedIn))


@router.post(
    "/sites/{site}/doors/{door}/commands",
    status_code=status.HTTP_202_ACCEPTED,
    responses=described(SiteUnknown, DoorUnknown, OutOfReach),
)
async def post_command(
    site: SlugPath, door: SlugPath, body: CommandBody, house: TheHouse, actor: Decides
) -> CommandIssued:
    """Unlock a door once, now. It is refused where the door is out of reach, and never kept for later."""
    commander = house.exchange.commander
    return CommandIssued(id=await commander.unlock(site, door, reason=body.reason, actor=actor.name))


@router.get("/commands/{command}", responses=described(CommandUnknown))
async def get_command(command: IdPath, house: TheHouse, actor: Reads) -> CommandAnswer:
    """What came of a command."""
    issued, outcome = await house.exchange.commander.outcome(command)
    async with house.database.read() as tx:
        zone = (await require_site(tx, issued.site)).tz
    return CommandAnswer(
        id=issued.id,
        site=issued.site,
        door=issued.door,
        kind=issued.kind,
        reason=issued.reason,
        actor=issued.actor,
        issued_at=localtime.rfc3339(issued.issued_at, zone),
        expires_at=localtime.rfc3339(issued.expires_at, zone),
        outcome=outcome.value,
        why=issued.why,
    )


@router.get("/sites/{site}/plans", responses=described(SiteUnknown))
async def get_plans(site: SlugPath, house: TheHouse, actor: Reads) -> PlanList:
    """For each edge, the plan it should have and the one it has."""
    async with house.database.read() as tx:
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
    return localtime.rfc3339(moment, zone) if moment else None
