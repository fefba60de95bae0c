"""How long the fuzzing goes on: the same short run each time with all tests, new and long ones with ``make fuzz``."""

from hypothesis import HealthCheck, Phase, settings

LONG = "long"
TIMES = 40
"""How many times as many examples a long run tries."""


def is_long() -> bool:
    return settings.get_current_profile_name() == LONG


def effort(examples: int) -> settings:
    """So many examples, of which each is a whole run; one that fails is reported as it is."""
    return settings(
        max_examples=examples * TIMES if is_long() else examples,
        derandomize=not is_long(),
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
