"""Power goes at any moment: nothing is lost or there twice, nobody is in who should not be, nobody is locked in."""

import random
import sys
from collections import Counter, defaultdict

import pytest

from tests.faults.coming_back import come_back
from tests.faults.power_cuts import cuts, recorded_hour, some_points

AGAIN = 0.3
"""So often power goes a second time, soon after it came back."""


def play(points: int, seed: int) -> dict[str, list[Counter[str]]]:
    """Cut the power at so many points; what was lost, by what the disk was at work on. A failure names its point."""
    hour, lost = recorded_hour(), defaultdict[str, list[Counter[str]]](list)
    for number, cut in enumerate(cuts(hour, some_points(hour, points, seed), seed)):
        chance = random.Random(f"{seed} {number}")
        while True:
            at = f"cut {number} of seed {seed}, at {cut.at:%H:%M:%S.%f} with {cut.during} being written"
            try:
                back = come_back(cut, chance.getrandbits(32))
            except AssertionError as error:
                error.add_note(at)
                raise
            lost[cut.during].append(back.lost)
            if chance.random() >= AGAIN:
                break
            [cut] = cuts(back.recording, some_points(back.recording, 1, chance.getrandbits(32)), chance.getrandbits(32))
    return lost


def table(lost: dict[str, list[Counter[str]]]) -> str:
    lines = [f"{'being written':<26}{'cuts':>6}{'lost within the window':>26}"]
    for name, each in sorted(lost.items()):
        total = sum(each, Counter[str]())
        lines.append(
            f"{name:<26}{len(each):>6}   {', '.join(f'{n} {kind}' for kind, n in sorted(total.items())) or '-'}"
        )
    return "\n".join([*lines, f"{'together':<26}{sum(map(len, lost.values())):>6}"])


def test_power_may_go_at_any_moment_of_a_busy_hour() -> None:
    lost = play(25, 1)
    assert {"events", "kept.json", "plan/manifest", "lockout.json", "fire"} <= set(lost)


@pytest.mark.faults_full
def test_power_may_go_at_any_of_a_thousand_moments(capsys: pytest.CaptureFixture[str]) -> None:
    lost = play(1000, 2)
    with capsys.disabled():
        sys.stdout.write(f"\n{table(lost)}\n")
