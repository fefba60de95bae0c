"""The controller's word is at hand only while it is: what is late, old, said twice or of a plan to come does not do."""

from datetime import UTC, datetime, timedelta

import pytest

from edge.runtime import SETTLES_S, ControllerFreshness
from edge.wire.messages import WORD_EVERY_S, WORD_STALE_S

NIGHTS = [datetime(2026, 3, 29, 0, 58, tzinfo=UTC), datetime(2026, 10, 25, 0, 58, tzinfo=UTC)]
"""Two minutes before the clocks of London change."""
Word = tuple[float, float, int | None]
"""When it was heard and when it was said, in seconds, and the plan that it names."""

CASES: dict[str, tuple[list[Word], int | None, float, bool]] = {
    "nothing was heard": ([], 1, 100, False),
    "the first word has not settled": ([(0, 0, 1)], 1, SETTLES_S - 1, False),
    "the first word has settled": ([(0, 0, 1)], 1, SETTLES_S, True),
    "words go on": ([(at, at, 1) for at in (0, 60, 120, 180, 240)], 1, 250, True),
    "two words in a row were lost": ([(0, 0, 1)], 1, 3 * WORD_EVERY_S - 1, True),
    "the last word is too old": ([(0, 0, 1)], 1, WORD_STALE_S + 1, False),
    "after a silence it has to settle again": ([(0, 0, 1), (300, 300, 1)], 1, 350, False),
    "after a silence it settles again": ([(0, 0, 1), (300, 300, 1)], 1, 360, True),
    "a word that was kept back is as old as it says": ([(0, 0, 1), (170, 10, 1)], 1, 191, False),
    "a word that comes twice says nothing": ([(0, 0, 1), (170, 0, 1)], 1, 181, False),
    "a word from before the last one says nothing": ([(0, 0, 1), (100, 100, 1), (300, 50, 1)], 1, 300, False),
    "a word that comes again after a silence says nothing": ([(0, 0, 1), (60, 60, 1), (300, 60, 1)], 1, 365, False),
    "a word that was kept back over a silence is as old as it says": ([(0, 0, 1), (400, 120, 1)], 1, 470, False),
    "words that were kept back are no older than they say": ([(100, 0, 1), (130, 60, 1)], 1, 300, True),
    "a word that is overtaken takes nothing back": ([(0, 0, 1), (100, 100, 1), (110, 50, 1)], 1, 270, True),
    "a controller whose clock runs ahead is not heard for longer": ([(0, 0, 1), (60, 4000, 1)], 1, 241, False),
    "the plan that was named is not in force yet": ([(0, 0, 1), (60, 60, 2)], 1, 90, False),
    "the plan that was named is in force": ([(0, 0, 1), (60, 60, 2)], 2, 90, True),
    "a word that names an older plan takes nothing back": ([(0, 0, 2), (60, 60, 1)], 1, 90, False),
    "there is no plan": ([(0, 0, 1)], None, 100, False),
    "the controller has made no plan": ([(0, 0, None)], 1, 100, False),
}


@pytest.mark.parametrize("night", NIGHTS, ids=["spring", "autumn"])
@pytest.mark.parametrize("name", CASES)
def test_the_plan_lists_all_offline_codes_only_while_the_controller_says_so(name: str, night: datetime) -> None:
    words, applied, at, stands = CASES[name]
    contact = ControllerFreshness()
    for heard, said, version in words:
        contact.heard(night + timedelta(seconds=said), version, 1000 + heard)
    assert contact.is_fresh(applied, 1000 + at) is stands
    contact.lost()
    assert not contact.is_fresh(applied, 1000 + at)
