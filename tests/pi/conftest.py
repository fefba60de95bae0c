"""A controller on this machine, and the machine that is the Pi of its only door."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from firmware_sim.api_client import Api
from tests.faults.controller_process import ControllerProcess
from tests.pi.architecture import AMD64, Architecture
from tests.pi.hall import Hall
from tests.pi.image import STORE
from tests.pi.machine import HOST, Machine
from tests.pi.packages import CONTROLLER, installed_disk, sources
from tests.pi.progress import Passed, Progress
from tests.services.fork_client import ForkServer
from tests.services.mosquitto import Broker


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cuts", type=int, default=100, help="How many disks of power cuts are opened without a boot")
    parser.addoption("--boots", type=int, default=3, help="How many disks of power cuts a machine boots")
    parser.addoption("--again", action="store_true", help="Run also what has passed with the same sources")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("markexpr") == "pi" and not config.getoption("collectonly"):
        passed = Passed(STORE, *sources(CONTROLLER, "tests/pi"))
        config.pluginmanager.register(Progress(passed, again=config.getoption("--again", default=False)))


@pytest.fixture
def architecture() -> Architecture:
    """The processor of the machine."""
    return AMD64


@pytest.fixture
def machine(tmp_path: Path, architecture: Architecture, request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A machine with the package installed, switched off. Its parameter: words for QEMU."""
    image, disk = installed_disk(architecture)
    folder = tmp_path / "machine"
    folder.mkdir()
    machine = Machine(folder, image, over=disk, more=getattr(request, "param", ()))
    yield machine
    machine.cut()


@pytest.fixture
async def hall(tmp_path: Path, machine: Machine, mosquitto: Broker, fork_server: ForkServer) -> AsyncIterator[Hall]:
    """The controller runs and knows the door; the machine runs, and is not enrolled."""
    folder = tmp_path / "controller"
    folder.mkdir()
    controller = ControllerProcess(folder, mosquitto, fork_server.start, more=f'edges_host = "{HOST}"\n')
    machine.boot()
    await controller.start()
    async with Api(f"http://127.0.0.1:{controller.port}") as api:
        hall = Hall(machine=machine, controller=controller, broker=mosquitto, api=api)
        await hall.set_up()
        yield hall
    await controller.stop()
