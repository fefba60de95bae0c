"""A site's own wording of its notices over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from controller.bookings.errors import BookingUnknown
from controller.estate.errors import SiteUnknown
from controller.notices.errors import NothingToPreview
from controller.notices.model import NoticeTemplate
from controller.notices.schemas import BookingKindName, kind_of
from controller.notices.template_service import NoticeTemplates
from controller.notices.templates import FIELDS, LONGEST_TEMPLATE
from controller.people.authentication import Runs
from controller.people.optimistic_locking import VersionStale
from controller.platform.web.fields import WITHOUT_CONTROL, Answer, Body, Id, SlugPath, Versioned, answer_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["notices"], responses=described(NotSignedIn, SiteUnknown))
TheTemplates = Annotated[NoticeTemplates, service(NoticeTemplates)]
Version = Annotated[int, Query(ge=0, lt=2**53, description="As it was read")]
Wording = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEMPLATE), WITHOUT_CONTROL]


class NoticeTemplateBody(Body):
    """``text``: plain text with ``{{ field }}`` and ``{% if field %} … {% endif %}``; it must have
    ``{{ message }}``."""

    text: Wording


class PutNoticeTemplateBody(NoticeTemplateBody, Versioned):
    __doc__ = NoticeTemplateBody.__doc__


class NoticePreviewBody(Body):
    """``text``: the wording to try; null for the usual one. ``booking``: on which; null for the site's next
    one."""

    text: Wording | None = None
    booking: Id | None = None


class NoticeTemplateRead(Answer):
    """``subject``: how the subject of such a mail begins. ``text``: empty where the site has the usual wording;
    ``version`` is 0 then."""

    kind: BookingKindName
    subject: str
    text: str
    version: int


class NoticeTemplateList(Answer):
    """``fields``: what a wording can name, and what it stands for."""

    items: list[NoticeTemplateRead]
    fields: dict[str, str]


class NoticePreviewRead(Answer):
    """A mail as it would be sent about ``booking``, its door codes masked; ``html``: the part that most people see."""

    booking: str
    subject: str
    text: str
    html: str


@router.get("/sites/{site}/notice-templates")
async def list_notice_templates(site: SlugPath, templates: TheTemplates, actor: Runs) -> NoticeTemplateList:
    """The site's own wording of its mails, for each kind of notice, and the fields that a wording can have."""
    found = await templates.listed(site)
    return NoticeTemplateList(items=[_answer(each) for each in found], fields=dict(FIELDS))


@router.put("/sites/{site}/notice-templates/{kind}", responses=described(VersionStale))
async def put_notice_template(
    site: SlugPath, kind: BookingKindName, body: PutNoticeTemplateBody, templates: TheTemplates, actor: Runs
) -> NoticeTemplateRead:
    """Have the site's mails of a kind worded like that, from the next one on. A wrong one is refused with the line."""
    return _answer(await templates.put(site, kind_of(kind), body.text, version=body.version, actor=actor))


@router.delete("/sites/{site}/notice-templates/{kind}", responses=described(VersionStale))
async def delete_notice_template(
    site: SlugPath, kind: BookingKindName, version: Version, templates: TheTemplates, actor: Runs
) -> NoticeTemplateRead:
    """Have the site's mails of a kind worded as usual again."""
    return _answer(await templates.put(site, kind_of(kind), None, version=version, actor=actor))


@router.post("/sites/{site}/notice-templates/{kind}/preview", responses=described(BookingUnknown, NothingToPreview))
async def preview_notice_template(
    site: SlugPath, kind: BookingKindName, body: NoticePreviewBody, templates: TheTemplates, actor: Runs
) -> NoticePreviewRead:
    """Show a mail of a kind as it would be about a real booking. Nothing is sent, nothing is written."""
    return answer_of(NoticePreviewRead, await templates.preview(site, kind_of(kind), body.text, body.booking))


def _answer(template: NoticeTemplate) -> NoticeTemplateRead:
    return answer_of(NoticeTemplateRead, template, kind=template.kind.name.lower(), subject=str(template.kind))
