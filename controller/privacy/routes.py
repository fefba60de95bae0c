"""The schedule of how long data are kept, and what somebody has in it, over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Response, status

from controller.access.holders.model import HolderUnknown
from controller.access.holders.routes import TheHolders
from controller.access.members.model import MemberUnknown
from controller.people.authentication import KeepsKeys, KeepsKeysAnySite, KeepsPeople, KeepsUsers, ReadsAudit
from controller.people.errors import PartyUnknown, UserNotEnded, UserUnknown
from controller.people.user_routes import TheUsers
from controller.platform.web.fields import IdPath, SlugPath
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from controller.privacy.nightly_run import RetentionService
from controller.privacy.schedule_text import SCHEDULE
from controller.privacy.schemas import RetentionList, RetentionRead, Subject
from controller.privacy.subject_access import SubjectAccess
from controller.privacy.user_erasure import UserErasure

router = APIRouter(tags=["retention"], responses=described(NotSignedIn))
TheRetention = Annotated[RetentionService, service(RetentionService)]
TheUserErasure = Annotated[UserErasure, service(UserErasure)]
TheSubjectAccess = Annotated[SubjectAccess, service(SubjectAccess)]
_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/retention")
async def list_retention(retention: TheRetention, actor: ReadsAudit) -> RetentionList:
    """How long each kind of data is kept and why, and when it was last enforced."""
    runs = await retention.runs()
    items = []
    for line in SCHEDULE:
        run = runs.get(line.kind)
        items.append(
            RetentionRead(
                kind=line.kind,
                tables=list(line.tables),
                days=retention.shown_days(line),
                personal=line.personal,
                happens=line.happens,
                why=line.why,
                ran_at=run.ran_at.isoformat() if run else None,
                removed=run.removed if run else None,
                failure=run.failure if run else None,
            )
        )
    return RetentionList(items=items)


@router.get("/parties/{party}/data.zip", response_class=Response, responses={**_ZIP, **described(PartyUnknown)})
async def export_personal_data(party: SlugPath, access: TheSubjectAccess, actor: KeepsPeople) -> Response:
    """Everything that is stored about a party, as a page to read and as JSON, for a subject access request. The export
    is recorded in the audit log. Codes and tokens are left out."""
    return _zip(party, await access.export(Subject.PARTY, party, actor=actor))


@router.get("/users/{user_id}/data.zip", response_class=Response, responses={**_ZIP, **described(UserUnknown)})
async def export_users_data(user_id: IdPath, access: TheSubjectAccess, users: TheUsers, actor: KeepsUsers) -> Response:
    """The same about a user: sign-ins, assignments, and what they did by the audit log."""
    await users.require_governed(user_id, actor)
    return _zip(user_id, await access.export(Subject.USER, user_id, actor=actor))


@router.post(
    "/users/{user_id}/forget",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(UserUnknown, UserNotEnded),
)
async def forget_user(user_id: IdPath, erasure: TheUserErasure, actor: KeepsUsers) -> None:
    """Delete the name, address and ways to sign in of a user who has ended, for good. What they did stays, by their id.
    You need every right that the user had. Idempotent."""
    await erasure.forget(user_id, actor=actor)


@router.get("/holders/{holder_id}/data.zip", response_class=Response, responses={**_ZIP, **described(HolderUnknown)})
async def export_holders_data(
    holder_id: IdPath, access: TheSubjectAccess, holders: TheHolders, actor: KeepsKeysAnySite
) -> Response:
    """The same about a member of staff, key holder or contractor: where they may open, and where they did."""
    await holders.get(holder_id, actor=actor)
    return _zip(holder_id, await access.export(Subject.HOLDER, holder_id, actor=actor))


@router.get("/members/{member_id}/data.zip", response_class=Response, responses={**_ZIP, **described(MemberUnknown)})
async def export_members_data(member_id: IdPath, access: TheSubjectAccess, actor: KeepsKeys) -> Response:
    """The same about a member of the library. Doors do not record which member came in."""
    return _zip(member_id, await access.export(Subject.MEMBER, member_id, actor=actor))


def _zip(which: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{which}-data.zip"'}
    return Response(content, media_type="application/zip", headers=headers)
