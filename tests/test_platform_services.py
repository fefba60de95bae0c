"""The servers that tests run against are real and behave as tests rely on."""

import asyncio
import os
import signal
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import aiomqtt
import asyncpg
import pytest
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from playwright.async_api import Browser

from firmware_sim.child_process import Process
from firmware_sim.ports import free_port
from tests.eventually import eventually
from tests.services.fork_client import ForkServer, running_at
from tests.services.influx import InfluxServer
from tests.services.mosquitto import Broker
from tests.services.postgres import PostgresServer
from tests.services.process import Service, ServiceFailed, ServiceMissing, program


def _client(broker: Broker) -> aiomqtt.Client:
    return aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V5)


async def _retained(broker: Broker, topic: str) -> bytes | None:
    async with _client(broker) as client:
        await client.subscribe(topic)
        await client.subscribe("mark/end")
        await client.publish("mark/end", b"", qos=1)
        async for message in client.messages:
            if message.topic.matches("mark/end"):
                return None
            assert isinstance(message.payload, bytes)
            return message.payload
    return None


async def test_a_broker_that_is_stopped_keeps_retained_messages_and_its_port(mosquitto: Broker) -> None:
    port = mosquitto.port
    async with _client(mosquitto) as client:
        await client.publish("hk/1/ramsey/pi/status", b"online", qos=1, retain=True)
    mosquitto.restart()
    assert mosquitto.port == port
    assert await _retained(mosquitto, "hk/1/ramsey/pi/status") == b"online"


async def test_a_broker_that_is_killed_comes_back_empty_on_its_port(mosquitto: Broker) -> None:
    async with _client(mosquitto) as client:
        await client.publish("hk/1/ramsey/pi/status", b"online", qos=1, retain=True)
    mosquitto.kill()
    mosquitto.start()
    assert await _retained(mosquitto, "hk/1/ramsey/pi/status") is None


async def test_a_paused_broker_answers_nobody_until_it_is_resumed(mosquitto: Broker) -> None:
    mosquitto.pause()
    asked = asyncio.create_task(_retained(mosquitto, "hk/#"), name="asks a paused broker")
    done, _ = await asyncio.wait([asked], timeout=0.2)
    assert not done
    mosquitto.resume()
    assert await asyncio.wait_for(asked, 60) is None


async def test_a_plan_part_of_64_kb_passes_and_a_message_far_above_it_does_not(mosquitto: Broker) -> None:
    async with _client(mosquitto) as client:
        await client.publish("hk/1/ramsey/pi/plan/part/grants", b"x" * 100_000, qos=1)
    with pytest.raises(aiomqtt.MqttError):
        await asyncio.wait_for(_publish_until_cut_off(mosquitto, b"x" * 300_000), 60)


async def _publish_until_cut_off(broker: Broker, payload: bytes) -> None:
    async with _client(broker) as client:
        await client.publish("hk/1/ramsey/pi/plan/part/grants", payload)
        await anext(aiter(client.messages))


async def test_databases_are_copies_of_a_template_that_is_built_once(
    postgres: PostgresServer, postgres_url: Callable[..., str]
) -> None:
    built: list[str] = []

    def build(url: str) -> None:
        built.append(url)
        asyncio.run(_run(url, "CREATE TABLE halls (name text)"))

    names = [await asyncio.to_thread(postgres.template, "halls", build) for _ in range(2)]
    first, second = (postgres_url(name) for name in names)
    await _run(first, "INSERT INTO halls VALUES ('Ramsey')")
    assert len(built) == 1
    assert await _run(first, "SELECT name FROM halls") == ["Ramsey"]
    assert await _run(second, "SELECT name FROM halls") == []


async def test_postgres_has_the_extension_that_forbids_overlaps(postgres_url: Callable[..., str]) -> None:
    assert await _run(postgres_url(), "CREATE EXTENSION btree_gist") == []


async def _run(url: str, statement: str) -> list[str]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return [row[0] for row in await connection.fetch(statement)]
    finally:
        await connection.close()


def test_influx_takes_microsecond_writes_of_the_2_api_and_keeps_them_over_a_kill(
    influx: InfluxServer,
) -> None:
    bucket = influx.create_bucket()
    line = "footfall,site=ramsey ins=3i 1792890000000001"
    with InfluxDBClient(influx.url, token=influx.token, org=influx.org, enable_gzip=True) as client:
        client.write_api(write_options=SYNCHRONOUS).write(bucket, record=line, write_precision="us")
    influx.kill()
    influx.restart()
    (series,) = influx.query(bucket, "SELECT * FROM footfall GROUP BY *")
    assert series.tags == {"site": "ramsey"}
    assert series.rows() == [{"time": "2026-10-25T01:00:00.000001Z", "ins": 3}]


def test_influx_refuses_a_bucket_that_does_not_exist(influx: InfluxServer) -> None:
    with InfluxDBClient(influx.url, token=influx.token, org=influx.org) as client:
        api = client.write_api(write_options=SYNCHRONOUS)
        with pytest.raises(ApiException, match="database not found"):
            api.write("no-such-bucket", record="footfall ins=3i", write_precision="us")


@pytest.mark.cases_full
async def test_chromium_renders_a_page(chromium: Browser) -> None:
    page = await chromium.new_page(viewport={"width": 320, "height": 640})
    await page.set_content("<h1>Front door</h1>")
    assert await page.get_by_role("heading").inner_text() == "Front door"
    assert await page.evaluate("innerWidth") == 320


def test_a_missing_program_is_named_with_its_package() -> None:
    with pytest.raises(ServiceMissing, match="apt-get install -y no-such-package"):
        program("no-such-program", package="no-such-package")


def test_a_server_that_ends_at_once_fails_with_the_end_of_its_log(tmp_path: Path) -> None:
    argv = ["/bin/sh", "-c", "echo address in use >&2; exit 3"]
    service = Service("porter", argv, log=tmp_path / "porter.log", ready=lambda: False)
    with pytest.raises(ServiceFailed, match=r"porter ended at once \(3\): address in use"):
        service.start()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--version"], 0, f"hallkeeper {version('hallkeeper')}\n"),
        (["controller", "run", "--config", "/no/such.toml"], 2, "/no/such.toml"),
    ],
)
async def test_the_fork_server_runs_the_command_in_a_process_of_its_own(
    fork_server: ForkServer, tmp_path: Path, words: list[str], code: int, says: str
) -> None:
    log = tmp_path / "log"
    process = await fork_server.start(["hallkeeper", *words], log, os.environ)
    assert await process.wait() == code
    assert process.returncode == code
    assert says in log.read_text()


def _runs(pid: int) -> bool:
    """Whether there is such a process, and it has not ended without anybody having asked how."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.cases_full
async def test_what_the_fork_server_started_is_killed_alone_or_with_it(tmp_path: Path) -> None:
    async def start(server: ForkServer, name: str) -> Process:
        config = tmp_path / f"{name}.toml"
        config.write_text(
            f'data_dir = "{name}"\n[listen]\nport = {free_port()}\n[broker]\nport = {free_port()}\n', encoding="utf-8"
        )
        argv = ["hallkeeper", "controller", "run", "--config", str(config)]
        return await server.start(argv, tmp_path / f"{name}.log", os.environ)

    with running_at(tmp_path) as server:
        killed, left = await start(server, "killed"), await start(server, "left")
        assert os.getsid(left.pid) != os.getsid(0)
        os.kill(killed.pid, signal.SIGKILL)
        assert await killed.wait() == -signal.SIGKILL
        assert (_runs(left.pid), left.returncode) == (True, None)

    async def gone() -> bool:
        return not _runs(left.pid)

    await eventually(gone, what="the one that was left has ended with the server")
    assert await left.wait() == -signal.SIGKILL
