"""Runs in the virtual machine, as root, by its own Python alone: carries out what the host asks for on a virtio port.

Each line of the port is a JSON object. Asked: ``id``, ``argv``, ``stdin`` (base64). Answered: the same ``id``,
and ``rc``, ``out``, ``err``; or ``failed``.
"""

import base64
import glob
import json
import os
import subprocess
import threading
import time
from typing import Any

NAME = "hallkeeper.test"


def port() -> str:
    """The device of the port, once the kernel has it."""
    while True:
        for name in glob.glob("/sys/class/virtio-ports/*/name"):
            with open(name) as file:
                if file.read().strip() == NAME:
                    return "/dev/" + name.split("/")[-2]
        time.sleep(0.1)


def run(asked: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        asked["argv"], input=base64.b64decode(asked.get("stdin", "")), capture_output=True, check=False
    )
    out, err = (base64.b64encode(each).decode() for each in (done.stdout, done.stderr))
    return {"rc": done.returncode, "out": out, "err": err}


def main() -> None:
    device = os.open(port(), os.O_RDWR)
    writing = threading.Lock()

    def say(answer: dict[str, Any]) -> None:
        line = json.dumps(answer).encode() + b"\n"
        with writing:
            while line:
                line = line[os.write(device, line) :]

    def answer(asked: dict[str, Any]) -> None:
        try:
            done = run(asked)
        except Exception as error:  # the host decides what it means
            done = {"failed": f"{type(error).__name__}: {error}"}
        say({"id": asked["id"], **done})

    with open("/proc/sys/kernel/random/boot_id") as file:
        say({"id": 0, "boot": file.read().strip()})
    held = b""
    while True:
        try:
            read = os.read(device, 65536)
        except OSError:
            read = b""
        if not read:
            time.sleep(0.1)  # the host is not connected
            continue
        held += read
        *lines, held = held.split(b"\n")
        for line in lines:
            threading.Thread(target=answer, args=(json.loads(line),), daemon=True).start()


main()
