"""Enrolling an edge, rotating its keys, revoking it."""

import base64
from typing import Annotated

from fastapi import APIRouter, status

from controller.access.code_generation import NoCodeLeft
from controller.enrolment.model import KeyTaken, NotEnrolled, RevocationUnknown, SeveralRun, TokenRefused
from controller.enrolment.schemas import (
    EnrolBody,
    EnrolmentAnswer,
    IdentityAnswer,
    RevocationAnswer,
    RevokeBody,
    SigningKeyAnswer,
    TokenAnswer,
    TokenBody,
    revocation_answer,
    token_answer,
)
from controller.enrolment.service import EnrolmentService
from controller.estate.errors import EdgeUnknown, SiteUnknown
from controller.estate.service import require_site
from controller.people.authentication import Builds
from controller.platform.text import local_time
from controller.platform.web.fields import SlugPath, answer_of
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import TheDatabase, TheSettings, service
from edge.wire.codec import decode
from edge.wire.enrolment import Application
from edge.wire.errors import WireError

router = APIRouter(tags=["enrolment"])
TheEnrolment = Annotated[EnrolmentService, service(EnrolmentService)]
_OF_AN_EDGE = described(NotSignedIn, SiteUnknown, EdgeUnknown)


@router.get("/sites/{site}/edges/{edge}/enrolment", responses=_OF_AN_EDGE)
async def get_enrolment(site: SlugPath, edge: SlugPath, enrolment: TheEnrolment, actor: Builds) -> EnrolmentAnswer:
    """Whether an edge has enrolled, until when its certificate lasts, and which identity it holds."""
    state = await enrolment.state(site, edge)
    return answer_of(EnrolmentAnswer, state, state.zone)


@router.post("/sites/{site}/edges/{edge}/enrolment", status_code=status.HTTP_201_CREATED, responses=_OF_AN_EDGE)
async def make_token(
    site: SlugPath,
    edge: SlugPath,
    enrolment: TheEnrolment,
    database: TheDatabase,
    settings: TheSettings,
    actor: Builds,
    body: TokenBody | None = None,
) -> TokenAnswer:
    """Make a token with which this edge can enrol once. It has the fingerprints of the certificate authority and of
    the key that signs plans. An earlier token of the edge becomes invalid."""
    lives = (body or TokenBody()).lives
    token, expires_at = await enrolment.make_token(site, edge, actor=actor.name, lives=lives)
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
    return token_answer(str(token), local_time.rfc3339(expires_at, zone), settings.address)


@router.post("/enrol", responses=described(TokenRefused, KeyTaken))
async def enrol(body: EnrolBody, enrolment: TheEnrolment) -> IdentityAnswer:
    """Called by `hallkeeper edge enrol`. Needs no sign-in: the token's secret, which is not sent, proves the
    request, and only the calling Pi can decrypt the answer. The same Pi may call again if the answer was lost."""
    try:
        application = decode(base64.b64decode(body.application), Application)
    except WireError as error:
        raise invalid_field("application", str(error)) from None
    identity = await enrolment.enrol(application, base64.b64decode(body.proof))
    return IdentityAnswer(identity=base64.b64encode(identity).decode())


@router.post(
    "/sites/{site}/edges/{edge}/rotation",
    status_code=status.HTTP_202_ACCEPTED,
    responses=_OF_AN_EDGE | described(NotEnrolled),
)
async def rotate(site: SlugPath, edge: SlugPath, enrolment: TheEnrolment, actor: Builds) -> None:
    """Rotate an edge's keys, its certificate and its doors' secrets. It happens once the edge is online; codes stay
    the same and keep working."""
    await enrolment.rotate(site, edge, actor=actor.name)


@router.post("/sites/{site}/edges/{edge}/revocation", responses=_OF_AN_EDGE | described(NoCodeLeft))
async def revoke(
    site: SlugPath, edge: SlugPath, body: RevokeBody, enrolment: TheEnrolment, database: TheDatabase, actor: Builds
) -> RevocationAnswer:
    """Revoke an edge, for example when its Pi was stolen: its keys and certificate become invalid, and its doors get
    new secrets and codes. Answers whom to tell."""
    done = await enrolment.revoke(site, edge, reason=body.reason, actor=actor)
    async with database.read() as tx:
        return revocation_answer(done, (await require_site(tx, site)).tz)


@router.get("/sites/{site}/edges/{edge}/revocation", responses=_OF_AN_EDGE | described(RevocationUnknown))
async def get_revocation(
    site: SlugPath, edge: SlugPath, enrolment: TheEnrolment, database: TheDatabase, actor: Builds
) -> RevocationAnswer:
    """The latest revocation of this edge, with the people to tell."""
    done = await enrolment.last_revocation(site, edge)
    async with database.read() as tx:
        return revocation_answer(done, (await require_site(tx, site)).tz)


@router.post(
    "/signing-key/rotation", status_code=status.HTTP_202_ACCEPTED, responses=described(NotSignedIn, SeveralRun)
)
async def rotate_signing_key(enrolment: TheEnrolment, actor: Builds) -> SigningKeyAnswer:
    """Rotate the key that signs plans and commands. Each edge gets the new key signed with the old one, which is
    deleted once every enrolled edge has a plan signed with the new one."""
    return SigningKeyAnswer(begun=await enrolment.rotate_own(actor=actor.name))
