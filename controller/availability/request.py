"""A wish that names no space: what it needs, where, for whom. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from controller.availability.diary_reads import Use
from controller.availability.fitting_spaces import Fitting, Unfit, Wants, sort_out
from controller.availability.free_intervals import MINUTE
from controller.availability.nearby_sites import Reach, Reached
from controller.availability.why_none import why_none
from controller.bookings.model import Asked
from edge.wire.interval import Interval


class Seeking(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that are not told here are those of ``Asked``."""

    wants: Wants = Wants()
    reach: Reach = Reach()
    party: str | None = None
    under_16s: bool = False
    setup_min: int | None = None
    cleardown_min: int | None = None
    by_rules: bool = False

    @property
    def use(self) -> Use:
        """What it takes beside the space."""
        return Use(
            shortest=MINUTE,
            setup_min=self.setup_min,
            cleardown_min=self.cleardown_min,
            equipment=self.wants.equipment,
        )

    def asked(self, during: Interval) -> Asked:
        """What is judged, but for what depends on the space."""
        return Asked(
            space="",
            title="",
            during=during,
            people=self.wants.people,
            party=self.party,
            under_16s=self.under_16s,
            equipment=self.wants.equipment,
            setup_min=self.setup_min,
            cleardown_min=self.cleardown_min,
            by_rules=self.by_rules,
        )


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """The spaces of several sites that fit, and the others. ``miles``: how far off each site is, where that is
    known."""

    fitting: Sequence[Fitting]
    unfit: Sequence[Unfit]
    miles: Mapping[str, float | None]


def fit_at(there: Sequence[Reached], wants: Wants) -> Fit:
    """Which spaces of these sites fit."""
    fitting: list[Fitting] = []
    unfit: list[Unfit] = []
    for each in there:
        mine, others = sort_out(each.picture, wants)
        fitting += mine
        unfit += others
    return Fit(fitting=fitting, unfit=unfit, miles={each.picture.site.id: each.miles for each in there})


def why_nothing_fits(seeking: Seeking, fit: Fit) -> str:
    """In a sentence."""
    if not fit.miles:
        return f"there is no site {seeking.reach.where}"
    return why_none(seeking.wants, fit.unfit, where=seeking.reach.where)
