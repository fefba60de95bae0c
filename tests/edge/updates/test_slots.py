"""A power cut at any step of an update leaves a version that starts, and what was begun goes on or is over."""

import pytest

from edge.system.durable_files import SafeFiles
from edge.updates.slots import PACKAGE, TRIES, Outcome, Result, Slots, SlotState, read_current
from edge.wire.errors import ReleaseRefused
from edge.wire.releases import open_release
from firmware_sim.simulated_disk import DiskStep, VirtualMedium
from tests.edge.updates.made import ARCHITECTURE, KEY, OTHER_KEY, SYSTEM, TRUSTED, key_change, manifest, opened, signed

SEEDS = 6


def _slots(medium: VirtualMedium) -> Slots:
    return Slots(medium, package="0.2.0", shipped=TRUSTED)


def _install(slots: Slots, medium: VirtualMedium, version: str, request: str = "r1") -> None:
    def unpack(slot: str) -> None:
        medium.mkdir(slot)
        medium.write(f"{slot}/code", version.encode(), truncate=True)
        medium.sync(f"{slot}/code")
        medium.sync(slot)
        medium.sync("")

    slots.begin(opened(version), request, unpack)


def _runs(medium: VirtualMedium) -> str:
    """The version that starts on a medium, as the launcher chooses it."""
    current = read_current(SafeFiles(medium))
    return "0.2.0" if current == PACKAGE else medium.read(f"{current}/code").decode()


def _replayed(steps: list[DiskStep]) -> VirtualMedium:
    medium = VirtualMedium()
    for step in steps:
        medium.take(step)
    return medium


def _two_good_and_a_bad_one() -> tuple[list[DiskStep], list[int]]:
    """The steps of three updates, of which the third is given up, and after how many each version may run."""
    steps: list[DiskStep] = []
    medium = VirtualMedium(steps.append)
    slots = _slots(medium)
    marks = []
    for version, works in (("0.3.0", True), ("0.4.0", True), ("0.5.0", False)):
        _install(slots, medium, version, version)
        slots.keep() if works else slots.give_up("it hangs")
        marks.append(len(steps))
    assert _runs(medium) == "0.4.0"
    assert slots.state.outcome == Outcome(request="0.5.0", version="0.5.0", result=Result.RETURNED, why="it hangs")
    return steps, marks


def test_a_power_cut_at_any_step_leaves_a_whole_version_which_stays_or_is_returned_from() -> None:
    steps, marks = _two_good_and_a_bad_one()
    may_run = [{"0.2.0", "0.3.0"}, {"0.3.0", "0.4.0"}, {"0.4.0", "0.5.0"}]
    seen = set()
    for taken in range(len(steps) + 1):
        phase = next((each for each, mark in enumerate(marks) if taken < mark), len(marks) - 1)
        before = _replayed(steps[:taken])
        for seed in range(SEEDS):
            medium = before.cut(seed)
            assert _runs(medium) in may_run[phase]
            slots = _slots(medium)
            trial = slots.resume()
            assert _runs(medium) in may_run[phase]
            seen.add((trial is not None, slots.state.outcome.result if slots.state.outcome else None))
            assert trial is None or read_current(SafeFiles(medium)) == trial.slot
            if trial is not None:
                slots.give_up("it does not work")
            assert slots.current == slots.state.good
            newest = {"0.2.0": "0.3.0", "0.3.0": "0.4.0", "0.4.0": "0.5.0"}[_runs(medium)]
            _install(slots, medium, newest, "again")  # and another one can be installed
            slots.keep()
            assert _runs(medium) == newest
    assert seen >= {(True, None), (False, None), (False, Result.GOOD), (False, Result.RETURNED)}


def test_a_trial_goes_on_after_a_boot_but_not_through_ever_so_many() -> None:
    medium = VirtualMedium()
    _install(_slots(medium), medium, "0.3.0")
    for _ in range(TRIES):
        assert _slots(medium).resume() is not None
        assert _runs(medium) == "0.3.0"
    slots = _slots(medium)
    assert slots.resume() is None
    assert _runs(medium) == "0.2.0"
    assert slots.state.outcome is not None
    assert slots.state.outcome.result is Result.RETURNED


def test_the_last_good_version_is_never_overwritten() -> None:
    medium = VirtualMedium()
    slots = _slots(medium)
    for version in ("0.3.0", "0.4.0", "0.5.0", "0.6.0"):
        good = slots.state.good
        _install(slots, medium, version)
        assert slots.current != good
        slots.keep()


def test_only_what_is_newer_than_the_last_good_version_and_made_for_this_machine_is_installed() -> None:
    medium = VirtualMedium()
    slots = _slots(medium)
    _install(slots, medium, "0.4.0")
    slots.keep()
    here = {"system": SYSTEM, "architecture": ARCHITECTURE}
    slots.check(opened("0.4.1"), **here)
    for older in ("0.4.0", "0.3.9", "0.2.0"):
        with pytest.raises(ReleaseRefused, match=r"not newer than 0\.4\.0"):
            slots.check(opened(older), **here)
    with pytest.raises(ReleaseRefused, match="debian12"):
        slots.check(opened("0.5.0"), system="debian12", architecture=ARCHITECTURE)
    needs = open_release(signed(manifest("0.5.0", minimum_edge="0.3.0")), TRUSTED)
    with pytest.raises(ReleaseRefused, match=r"package of 0\.3\.0"):  # its units and helper are those of 0.2.0
        slots.check(needs, **here)


def test_after_a_return_a_version_between_the_good_and_the_bad_one_can_be_installed() -> None:
    medium = VirtualMedium()
    slots = _slots(medium)
    _install(slots, medium, "0.4.0")
    slots.give_up("it hangs")
    slots.check(opened("0.3.1"), system=SYSTEM, architecture=ARCHITECTURE)


def test_new_keys_are_trusted_once_the_release_that_brings_them_works() -> None:
    medium = VirtualMedium()
    slots = _slots(medium)
    release = open_release(signed(manifest("0.3.0"), key=OTHER_KEY, changes=(key_change(KEY, OTHER_KEY),)), TRUSTED)
    slots.begin(release, "r1", lambda slot: None)
    slots.give_up("it hangs")
    assert slots.keys == TRUSTED
    slots.begin(release, "r2", lambda slot: None)
    slots.keep()
    assert _slots(medium).keys == (OTHER_KEY.public_key().public_bytes_raw(),)


def test_a_state_that_cannot_be_read_means_the_package() -> None:
    medium = VirtualMedium()
    slots = _slots(medium)
    _install(slots, medium, "0.3.0")
    slots.keep()
    medium.write("state", b"\x00" * 40, truncate=True)
    slots = _slots(medium)
    assert slots.state == SlotState()
    assert slots.resume() is None
    assert _runs(medium) == "0.2.0"
