"""When the code of a booking opens its doors: a lead-in before the booking and a lag after it. Pure."""

from datetime import timedelta

import msgspec

from controller.diary.policy import Policy
from edge.wire.interval import Interval

LONGEST_LAG = timedelta(hours=4)
"""The most that a policy may have."""


class CodeWindows(msgspec.Struct, frozen=True, kw_only=True):
    """``lead_in`` and ``lag``: how long before and after a booking its code opens, unless the site's policy says."""

    lead_in: timedelta
    lag: timedelta

    def window(self, during: Interval, policy: Policy) -> Interval:
        """When the code of a booking opens."""
        lead_in = self.lead_in if policy.lead_in_min is None else timedelta(minutes=policy.lead_in_min)
        lag = self.lag if policy.lag_min is None else timedelta(minutes=policy.lag_min)
        return Interval(start=during.start - lead_in, end=during.end + lag)
