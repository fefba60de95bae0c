"""What deploy/ says and holds is true of the code beside it."""

import asyncio
import base64
import re
import shlex
import subprocess
import sys
from pathlib import Path

import aiomqtt
import msgspec
import pytest

from edge.config import load
from edge.wire.topics import CATALOGUE, TopicKind
from tests.services.mosquitto import CONF_DIR, Broker

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
README = (DEPLOY / "README.md").read_text()
EDGE, OTHER, CONTROLLER = "ramsey/ramsey-pi", "selby/selby-pi", "controller"


@pytest.fixture
def guarded(tmp_path: Path) -> Broker:
    """A broker under deploy's ACL, not yet started."""
    return Broker(tmp_path, users=[EDGE, OTHER, CONTROLLER])


async def _heard(broker: Broker, speaker: str, listener: str, topics: list[str]) -> set[str]:
    """The topics of `topics` that `listener` hears when `speaker` publishes on each of them."""
    async with (
        aiomqtt.Client(broker.host, broker.port, username=listener, password=listener) as hears,
        aiomqtt.Client(broker.host, broker.port, username=speaker, password=speaker) as says,
        aiomqtt.Client(broker.host, broker.port, username=CONTROLLER, password=CONTROLLER) as ends,
    ):
        await hears.subscribe("hk/1/#", qos=1)
        for topic in topics:
            await says.publish(topic, topic.encode(), qos=1)
        end = "hk/1/ramsey/ramsey-pi/hello" if listener == EDGE else "hk/1/end"
        await ends.publish(end, b"end", qos=1)
        heard: set[str] = set()
        async with asyncio.timeout(10):
            async for message in hears.messages:
                if message.payload == b"end":
                    break
                heard.add(str(message.topic))
        return heard


def _topic(kind: TopicKind, edge: str) -> str:
    return f"hk/1/{edge}/" + kind.name.replace("{name}", "hours").replace("{device}", "front-door")


async def test_an_edge_speaks_on_its_own_upward_topics_and_on_no_other(guarded: Broker) -> None:
    guarded.start()
    everything = [_topic(kind, edge) for kind in CATALOGUE for edge in (EDGE, OTHER)]
    heard = await _heard(guarded, EDGE, CONTROLLER, everything)
    guarded.stop()
    assert heard == {_topic(kind, EDGE) for kind in CATALOGUE if kind.way == "up"}


async def test_an_edge_hears_its_own_downward_topics_and_no_other(guarded: Broker) -> None:
    guarded.start()
    everything = [_topic(kind, edge) for kind in CATALOGUE for edge in (EDGE, OTHER)]
    heard = await _heard(guarded, CONTROLLER, EDGE, everything)
    guarded.stop()
    assert heard == {_topic(kind, EDGE) for kind in CATALOGUE if kind.way == "down"}


async def test_nobody_without_a_password_gets_in(guarded: Broker) -> None:
    guarded.start()
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client(guarded.host, guarded.port):
            pass
    guarded.stop()


def test_the_common_broker_file_opens_no_listener_and_stands_alone_in_its_folder() -> None:
    assert [path.name for path in CONF_DIR.glob("*.conf")] == ["hallkeeper.conf"]
    assert not re.search(
        r"^(listener|allow_anonymous|persistence_location)", (CONF_DIR / "hallkeeper.conf").read_text(), re.MULTILINE
    )


def _help(words: list[str]) -> str:
    """What `hallkeeper WORDS --help` prints; fails when there is no such command."""
    done = subprocess.run(
        [sys.executable, "-c", "from edge.cli import main; main()", *words, "--help"],
        env={"COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
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
    _, shown, secrets = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "edge.toml"
    path.write_text(shown.replace("/var/lib/hallkeeper-edge/", f"{tmp_path}/"))
    for name, text in {
        "secrets.toml": secrets,
        "edge.key": base64.b64encode(bytes(32)).decode(),
        "broker-password": "secret",
    }.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    config = load(path)
    assert [door.id for door in config.doors] == ["front-door"]
    assert config.broker.password == "secret"


def test_every_key_of_the_edge_configuration_is_shown() -> None:
    _, shown, _ = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    in_a_file_of_its_own = {"secret"}
    keys = _keys("edge.config", "_File") - in_a_file_of_its_own
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
