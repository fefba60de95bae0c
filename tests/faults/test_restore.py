"""The controller is put back from a backup as docs/restore.md says, with its edge online and offline."""

import asyncio
import re
import shutil
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from controller.db.backup import back_up
from controller.platform.settings_file import load_settings
from firmware_sim.hub_processes import hallkeeper
from tests.faults.ledger import CODE_DOOR, SITE
from tests.faults.trial import Trial

Json = dict[str, Any]


class Vault:
    """Keeps the backups of a hub's controller, and puts one back."""

    def __init__(self, trial: Trial, folder: Path) -> None:
        self.trial = trial
        self.hub = trial.hub
        self._folder = folder
        self._data = self.hub.folder / "controller" / "data"
        self._config = self.hub.folder / "controller" / "controller.toml"

    def set_up(self) -> None:
        """As docs/restore.md says: backups by restic, on a disk of their own."""
        (self._folder / "disk").mkdir()
        password = self._folder / "password"
        password.write_text("seventeen chairs")
        password.chmod(0o640)
        place = f'repository = "{self._folder / "disk" / "restic"}"\npassword_file = "{password}"\n'
        self._config.write_text(f"{self._config.read_text()}\n[backup]\n{place}")

    async def command(self, word: str) -> str:
        """What a command of the controller's machine prints; fails where it does not end well."""
        process = await asyncio.create_subprocess_exec(
            *(hallkeeper(), "controller", word, "--config", str(self._config)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return said.decode()

    async def move_to_another_machine(self) -> None:
        """The backup of restic is restored there, by the same settings, and the controller starts."""
        there = self._folder / "machine-b"
        text = self._config.read_text()
        mine = re.search(r'^data_dir = "(.*)"$', text, re.MULTILINE)
        assert mine is not None
        self._config.write_text(text.replace(mine[0], f'data_dir = "{there}"'))
        assert "Restored what there was" in await self.command("restore")
        await self.hub.controller.start()

    async def versions(self) -> tuple[int, int]:
        """Of the newest plan that the database has, and of the one that the edge carries out."""
        edge = await self._edge()
        return int(edge["plan_version"] or 0), int(edge["applied_version"] or 0)

    async def take(self, name: str) -> Path:
        """As `hallkeeper controller backup` does, while the controller runs."""
        file = self._folder / f"{name}.tar.gz"
        settings = load_settings(self._config)
        await asyncio.to_thread(back_up, settings.data_dir, settings.database_url, file, keys=True)
        return file

    async def lose(self) -> None:
        """kill -9, and all that it had is gone."""
        await self.hub.controller.kill()
        shutil.rmtree(self._data)

    async def put_back(self, file: Path) -> None:
        with tarfile.open(file) as archive:
            archive.extractall(self._data, filter="data")
        await self.hub.controller.start()

    async def listed(self, *texts: str) -> list[Json]:
        """The entries known only to the door, once there are as many as ``texts``, in alphabetical order."""
        found: list[Json] = []

        async def there() -> bool:
            nonlocal found
            found = (await self.hub.api.get(f"/sites/{SITE}/restored"))["items"]
            return len(found) == len(texts)

        await self.hub.until(there, f"{len(texts)} things are known only to the door")
        assert all(text in one["text"] for text, one in zip(sorted(texts), sorted(found, key=_text), strict=True)), (
            found
        )
        await self.hub.online(SITE)
        return sorted(found, key=_text)

    async def remove(self, entry: Json) -> None:
        async with self.another_plan():
            await self.hub.api.post(f"/restored/{entry['id']}/remove", {"reason": "entered again"})

    @asynccontextmanager
    async def another_plan(self) -> AsyncIterator[None]:
        """What is done inside makes another plan; returns when the edge carries it out."""
        before = await self._edge()
        yield

        async def newer() -> bool:
            edge = await self._edge()
            return bool(edge["applied_version"] == edge["plan_version"] > before["plan_version"])

        await self.hub.until(newer, "the edge has the newest plan")

    async def _edge(self) -> Json:
        (edge,) = (await self.hub.api.get(f"/sites/{SITE}/now"))["edges"]
        found: Json = edge
        return found


def _text(entry: Json) -> str:
    text: str = entry["text"]
    return text


async def _booked(trial: Trial, space: str, title: str) -> tuple[str, str]:
    """A booking of now, and its code once that is on the door."""
    api, now = trial.hub.api, trial.hub.clock.now()
    times = {"starts": (now - timedelta(minutes=5)).isoformat(), "ends": (now + timedelta(hours=6)).isoformat()}
    booking = await api.post(f"/sites/{SITE}/bookings", {"space": space, "title": title, **times})

    async def on_door() -> bool:
        return bool((await api.get(f"/bookings/{booking['id']}"))["on_door"]["state"] == "on")

    await trial.hub.until(on_door, "the code is on the door")
    return str(booking["id"]), str(booking["code"])


async def _restored(trial: Trial, folder: Path, *, in_reach: bool) -> None:
    """``in_reach``: the edge is there all the time; else it is cut off from before the restore until after it, and a
    plan that forgets waits for it on the broker."""
    vault, api = Vault(trial, folder), trial.hub.api
    await trial.begin(guests=2)
    cancelled, off = await _booked(trial, "hall", "Called off")
    await api.post(f"/bookings/{cancelled}/cancel", {})
    backup = await vault.take("yesterday")
    # What the backup does not have: a booking that was used, people, a lock-down.
    _, lost = await _booked(trial, "hall", "Lost")
    await trial.opens(lost)
    trial.ledger.send(4)
    await trial.ledger.crossings_recorded(6)
    async with vault.another_plan():
        await api.post(f"/sites/{SITE}/overrides", {"kind": "lock_down", "reason": "drill", "doors": [CODE_DOOR]})
    await trial.ledger.all_stored()
    if not in_reach:
        trial.hub.set_network(SITE, False)
    await vault.lose()
    await vault.put_back(backup)
    if not in_reach:
        await trial.refuses(lost)
        starts = trial.hub.clock.now() + timedelta(hours=7)
        times = {"starts": starts.isoformat(), "ends": (starts + timedelta(hours=1)).isoformat()}
        await api.post(f"/sites/{SITE}/bookings", {"space": "hall", "title": "Meanwhile", **times})
        trial.hub.set_network(SITE, True)
    booking, locked = await vault.listed("A booking of", "Front door: locked down")
    await trial.refuses(lost)
    await vault.remove(locked)
    await trial.opens(lost)
    await trial.opens()
    await trial.refuses(off)
    await vault.remove(booking)
    await trial.refuses(lost)
    await trial.ends_well()


@pytest.mark.faults_full
async def test_restored_with_the_edge_offline(trial: Trial, tmp_path: Path) -> None:
    await _restored(trial, tmp_path, in_reach=False)


@pytest.mark.faults_full
async def test_restored_from_a_backup(trial: Trial, tmp_path: Path) -> None:
    await _restored(trial, tmp_path, in_reach=True)


@pytest.mark.faults_full
async def test_restored_onto_another_machine_with_the_edge_ahead(trial: Trial, tmp_path: Path) -> None:
    """Nothing is lost that the edge holds, no number is used twice, and what only the door knows is named."""
    vault, api = Vault(trial, tmp_path), trial.hub.api
    vault.set_up()
    await trial.begin(guests=2)
    cancelled, off = await _booked(trial, "hall", "Called off")
    await api.post(f"/bookings/{cancelled}/cancel", {})
    assert "was restored and is equal" in await vault.command("backup")
    _, lost = await _booked(trial, "hall", "Lost")
    await trial.opens(lost)
    trial.ledger.send(4)
    await trial.ledger.crossings_recorded(6)
    stored = {(each["log"], each["seq"]) for each in await trial.ledger.all_stored()}
    _, ahead = await vault.versions()
    await vault.lose()
    trial.ledger.send(2)  # while there is no controller
    await vault.move_to_another_machine()
    [booking] = await vault.listed("A booking of")
    await trial.refuses(off)
    await trial.opens(lost)
    _, code = await _booked(trial, "hall", "After the restore")
    newest, applied = await vault.versions()
    assert newest == applied > ahead
    assert code not in {lost, off, trial.code}
    await trial.opens(code)
    await trial.opens()
    await vault.remove(booking)
    await trial.refuses(lost)
    assert stored <= {(each["log"], each["seq"]) for each in await trial.ledger.all_stored()}
    await trial.ends_well()


@pytest.mark.faults_full
async def test_restored_again_and_again(trial: Trial, tmp_path: Path) -> None:
    """Each time further things are known only to the door, and none of the earlier ones is forgotten."""
    await trial.begin(guests=2)
    vault = Vault(trial, tmp_path)
    backup = await vault.take("once")
    codes: list[str] = []
    for number in range(3):
        _, code = await _booked(trial, "hall", f"Lost {number}")
        codes.append(code)
        await trial.opens(code)
        await vault.lose()
        await vault.put_back(backup)
        await vault.listed(*["A booking of"] * len(codes))
        for known in codes:
            await trial.opens(known)
    for entry in (await trial.hub.api.get(f"/sites/{SITE}/restored"))["items"]:
        await vault.remove(entry)
    for code in codes:
        await trial.refuses(code)
    await trial.ends_well()
