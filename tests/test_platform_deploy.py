"""What deploy/ says and holds is true of the code beside it."""

import asyncio
import re
import shlex
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import aiomqtt
import msgspec
import pytest
from typer.testing import CliRunner

from controller.enrolment.broker_files import COMMANDS, BrokerFiles
from controller.enrolment.certificate_authority import new_key, pair_pem, read_pair
from edge.cli import app
from edge.config import load
from edge.net.identity import FILE, write_identity
from edge.wire.topics import CATALOGUE, TopicKind
from tests.edge.enrolled import identity
from tests.services.certificates import Certificates, context
from tests.services.mosquitto import CONF_DIR, Broker

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted(
    unit
    for unit in (DEPLOY / "systemd").glob("*.service")
    if "ExecStart=/opt/hallkeeper/bin/hallkeeper " in unit.read_text()
)
README = (DEPLOY / "README.md").read_text()
EDGE, OTHER = "ramsey/ramsey-pi", "selby/selby-pi"


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path / "authority")


@pytest.fixture
def guarded(tmp_path: Path, certificates: Certificates) -> Iterator[Broker]:
    """A broker behind deploy's listener with TLS, under deploy's ACL."""
    broker = Broker(tmp_path, tls=certificates.files)
    broker.start()
    yield broker
    broker.stop()


def _client(broker: Broker, login: ssl.SSLContext | None) -> aiomqtt.Client:
    return aiomqtt.Client(broker.host, broker.port, tls_context=login, timeout=2)


async def _heard(
    broker: Broker, speaker: ssl.SSLContext, listener: ssl.SSLContext, topics: list[str], *, by_listener: bool
) -> set[str]:
    """The topics of `topics` that `listener` hears when `speaker` publishes on each of them; ``by_listener``: the
    controller, which says when it is over, is the one that listens."""
    async with _client(broker, listener) as hears, _client(broker, speaker) as says:
        await hears.subscribe("hk/1/#", qos=1)
        for topic in topics:
            await says.publish(topic, topic.encode(), qos=1)
        await (hears if by_listener else says).publish(f"hk/1/{EDGE}/hello", b"end", qos=1)
        heard: set[str] = set()
        async with asyncio.timeout(60):
            async for message in hears.messages:
                if message.payload == b"end":
                    break
                heard.add(str(message.topic))
        return heard


def _topic(kind: TopicKind, edge: str) -> str:
    return f"hk/1/{edge}/" + kind.name.replace("{name}", "hours").replace("{device}", "front-door")


EVERYTHING = [_topic(kind, edge) for kind in CATALOGUE for edge in (EDGE, OTHER)]


async def test_an_edge_speaks_on_its_own_upward_topics_and_on_no_other(
    guarded: Broker, certificates: Certificates
) -> None:
    edge = context(certificates.edge(EDGE))
    heard = await _heard(guarded, edge, certificates.controller(), EVERYTHING, by_listener=True)
    assert heard == {_topic(kind, EDGE) for kind in CATALOGUE if kind.way == "up"}


async def test_an_edge_hears_its_own_downward_topics_and_no_other(guarded: Broker, certificates: Certificates) -> None:
    edge = context(certificates.edge(EDGE))
    heard = await _heard(guarded, certificates.controller(), edge, EVERYTHING, by_listener=False)
    assert heard == {_topic(kind, EDGE) for kind in CATALOGUE if kind.way == "down"}


def _bare() -> ssl.SSLContext:
    """TLS by somebody who shows no certificate and takes any."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


INTRUDERS: dict[str, Callable[[Certificates], ssl.SSLContext | None]] = {
    "plainly": lambda certificates: None,
    "without a certificate": lambda certificates: _bare(),
    "of another authority": lambda certificates: context(
        certificates.edge(EDGE, by=Certificates(certificates.folder / "others"))
    ),
    "run out": lambda certificates: context(certificates.edge(EDGE, issued=timedelta(days=731))),
}


@pytest.mark.parametrize("who", INTRUDERS)
async def test_nobody_gets_in_without_a_good_certificate(guarded: Broker, certificates: Certificates, who: str) -> None:
    login = INTRUDERS[who](certificates)
    with pytest.raises(aiomqtt.MqttError):
        async with _client(guarded, login):
            pass
    async with _client(guarded, context(certificates.edge(EDGE))):
        pass  # the same, rightly made, gets in


async def test_a_revoked_certificate_gets_nobody_in_once_the_broker_has_the_list(
    guarded: Broker, certificates: Certificates
) -> None:
    stolen, other = certificates.edge(EDGE), certificates.edge(OTHER)
    async with _client(guarded, context(stolen)):
        pass
    certificates.revoke(stolen)
    guarded.restart()
    with pytest.raises(aiomqtt.MqttError):
        async with _client(guarded, context(stolen)):
            pass
    async with _client(guarded, context(other)), _client(guarded, context(certificates.edge(EDGE))):
        pass


def _named(broker: Broker, login: ssl.SSLContext, client_id: str) -> aiomqtt.Client:
    return aiomqtt.Client(broker.host, broker.port, tls_context=login, timeout=2, identifier=client_id)


async def test_no_certificate_throws_another_client_off_by_its_client_id(
    guarded: Broker, certificates: Certificates
) -> None:
    ours, theirs = context(certificates.edge(EDGE)), context(certificates.edge(OTHER))
    names = {EDGE, "hk-ramsey-ramsey-pi", certificates.controller_name, "the-controllers-own"}
    async with (
        _named(guarded, ours, "hk-ramsey-ramsey-pi") as edge,
        _named(guarded, certificates.controller(), "the-controllers-own") as controller,
    ):
        await controller.subscribe(f"hk/1/{EDGE}/events", qos=1)
        for name in names:
            async with _named(guarded, theirs, name):
                pass
        await edge.publish(f"hk/1/{EDGE}/events", b"still here", qos=1)
        async with asyncio.timeout(60):
            message = await anext(aiter(controller.messages))
    assert message.payload == b"still here"


async def test_two_controllers_have_names_of_their_own(tmp_path: Path, certificates: Certificates) -> None:
    other = BrokerFiles(tmp_path / "elsewhere", tmp_path / "elsewhere.pem", ["127.0.0.1"])
    other.write(certificates.authority, [], certificates.now)
    first = certificates.controller_name
    assert other.name != first
    assert (other.name.startswith("controller-"), first.startswith("controller-")) == (True, True)
    other.write(certificates.authority, [], certificates.now + timedelta(days=700))
    _, renewed = read_pair(tmp_path / "elsewhere.pem")
    assert renewed.subject.rfc4514_string() == f"CN={other.name}"
    assert f"user {other.name}\n" in (tmp_path / "elsewhere" / "hallkeeper.acl").read_text()


async def test_each_of_several_controllers_has_two_connections_that_leave_each_other_alone(
    tmp_path: Path, certificates: Certificates
) -> None:
    both = [
        BrokerFiles(tmp_path / f"of-{number}", tmp_path / "login.pem", ["127.0.0.1"], number=number)
        for number in (1, 2)
    ]
    for files in both:
        files.write(certificates.authority, [], certificates.now)
    lists = {(files.folder / "hallkeeper.acl").read_bytes() for files in both}
    assert len(lists) == 1
    broker = Broker(tmp_path, tls=both[0].folder)
    broker.start()
    try:
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(_client(broker, files.login_context(use)))
                for files in both
                for use in ("", COMMANDS)
            ]
            for client in clients:
                await client.subscribe("hk/1/+/+/events", qos=1)
            await clients[0].publish(f"hk/1/{EDGE}/events", b"to all", qos=1)
            heard = [await asyncio.wait_for(anext(aiter(client.messages)), 60) for client in clients]
    finally:
        broker.stop()
    assert [message.payload for message in heard] == [b"to all"] * 4


@contextmanager
def _with_certificate_for(tmp_path: Path, certificates: Certificates, host: str, issued: timedelta) -> Iterator[Broker]:
    key = new_key()
    leaf = certificates.authority.for_broker(key, [host], certificates.now - issued)
    (certificates.files / "broker.pem").write_bytes(pair_pem(key, leaf.pem))
    broker = Broker(tmp_path, tls=certificates.files)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


async def test_an_edge_whose_clock_is_wrong_takes_a_broker_whose_certificate_has_run_out(
    tmp_path: Path, certificates: Certificates
) -> None:
    with _with_certificate_for(tmp_path, certificates, "127.0.0.1", timedelta(days=731)) as broker:
        async with _client(broker, context(certificates.edge(EDGE))):
            pass


async def test_an_edge_takes_no_broker_of_another_name_or_authority(tmp_path: Path, certificates: Certificates) -> None:
    elsewhere = Certificates(tmp_path / "elsewhere")
    with _with_certificate_for(tmp_path, certificates, "127.0.0.2", timedelta(0)) as broker:
        for login, why in (
            (context(certificates.edge(EDGE)), "mismatch"),
            (context(elsewhere.edge(EDGE)), "certificate verify failed"),
        ):
            with pytest.raises(ssl.SSLCertVerificationError, match=why):
                await asyncio.open_connection(broker.host, broker.port, ssl=login)


def test_the_common_broker_file_opens_no_listener_and_stands_alone_in_its_folder() -> None:
    assert [path.name for path in CONF_DIR.glob("*.conf")] == ["hallkeeper.conf"]
    assert not re.search(
        r"^(listener|allow_anonymous|persistence_location)", (CONF_DIR / "hallkeeper.conf").read_text(), re.MULTILINE
    )


def _help(words: list[str]) -> str:
    """What `hallkeeper WORDS --help` prints; fails when there is no such command."""
    done = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_that_exists(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    program, *arguments = shlex.split(line)
    assert program == "/opt/hallkeeper/bin/hallkeeper"
    options = [each for each in arguments if each.startswith("--")]
    told = _help(arguments[: arguments.index(options[0])])
    assert all(option in told for option in options)


@pytest.mark.parametrize("words", sorted(set(re.findall(r"hallkeeper ((?:edge|controller) [a-z-]+)", README))))
def test_the_readme_names_commands_that_exist(words: str) -> None:
    assert "Usage" in _help(words.split())


def test_the_edge_configuration_shown_can_be_used(tmp_path: Path) -> None:
    _, shown = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "edge.toml"
    path.write_text(shown.replace("/var/lib/hallkeeper-edge", f"{tmp_path}/agent"))
    write_identity(tmp_path / "agent" / FILE, identity({"front-door": bytes(32)}))
    for name in ("broker-password", "sensors-password"):
        (tmp_path / "agent" / name).write_text("secret")
        (tmp_path / "agent" / name).chmod(0o600)
    config = load(path)
    assert [door.id for door in config.doors] == ["front-door"]
    assert config.broker.password == "secret"


def test_every_key_of_the_edge_configuration_is_shown() -> None:
    """Here, or on the page about the device that it belongs to."""
    pages = [DEPLOY / "README.md", *(DEPLOY.parent / "docs").rglob("*.md")]
    shown = "\n".join("\n".join(re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL)) for page in pages)
    keys = _keys("edge.config", "_File")
    assert [key for key in keys if not re.search(rf"\b{key}\b", shown)] == []


def test_every_file_the_readme_names_exists() -> None:
    named = set(re.findall(r"\b((?:deploy|requirements)/[\w./-]*\w)", README))
    assert named
    assert [name for name in named if not (DEPLOY.parent / name).exists()] == []


def _keys(module: str, name: str) -> set[str]:
    """Every key that a configuration's Struct and the Structs in it take."""
    kind = msgspec.inspect.type_info(getattr(sys.modules[module], name))
    found: set[str] = set()
    waiting = [kind]
    while waiting:
        each = waiting.pop()
        if isinstance(each, msgspec.inspect.StructType):
            found |= {field.encode_name for field in each.fields}
            waiting += [field.type for field in each.fields]
        elif isinstance(each, msgspec.inspect.UnionType):
            waiting += each.types
        elif isinstance(each, msgspec.inspect.VarTupleType):
            waiting.append(each.item_type)
    return found
