"""What commands take, and what plans and commands answer."""

from typing import Literal

from controller.fields import Answer, Body, Name


class CommandBody(Body):
    """``reason`` is kept beside the name of who asked."""

    kind: Literal["unlock"]
    reason: Name


class CommandIssued(Answer):
    id: str


class CommandAnswer(Answer):
    """``outcome``: waiting, done, refused or expired; an expired command can no longer be carried out."""

    id: str
    site: str
    door: str | None
    kind: str
    reason: str
    actor: str
    issued_at: str
    expires_at: str
    outcome: str
    why: str | None


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
