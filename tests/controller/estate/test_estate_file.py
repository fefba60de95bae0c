"""The whole estate in one file: out, looked at site by site, and in, over HTTP."""

import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from controller.estate.site_file.estate_file import NoSiteFile, joined, parted
from tests.controller.estate.building import space
from tests.controller.keyboard import Typed, cells, keyboard
from tests.controller.signin.signing import signed_in_as
from tests.controller.village import API, book

HUBS = Path(__file__).parents[3] / "firmware_sim" / "data" / "sites"


def hubs() -> dict[str, bytes]:
    """The demo's hubs, without the parties and doors that they name and that are not there."""
    return {file.stem: _alone(file.read_text()) for file in sorted(HUBS.glob("*.toml"))}


def _alone(text: str) -> bytes:
    elsewhere = ("organisation = ", "doors = ", "free_doors = ")
    return "\n".join(line for line in text.splitlines() if not line.startswith(elsewhere)).encode()


@pytest.fixture
async def hallkeeper(app: FastAPI, client: httpx.AsyncClient) -> AsyncIterator[Typed]:
    async with keyboard(app, client) as typed:
        yield typed


async def test_an_estate_goes_out_and_comes_in_unchanged(
    hallkeeper: Typed, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    file, again = tmp_path / "in.toml", tmp_path / "again.toml"
    file.write_bytes(joined(hubs().items()))
    made = await hallkeeper("site", "import", str(file))
    assert made.exit_code == 0, made.output
    assert [line.split(":")[0] for line in made.stdout.splitlines() if " added, " in line] == [
        "march",
        "ramsey",
        "soham",
    ]
    assert (await hallkeeper("site", "export", str(again))).exit_code == 0
    assert (await hallkeeper("site", "export")).stdout_bytes == again.read_bytes()
    same = await hallkeeper("site", "import", str(again))
    assert (same.exit_code, same.stdout.count("0 added, 0 changed, 0 removed")) == (0, 3), same.output
    assert (await hallkeeper("site", "export")).stdout_bytes == again.read_bytes()


async def test_a_sites_tables_are_below_its_id_as_in_its_own_file(
    hallkeeper: Typed, village: httpx.AsyncClient
) -> None:
    whole = (await hallkeeper("site", "export")).stdout
    alone = (await hallkeeper("site", "export", "ramsey")).stdout
    assert "# Ramsey Hub\n" in whole
    assert "[sites.ramsey.spaces.hall]\n" in whole
    document = tomllib.loads(whole)
    assert {"format": document["format"], **document["sites"]["ramsey"]} == tomllib.loads(alone)


@pytest.mark.cases_full
async def test_one_faulty_site_prevents_the_import_and_every_fault_is_listed(
    hallkeeper: Typed, village: httpx.AsyncClient, tmp_path: Path
) -> None:
    await space(village, "half-a")
    await book(village, space="hall", title="Choir")
    await book(village, space="half-a", title="Yoga")
    file = tmp_path / "county.toml"
    text = (
        'format = 1\n[sites.march.site]\nid = "march"\nname = "March"\nzone = "Europe/Rome"\n'
        '[sites.march.spaces.room]\nname = "Room"\nfloor = "attic"\n'
        '[sites.ramsey.site]\nid = "ramsey"\nname = "Ramsey Hub"\nzone = "Europe/London"\nphone = "01487 555 010"\n'
        '[sites.ramsey.spaces.hall]\nname = "Hall"\nparts = ["half-a"]\n'
        '[sites.soham.site]\nid = "soham"\nname = "Soham"\nzone = "Europe/London"\n'
        '[sites.wisbech.site]\nid = "march"\nname = "Wisbech"\nzone = "Europe/London"\n'
    )
    file.write_text(text)
    for words in (("check",), ("import", "--dry-run")):
        looked = await hallkeeper("site", *words, str(file))
        assert looked.exit_code == 1
        places = [row[0] for row in cells(looked)]
        assert {"spaces.room.floor", "site.id"} <= set(places)
        assert "would both have half-a." in looked.stdout
        assert "soham: 1 would be added, 0 would be changed, 0 would be removed" in looked.stdout
    refused = await hallkeeper("site", "import", str(file))
    assert refused.exit_code == 1
    assert "Nothing was imported, because these are invalid: march, ramsey, wisbech" in refused.stdout
    sites = (await village.get(f"{API}/sites")).json()["items"]
    assert [each["id"] for each in sites] == ["ramsey"]


async def test_a_manager_takes_out_their_own_sites_and_may_bring_in_none(
    app: FastAPI, village: httpx.AsyncClient, tmp_path: Path
) -> None:
    other = {"name": "March", "zone": "Europe/London"}
    assert (await village.put(f"{API}/sites/march", json=other)).is_success
    async with (
        signed_in_as(app, village, "manager", sites=["march"]) as manager,
        keyboard(app, manager) as hallkeeper,
    ):
        file = tmp_path / "mine.toml"
        assert (await hallkeeper("site", "export", str(file))).exit_code == 0
        assert list(tomllib.loads(file.read_text())["sites"]) == ["march"]
        refused = await hallkeeper("site", "check", str(file))
        assert (refused.exit_code, "march: " in refused.stdout) == (1, True)


async def test_nothing_is_written_while_there_is_no_site(hallkeeper: Typed, tmp_path: Path) -> None:
    out = tmp_path / "none.toml"
    refused = await hallkeeper("site", "export", str(out))
    assert (refused.exit_code, "there is no site that you may see" in refused.stdout, out.exists()) == (1, True, False)


def test_files_that_are_put_together_come_apart_as_they_were() -> None:
    files = hubs()
    apart = parted(joined(files.items()))
    assert {name: tomllib.loads(data.decode()) for name, data in apart.items()} == {
        name: tomllib.loads(data.decode()) for name, data in files.items()
    }
    assert joined(apart.items()) == joined(files.items())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("format = 1\n[sites]\n", "the file has no site"),
        ("sites = 3\n", "the file has no site"),
        ("[sites.ramsey]\n[spaces.hall]\n", "'spaces' is outside the sites"),
        ('[sites."../x"]\n', "sites.../x: an id is small letters"),
        ("[sites]\nramsey = 3\n", "sites.ramsey: must be tables"),
        ("[[sites]]\nid = 'ramsey'\n", "the file has no site"),
        ("a = " + "[" * 5000, "this is nested too deeply"),
        ("a." * 21 + "a = 1", "line 1 has a key of more than 20 parts"),
        ("<html>", "this is not TOML"),
    ],
)
def test_a_file_that_is_no_estate_is_refused_before_anything_is_asked(text: str, why: str) -> None:
    with pytest.raises(NoSiteFile) as refused:
        parted(text.encode())
    assert why in str(refused.value)


def test_what_cannot_be_read_as_text_is_no_file_of_a_site() -> None:
    with pytest.raises(NoSiteFile):
        parted(b"\xff\xfe")
