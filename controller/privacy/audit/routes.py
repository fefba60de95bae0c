"""The audit log over HTTP, with its answers."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response

from controller.people.authentication import ReadsAudit
from controller.platform.csv_import.schemas import csv_response
from controller.platform.web.fields import After, Answer, Limit, Line, Page, answer_of, page_of, read_date, read_moment
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import service
from controller.privacy.audit.model import AuditEntry, AuditFilter
from controller.privacy.audit.service import AuditService, as_csv


class AuditRead(Answer, of=AuditEntry):
    """`user`: the name of `user_id`, empty once erased. `actor`: what acted, where that is no user. `source`: web, api,
    console (a command on the controller's machine) or controller. `changes`: field -> value before and after. Once
    `erased`, `address`, `reason` and personal values are gone. `seq`: the place in the chain of its site; null for the
    second until it is sealed."""

    changes: dict[str, Any]


class AuditPage(Page[AuditRead]):
    """The newest first. ``next``: give it as ``after`` for the next page; null on the last one."""


def audit_page(found: Sequence[AuditEntry], *, limit: int) -> AuditPage:
    """``found``: one more than ``limit`` where there are more."""
    return page_of(AuditPage, found, limit, lambda each: answer_of(AuditRead, each, UTC), key=lambda each: str(each.id))


MOST_CSV = 10_000
router = APIRouter(tags=["audit"], responses=described(NotSignedIn))
TheAudit = Annotated[AuditService, service(AuditService)]
Words = Annotated[Line, Query()]
When = Annotated[str | None, Query(max_length=40, description="A date, or a time; without an offset in UTC")]


async def _which(
    who: Annotated[Line, Query(description="A user's id or name, or another actor")] = "",
    act: Words = "",
    site: Words = "",
    thing: Annotated[Line, Query(description="How the thing's name begins, such as booking")] = "",
    from_: Annotated[str | None, Query(max_length=40, alias="from", description="A date, or a time, in UTC")] = None,
    until: When = None,
) -> AuditFilter:
    return AuditFilter(
        who=who,
        act=act,
        site=site,
        thing=thing,
        from_=_instant("from", from_),
        until=_instant("until", until),
    )


Which = Annotated[AuditFilter, Depends(_which)]


@router.get("/audit")
async def read_audit_log(
    audit: TheAudit, actor: ReadsAudit, which: Which, after: After = None, limit: Limit = 100
) -> AuditPage:
    """Who did what to which thing, when, from where and why, the newest first. Reading it is recorded in it."""
    found = await audit.entries(which, before=_number(after), limit=limit + 1, actor=actor)
    return audit_page(found, limit=limit)


@router.get("/audit.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_audit_log(audit: TheAudit, actor: ReadsAudit, which: Which) -> Response:
    """The newest 10,000 of these rows as CSV; narrow them down with `until` for older ones."""
    found = await audit.entries(which, before=None, limit=MOST_CSV, actor=actor)
    return csv_response(as_csv(found), "audit.csv")


def _number(after: str | None) -> int | None:
    if after is None:
        return None
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise invalid_field("after", "must be `next` of the page before")
    return int(after)


def _instant(field: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    readers: tuple[Callable[[str], datetime], ...] = (_day, _moment)
    for read in readers:
        try:
            return read(text)
        except ValueError:
            continue
    raise invalid_field(field, "must be a date like 2026-11-25, or a time like 2026-11-25T18:00")


def _day(text: str) -> datetime:
    return datetime.combine(read_date(text), time(), UTC)


def _moment(text: str) -> datetime:
    found = read_moment(text)
    return found.resolve(ZoneInfo("UTC"), "time")
