"""The line between world and Pi: any folder, any nonsense."""

import asyncio
from pathlib import Path

import pytest

from edge.wire.errors import WireError
from firmware_sim.world_protocol import (
    InputLine,
    KeyAsk,
    LevelsLine,
    PiHello,
    ask,
    joined,
    line,
    listening,
    read_to_pi,
    read_to_world,
)


async def test_a_socket_works_however_deep_its_folder_lies(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 20) / ("deeper" * 20)
    folder.mkdir(parents=True)
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.put_nowait(await reader.readline())
        writer.close()

    server = await asyncio.start_unix_server(serve, sock=listening(folder / "world.sock"))
    _, writer = await joined(folder / "world.sock")
    writer.write(b"good day\n")
    writer.close()
    await writer.wait_closed()
    assert await asyncio.wait_for(heard.get(), 5) == b"good day\n"
    server.close()


async def test_asking_without_a_running_demo_raises_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await ask(tmp_path / "world.sock", KeyAsk(site="ramsey", door="front-door", keys="482913"))


def test_lines_come_back_unchanged() -> None:
    hello = PiHello(site="ramsey", edge="ramsey-pi", pid=7)
    assert read_to_world(line(hello)) == hello
    for said in (LevelsLine(levels={17: True}), InputLine(pin=5, level=False, tick=12.000_05)):
        assert read_to_pi(line(said)) == said


@pytest.mark.parametrize("nonsense", [b"\n", b"{}\n", b'{"type":"pi"}\n', b"\xff\n", b'{"type":"unlock"}\n'])
def test_nonsense_is_refused_as_such(nonsense: bytes) -> None:
    with pytest.raises(WireError):
        read_to_world(nonsense)
