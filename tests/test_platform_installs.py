"""What the documents tell people to install can be installed, and works: each lock by plain pip, each extra of the
wheels in an empty environment.

The wheels of the locks are downloaded into `.wheels/` when a lock has changed; everything else works offline.
"""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from firmware_sim.ports import free_port
from tests.edge.test_config import GOOD, folder_with

ROOT = Path(__file__).parents[1]
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
UV = Path(sys.executable).parent / "uv"
LOCKS = sorted(lock.stem for lock in (ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EDGE_WHEEL = ROOT / "deploy" / "edge-wheel"
EDGE_PROJECT = tomllib.loads((EDGE_WHEEL / "pyproject.toml").read_text())["project"]
OFFLINE = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON"))},
    "PIP_CONFIG_FILE": os.devnull,
    "UV_NO_CONFIG": "1",
    "UV_OFFLINE": "1",
    "COLUMNS": "200",
}
"""The environment of a user who has only the downloaded files."""
EDGE_LIMIT_MB = 50


def run(*argv: str | Path, env: dict[str, str] = OFFLINE, cwd: Path = ROOT) -> str:
    """What a program prints; fails with all it said where it does not end well."""
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, argv))}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheels() -> Path:
    """A folder with the wheels of every lock, filled once per set of locks and Python."""
    texts = b"".join((ROOT / "requirements" / f"{lock}.txt").read_bytes() for lock in LOCKS)
    store = ROOT / ".wheels"
    folder = store / f"{PYTHON}-{sha256(texts).hexdigest()[:16]}"
    store.mkdir(exist_ok=True)
    with (store / "lock").open("w") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)  # workers of one run wait for the first of them
        if not folder.exists():
            for old in store.glob(f"{PYTHON}-*"):
                shutil.rmtree(old)
            with tempfile.TemporaryDirectory(dir=store) as unfinished:
                _pip(
                    "download", "--dest", unfinished, *_locked("test"), env={**os.environ}
                )  # it holds every other lock
                Path(unfinished).rename(folder)
                Path(unfinished).mkdir()
    return folder


def _pip(*words: str | Path, env: dict[str, str] = OFFLINE) -> str:
    return run(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words, env=env)


def _locked(lock: str) -> list[str]:
    return ["--require-hashes", "--only-binary", ":all:", "-r", f"requirements/{lock}.txt"]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with both of our wheels, as `make wheel` builds them."""
    folder = tmp_path_factory.mktemp("dist")
    for project in (ROOT, EDGE_WHEEL):
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=project)
    return folder


@pytest.fixture
def empty() -> Iterator[Path]:
    """An environment with nothing in it, not even pip, on a disk: some are larger than a memory disk."""
    with tempfile.TemporaryDirectory() as folder:
        run(UV, "venv", "--quiet", "--python", sys.executable, Path(folder) / "venv")
        yield Path(folder) / "venv"


@pytest.fixture
def install(empty: Path, wheels: Path, built: Path) -> Callable[..., Path]:
    """Installs what is named, such as `hallkeeper[controller]`, and what it asks for; the folder of its programs."""

    def install(wanted: str, *more: str) -> Path:
        links: list[str | Path] = ["--no-index", "--find-links", wheels, "--find-links", built]
        run(UV, "pip", "install", "--quiet", "--python", empty / "bin" / "python", *links, *more, wanted)
        return empty / "bin"

    return install


@pytest.mark.cases_full
@pytest.mark.parametrize("lock", LOCKS)
def test_plain_pip_installs_a_lock(lock: str, wheels: Path, empty: Path) -> None:
    python = empty / "bin" / "python"
    # What only `make` installs, with uv, is solved by pip and not unpacked: that takes it longest.
    unpacked = ["--dry-run"] if lock in {"run", "test"} else ["--no-compile"]
    _pip("--python", python, "install", *unpacked, "--no-index", "--find-links", wheels, *_locked(lock))
    run(UV, "pip", "check", "--quiet", "--python", python)


def test_no_setting_of_uv_hides_from_pip_what_it_would_refuse() -> None:
    assert "uv" not in tomllib.loads((ROOT / "pyproject.toml").read_text()).get("tool", {})


@pytest.mark.cases_full
def test_without_an_extra_each_command_of_another_part_names_the_extra_that_holds_it(
    install: Callable[..., Path],
) -> None:
    hallkeeper = install("hallkeeper") / "hallkeeper"
    run(hallkeeper, "--help")
    for words, extra in (
        (["bookings", "list"], "controller"),
        (["controller", "init"], "controller"),
        (["demo"], "sim"),
        (["edge", "token", "ramsey/pi"], "controller"),
    ):
        done = subprocess.run([hallkeeper, *words], env=OFFLINE, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert f"pip install 'hallkeeper[{extra}]'" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.cases_full
@pytest.mark.parametrize("wanted", ["hallkeeper[edge]", "hallkeeper-edge"])
def test_the_edge_runs(install: Callable[..., Path], tmp_path: Path, wanted: str) -> None:
    hallkeeper = install(wanted) / "hallkeeper"
    config = folder_with(tmp_path, GOOD)
    assert "is valid" in run(hallkeeper, "edge", "check-config", "--config", config)
    done = subprocess.run(
        [hallkeeper, "edge", "run", "--config", config], env=OFFLINE, capture_output=True, text=True, check=False
    )
    assert "no pins" in done.stderr
    done = subprocess.run([hallkeeper, "bookings", "list"], env=OFFLINE, capture_output=True, text=True, check=False)
    assert "pip install 'hallkeeper[controller]'" in done.stderr


@pytest.mark.cases_full
def test_the_edge_wheel_takes_little_room_and_brings_no_pydantic(install: Callable[..., Path], empty: Path) -> None:
    install("hallkeeper-edge", "--compile-bytecode")
    blocks = sum(path.lstat().st_blocks for path in [empty, *empty.rglob("*")])
    installed = {path.name.partition("-")[0] for path in empty.glob("lib/python*/site-packages/*.dist-info")}
    print(f"hallkeeper-edge with all it needs: {blocks * 512 / 1e6:.1f} of {EDGE_LIMIT_MB} MB")  # noqa: T201
    assert blocks * 512 <= EDGE_LIMIT_MB * 1_000_000
    assert installed.isdisjoint({"pydantic", "pydantic_core", "fastapi", "sqlalchemy", "pip"})
    assert {"hallkeeper_edge", "gpiozero", "aiomqtt"} <= installed


def test_the_edge_wheel_is_the_edge_of_the_whole() -> None:
    assert EDGE_PROJECT["version"] == PROJECT["version"]
    assert EDGE_PROJECT["requires-python"] == PROJECT["requires-python"]
    whole = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["edge"]]
    assert sorted(EDGE_PROJECT["dependencies"]) == sorted(whole)


SETTINGS = {
    "postgres": 'database = "postgresql://hk@127.0.0.1:1/hallkeeper"',
    "influx": '[history]\nkind = "influx"\nurl = "http://127.0.0.1:1"\norg = "o"\nbucket = "b"\ntoken_file = "token"',
}
"""What only works with an extra of its own."""


@pytest.mark.cases_full
def test_the_controller_runs_and_names_the_extra_that_a_setting_needs(
    install: Callable[..., Path], tmp_path: Path
) -> None:
    bin_ = install("hallkeeper[controller]")
    hallkeeper, config, port = bin_ / "hallkeeper", tmp_path / "controller.toml", free_port()
    run(hallkeeper, "controller", "init", "--config", config, "--data-dir", tmp_path / "data")
    config.write_text(config.read_text().replace("port = 8080", f"port = {port}"))
    assert "is valid" in run(hallkeeper, "controller", "check-config", "--config", config)
    run(hallkeeper, "controller", "migrate", "--config", config)
    _load_commands(bin_, but="firmware_sim")
    command: list[str | Path] = [hallkeeper, "controller", "run", "--config", config]
    with subprocess.Popen(command, env=OFFLINE, stderr=subprocess.PIPE, text=True) as running:
        try:
            _wait_for(f"http://127.0.0.1:{port}/", running)
        finally:
            running.send_signal(signal.SIGTERM)
            _, log = running.communicate(timeout=60)
    assert running.returncode == 0, log
    assert "Traceback" not in log
    (tmp_path / "token").write_text("secret")
    for extra, settings in SETTINGS.items():
        config.write_text(f'data_dir = "data"\n{settings}\n')
        check: list[str | Path] = [hallkeeper, "controller", "check-config", "--config", config]
        before = subprocess.run(check, env=OFFLINE, capture_output=True, text=True, check=False).stderr
        assert f"pip install 'hallkeeper[{extra}]'" in before
        install(f"hallkeeper[{extra}]")
        after = subprocess.run(check, env=OFFLINE, capture_output=True, text=True, check=False).stderr
        assert "pip install" not in after
        assert "Traceback" not in after


def _load_commands(bin_: Path, *, but: str = "nothing") -> None:
    """Import every command that the environment's wheel brings."""
    run(
        bin_ / "python",
        "-c",
        "from importlib.metadata import entry_points\n"
        "found = [*entry_points(group='hallkeeper.commands'), *entry_points(group='hallkeeper.commands.edge')]\n"
        f"wanted = [each for each in found if not each.value.startswith({but!r})]\n"
        "assert len(wanted) > 15\n"
        "for each in wanted: each.load()\n",
    )


def _wait_for(url: str, running: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            assert httpx.get(url).status_code == 200
        except httpx.TransportError:
            assert running.poll() is None, running.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


@pytest.mark.cases_full
def test_the_demo_runs(install: Callable[..., Path], tmp_path: Path) -> None:
    bin_ = install("hallkeeper[sim]")
    _load_commands(bin_)
    folder = tmp_path / "demo"
    command: list[str | Path] = [bin_ / "hallkeeper", "demo", "--dir", folder, "--port", str(free_port())]
    with subprocess.Popen(command, env=OFFLINE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        try:
            assert running.stdout is not None
            said: list[str] = []
            for line in running.stdout:
                said.append(line)
                if "Ctrl-C" in line:
                    break
            assert "Ctrl-C" in said[-1], "".join(said)
            assert "ramsey" in run(bin_ / "hallkeeper", "sim", "status", "--dir", folder)
        finally:
            running.send_signal(signal.SIGINT)
            rest, _ = running.communicate(timeout=60)
    assert "The demo has stopped" in rest


@pytest.mark.cases_full
def test_the_tools_of_the_tests_are_there(install: Callable[..., Path], tmp_path: Path) -> None:
    bin_ = install("hallkeeper[dev]")
    for tool in ("pytest", "ruff", "mypy", "lint-imports", "uv"):
        run(bin_ / tool, "--help", cwd=tmp_path)


def test_every_extra_is_tried_here() -> None:
    tried = set(re.findall(r"hallkeeper\[(\w+)\]", Path(__file__).read_text())) | SETTINGS.keys()
    assert set(PROJECT["optional-dependencies"]) <= tried
