"""RabbitMQ behind deploy's listener with TLS: who gets in, and what each may say and hear there."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Awaitable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from controller.enrolment.rabbitmq_users import rabbitmq_users
from edge.wire.topics import CATALOGUE, TopicKind, subscriptions
from tests.contract.mqtt_clients import ANSWER_S, Client, Refused, connected
from tests.services.certificates import Certificates, context
from tests.services.rabbitmq import PortMapper, RabbitNode

pytestmark = pytest.mark.scale_full
EDGE, OTHER, THIRD = "ramsey/ramsey-pi", "selby/selby-pi", "ramsey/ramsey"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("authority"))


def put_list(certificates: Certificates) -> None:
    """As docs/brokers.md says: the list under the name by which it is looked for."""
    crl = certificates.files / "crl.pem"
    argv = ["openssl", "crl", "-hash", "-noout", "-in", str(crl)]
    named = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()
    shutil.copy(crl, certificates.files / f"{named}.r0")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[RabbitNode]:
    folder = tmp_path_factory.mktemp("rabbitmq")
    users = rabbitmq_users([certificates.controller_name], [EDGE, OTHER, THIRD])
    (certificates.files / "rabbitmq-users.json").write_bytes(users)
    put_list(certificates)
    mapper = PortMapper(folder)
    mapper.start()
    node = RabbitNode(folder / "node", mapper, tls=certificates.files)
    node.start()
    yield node
    node.stop()
    mapper.stop()


def _topic(kind: TopicKind, edge: str) -> str:
    return f"hk/1/{edge}/" + kind.name.replace("{name}", "hours").replace("{device}", "front-door")


EVERYTHING = [_topic(kind, edge) for kind in CATALOGUE for edge in (EDGE, OTHER, THIRD)]


async def does(act: Awaitable[None]) -> bool:
    try:
        await act
    except Refused:
        return False
    return True


async def test_an_edge_speaks_on_its_own_upward_topics_and_on_no_other(
    guarded: RabbitNode, certificates: Certificates
) -> None:
    said, login = set(), context(certificates.edge(EDGE))
    for topic in EVERYTHING:
        async with connected(guarded.port, tls=login) as edge:
            if await does(edge.publish(topic, b"")):
                said.add(topic)
    assert said == {_topic(kind, EDGE) for kind in CATALOGUE if kind.way == "up"}


async def test_an_edge_subscribes_to_its_own_downward_topics_and_to_no_other(
    guarded: RabbitNode, certificates: Certificates
) -> None:
    own = set(subscriptions("down", site="ramsey", edge="ramsey-pi"))
    wide = {"hk/1/#", "#", "hk/1/+/ramsey-pi/plan", "hk/1/ramsey/+/plan", f"hk/1/{EDGE}/#"}
    heard, login = set(), context(certificates.edge(EDGE))
    for topic in own | wide | set(EVERYTHING):
        async with connected(guarded.port, tls=login) as edge:
            if await does(edge.subscribe(topic)):
                heard.add(topic)
    assert heard == own | {_topic(kind, EDGE) for kind in CATALOGUE if kind.way == "down"}


async def test_the_controller_hears_every_edge_and_is_heard(guarded: RabbitNode, certificates: Certificates) -> None:
    async with (
        connected(guarded.port, tls=certificates.controller()) as controller,
        connected(guarded.port, tls=context(certificates.edge(EDGE))) as edge,
    ):
        for topic in subscriptions("up"):
            await controller.subscribe(topic)
        for topic in subscriptions("down", site="ramsey", edge="ramsey-pi"):
            await edge.subscribe(topic)
        await edge.publish(f"hk/1/{EDGE}/events", b"up")
        assert (await controller.next()).payload == b"up"
        await controller.publish(f"hk/1/{EDGE}/events/ack", b"down")
        assert (await edge.next()).payload == b"down"


async def gets_in(broker: RabbitNode, login: ssl.SSLContext | None) -> bool:
    client = Client(broker.port, tls=login)
    let_in = await does(client.connect())
    await client.leave()
    return let_in


async def test_nobody_gets_in_without_a_good_certificate(
    guarded: RabbitNode, certificates: Certificates, tmp_path: Path
) -> None:
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE
    intruders = {
        "plainly": None,
        "without a certificate": bare,
        "of our authority, but no user": context(certificates.edge("unknown/unknown")),
        "of another authority": context(certificates.edge(EDGE, by=Certificates(tmp_path / "others"))),
        "run out": context(certificates.edge(EDGE, issued=timedelta(days=731))),
    }
    assert {who: await gets_in(guarded, login) for who, login in intruders.items()} == dict.fromkeys(intruders, False)
    assert await gets_in(guarded, context(certificates.edge(EDGE)))


async def test_a_revoked_certificate_gets_nobody_in_and_its_connection_is_cut_off(
    guarded: RabbitNode, certificates: Certificates
) -> None:
    stolen = certificates.edge(OTHER)
    async with connected(guarded.port, tls=context(stolen)) as held:
        certificates.revoke(stolen)
        put_list(certificates)
        guarded.control("close_all_user_connections", OTHER, "revoked")
        async with asyncio.timeout(ANSWER_S):
            await held.lost.wait()
    assert await gets_in(guarded, context(stolen)) is False
    assert await gets_in(guarded, context(certificates.edge(OTHER)))


async def test_an_edge_with_anothers_client_id_ends_its_connection_and_hears_nothing_for_it(
    guarded: RabbitNode, certificates: Certificates
) -> None:
    own = f"hk/1/{EDGE}/plan"
    async with connected(guarded.port, "the-edges-own", tls=context(certificates.edge(EDGE))) as edge:
        await edge.subscribe(own)
        async with connected(guarded.port, "the-edges-own", tls=context(certificates.edge(THIRD))) as intruder:
            async with asyncio.timeout(ANSWER_S):
                await edge.lost.wait()
            async with connected(guarded.port, tls=certificates.controller()) as controller:
                await controller.publish(own, b"a plan")
            assert await does(intruder.subscribe(own)) is False
            assert intruder.heard.empty()
