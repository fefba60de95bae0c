"""What the routes of the audit log answer."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from controller.audit_api.model import AuditEntry
from controller.web.fields import Answer, Page, answer_of, page_of


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
