"""The controller says that its own disk is nearly full on every *Now*, and once."""

from collections.abc import Iterator
from pathlib import Path

from controller.screens.live.disk_room import LEAST, DiskRoom
from tests.controller.running import signed_in
from tests.integration.hub import Hub

MB = 2**20


class Room(DiskRoom):
    """A disk that has as much left as the test says."""

    said: Iterator[int | None] = iter(())

    @property
    def free(self) -> int | None:
        return next(self.said)


def test_a_disk_that_is_nearly_full_is_so_until_there_is_clearly_more_room() -> None:
    room = Room(folder=Path("/"))
    room.said = iter((LEAST, LEAST - 1, LEAST + 200 * MB, None, 750 * MB, LEAST))
    assert [room.trouble() is not None for _ in range(6)] == [False, True, True, True, False, False]


def test_of_a_folder_that_is_not_there_nothing_is_known(tmp_path: Path) -> None:
    gone, here = DiskRoom(folder=tmp_path / "gone"), DiskRoom(folder=tmp_path)
    assert (gone.trouble(), list(gone.collect())) == (None, [])
    [metric] = here.collect()
    assert metric.samples[0].value > 0


async def test_every_page_now_shows_it(hub: Hub) -> None:
    async with signed_in(hub.app) as client:
        hub.container.mqtt.live.disk = lambda: "less than 500 MB are free"
        [alert] = [each for each in (await client.get("/api/v1/sites/ramsey/now")).json()["alerts"] if not each["id"]]
        assert (alert["kind"], alert["text"]) == (
            "disk",
            "The controller's disk is nearly full: less than 500 MB are free",
        )
