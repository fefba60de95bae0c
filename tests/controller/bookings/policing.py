"""Gives a site a policy."""

import msgspec
from sqlalchemy import delete

from controller.app.container import Container
from controller.bookings.diary.policy import Policy
from controller.bookings.diary.tables import policies
from controller.estate.repository import bump
from tests.controller.village import SITE


async def put_policy(container: Container, policy: Policy, *, site: str = SITE) -> None:
    async with container.database.write() as tx:
        await tx.execute(delete(policies).where(policies.c.site == site))
        document = msgspec.json.encode(policy).decode()
        row = {"site": site, "document": document, "changed_at": container.clock.now(), "changed_by": "Ada"}
        await tx.execute(policies.insert().values(row))
        await bump(tx, site)
