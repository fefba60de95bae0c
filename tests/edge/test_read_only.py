"""The agent writes to its own folder and nowhere else, so that the rest of the card may be read-only."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, json, os, sys
from pathlib import Path

touched = []
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}

def hook(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)) and (args[2] or 0) & WRITES:
        touched.append(os.fsdecode(args[0]))
    elif event in CHANGES:
        touched.extend(os.fsdecode(each) for each in args if isinstance(each, (str, bytes)))

sys.addaudithook(hook)

from datetime import timedelta
from edge.system.durable_files import DiskFiles
from tests.edge.hall import CONTACT, INNER, OUTER, ZERO, config, grant, with_hall

async def act(hall):
    await hall.send_codes(1, grant("482913", ZERO, ZERO + timedelta(hours=4)))
    await hall.enter("482913")
    await hall.open_door()
    await hall.walk(OUTER, INNER)
    for _ in range(20):
        await hall.enter("111111")
    await hall.order(hall.command("self_test"))
    await asyncio.sleep(200)

with_hall(act, disk=DiskFiles(Path(sys.argv[1])), config=config(wifi=sys.argv[2]))
print(json.dumps(touched))
"""


@pytest.mark.cases_full
def test_nothing_outside_its_folder_is_written(tmp_path: Path) -> None:
    folder, stations = tmp_path / "data", tmp_path / "stations"
    stations.write_text("\n")
    done = subprocess.run(
        [sys.executable, "-B", "-W", "ignore", "-c", PROGRAM, str(folder), str(stations)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    touched = json.loads(done.stdout)
    inside = [path for path in touched if path.startswith(f"{folder}/") or path == str(folder)]
    assert any("outbox" in path for path in inside)
    assert any("plan" in path for path in inside)
    assert any("kept.json" in path for path in inside)
    assert sorted(set(touched) - set(inside)) == []
