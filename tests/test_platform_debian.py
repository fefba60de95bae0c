"""The Debian packages: built as `make packages` builds them, installed into an empty folder by dpkg, and removed.

dpkg runs their scripts as for an image (DPKG_ROOT).
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.cli import app
from edge.updates.handover import read_keys
from edge.updates.unpack import unpack
from edge.wire.releases import open_release
from tests.edge.test_config import GOOD, folder_with
from tests.test_platform_installs import EDGE_LIMIT_MB, EDGE_WHEEL, OFFLINE, ROOT, run

AS_ROOT = [] if os.geteuid() == 0 else ["unshare", "--map-root-user"]
UNITS = sorted(
    path.name for path in (ROOT / "deploy/systemd").iterdir() if path.suffix in {".path", ".service", ".timer"}
)
EDGE_UNITS = ["hallkeeper-edge-update.path", "hallkeeper-edge-update.service", "hallkeeper-edge.service"]
EXPOSURE_LIMIT = 20
"""Tenths: systemd's own score of what a unit could do to the machine, from 0 (nothing) to 100."""


class Installed:
    """A package in a folder of its own."""

    def __init__(self, folder: Path, package: Path) -> None:
        self.root = folder / "root"
        (self.root / "var/lib/dpkg/info").mkdir(parents=True)
        (self.root / "var/lib/dpkg/updates").mkdir()
        (self.root / "var/lib/dpkg/status").touch()
        self.said = self.dpkg("--force-depends", "--install", package)

    def dpkg(self, *words: str | Path) -> str:
        return run(*AS_ROOT, "dpkg", f"--root={self.root}", "--force-script-chrootless", *words)

    def files(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_file() and not path.is_relative_to(self.root / "var")]


def build(folder: Path, package: str, wheel_of: Path) -> Path:
    """The package, in a new folder, with the registries that this machine uses."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=wheel_of)
    made = run("deploy/packages/build.sh", package, folder, env={**os.environ})
    return Path(made.strip())


@pytest.fixture(scope="module")
def edge_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("packages"), "hallkeeper-edge", EDGE_WHEEL)


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory, edge_package: Path) -> Installed:
    return Installed(tmp_path_factory.mktemp("edge"), edge_package)


def _enabled(installed: Installed) -> list[str]:
    return sorted(path.name for path in installed.root.glob("etc/systemd/system/*.wants/*"))


def _naming_this_machine(installed: Installed) -> set[str]:
    places = [str(ROOT).encode(), b"/tmp/tmp."]
    return {path.name for path in installed.files() if any(place in path.read_bytes() for place in places)}


def test_a_package_names_no_place_of_the_machine_that_built_it(edge: Installed) -> None:
    assert _naming_this_machine(edge) == set()
    assert not list(edge.root.glob("opt/hallkeeper/lib/**/direct_url.json"))


def test_the_edge_package_takes_no_more_of_a_card_than_promised(edge: Installed) -> None:
    blocks = sum(path.lstat().st_blocks for path in edge.root.joinpath("opt").rglob("*"))
    print(f"/opt/hallkeeper of the edge's package: {blocks * 512 / 1e6:.1f} of {EDGE_LIMIT_MB} MB")  # noqa: T201
    assert blocks * 512 <= EDGE_LIMIT_MB * 1_000_000


def test_an_installed_package_has_made_its_users_and_starts_its_unit_once_it_is_set_up(edge: Installed) -> None:
    assert "hallkeeper-edge:" in (edge.root / "etc/passwd").read_text()
    assert _enabled(edge) == EDGE_UNITS
    groups = {line.partition(":")[0] for line in (edge.root / "etc/group").read_text().splitlines()}
    assert groups >= {"gpio", "input", "dialout"}  # of the unit, which does not start without one of them
    assert 'GROUP="gpio"' in (edge.root / "usr/lib/udev/rules.d/60-hallkeeper-gpio.rules").read_text()
    unit = (edge.root / "usr/lib/systemd/system/hallkeeper-edge.service").read_text()
    assert "ConditionPathExists=/etc/hallkeeper/edge.toml" in unit


def test_an_installed_package_has_the_library_of_the_pins_for_debian_s_python(edge: Installed) -> None:
    python = edge.root / "opt/hallkeeper/bin/python"
    said = run(python, "-IBc", "import lgpio; print(lgpio.__file__, lgpio.get_module_version())")
    assert said.startswith(str(edge.root / "opt/hallkeeper/lib"))


def test_the_installed_agent_runs_by_debian_s_python_and_reads_a_configuration(edge: Installed, tmp_path: Path) -> None:
    program = edge.root / "opt/hallkeeper/bin/hallkeeper"
    assert program.read_text().startswith("#!/opt/hallkeeper/bin/python")
    python = edge.root / "opt/hallkeeper/bin/python"
    config = folder_with(tmp_path, GOOD)
    said = subprocess.run(
        [python, "-W", "error", "-B", program, "edge", "check-config", "--config", config],
        env=OFFLINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in said.stderr
    assert str(config) in said.stdout + said.stderr


def test_a_release_of_the_package_is_signed_verified_and_runs_from_a_slot(
    edge: Installed, edge_package: Path, tmp_path: Path
) -> None:
    package, key = tmp_path / edge_package.name, tmp_path / "release.pem"
    package.hardlink_to(edge_package)
    keys = tmp_path / "release-keys"
    keys.write_text(_said("release", "new-key", str(key), "--unencrypted"))
    assert key.stat().st_mode & 0o777 == 0o600
    least = ("--minimum-edge", "0.2.0", "--minimum-controller", "0.2.0")
    _said("release", "sign", str(package), "--key", str(key), *least)
    release = tmp_path / f"{package.name}.release"
    assert "is valid" in _said("release", "verify", str(release), "--keys", str(keys))
    manifest = open_release(release.read_bytes(), read_keys(keys.read_text())).manifest
    slots = tmp_path / "slots"
    slots.mkdir()
    unpack(package, slots / "a", limit=manifest.unpacked)
    (slots / "current").write_text("a")
    environ = OFFLINE | {"HALLKEEPER_SLOTS": str(slots), "HALLKEEPER_PACKAGE": str(edge.root / "opt/hallkeeper")}
    code = "import sys, edge.version; print(sys.prefix, edge.version.installed_version())"
    assert run(slots / "a/bin/python", "-B", "-c", code).split() == [str(slots / "a"), manifest.version]
    launcher = edge.root / "usr/bin/hallkeeper"
    assert run(launcher, "--version", env=environ).strip() == f"hallkeeper {manifest.version}"
    (slots / "a/bin/hallkeeper").write_text("print('of the slot')")
    assert run(launcher, env=environ).strip() == "of the slot"
    (slots / "current").write_text("b")  # which is empty
    assert run(launcher, "--version", env=environ).strip() == f"hallkeeper {manifest.version}"


def _said(*words: str) -> str:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_no_fault_in_a_unit_and_little_that_it_could_do_to_the_machine(unit: str) -> None:
    path = ROOT / "deploy" / "systemd" / unit
    said = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False).stderr
    faults = [line for line in said.splitlines() if f"{unit}:" in line and "is not executable" not in line]
    assert faults == []
    if path.suffix != ".service":
        return
    run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_LIMIT}", path)


def test_removing_leaves_what_the_agent_wrote_and_nothing_of_the_package(
    edge_package: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    edge = Installed(tmp_path_factory.mktemp("removed"), edge_package)
    (edge.root / "etc/hallkeeper/edge.toml").write_text(GOOD)
    identity = edge.root / "var/lib/hallkeeper-edge/identity.json"
    identity.parent.mkdir(parents=True)
    identity.write_text("{}")
    current = edge.root / "opt/hallkeeper-updates/current"
    current.write_text("a")
    edge.dpkg("--install", "--force-depends", edge_package)  # an upgrade
    assert not current.exists()  # what is installed by hand is what runs
    current.write_text("a")
    assert _enabled(edge) == EDGE_UNITS
    edge.dpkg("--remove", "hallkeeper-edge")
    assert (edge.root / "etc/hallkeeper/edge.toml").exists()
    assert not list((edge.root / "opt").iterdir())
    edge.dpkg("--install", "--force-depends", edge_package)
    assert _enabled(edge) == EDGE_UNITS  # as its configuration, until it is purged
    watchdog = edge.root / "etc/systemd/system.conf.d/hallkeeper-watchdog.conf"  # as `hallkeeper setup hall` writes it
    watchdog.parent.mkdir(parents=True, exist_ok=True)
    watchdog.touch()
    edge.dpkg("--purge", "hallkeeper-edge")
    assert _enabled(edge) == []
    assert not (edge.root / "etc/hallkeeper").exists()
    assert not (edge.root / "opt/hallkeeper").exists()
    assert not [path for path in edge.files() if "hallkeeper" in path.name]
    assert identity.exists()


SAID_BY_SYSTEMD = """#!/bin/sh
echo "$*" >>said
case $* in
*is-enabled*) echo STATE ;;
try-restart*hallkeeper*) [ STATE != masked ] ;;
esac
"""


@pytest.mark.parametrize(
    ("words", "state", "done"),
    [
        ("configure", "disabled", ["enable", "restart"]),
        ("configure", "masked", []),
        ("configure 0.1.0", "enabled", ["restart"]),
        ("configure 0.1.0", "disabled", ["try-restart"]),
        ("configure 0.1.0", "masked", []),
        ("abort-remove", "enabled", ["restart"]),
        ("abort-upgrade", "enabled", []),
    ],
)
def test_a_package_starts_what_is_enabled_and_leaves_what_an_administrator_has_switched_off(
    tmp_path: Path, words: str, state: str, done: list[str]
) -> None:
    script = (ROOT / "deploy/packages/postinst").read_text().replace("@UNITS@", "hallkeeper-edge.service")
    (tmp_path / "run").mkdir()
    (tmp_path / "postinst").write_text(script.replace("/run/systemd/system", str(tmp_path / "run")))
    no_udev = "#!/bin/sh\nexit 1\n"  # as in a container
    programs = {"systemctl": SAID_BY_SYSTEMD.replace("STATE", state), "systemd-sysusers": "", "udevadm": no_udev}
    for name, text in programs.items():
        (tmp_path / name).write_text(text or "#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "said").touch()
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run(["sh", "postinst", *words.split()], cwd=tmp_path, env=path, check=True, capture_output=True)
    said = [line.removeprefix("--root=/ ") for line in (tmp_path / "said").read_text().splitlines()]
    unit = " hallkeeper-edge.service"
    assert [each.removesuffix(unit) for each in said if each.endswith(unit) and "is-enabled" not in each] == done


@pytest.mark.cases_full
def test_the_controller_s_package_holds_every_part_and_takes_the_place_of_the_edge_s(
    edge_package: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    package = build(edge_package.parent, "hallkeeper-controller", ROOT)
    whole = Installed(tmp_path_factory.mktemp("whole"), edge_package)
    settings = whole.root / "etc/hallkeeper/edge.toml"
    settings.write_text(GOOD)
    whole.dpkg("--force-depends", "--install", package)
    whole.dpkg("--purge", "hallkeeper-edge")  # what is left of it
    assert settings.exists()
    timers = ["hallkeeper-backup.timer", "hallkeeper-certificate.timer"]
    assert _enabled(whole) == [*timers, "hallkeeper-controller.service", "hallkeeper-edge.service"]
    python, program = (whole.root / "opt/hallkeeper/bin" / name for name in ("python", "hallkeeper"))
    data = whole.root / "data"
    config = whole.root / "controller.toml"
    run(python, "-B", program, "controller", "init", "--config", config, "--data-dir", data)
    assert "is valid" in run(python, "-B", program, "controller", "check-config", "--config", config)
    control = run("dpkg-deb", "--field", package)
    assert re.search(r"^Conflicts: hallkeeper-edge$", control, re.MULTILINE)
    assert _naming_this_machine(whole) == set()


@pytest.mark.cases_full
def test_the_same_source_makes_the_same_package(edge_package: Path, tmp_path: Path) -> None:
    again = build(tmp_path, "hallkeeper-edge", EDGE_WHEEL)
    assert again.read_bytes() == edge_package.read_bytes()
