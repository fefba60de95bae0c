"""What a cut of power leaves of a disk."""

from firmware_sim.simulated_disk import SECTOR, DiskStep, VirtualDisk, VirtualMedium

SEEDS = range(60)


def left(medium: VirtualMedium, name: str) -> set[bytes | None]:
    """Every content that a file may have after a cut."""
    return {VirtualDisk(medium.cut(seed)).read(name) for seed in SEEDS}


def test_a_synced_or_replaced_file_survives_every_cut() -> None:
    disk = VirtualDisk()
    disk.append("outbox/1.log", b"one ")
    disk.append("outbox/1.log", b"two")
    disk.sync("outbox/1.log")
    disk.replace("plan/parts/a", b"part")
    assert left(disk.medium, "outbox/1.log") == {b"one two"}
    assert left(disk.medium, "plan/parts/a") == {b"part"}


def test_a_removed_file_stays_removed_after_every_cut() -> None:
    disk = VirtualDisk()
    disk.replace("fire", b"latched")
    disk.remove("fire")
    assert left(disk.medium, "fire") == {None}


def test_bytes_that_were_not_synced_may_be_dropped_torn_anywhere_or_there_with_a_hole_before_them() -> None:
    disk = VirtualDisk()
    disk.append("1.log", b"safe ")
    disk.sync("1.log")
    disk.append("1.log", b"x" * 4 * SECTOR)
    found = [content or b"" for content in left(disk.medium, "1.log")]
    assert all(content.startswith(b"safe ") for content in found)
    lengths = {len(content) for content in found}
    assert {5, 5 + 4 * SECTOR} < lengths
    assert any(length % SECTOR for length in lengths - {5, 5 + 4 * SECTOR})
    assert any(b"\0" in content and content.endswith(b"x") for content in found)


def test_what_is_written_within_a_file_is_there_the_old_or_torn_by_sectors_until_it_is_synced() -> None:
    medium = VirtualMedium()
    medium.write("a", b"o" * 3 * SECTOR)
    medium.sync("a")
    medium.sync("")
    medium.overwrite("a", SECTOR, b"n" * 2 * SECTOR)
    old, new = b"o" * SECTOR, b"n" * SECTOR
    assert left(medium, "a") == {old + first + second for first in (old, new) for second in (old, new)}
    medium.sync("a")
    assert left(medium, "a") == {old + new + new}


def test_a_record_is_the_old_or_the_new_after_every_cut_also_after_a_run_that_was_killed() -> None:
    disk = VirtualDisk()
    disk.put_record("kept.json", b"0")
    for number in range(1, 6):
        medium = disk.medium.copy()
        steps: list[DiskStep] = []
        again = VirtualDisk(medium) if number == 3 else disk
        again.medium.journal = steps.append
        before = again.medium.copy()
        again.put_record("kept.json", b"%d" % number)
        for at in range(len(steps) + 1):
            stage = before.copy()
            for step in steps[:at]:
                stage.take(step)
            found = {VirtualDisk(stage.cut(seed)).record("kept.json") for seed in SEEDS}
            assert found <= {b"%d" % (number - 1), b"%d" % number}
        disk = again


def test_names_that_their_folder_was_not_synced_after_may_be_undone_each_for_itself() -> None:
    medium = VirtualMedium()
    for name in ("a", "b"):
        medium.write(name, b"x")
        medium.sync(name)
    there = {tuple(medium.cut(seed).exists(name) for name in ("a", "b")) for seed in SEEDS}
    assert there == {(False, False), (False, True), (True, False), (True, True)}


def test_a_file_is_never_half_renamed() -> None:
    medium = VirtualMedium()
    medium.write("old", b"x")
    medium.sync("old")
    medium.sync("")
    medium.rename("old", "new")
    there = {tuple(medium.cut(seed).exists(name) for name in ("old", "new")) for seed in SEEDS}
    assert there == {(True, False), (False, True)}


def test_events_written_by_a_killed_run_are_synced_before_they_are_relied_on() -> None:
    disk = VirtualDisk()
    disk.medium.write("fire.new", b"latched")
    disk.medium.sync("fire.new")
    disk.medium.rename("fire.new", "fire")
    assert left(disk.medium, "fire") == {b"latched", None}
    again = VirtualDisk(disk.medium.copy())
    assert again.read("fire") == b"latched"
    assert left(again.medium, "fire") == {b"latched"}


def test_repeating_a_run_step_by_step_gives_the_same_result() -> None:
    medium, again = VirtualMedium(), VirtualMedium()
    medium.journal = again.take
    disk = VirtualDisk(medium)
    for number in range(20):
        disk.append("outbox/1.log", b"%d " % number)
        disk.replace("kept.json", b"%d" % number)
    for seed in SEEDS:
        here, there = VirtualDisk(medium.cut(seed)), VirtualDisk(again.cut(seed))
        for name in ("outbox/1.log", "kept.json"):
            assert here.read(name) == there.read(name)
