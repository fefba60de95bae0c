"""The profile of the long run, which ``make fuzz`` names."""

from hypothesis import settings

from tests.fuzz.effort import LONG

settings.register_profile(LONG)
