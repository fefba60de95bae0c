"""What every request passes: size, headers, errors of one shape, log lines without secrets, metrics."""

import logging
import socket
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from controller.platform.web.fields import SlugPath
from controller.platform.web.middleware import BODY_LIMIT, CALENDAR_LIMIT
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, PASSWORD, USER, running, signed_in, stranger
from tests.controller.signin.signing import signed_in_as

SITE = {"name": "Ramsey", "zone": "Europe/London"}
PATH = "/api/v1/sites/ramsey"


async def _pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65_536 + 1):
        yield b" " * 65_536


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
async def test_a_body_over_the_limit_is_refused_by_its_announced_length(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.put(PATH, content=b" " * (BODY_LIMIT + 1), headers=headers)
    assert answer.status_code == 413
    assert str(BODY_LIMIT) in answer.json()["detail"]


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
async def test_a_body_over_the_limit_is_refused_while_it_comes_in(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    headers = headers | {"Content-Type": "application/json"}
    answer = await client.put(PATH, content=_pieces(BODY_LIMIT), headers=headers)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_over_the_limit_does_not_repeat_a_door_pages_secret(client: httpx.AsyncClient) -> None:
    secret = "/d/AbCdEfGhIjKlMnOpQrStUv"
    for content in (b" " * (BODY_LIMIT + 1), _pieces(BODY_LIMIT)):
        answer = await client.post(secret, content=content)
        assert answer.status_code == 413
        assert "<h1>Too large</h1>" in answer.text
        assert "larger than 1 MB, and nothing was kept. Go back and write less" in answer.text
        assert secret not in answer.text


async def test_a_calendar_may_be_larger_but_not_endless(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "text/calendar"}
    path = f"{PATH}/calendar"
    assert (await client.post(path, content=b" " * (BODY_LIMIT + 1), headers=headers)).status_code != 413
    assert (await client.post(path, content=b" " * (CALENDAR_LIMIT + 1), headers=headers)).status_code == 413


@pytest.mark.parametrize("path", ["/api/v1/sites", "/api/v1/nothing", "/", "/healthz"])
async def test_every_answer_has_the_security_headers(app: FastAPI, path: str) -> None:
    async with stranger(app) as client:
        headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/d/AbCdEfGhIjKlMnOpQrStUv"])
async def test_no_page_can_be_framed_except_by_the_origins_of_the_settings(
    settings: Settings, clock: ManualClock, passwords: Passwords, path: str
) -> None:
    allowed = "http://127.0.0.1:8081"
    framed = msgspec.structs.replace(settings, listen=msgspec.structs.replace(settings.listen, framed_by=(allowed,)))
    for each, ancestors, old in ((settings, "'none'", "DENY"), (framed, allowed, None)):
        async with running(each, clock, passwords) as app, stranger(app) as client:
            headers = (await client.get(path)).headers
        assert headers["content-security-policy"].rpartition("; ")[2] == f"frame-ancestors {ancestors}"
        assert headers.get("x-frame-options") == old


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api", "/api/v2/sites", "/api/v1/sites/"])
async def test_an_unknown_address_of_the_api_is_a_404_problem(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["instance"] == path


async def test_a_method_that_an_address_has_not_is_a_405_problem(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/api/v1/sites")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["type"] == "urn:hallkeeper:problem:method-not-allowed"


async def test_a_fault_is_a_500_problem_that_tells_nothing_and_a_log_line_that_tells_all(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise LookupError("the inside of things")

    app.get("/api/v1/fail")(fail)
    async with stranger(app) as client:
        answer = await client.get("/api/v1/fail")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "inside" not in answer.text
    assert "the inside of things" in caplog.text


async def test_no_log_line_and_no_metric_holds_a_token_a_password_or_a_door_pages_path(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with signed_in(app) as client:
        token = client.headers["Authorization"].removeprefix("Bearer ")
        await client.post("/api/v1/session", json={"user": USER, "password": PASSWORD})
        await client.get("/d/secretsecretsecretsec")
        await client.get("/d/secretsecretsecretsec/more")
        metrics = (await client.get("/metrics")).text
    lines = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    ours = "\n".join(line for line in lines.splitlines() if "'name': 'httpx'" not in line)  # the test's own client
    for secret in (token, PASSWORD, "secretsecret"):
        assert secret not in ours
        assert secret not in metrics
    assert "A request was answered" in ours


async def test_the_log_says_who_was_refused_and_from_where_and_not_what_they_typed(
    app: FastAPI, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="controller.platform.web.middleware")
    thief = httpx.AsyncClient(transport=httpx.ASGITransport(app, client=("198.51.100.1", 4000)), base_url=BASE_URL)
    async with thief, signed_in_as(app, client, "wall") as wall:
        guess = {"user": "typed in the wrong box", "password": "typed in the wrong box"}
        statuses = [(await thief.post("/api/v1/session", json=guess)).status_code for _ in range(6)]
        assert (await wall.get("/api/v1/users")).status_code == 403
        user = (await client.get("/api/v1/users")).json()["items"]
    assert statuses == [401] * 5 + [429]
    noted = [vars(record) for record in caplog.records if record.levelno == logging.INFO]
    found = [(each["route"], each["status"], each["address"], each["user"]) for each in noted if "address" in each]
    (wall_id,) = [each["id"] for each in user if each["name"].startswith("wall")]
    assert found == [("/session", status, "198.51.100.1", None) for status in statuses] + [
        ("/users", 403, "127.0.0.1", wall_id)
    ]
    assert "wrong box" not in str(noted)


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("192.0.2.9", {}, 200),
        ("192.0.2.10", {}, 403),
        ("198.51.100.1", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("127.0.0.1", {"Forwarded": "for=198.51.100.1"}, 403),
        ("a path", {}, 403),
    ],
)
async def test_metrics_are_for_the_scraper_alone(
    settings: Settings, clock: ManualClock, passwords: Passwords, address: str, headers: dict[str, str], status: int
) -> None:
    listen = msgspec.structs.replace(settings.listen, metrics_from=("127.0.0.1", "::1", "192.0.2.9"))
    async with running(msgspec.structs.replace(settings, listen=listen), clock, passwords) as app:
        transport = httpx.ASGITransport(app, client=(address, 4000))
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
            answer = await client.get("/metrics")
    assert answer.status_code == status
    assert ("hallkeeper_" in answer.text) is (status == 200)


async def test_metrics_count_answers_by_route(client: httpx.AsyncClient) -> None:
    await client.put(PATH, json=SITE)
    text = (await client.get("/metrics")).text
    assert 'hallkeeper_http_answers_total{method="PUT",route="/sites/{site}",status="201"} 1.0' in text


async def test_it_is_ready_when_all_its_parts_are(app: FastAPI) -> None:
    checks = app.state.container.checks
    async with stranger(app) as client:
        assert (await client.get("/healthz")).json() == {"status": "alive"}
        for name in set(checks) - {"database"}:
            del checks[name]
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"ready": True, "checks": {"database": "ready"}})

        async def lost() -> str | None:
            return "the broker does not answer"

        checks["broker"] = lost
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["checks"] == {"database": "ready", "broker": "the broker does not answer"}


async def test_the_openapi_document_describes_the_errors_of_every_route(app: FastAPI) -> None:
    async with stranger(app) as client:
        document = (await client.get("/openapi.json")).json()
    assert "ProblemBody" in document["components"]["schemas"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["tags"], f"{method} {path}"
            if path.startswith("/api/"):
                described = operation["responses"]["422"]["content"]
                assert described == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}
                }


async def test_a_path_of_odd_bytes_is_never_a_fault(client: httpx.AsyncClient) -> None:
    for path in ("/%00", "/%ff", "/..%2f..%2fetc/passwd", "/api/v1/sites/%ff", "/d/%00", f"/{'a' * 5000}"):
        assert (await client.get(path)).status_code < 500, path


async def test_a_slug_in_a_path_has_its_pattern(app: FastAPI) -> None:
    async def echo(name: SlugPath) -> str:
        return name

    app.get("/api/v1/echo/{name}")(echo)
    async with stranger(app) as client:
        assert (await client.get("/api/v1/echo/hall-2")).json() == "hall-2"
        assert (await client.get("/api/v1/echo/Hall")).status_code == 422


@pytest.mark.parametrize(
    "host",
    ["hub.test", "HUB.test:8443", "hub.test.", "localhost", "127.0.0.1:8080", "[::1]:8080", socket.gethostname()],
)
async def test_it_answers_for_its_own_names_and_addresses(app: FastAPI, host: str) -> None:
    async with stranger(app) as client:
        assert (await client.get("/healthz", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "hub.test.evil.example", "", "hub.test@evil.example", "[::1", "\xfc.test"]
)
async def test_it_does_not_answer_for_others(app: FastAPI, host: str) -> None:
    """Not even a page of ours: under another name its owner could read it (DNS rebinding)."""
    async with stranger(app) as client:
        for path in ("/healthz", "/", "/api/v1/setup-needed"):
            answer = await client.get(path, headers=[(b"Host", host.encode("latin-1"))])
            assert answer.status_code == 421
            assert "listen" in answer.json()["detail"]
