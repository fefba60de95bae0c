"""A search request without a space: what it needs, where, for whom. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from controller.bookings.diary.model import BookingRequest
from controller.bookings.fitting_spaces import Fitting, SpaceNeeds, Unfit, sort_out
from controller.find.diary_reads import ResourceNeed
from controller.find.free_intervals import MINUTE
from controller.find.nearby_sites import SiteInReach, SiteSearch
from controller.find.no_space_reason import why_none
from edge.wire.interval import Interval


class SearchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Fields without a description are those of ``BookingRequest``."""

    wants: SpaceNeeds = SpaceNeeds()
    reach: SiteSearch = SiteSearch()
    party: str | None = None
    under_16s: bool = False
    setup_min: int | None = None
    cleardown_min: int | None = None
    by_rules: bool = False

    @property
    def use(self) -> ResourceNeed:
        """What it needs besides the space."""
        return ResourceNeed(
            shortest=MINUTE,
            setup_min=self.setup_min,
            cleardown_min=self.cleardown_min,
            equipment=self.wants.equipment,
        )

    def asked(self, during: Interval) -> BookingRequest:
        """The booking to judge, without what depends on the space."""
        return BookingRequest(
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


class SpaceFit(msgspec.Struct, frozen=True, kw_only=True):
    """The spaces of several sites that fit, and the others. ``miles``: how far off each site is, where that is
    known."""

    fitting: Sequence[Fitting]
    unfit: Sequence[Unfit]
    miles: Mapping[str, float | None]


def fit_at(there: Sequence[SiteInReach], wants: SpaceNeeds) -> SpaceFit:
    """Which spaces of these sites fit."""
    fitting: list[Fitting] = []
    unfit: list[Unfit] = []
    for each in there:
        mine, others = sort_out(each.site_config, wants)
        fitting += mine
        unfit += others
    return SpaceFit(fitting=fitting, unfit=unfit, miles={each.site_config.site.id: each.miles for each in there})


def why_nothing_fits(search: SearchRequest, fit: SpaceFit) -> str:
    """In a sentence."""
    if not fit.miles:
        return f"there is no site {search.reach.where}"
    return why_none(search.wants, fit.unfit, where=search.reach.where)
