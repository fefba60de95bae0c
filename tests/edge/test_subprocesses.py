"""Another program may do what it likes: it is ended in time, with all that it has started."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import pytest

from edge.errors import ProgramFailed
from edge.system.subprocesses import ProgramRunner

SHELL = ("/bin/sh", "-c")
LONG_S = 60.0
LATE = "not ended within 0.3 s"


def gone(pid: int) -> bool:
    """Whether a process has ended. A zombie counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def until_gone(file: Path) -> None:
    for pid in [int(word) for word in file.read_text().split()]:  # noqa: ASYNC240  # in a folder of the test's own
        while not gone(pid):  # noqa: ASYNC110  # the kernel tells nobody
            await asyncio.sleep(0.01)


def test_the_output_of_a_program_is_read() -> None:
    caller = ProgramRunner(within_s=LONG_S, limit=100)
    assert asyncio.run(caller.call((*SHELL, "echo three; echo stations >&2"))) == b"three\n"


@pytest.mark.parametrize(
    ("does", "within_s", "why"),
    [
        pytest.param("exit 3", LONG_S, "ended with 3", id="fails"),
        pytest.param("kill -9 $$", LONG_S, "ended with -9", id="is killed"),
        pytest.param("echo $$ > {pids}; exec yes", LONG_S, "more than 100 bytes", id="says too much"),
        pytest.param("echo $$ > {pids}; exec sleep 3600", 0.3, LATE, id="never ends"),
        pytest.param("echo $$ > {pids}; trap '' TERM; while :; do :; done", 0.3, LATE, id="is busy"),
        pytest.param("sleep 3600 & echo $! > {pids}", 0.3, LATE, id="leaves one that holds its output"),
        pytest.param("echo $$ > {pids}; exec >&-; exec sleep 3600", 0.3, LATE, id="says it has ended"),
    ],
)
async def test_a_program_that_fails_or_takes_too_long_is_ended(
    does: str, within_s: float, why: str, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    pids.write_text("")
    with pytest.raises(ProgramFailed, match=why):
        await ProgramRunner(within_s=within_s, limit=100).call((*SHELL, does.format(pids=pids)))
    await until_gone(pids)


@pytest.mark.parametrize("command", [("/nowhere/iw",), ("/dev/null",), ("iw\0",)])
async def test_a_missing_program_cannot_be_called(command: tuple[str, ...]) -> None:
    with pytest.raises((OSError, ValueError)):
        await ProgramRunner(within_s=LONG_S).call(command)


async def test_cancelling_a_call_ends_its_program(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    calling = asyncio.create_task(ProgramRunner(within_s=LONG_S).call((*SHELL, f"echo $$ > {pids}; exec sleep 3600")))
    while not (pids.exists() and pids.read_text().endswith("\n")):  # noqa: ASYNC110  # another process writes it
        await asyncio.sleep(0.01)
    calling.cancel()
    await asyncio.wait((calling,))
    await until_gone(pids)


async def test_an_unkillable_program_is_not_called_a_second_time() -> None:
    """It runs as another user, as under sudo, or hangs in the kernel."""

    left: list[int] = []

    def refused(group: int, number: signal.Signals) -> None:
        left.append(group)
        raise PermissionError

    caller = ProgramRunner(within_s=0.1, gone_s=0.1, kill=refused)
    with pytest.raises(ProgramFailed, match="not ended within"):
        await caller.call((*SHELL, "exec sleep 3600"))
    for _ in range(10):
        with pytest.raises(ProgramFailed, match="cannot be killed"):
            await caller.call((*SHELL, "true"))
    (group,) = left
    os.killpg(group, signal.SIGKILL)
    while True:
        with contextlib.suppress(ProgramFailed):
            assert await caller.call((*SHELL, "true")) == b""
            break
        await asyncio.sleep(0.01)
