"""What the broker reads, and whom the controller hears, follows the estate."""

from controller.estate.model import Edge
from tests.controller.enrolment.trusting import trust
from tests.controller.telemetry.speaking import Speaker
from tests.eventually import eventually
from tests.integration.hub import ACTOR, Hub


async def test_an_edge_that_was_let_in_is_soon_a_user_of_rabbitmq_and_heard_beside_the_others(hub: Hub) -> None:
    file = hub.container.settings.data_dir / "broker" / "rabbitmq-users.json"
    assert "ramsey/side" not in file.read_text()
    await hub.container.estate.put(Edge(site="ramsey", id="side", name="Side"), version=0, actor=ACTOR)
    await trust(hub.container, "ramsey", "side", Speaker().public_key)

    async def listed() -> bool:
        heard = hub.container.mqtt.verifier.edges
        return '"ramsey/side"' in file.read_text() and heard == {("ramsey", "main"), ("ramsey", "side")}

    await eventually(listed, what="it is listed and heard")
