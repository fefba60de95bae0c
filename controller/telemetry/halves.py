"""Visits by a counter that does not tell in from out: half of its passages, since who comes in goes out again. Pure.

Passages are summed first and halved last: of an odd number the half stays, so that no visit is lost by rounding. Over
a day at all doors they are as many as who came in; over less, or at one of several doors, all may have gone one way.
"""

import math

WRONG_PER_PASSAGE = 0.1
"""Share of passages that one beam or a mat gets wrong: two abreast are one, and who turns back is a passage. Tests of
single infrared beams beside people found 5 to 20 % missed (Yang, Hankey and others); we take 10 %."""


WRONG_PER_VISIT = WRONG_PER_PASSAGE / 2
"""The variance of a visit that is the half of two passages: each is wrong by half a visit."""


def visits_of(passages: int) -> float:
    return passages / 2


def rounded(visits: float) -> int:
    """A sum of visits to show: half a one is one."""
    return math.floor(visits + 0.5)


def visits_error(passages: int, *, days: bool) -> float:
    """Of ``visits_of``: two standard deviations, sqrt(wrong) passages each. ``days``: they are of whole days; of less
    time all may have come in, or all have gone out, which is as many visits more or fewer as they are."""
    return max(math.sqrt(passages * WRONG_PER_PASSAGE), 0.0 if days else visits_of(passages))
