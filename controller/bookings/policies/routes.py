"""A site's booking policy over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from controller.bookings.code_issuing import Recode
from controller.bookings.policies.schemas import PolicyEffectAnswer, PutPolicyBody, effect_answer, put_policy_body
from controller.bookings.policies.service import PolicyService
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Runs
from controller.people.edit_versions import VersionStale
from controller.web.fields import SlugPath
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["bookings"], responses=described(NotSignedIn, SiteUnknown))
ThePolicies = Annotated[PolicyService, service(PolicyService)]
Check = Annotated[bool, Query(description="Preview the change, and write nothing")]
Codes = Annotated[
    Recode,
    Query(description="Draw new codes by the new rules: for none, for those that are on no door yet, or for all"),
]


@router.get("/sites/{site}/policy")
async def get_policy(site: SlugPath, policies: ThePolicies, actor: Runs) -> PutPolicyBody:
    """Who is confirmed at once, who may book how early and how much, and the release of no-shows."""
    return put_policy_body(await policies.get(site))


@router.put("/sites/{site}/policy", responses=described(VersionStale))
async def put_policy(
    site: SlugPath,
    body: PutPolicyBody,
    policies: ThePolicies,
    actor: Runs,
    check: Check = False,
    codes: Codes = Recode.KEEP,
) -> PutPolicyBody | PolicyEffectAnswer:
    """Replace the policy; omitted fields get their defaults. Existing bookings and requests stay as they are:
    `check=true` shows which requests the new rules would confirm, which bookings exceed new limits, and whose codes
    the new rules would draw differently. Existing codes stay, unless `codes` asks for new ones; a change of when
    they open applies at once."""
    policy = body.policy()
    if check:
        return effect_answer(*await policies.check(site, policy))
    await policies.put(site, policy, version=body.version, recode=codes, actor=actor.name)
    return put_policy_body(policy)
