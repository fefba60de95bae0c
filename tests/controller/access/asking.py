"""A door's decision on the plan that the controller would sign now."""

from datetime import datetime

from controller.access.holder_and_member_grants import GrantScope
from controller.access.service import grants_for_edge
from controller.app.container import Container
from controller.plans.compile import DoorRules, PlanInput, plan_window
from edge.wire.access_decision import ClockTrust, Decision, decide
from edge.wire.credentials import Presented
from edge.wire.envelope import Keyring
from edge.wire.offline_codes import Lookup, nothing
from edge.wire.plan import Mode, ModeSpan, Plan
from edge.wire.plan_assembly import assemble
from tests.controller.plans.compiling import compile_plan
from tests.controller.village import SITE


async def plan_of(container: Container, door: str, *, mode: Mode = Mode.EXTENDED) -> Plan:
    """The plan of an edge with one door, the building in one mode all the time."""
    now = container.clock.now()
    within = plan_window(now)
    async with container.database.read() as tx:
        site_config = await container.writer.site_configs.of(tx, SITE)
        [known] = [each for each in site_config.doors if each.id == door]
        at = GrantScope(
            site=SITE,
            revision=site_config.revision,
            doors=(door,),
            zone=site_config.site.tz,
            least_age=site_config.policy.member_age,
        )
        given = PlanInput(
            site=SITE,
            edge=known.edge,
            doors=(DoorRules(id=door, name=known.name, hold_s=5, held_after_s=60, code_length=known.code_length),),
            modes=(ModeSpan(during=within, mode=mode),),
            grants=await grants_for_edge(tx, SITE, (door,), now, within.end),
            extra=await container.mqtt.planner.sources.others.admitted(tx, at, now=now, within=within),
        )
    made = compile_plan(given, now)
    return assemble(made.manifest(site=SITE, edge=known.edge, version=1), dict(made.parts))


async def ask(
    container: Container,
    shown: Presented,
    at: datetime,
    *,
    door: str = "front-door",
    mode: Mode = Mode.EXTENDED,
    trust: ClockTrust = ClockTrust.SYNCED,
    offline: Lookup = nothing,
    plan: Plan | None = None,
) -> Decision:
    async with container.database.read() as tx:
        secrets = await container.estate.door_secrets(tx, SITE)
    return decide(
        plan or await plan_of(container, door, mode=mode),
        door=door,
        secret=secrets[door],
        credential=shown,
        now=at,
        trust=trust,
        keys=Keyring(container.keys.signing.public_key()),
        offline=offline,
    )
