"""One command leaves what a controller, its broker and its proxy start with, and says where to go on."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from controller.cli.setup import NOT_WITHOUT_HTTPS, hall_app, server_app
from controller.people.errors import SetupUnsafe
from controller.settings import Settings
from controller.settings_file import load_settings
from tests.controller.running import BASE_URL

ROOT = Path(__file__).parents[3]


def _done(app: object, root: Path, *words: str) -> tuple[Settings, str]:
    (root / "etc/nginx/sites-enabled").mkdir(parents=True, exist_ok=True)
    done = CliRunner().invoke(app, [*words, "--root", str(root)])  # type: ignore[arg-type]
    assert done.exit_code == 0, done.output
    return load_settings(root / "etc/hallkeeper/controller.toml"), done.output


def test_a_hall_without_a_domain_is_shown_to_its_own_machine_alone(tmp_path: Path) -> None:
    settings, said = _done(hall_app, tmp_path)
    assert (settings.listen.host, settings.public_url, settings.broker.tls) == ("127.0.0.1", "", False)
    assert "hallkeeper controller user add NAME --role owner" in said
    assert "setup-token" not in said
    parts = tmp_path / "etc/mosquitto/conf.d"
    assert {file.name for file in parts.iterdir()} == {"hallkeeper.conf", "loopback.conf"}
    assert not list((tmp_path / "etc/nginx/sites-enabled").iterdir())


def test_a_hall_in_a_plain_network_is_told_all_that_is_missing(tmp_path: Path) -> None:
    settings, said = _done(hall_app, tmp_path, "--plain-lan")
    assert (settings.listen.host, settings.secure) == ("0.0.0.0", False)
    assert all(each in said for each in NOT_WITHOUT_HTTPS)
    assert "setup-token" not in said, "it would cross the network"
    assert "█" in said, "a QR of the address"
    page = " ".join((ROOT / "docs" / "install.md").read_text(encoding="utf-8").split())
    assert all(each in page for each in NOT_WITHOUT_HTTPS)


def test_a_hall_with_a_domain_has_its_proxy_and_a_configuration_that_is_there_stays(tmp_path: Path) -> None:
    settings, said = _done(hall_app, tmp_path, "--domain", "hub.example.org")
    assert (settings.address, settings.listen.host) == ("https://hub.example.org", "127.0.0.1")
    assert "Open https://hub.example.org and type the set-up token" in said
    proxy = (tmp_path / "etc/nginx/sites-enabled/hallkeeper.conf").read_text()
    assert "server_name hub.example.org;" in proxy
    assert "EXAMPLE.ORG" not in proxy
    config = tmp_path / "etc/hallkeeper/controller.toml"
    config.write_text(config.read_text() + "\n# ours\n")
    _done(hall_app, tmp_path, "--domain", "hub.example.org")
    assert config.read_text().endswith("# ours\n")


def test_a_server_has_a_broker_with_tls_for_its_pis(tmp_path: Path) -> None:
    settings, _ = _done(server_app, tmp_path, "--domain", "hub.example.org")
    broker = settings.broker
    assert (broker.host, broker.port, broker.tls, broker.edges_host) == ("localhost", 8883, True, "hub.example.org")
    assert (tmp_path / "etc/mosquitto/conf.d/tls.conf").exists()


@pytest.mark.parametrize(
    ("address", "forwarded", "allowed"),
    [("127.0.0.1", None, True), ("192.0.2.7", None, False), ("127.0.0.1", "192.0.2.7", False)],
)
async def test_the_token_of_the_first_sign_in_is_taken_over_plain_http_from_this_machine_only(
    app: FastAPI, settings: Settings, address: str, forwarded: str | None, allowed: bool
) -> None:
    """A proxy speaks HTTPS where public_url does, which here it does not."""
    token = (settings.data_dir / "setup-token").read_text()
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    transport = httpx.ASGITransport(app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as browser:
        asked = (await browser.get("/api/v1/setup-needed")).json()
        assert asked == {"setup_needed": allowed, "hint": "" if allowed else SetupUnsafe().detail}
        body = {"token": token, "user": "Una Porter", "password": "thirteen shelves"}
        answer = await browser.post("/api/v1/setup", json=body)
    assert answer.status_code == (201 if allowed else 403)
