"""A controller whose notices go to a mail server on loopback."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from controller.app.container import Container
from controller.platform.settings import Settings
from tests.controller.clock import ManualClock
from tests.services.mail import MailServer, mail_server


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, mail: MailServer) -> Settings:
    return msgspec.structs.replace(settings, mail=mail.settings)


@pytest.fixture
def any_settings(any_settings: Settings, mail: MailServer) -> Settings:
    return msgspec.structs.replace(any_settings, mail=mail.settings)


class Sending:
    """Lets time pass, and sends what is due."""

    def __init__(self, container: Container, clock: ManualClock) -> None:
        self.container = container
        self.clock = clock

    async def after(self, **duration: float) -> None:
        self.clock.advance(**duration)
        await self.container.notice_worker.send_due()
