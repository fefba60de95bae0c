"""Ramsey, which takes hire requests for its hall and its studio, with a mail server on loopback."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.platform.settings import Settings
from tests.controller.billing.hire_requests.hiring import Hiring, open_hire
from tests.services.mail import MailServer, mail_server


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def any_settings(any_settings: Settings, mail: MailServer) -> Settings:
    return msgspec.structs.replace(any_settings, mail=mail.settings)


@pytest.fixture
def settings(settings: Settings, mail: MailServer) -> Settings:
    return msgspec.structs.replace(settings, mail=mail.settings)


@pytest.fixture
async def hiring(any_app: FastAPI, any_village: httpx.AsyncClient, mail: MailServer) -> AsyncIterator[Hiring]:
    """On both databases; managed by ``any_village``."""
    await open_hire(any_village)
    container: Container = any_app.state.container
    async with Hiring.of(any_app, any_village, container, mail) as hiring:
        yield hiring


@pytest.fixture
async def hire(
    app: FastAPI, village: httpx.AsyncClient, container: Container, mail: MailServer
) -> AsyncIterator[Hiring]:
    """On SQLite."""
    await open_hire(village)
    async with Hiring.of(app, village, container, mail) as hiring:
        yield hiring
