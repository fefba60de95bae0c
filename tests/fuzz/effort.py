"""How many examples are tried: few with all tests, where the fuzzing is the same each time; many with ``make fuzz``."""

from hypothesis import HealthCheck, Phase, settings

LONG = "long"
TIMES = 40
"""How many times as many examples a long run tries."""


def is_long() -> bool:
    return settings.get_current_profile_name() == LONG


def examples(short: int) -> int:
    """So many with all tests, in a long run ``TIMES`` as many."""
    return short * TIMES if is_long() else short


def effort(short: int) -> settings:
    """So many examples, of which each is a whole run; one that fails is reported as it is."""
    return settings(
        max_examples=examples(short),
        derandomize=not is_long(),
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
