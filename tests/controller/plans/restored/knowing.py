"""A door that carries out a plan of our own which the database does not know."""

from collections.abc import Mapping

import msgspec

from edge.wire.envelope import Purpose, Signer
from edge.wire.plan import PartRef, digest
from edge.wire.plan_assembly import assemble
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

LATER = 1_000_000_000
"""How much higher than its last one the version of such a plan is: it was signed days later."""


async def knows_more(hub: Hub, edge: FakeEdge, parts: Mapping[str, bytes]) -> list[str]:
    """Let the door carry out its plan with more parts; the ids of what is listed then."""
    await hub.up_to_date()
    assert edge.manifest is not None
    whole = {**edge.held[1], **parts}
    refs = {name: PartRef(digest=digest(data), size=len(data)) for name, data in whole.items()}
    manifest = msgspec.structs.replace(edge.manifest, version=edge.manifest.version + LATER, parts=refs)
    edge.manifest, edge.plan = manifest, assemble(manifest, whole)
    edge.held = (Signer(hub.container.keys.signing).seal(Purpose.PLAN, manifest), whole)
    await edge.say_status()

    async def listed() -> list[str]:
        return [each.id for each in (await hub.container.mqtt.restored.current("ramsey")).entries]

    found = await eventually(listed, what="what only the door knows is listed")
    assert found is not None
    await hub.up_to_date()
    return found
