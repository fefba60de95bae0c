"""One command leaves what a controller, its broker and its proxy start with, and says where to go on."""

from pathlib import Path

import httpx
import msgspec
import pytest
from typer.testing import CliRunner
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from controller.app.cli.setup import NOT_WITHOUT_HTTPS, hall_app, server_app
from controller.people.errors import SetupUnsafe
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from controller.platform.settings_file import load_settings
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, PASSWORD, USER, running

ROOT = Path(__file__).parents[4]
DOMAIN = "hub.example.org"
CERTIFICATE = f"var/lib/hallkeeper-certificate/certificates/{DOMAIN}.crt"


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
    watchdog = tmp_path / "etc/systemd/system.conf.d/hallkeeper-watchdog.conf"
    assert "RuntimeWatchdogSec=10" in watchdog.read_text().splitlines()
    watchdog.write_text("# ours\n")
    _done(hall_app, tmp_path)
    assert watchdog.read_text() == "# ours\n"
    watchdog.unlink()
    (tmp_path / "etc/systemd/system.conf").write_text("[Manager]\nRuntimeWatchdogSec=60\n")
    _done(hall_app, tmp_path)
    assert not watchdog.exists()


def test_a_hall_in_a_plain_network_is_told_all_that_is_missing(tmp_path: Path) -> None:
    settings, said = _done(hall_app, tmp_path, "--plain-lan")
    assert (settings.listen.host, settings.secure) == ("0.0.0.0", False)
    assert all(each in said for each in NOT_WITHOUT_HTTPS)
    assert "setup-token" not in said, "it would cross the network"
    assert "█" in said, "a QR of the address"
    page = " ".join((ROOT / "docs" / "install.md").read_text(encoding="utf-8").split())
    assert all(each in page for each in NOT_WITHOUT_HTTPS)


def test_a_hall_with_a_domain_has_its_proxy_and_a_configuration_that_is_there_stays(tmp_path: Path) -> None:
    settings, said = _done(hall_app, tmp_path, "--domain", DOMAIN)
    site = tmp_path / "etc/nginx/sites-enabled/hallkeeper.conf"
    assert "There is no certificate yet" in said
    assert not site.exists(), "nginx would start with none of its sites"
    (tmp_path / CERTIFICATE).parent.mkdir(parents=True)
    (tmp_path / CERTIFICATE).touch()
    settings, said = _done(hall_app, tmp_path, "--domain", DOMAIN)
    assert (settings.address, settings.listen.host) == ("https://hub.example.org", "127.0.0.1")
    assert settings.encrypted_only
    assert "Open https://hub.example.org and type the set-up token" in said
    proxy = site.read_text()
    assert "server_name hub.example.org;" in proxy
    assert "EXAMPLE.ORG" not in proxy
    config = tmp_path / "etc/hallkeeper/controller.toml"
    for each in (config, site):
        each.write_text(each.read_text() + "\n# ours\n")
    _done(hall_app, tmp_path, "--domain", "hub.example.org")
    assert config.read_text().endswith("# ours\n")
    assert site.read_text().endswith("# ours\n")


@pytest.mark.parametrize(
    "name", ["https://hub.example.org", "hub.example.org:443", "hub", "hub.example.org\nx", 'a".org']
)
def test_a_domain_that_is_no_host_name_is_refused_and_writes_nothing(tmp_path: Path, name: str) -> None:
    done = CliRunner().invoke(hall_app, ["--domain", name, "--root", str(tmp_path)])
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "no host name" in done.output


@pytest.mark.parametrize("words", [("--domain", DOMAIN), ("--plain-lan",)])
def test_a_configuration_that_does_not_fit_what_is_asked_for_is_said_and_no_address(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    _done(hall_app, tmp_path)
    done = CliRunner().invoke(hall_app, [*words, "--root", str(tmp_path)])
    assert done.exit_code == 2
    assert "and run this again" in done.output
    assert "Open" not in done.output


def test_a_server_has_a_broker_with_tls_for_its_pis(tmp_path: Path) -> None:
    settings, _ = _done(server_app, tmp_path, "--domain", "hub.example.org")
    broker = settings.broker
    assert (broker.host, broker.port, broker.tls, broker.edges_host) == ("localhost", 8883, True, "hub.example.org")
    assert (tmp_path / "etc/mosquitto/conf.d/tls.conf").exists()


async def test_the_token_of_the_first_sign_in_is_taken_over_https_or_from_this_machine_only(
    settings: Settings, clock: ManualClock, passwords: Passwords
) -> None:
    """What public_url says proves nothing of one request; a proxy is believed if its address is in listen.proxies."""
    here, other, https = "127.0.0.1", "192.0.2.7", {"x-forwarded-proto": "https"}
    refused: list[tuple[str, dict[str, str]]] = [
        (other, {}),
        (other, {"x-forwarded-for": here} | https),
        (other, {"x-forwarded-for": other}),
        (here, {"x-forwarded-for": other}),
        (here, {"x-forwarded-for": other, "x-forwarded-proto": "http"}),
        (here, {"forwarded": "for=192.0.2.7;proto=https"}),
    ]
    allowed: list[tuple[str, dict[str, str]]] = [(here, {}), (here, {"x-forwarded-for": other} | https)]
    settings = msgspec.structs.replace(settings, public_url=BASE_URL.replace("http:", "https:"))
    async with running(settings, clock, passwords) as app:
        body = {"token": (settings.data_dir / "setup-token").read_text(), "user": USER, "password": PASSWORD}
        proxies = list(settings.listen.proxies)
        behind = ProxyHeadersMiddleware(app, trusted_hosts=proxies)  # type: ignore[arg-type]  # as the server has it
        for address, headers in refused + allowed:
            safe = (address, headers) in allowed
            transport = httpx.ASGITransport(behind, client=(address, 1))  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as browser:
                asked = (await browser.get("/api/v1/setup-needed")).json()
                assert asked == {"setup_needed": safe}, headers
                options = (await browser.get("/api/v1/sign-in-options")).json()
                assert options["setup_hint"] == (None if safe else SetupUnsafe().detail), headers
                if not safe:
                    assert (await browser.post("/api/v1/setup", json=body)).status_code == 403
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as browser:
            assert (await browser.post("/api/v1/setup", json=body)).status_code == 201
