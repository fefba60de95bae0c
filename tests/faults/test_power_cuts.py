"""Power goes at any moment: nothing is lost or there twice, nobody is in who should not be, nobody is locked in."""

import logging
import random
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest

from tests.faults.coming_back import Figures, come_back
from tests.faults.power_cuts import cuts, recorded_hour, some_points
from tests.faults.rows import DETAILS
from tests.faults.trial import Row

AGAIN = 0.3
"""So often power goes a second time, soon after it came back."""


KINDS = {
    *("events", "nothing", "identity.json", "kept.json", "lockout.json", "fire", "alarm-ground-floor.json"),
    *("plan", "plan/manifest", "plan/parts", "plan parts", "offline", "offline/front-door.json"),
    *("outbox", "outbox/ack.json", "outbox/reserve", "names in outbox", "names in the folder"),
    *("names in plan", "names in plan/parts", "names in offline"),
}
"""All that the disk is at work on in that hour."""


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of runs log what they refuse, and pytest keeps all of it until a test ends: near a gigabyte. A cut that
    fails is played again by its seed."""
    caplog.set_level(logging.CRITICAL)


Played = dict[str, list[Figures]]
"""What the cuts came to, by what the disk was at work on."""


def play(points: int, seed: int) -> Played:
    """Cut the power at so many points. A failure names its point."""
    hour, played = recorded_hour(seed), defaultdict[str, list[Figures]](list)
    for number, cut in enumerate(cuts(hour, some_points(hour, points, seed), seed)):
        chance = random.Random(f"{seed} {number}")
        while True:
            at = f"cut {number} of seed {seed}, at {cut.at:%H:%M:%S.%f} with {cut.during} being written"
            try:
                back = come_back(cut, chance.getrandbits(32))
            except AssertionError as error:
                error.add_note(at)
                raise
            played[cut.during].append(back.figures)
            if chance.random() >= AGAIN:
                break
            [cut] = cuts(back.recording, some_points(back.recording, 1, chance.getrandbits(32)), chance.getrandbits(32))
    return played


def table(played: Played) -> str:
    lines = [f"{'being written':<26}{'cuts':>6}{'lost within the window':>26}"]
    for name, each in sorted(played.items()):
        total = sum((figures.lost for figures in each), Counter[str]())
        lines.append(
            f"{name:<26}{len(each):>6}   {', '.join(f'{n} {kind}' for kind, n in sorted(total.items())) or '-'}"
        )
    return "\n".join([*lines, f"{'together':<26}{sum(map(len, played.values())):>6}"])


def whole(scenario: str, played: Played) -> Row:
    """All cuts in a line."""
    every = [figures for each in played.values() for figures in each]
    recorded, lost = sum(each.recorded for each in every), sum(each.lost.total() for each in every)
    return Row(
        scenario=scenario,
        recorded=recorded,
        stored=recorded - lost,
        refused=sum(each.refused for each in every),
        out=sum(each.out for each in every),
        remark=f"{len(every)} cuts",
    )


@pytest.mark.faults_full
def test_the_same_seed_plays_the_same_hour_and_the_same_cuts() -> None:
    """After any earlier test and on a busy machine, so that a failure can be repeated."""
    assert play(4, 3) == play(4, 3)


def test_power_may_go_at_any_moment_of_a_busy_hour(row: Callable[[Row], None]) -> None:
    played = play(22, 1)
    assert set(played) >= KINDS
    row(whole("power cut at 22 moments of a busy hour", played))


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", [2, 3, 4, 5])
def test_power_may_go_at_any_of_a_thousand_moments(
    seed: int, row: Callable[[Row], None], record_property: Callable[[str, object], None]
) -> None:
    """In four parts, which run side by side."""
    played = play(250, seed)
    record_property(DETAILS, table(played))
    row(whole(f"power cut at 250 moments of a busy hour, {seed}", played))
