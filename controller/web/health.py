"""``/healthz``, ``/readyz`` and ``/metrics``."""

from typing import Annotated

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from controller.container import Container
from controller.web.fields import Answer
from controller.web.services import service

router = APIRouter(tags=["health"])
TheContainer = Annotated[Container, service(Container)]


class Alive(Answer):
    status: str


class ReadyAnswer(Answer):
    """``checks``: by name, "ready" or what is wrong."""

    ready: bool
    checks: dict[str, str]


@router.get("/healthz")
async def alive() -> Alive:
    """The process answers."""
    return Alive(status="alive")


@router.get("/readyz", responses={503: {"description": "A component is not ready", "model": ReadyAnswer}})
async def ready(container: TheContainer, response: Response) -> ReadyAnswer:
    """Whether the database takes a write, tried every five seconds at most, the broker is connected, and the audit
    log is sealed."""
    found = {name: await check() for name, check in container.checks.items()}
    wrong = any(found.values())
    if wrong:
        response.status_code = 503
    return ReadyAnswer(ready=not wrong, checks={name: what or "ready" for name, what in found.items()})


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(container: TheContainer) -> Response:
    """Prometheus text."""
    await container.edge_metrics.refresh()
    return Response(generate_latest(container.registry), media_type=CONTENT_TYPE_LATEST)
