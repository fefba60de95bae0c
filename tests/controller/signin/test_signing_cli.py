"""`hallkeeper sign-in` and `hallkeeper sign-out`: whose the commands are, kept where only they can read it."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from edge.cli import app as hallkeeper
from tests.controller.running import PASSWORD, USER
from tests.controller.serving import serving

Typed: TypeAlias = Callable[..., asyncio.Future[Result]]


@pytest.fixture
async def address(app: FastAPI, client: httpx.AsyncClient) -> AsyncIterator[str]:
    async with serving(app) as found:
        yield found


class Kept:
    """The file that the session is kept in."""

    def __init__(self, path: Path, *, made: bool = False) -> None:
        self.path = path
        self.path.parent.mkdir(parents=True, exist_ok=made)

    @property
    def there(self) -> bool:
        return self.path.exists()

    @property
    def mode(self) -> int:
        return stat.S_IMODE(self.path.stat().st_mode)

    def text(self) -> str:
        return self.path.read_text()

    def put(self, text: str, mode: int = 0o600) -> None:
        self.path.write_text(text)
        self.path.chmod(mode)

    def hypothetical(self) -> list[str]:
        return [each.name for each in self.path.parent.iterdir() if each != self.path]


@pytest.fixture
def file(tmp_path: Path, address: str) -> Kept:
    return Kept(tmp_path / "hallkeeper" / "sessions" / f"{address.replace('://', '_').replace(':', '_')}.json")


@pytest.fixture
def typed(file: Kept) -> Typed:
    """Runs ``hallkeeper`` in a home of its own, with a first line of standard input."""
    env = {"XDG_CONFIG_HOME": str(file.path.parents[2]), "COLUMNS": "300"}

    def run(*words: str, said: str = "", **more: str) -> asyncio.Future[Result]:
        return asyncio.get_running_loop().run_in_executor(
            None, lambda: CliRunner().invoke(hallkeeper, words, input=said, env=env | more)
        )

    return run


async def test_who_has_signed_in_needs_neither_address_nor_token_until_they_sign_out(
    typed: Typed, address: str, file: Kept
) -> None:
    signed_in = await typed("sign-in", USER, "--server", f"{address}/", said=f"{PASSWORD}\n")
    assert (signed_in.exit_code, signed_in.output) == (
        0,
        f"{USER} is signed in at {address}; the session is kept in {file.path}.\n",
    )
    exported = await typed("parties", "export")
    assert (exported.exit_code, "id,kind,name" in exported.output) == (0, True)
    token = file.text()
    assert (await typed("sign-out")).output == f"{USER} is signed out.\n"
    assert not file.there
    assert "sign in with `hallkeeper sign-in`" in (await typed("parties", "export")).output
    file.put(token)
    assert (await typed("parties", "export")).exit_code == 1, "the session has ended at the controller too"
    assert "had ended before" in (await typed("sign-out")).output
    assert (await typed("sign-out")).output == "Nobody is signed in here.\n"


async def test_signing_in_again_ends_the_session_that_was_saved(typed: Typed, address: str, file: Kept) -> None:
    await typed("sign-in", USER, "--server", address, said=f"{PASSWORD}\n")
    before = file.text()
    await typed("sign-in", USER, "--server", address, said=f"{PASSWORD}\n")
    assert (await typed("parties", "export")).exit_code == 0
    file.put(before)
    assert (await typed("parties", "export")).exit_code == 1


async def test_the_saved_session_can_be_read_by_its_owner_only(typed: Typed, address: str, file: Kept) -> None:
    file.put("damaged", 0o666)
    assert (await typed("parties", "export")).exit_code == 2
    assert (await typed("sign-in", USER, HALLKEEPER_SERVER=address, said=f"{PASSWORD}\n")).exit_code == 0
    assert file.mode == 0o600
    assert file.hypothetical() == []


async def test_the_user_is_asked_for_and_a_wrong_password_saves_nothing(typed: Typed, address: str, file: Kept) -> None:
    refused = await typed("sign-in", "--server", address, said=f"{USER}\nnot the password\n")
    assert refused.exit_code == 1
    assert "the user or the password is wrong" in refused.output
    assert not file.there
    assert (await typed("sign-in", "--server", address, said=f"{USER}\n{PASSWORD}\n")).exit_code == 0


async def test_a_saved_token_is_sent_to_no_other_controller(typed: Typed, address: str) -> None:
    await typed("sign-in", USER, "--server", address, said=f"{PASSWORD}\n")
    elsewhere = await typed("parties", "export", "--server", "http://other.example")
    assert elsewhere.exit_code == 2
    assert "hallkeeper sign-in --server http://other.example" in elsewhere.output


async def test_signing_in_and_out_at_one_controller_leaves_the_session_at_another(
    typed: Typed, address: str, file: Kept
) -> None:
    other = Kept(file.path.with_name("http_127.0.0.1_1.json"), made=True)
    other.put('{"server": "http://127.0.0.1:1", "user": "Una", "token": "t0ken"}')
    os.utime(other.path, ns=(1, 1))
    assert (await typed("sign-in", USER, "--server", address, said=f"{PASSWORD}\n")).exit_code == 0
    assert other.there
    assert (await typed("parties", "export")).exit_code == 0, "the last sign-in counts where no address is given"
    silent = await typed("parties", "export", "--server", "http://127.0.0.1:1")
    assert "http://127.0.0.1:1 does not answer" in silent.output
    third = Kept(file.path.with_name("http_127.0.0.1_2.json"), made=True)
    third.put('{"server": "http://127.0.0.1:2", "user": "Una", "token": "t0ken"}')
    os.utime(third.path, ns=(1, 1))
    assert (await typed("sign-out", "--server", "http://127.0.0.1:1")).exit_code == 1
    assert (other.there, file.there) == (False, True)
    gone = await typed("sign-out", "--server", f"{address}/")
    assert gone.output == f"{USER} is signed out. Commands now go to http://127.0.0.1:2, as Una.\n"
    assert (await typed("sign-out", "--server", address)).output == f"Nobody is signed in at {address}.\n"


async def test_a_given_token_takes_precedence_over_the_saved_one(typed: Typed, address: str) -> None:
    await typed("sign-in", USER, "--server", address, said=f"{PASSWORD}\n")
    given = await typed("parties", "export", "--server", address, HALLKEEPER_TOKEN="other")
    assert given.exit_code == 1
    assert "sign in and try again" in given.output


async def test_a_session_is_forgotten_though_the_controller_does_not_answer(typed: Typed, file: Kept) -> None:
    file = Kept(file.path.with_name("http_127.0.0.1_1.json"), made=True)
    file.put('{"server": "http://127.0.0.1:1", "user": "Una", "token": "t0ken"}')
    gone = await typed("sign-out")
    assert (gone.exit_code, "does not answer" in gone.output, file.there) == (1, True, False)


async def test_the_password_is_changed_and_other_sessions_end(typed: Typed, address: str, file: Kept) -> None:
    for _ in range(2):
        file.path.unlink(missing_ok=True)  # as at another machine
        await typed("sign-in", USER, "--server", address, said=f"{PASSWORD}\n")
    refused = await typed("password", said=f"{PASSWORD}\nbasketball\n")
    assert (refused.exit_code, "too easy to guess" in refused.output) == (1, True)
    done = await typed("password", said=f"{PASSWORD}\nseven red bicycles\n")
    assert done.output == "You have a new password. Your other sessions have ended: 2.\n"
    assert (await typed("parties", "export")).exit_code == 0
    assert (await typed("sign-out", "--others")).output == "You had no other session.\n"
    assert file.there
    refused = await typed("sign-in", USER, "--server", address, said=f"{PASSWORD}\n")
    assert "the user or the password is wrong" in refused.output
