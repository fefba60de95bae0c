"""Documents are shown to ClamAV's daemon before they are kept. The daemon is one of the test's own, by clamd(8)."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from controller.platform.settings import Settings
from tests.controller.people.documents.test_documents import CHOIR, PDF, add
from tests.controller.signin.signing import put_party
from tests.controller.village import SITE

VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}"
"""How the file begins that scanners are tried with (EICAR)."""


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return msgspec.structs.replace(settings, virus_scanner=tmp_path / "clamd")


@asynccontextmanager
async def clamd(socket: Path, says: bytes = b"") -> AsyncIterator[list[bytes]]:
    """Takes INSTREAM; what it was shown. ``says``: its answer, if not about the content."""
    shown = list[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(size)
        shown.append(content)
        writer.write((says or b"stream: " + (b"Eicar-Test FOUND" if VIRUS in content else b"OK")) + b"\0")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_unix_server(serve, str(socket))
    async with server:
        yield shown


async def put(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    await put_party(client, "choir", site=SITE)
    made = await add(client)
    answer = await client.put(f"{CHOIR}/documents/{made['id']}/content", content=content)
    kept = (await client.get(f"{CHOIR}/documents/{made['id']}/content")).status_code
    assert kept == (200 if answer.is_success else 404)
    return answer


async def test_a_clean_file_is_shown_whole_and_kept(village: httpx.AsyncClient, settings: Settings) -> None:
    assert settings.virus_scanner is not None
    large = PDF + b"x" * 200_000
    async with clamd(settings.virus_scanner) as shown:
        assert (await put(village, large)).status_code == 200
    assert shown == [large]


async def test_a_file_with_a_virus_is_refused_by_its_name(village: httpx.AsyncClient, settings: Settings) -> None:
    assert settings.virus_scanner is not None
    async with clamd(settings.virus_scanner):
        refused = await put(village, PDF + VIRUS)
    assert (refused.status_code, "Eicar-Test" in refused.json()["detail"]) == (422, True)


async def test_while_the_scanner_does_not_answer_nothing_is_kept(village: httpx.AsyncClient) -> None:
    assert (await put(village, PDF)).status_code == 503


async def test_what_the_scanner_could_not_read_is_not_kept(village: httpx.AsyncClient, settings: Settings) -> None:
    assert settings.virus_scanner is not None
    async with clamd(settings.virus_scanner, b"INSTREAM size limit exceeded. ERROR"):
        assert (await put(village, PDF)).status_code == 503
