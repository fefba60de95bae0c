"""What commands take, and what plans and commands answer."""

from typing import Annotated, Literal

from pydantic import Field

from controller.web.fields import Answer, Body, Name, Slug, Whole, Yes


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
    issued_at: str
    expires_at: str
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
