"""What every disk behind the one file seam keeps."""

from pathlib import Path

import pytest

from edge.system.durable_files import DiskFiles, Files
from firmware_sim.simulated_disk import VirtualDisk
from tests.edge.disk import MemoryDisk


@pytest.fixture(params=["disk", "virtual", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    match request.param:
        case "disk":
            return DiskFiles(tmp_path / "data")
        case "virtual":
            return VirtualDisk()
        case _:
            return MemoryDisk()


def test_nothing_is_there_at_first(files: Files) -> None:
    assert files.read("outbox/1.log") is None
    assert files.names("outbox") == []


def test_appended_entries_are_read_in_order(files: Files) -> None:
    files.append("outbox/1.log", b"one ")
    files.sync("outbox/1.log")
    files.append("outbox/1.log", b"two")
    assert files.read("outbox/1.log") == b"one two"


def test_replace_puts_the_new_content_whole(files: Files) -> None:
    files.replace("kept.json", b"old and long")
    files.replace("kept.json", b"new")
    assert files.read("kept.json") == b"new"


def test_names_are_sorted_and_carry_their_folder(files: Files) -> None:
    files.replace("plan/parts/b", b"")
    files.replace("plan/parts/a", b"")
    files.replace("plan/manifest", b"")
    assert files.names("plan/parts") == ["plan/parts/a", "plan/parts/b"]


def test_remove_is_harmless_twice(files: Files) -> None:
    files.replace("kept.json", b"x")
    files.remove("kept.json")
    files.remove("kept.json")
    assert files.read("kept.json") is None


def test_a_record_replaces_the_one_before(files: Files) -> None:
    assert files.record("kept.json") is None
    for number in range(5):
        files.put_record("kept.json", b'{"n":%d}' % number)
        assert files.record("kept.json") == b'{"n":%d}' % number
    files.remove("kept.json")
    assert files.record("kept.json") is None
    files.put_record("kept.json", b"{}")
    assert files.record("kept.json") == b"{}"


def test_a_real_disk_writes_private_files(tmp_path: Path) -> None:
    files = DiskFiles(tmp_path / "data")
    files.append("outbox/1.log", b"x")
    files.replace("kept.json", b"x")
    assert {(tmp_path / "data" / name).stat().st_mode & 0o777 for name in ("outbox/1.log", "kept.json")} == {0o600}
    assert (tmp_path / "data" / "outbox").stat().st_mode & 0o777 == 0o700
