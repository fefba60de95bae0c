"""The compose file: every service is watched, bound and documented, and agrees with the settings beside it."""

import csv
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

from controller.platform.settings_file import load_settings
from tests.compose import FILE, FOLDER, ROOT, SERVICES, health_check, mounts

OURS = {"controller"}
"""Images that are built here."""


def _documented(service: str, kind: str) -> set[str]:
    with (ROOT / "tests/data/image_settings.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert all(row["source"].startswith("https://") or (ROOT / row["source"]).is_file() for row in rows)
    return {row["name"] for row in rows if (row["service"], row["kind"]) == (service, kind)}


def test_the_services_are_the_five() -> None:
    assert list(SERVICES) == ["controller", "broker", "postgres", "influxdb", "grafana"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_watched_restarted_and_has_no_more_rights_than_it_needs(service: str) -> None:
    spec = SERVICES[service]
    check = spec["healthcheck"]
    assert health_check(service)
    assert all(re.fullmatch(r"\d+s", check[key]) for key in ("interval", "timeout", "start_period"))
    assert check["retries"] >= 3
    assert spec["restart"] == "unless-stopped"
    assert spec["read_only"] is True
    assert spec["cap_drop"] == ["ALL"]
    assert spec["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & spec.keys()


@pytest.mark.parametrize("service", [each for each in SERVICES if each not in OURS])
def test_an_image_is_pinned_by_version_and_digest(service: str) -> None:
    assert re.fullmatch(r"[a-z/-]+:\d+(\.\d+)+@sha256:[0-9a-f]{64}", SERVICES[service]["image"])


@pytest.mark.parametrize("service", SERVICES)
def test_each_variable_place_and_user_is_one_that_the_image_documents(service: str) -> None:
    spec = SERVICES[service]
    assert set(spec.get("environment", {})) <= _documented(service, "variable")
    documented = _documented(service, "path")
    places = {Path(target) for target in mounts(service) if not target.startswith("/run/secrets/")}
    assert [place for place in places if documented.isdisjoint(map(str, (place, *place.parents)))] == []
    assert {spec["user"]} <= _documented(service, "user") if "user" in spec else True


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_mounted_is_there_and_secrets_come_as_files(service: str) -> None:
    spec = SERVICES[service]
    for source in mounts(service).values():
        if source.startswith("./secrets/"):
            continue
        assert (FOLDER / source).exists() if source.startswith(".") else source in FILE["volumes"]
    for name, value in spec.get("environment", {}).items():
        secret = re.search("PASSWORD|TOKEN|PASSFILE", name)
        assert not secret or value.removeprefix("/run/secrets/") in spec["secrets"]


def test_every_volume_secret_and_network_is_used() -> None:
    assert {source for each in SERVICES for source in mounts(each).values() if source[0] != "."} == set(FILE["volumes"])
    assert {name for each in SERVICES.values() for name in each.get("secrets", ())} == set(FILE["secrets"])
    assert {name for each in SERVICES.values() for name in each["networks"]} == set(FILE["networks"])


def test_the_script_makes_every_secret_once(tmp_path: Path) -> None:
    script = tmp_path / "secrets.sh"
    script.write_bytes((FOLDER / "secrets.sh").read_bytes())

    def made() -> dict[str, str]:
        subprocess.run(["sh", script], check=True)
        return {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}

    first = made()
    assert set(first) == set(FILE["secrets"])
    assert len({value for value in first.values() if len(value) == 48}) == len(first) - 1
    assert made() == first
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "secrets" / "database-pgpass").stat().st_mode & 0o777 == 0o600


def test_the_settings_agree_with_the_file(tmp_path: Path) -> None:
    text = (FOLDER / "controller.toml").read_text()
    (tmp_path / "token").touch()
    (tmp_path / "controller.toml").write_text(text.replace("/run/secrets/influxdb-token", "token"))
    settings = load_settings(tmp_path / "controller.toml")
    token = Path(tomllib.loads(text)["history"]["token_file"])
    influx = SERVICES["influxdb"]["environment"]
    assert str(settings.data_dir) in mounts("controller")
    assert str(settings.data_dir / "broker") in mounts("controller")
    assert token.name in SERVICES["controller"]["secrets"]
    assert token.name == Path(influx["DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE"]).name
    assert SERVICES["controller"]["ports"] == [f"127.0.0.1:{settings.listen.port}:{settings.listen.port}"]
    assert settings.listen.proxies == (FILE["networks"]["outside"]["ipam"]["config"][0]["gateway"],)
    assert SERVICES["broker"]["ports"] == [f"{settings.broker.port}:{settings.broker.port}"]
    assert (
        f"listener {settings.broker.port}\n"
        in (FOLDER / mounts("broker")["/etc/mosquitto/conf.d/tls.conf"]).read_text()
    )
    assert (settings.broker.host, settings.broker.tls) == ("broker", True)
    url = settings.database_url
    assert (url.host, str(url.port)) == ("postgres", *_documented("postgres", "port"))
    assert url.database == SERVICES["postgres"]["environment"]["POSTGRES_DB"]
    history = settings.history
    assert history.url == f"http://influxdb:{''.join(_documented('influxdb', 'port'))}"
    assert history.org == influx["DOCKER_INFLUXDB_INIT_ORG"]
    assert history.bucket == influx["DOCKER_INFLUXDB_INIT_BUCKET"]
    grafana = SERVICES["grafana"]["environment"]
    assert (grafana["HALLKEEPER_INFLUX"], grafana["HALLKEEPER_INFLUX_BUCKET"]) == (history.url, history.bucket)
    assert grafana["HALLKEEPER_POSTGRES"] == f"{url.host}:{url.port}"
    assert grafana["HALLKEEPER_POSTGRES_DATABASE"] == url.database


def test_only_controller_and_broker_can_be_reached_from_outside() -> None:
    assert [name for name, spec in SERVICES.items() if "ports" in spec] == ["controller", "broker"]
    assert FILE["networks"]["inside"] == {"internal": True}
    assert [name for name, spec in SERVICES.items() if "outside" in spec["networks"]] == ["controller", "broker"]


def test_each_service_waits_for_what_it_needs_and_can_reach_it() -> None:
    for spec in SERVICES.values():
        for name in spec.get("depends_on", ()):
            assert set(spec["networks"]) & set(SERVICES[name]["networks"])


def test_the_image_is_of_this_version_and_built_of_the_locked_requirements() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert SERVICES["controller"]["image"] == f"hallkeeper-controller:{version}"
    text = (FOLDER / "Dockerfile").read_text()
    bases = set(re.findall(r"^FROM (\S+)", text, re.MULTILINE))
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-trixie@sha256:[0-9a-f]{64}", bases.pop())
    for line in re.findall(r"pip install (.*?)(?: \\)?$", text, re.MULTILINE):
        assert "--no-deps dist/" in line or "--require-hashes" in line
    for lock in re.findall(r"-r (\S+)", text):
        assert (ROOT / lock).is_file()
    assert "--no-create-home" in text
    assert re.search(r"^USER 1883:1883$", text, re.MULTILINE)


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.sh")), ids=lambda path: path.name)
def test_a_script_is_posix_shell_and_can_be_run(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)
    assert script.stat().st_mode & 0o111


def _ran(tmp_path: Path, script: str, program: str, prints: str, env: dict[str, str]) -> str:
    """What a script of an image makes of a program that prints something, with the test's own secrets."""
    stub = tmp_path / Path(program).name
    stub.write_text(f"#!/bin/sh\n{prints}\n")
    stub.chmod(0o755)
    (tmp_path / "secrets").mkdir()
    for name in FILE["secrets"]:
        (tmp_path / "secrets" / name).write_text(f"the-{name}\n")
    text = (FOLDER / script).read_text().replace("/run/secrets", str(tmp_path / "secrets"))
    here = tmp_path / script
    here.write_text(text.replace(program, str(stub)) if program.startswith("/") else text)
    path = f"{tmp_path}:/usr/bin:/bin"
    return subprocess.run(["sh", here], env={"PATH": path, **env}, capture_output=True, text=True, check=True).stdout


def test_grafana_gets_its_data_sources_secrets_from_files(tmp_path: Path) -> None:
    said = dict(line.split("=", 1) for line in _ran(tmp_path, "grafana.sh", "/run.sh", "env", {}).splitlines())
    assert said["HALLKEEPER_POSTGRES_PASSWORD"] == "the-boards-password"
    assert said["HALLKEEPER_INFLUX_TOKEN"] == "grafana:the-influxdb-boards-password"


def test_in_influxdb_grafana_may_only_read_the_bucket(tmp_path: Path) -> None:
    env = {"DOCKER_INFLUXDB_INIT_BUCKET_ID": "0a1b", "DOCKER_INFLUXDB_INIT_ORG": "hallkeeper"}
    said = shlex.split(_ran(tmp_path, "influxdb.sh", "influx", 'echo "$@"', env))
    assert said == [
        *("v1", "auth", "create", "--username", "grafana", "--password", "the-influxdb-boards-password"),
        *("--read-bucket", "0a1b", "--org", "hallkeeper"),
    ]
