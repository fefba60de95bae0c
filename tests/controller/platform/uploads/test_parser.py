"""Files are parsed in a process that ends when it wants too much, and the next file is parsed as if nothing was."""

import asyncio
import os
import time
from collections.abc import Iterator

import httpx
import pytest

from controller.app.container import Container
from controller.platform.uploads.parser import Parser, ParsingLimit
from tests.controller.village import API


@pytest.fixture
def parser() -> Iterator[Parser]:
    made = Parser(cpu_s=0.5, wall_s=30, memory_mb=256)
    yield made
    made.close()


async def test_what_the_work_returns_or_raises_comes_back(parser: Parser) -> None:
    assert await parser.run(sorted, [3, 1, 2], reverse=True) == [3, 2, 1]
    with pytest.raises(ValueError, match="invalid literal for int"):
        await parser.run(int, "x")
    assert await parser.run(os.getpid) == await parser.run(os.getpid) != os.getpid()


@pytest.mark.cases_full
async def test_a_file_that_takes_too_long_ends_its_worker_and_holds_up_nobody(parser: Parser) -> None:
    first = await parser.run(os.getpid)
    slow = asyncio.ensure_future(parser.run(sum, range(10**15)))
    turns = 0
    while not slow.done():
        await asyncio.sleep(0.01)
        turns += 1
    with pytest.raises(ParsingLimit, match=r"takes more than 0\.5 seconds to read; send it in parts"):
        await slow
    assert turns > 1
    assert await parser.run(os.getpid) != first


async def test_a_file_that_takes_too_much_memory_is_refused(parser: Parser) -> None:
    with pytest.raises(ParsingLimit, match="takes more than 256 MB of memory"):
        await parser.run(bytearray, 10**9)
    assert await parser.run(abs, -1) == 1


async def test_a_worker_that_waits_for_ever_is_ended() -> None:
    parser = Parser(wall_s=0.2)
    with pytest.raises(ParsingLimit, match=r"0\.2 seconds"):
        await parser.run(time.sleep, 1000)
    parser.close()


async def test_a_worker_that_had_nothing_to_do_and_ended_is_started_again() -> None:
    parser = Parser(idle_s=0.0)
    assert [await parser.run(abs, -number) for number in range(1, 4)] == [1, 2, 3]
    parser.close()


async def test_a_result_too_deep_to_come_back_is_an_error_and_no_end(parser: Parser) -> None:
    with pytest.raises(RecursionError):
        await parser.run(eval, "[f := [], [f := [f] for _ in range(10_000)][-1]]")
    assert await parser.run(abs, -1) == 1


async def test_a_worker_that_fails_is_no_fault_of_the_file(parser: Parser) -> None:
    with pytest.raises(RuntimeError, match="ended with code 3"):
        await parser.run(os._exit, 3)


async def test_a_site_file_of_nested_keys_is_refused_at_once(village: httpx.AsyncClient, container: Container) -> None:
    """200 kB of it kept the parser busy for 20 s of a processor, under the lock of the site."""
    deep = "format = 1\n" + "a." * 100_000 + "a = 1\n"
    refused = await village.put(f"{API}/sites/ramsey/file", content=deep)
    assert refused.status_code == 422
    assert "line 2 has a key of more than 20 parts" in refused.json()["detail"]
    assert not container.database.busy
