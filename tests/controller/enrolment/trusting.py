"""Edges that speak nothing but the wire: their keys are trusted without an enrolment."""

from controller.app.container import Container
from controller.enrolment import repository
from controller.enrolment.model import EdgeKey, KeyState


async def trust(container: Container, site: str, edge: str, public_key: bytes) -> None:
    """Have the controller take what is signed with this key for the edge's word."""
    now = container.clock.now()
    key = EdgeKey(site=site, edge=edge, public_key=public_key, box=bytes(32), state=KeyState.CURRENT, since=now)
    async with container.database.write() as tx:
        await repository.insert_key(tx, key)
    container.changes.site_changed(site, estate=True)
