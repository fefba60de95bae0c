"""How a route reaches a service: by its class, in ``app.state.services``, which the container fills."""

from typing import Annotated, Any, TypeVar

from fastapi import Depends
from starlette.requests import HTTPConnection

from controller.db.engine import Database
from controller.platform.settings import Settings
from edge.wire.clock import Clock

T = TypeVar("T")


def service_of(connection: HTTPConnection, kind: type[T]) -> T:
    """The application's one service of this class. Raises ``KeyError`` where the container has none."""
    found: T = connection.app.state.services[kind]
    return found


def service(kind: type) -> Any:
    """The dependency of a route that uses this service, as in ``Annotated[HoursService, service(HoursService)]``."""

    async def found(connection: HTTPConnection) -> object:  # FastAPI would put what is not async on a thread
        return connection.app.state.services[kind]

    return Depends(found)


TheClock = Annotated[Clock, service(Clock)]
TheDatabase = Annotated[Database, service(Database)]
TheSettings = Annotated[Settings, service(Settings)]
