"""Routes find the services that they name."""

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from controller.app.http_app import every_route
from controller.hours.service import HoursService
from controller.platform.web.services import service_of


async def test_the_container_has_every_service_that_a_route_asks_for(app: FastAPI) -> None:
    connection = HTTPConnection({"type": "http", "app": app})
    asked = 0
    for path, route in every_route():
        for each in route.dependant.dependencies:
            if getattr(each.call, "__qualname__", "") == "service.<locals>.found":
                assert each.call is not None
                assert await each.call(connection) is not None, path
                asked += 1
    assert asked > 100


def test_a_service_is_the_containers_own(app: FastAPI) -> None:
    connection = HTTPConnection({"type": "http", "app": app})
    assert service_of(connection, HoursService) is app.state.container.hours
