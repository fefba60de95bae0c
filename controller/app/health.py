"""``/healthz``, ``/readyz`` and ``/metrics``."""

from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Annotated

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from controller.app.container import Container
from controller.platform.web.fields import Answer
from controller.platform.web.middleware import is_address
from controller.platform.web.problem import Refused, described
from controller.platform.web.services import service

router = APIRouter(tags=["health"])
TheContainer = Annotated[Container, service(Container)]


SHOWN_ONLY = frozenset({"backup"})
"""Pages and doors work without it, so that no proxy must take them away for it."""


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
    log is sealed. A failed or late backup is named, and it is ready all the same."""
    found = {name: await check() for name, check in container.checks.items()}
    wrong = any(what for name, what in found.items() if name not in SHOWN_ONLY)
    if wrong:
        response.status_code = 503
    return ReadyAnswer(ready=not wrong, checks={name: what or "ready" for name, what in found.items()})


class NoScraper(Refused):
    def __init__(self) -> None:
        super().__init__(
            "/metrics is for the addresses in metrics_from, under [listen] in the settings, and through no proxy"
        )


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **described(NoScraper)},
)
async def metrics(container: TheContainer, request: Request) -> Response:
    """Prometheus text, for the addresses in `metrics_from`, and through no proxy."""
    if not _scrapes(request, container.settings.listen.scrapers):
        raise NoScraper
    await container.edge_metrics.refresh()
    return Response(generate_latest(container.registry), media_type=CONTENT_TYPE_LATEST)


def _scrapes(request: Request, scrapers: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Whether one of the scrapers itself asks: for whom a proxy asks, it may not say."""
    host = request.client.host if request.client else ""
    if not is_address(host) or {"x-forwarded-for", "forwarded"} & set(request.headers):
        return False
    address = ip_address(host)
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in each for each in scrapers)
