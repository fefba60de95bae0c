"""Prices bookings of one site in order, each with the free hours that the earlier ones left."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass

from controller.billing import repository
from controller.billing.model import AllowanceUse, Priced, PricingBasis, Quote, Tariffs
from controller.billing.money import HOUR_US
from controller.billing.pricing import price
from controller.billing.tariff_cache import priced
from controller.bookings.diary.model import Booking, BookingRequest
from controller.bookings.diary.site_config import SiteConfig
from controller.db.engine import Tx
from controller.people.model import Tier
from controller.people.party_repository import parties

Wished = BookingRequest | Booking
Block = tuple[int, int]
"""How many dates a series has, and how many microseconds they are long in all."""
Spent = Counter[tuple[str, str]]
"""Allowance and period -> microseconds had free of it."""


@dataclass(eq=False)
class BatchPricer:
    """``spent``: what each party has had free, apart from the bookings that are to be priced."""

    site_config: SiteConfig
    tariffs: Tariffs
    _: KW_ONLY
    tiers: Mapping[str, Tier]
    spent: Mapping[str, Spent]
    blocks: Mapping[str, Block]

    def __post_init__(self) -> None:
        self._spent = {party: Counter(had) for party, had in self.spent.items()}

    def price(
        self, of: PricingBasis, *, tier: Tier | None = None, series: str | None = None, block: Block | None = None
    ) -> Quote:
        """What it costs now. ``tier`` for one without a party; ``block`` for dates whose series is not written yet."""
        quote = self.look(of, tier=tier, series=series, block=block)
        self.spend(of.party, quote.uses)
        return quote

    def look(
        self, of: PricingBasis, *, tier: Tier | None = None, series: str | None = None, block: Block | None = None
    ) -> Quote:
        """As ``price``, of what nobody is to pay: its free hours are not taken."""
        request = self._request(of, tier, block if series is None else self.blocks.get(series))
        return price(self.tariffs, request, self._spent.get(of.party or "", Counter()))

    def alike(self, one: PricingBasis, other: PricingBasis) -> bool:
        """Whether these cost the same, line by line, whenever they are priced."""
        if (one.space, one.during, one.party) != (other.space, other.during, other.party):
            return False
        quotes = [price(self.tariffs, self._request(each, None, None), {}) for each in (one, other)]
        return quotes[0].lines == quotes[1].lines

    def _request(self, of: PricingBasis, tier: Tier | None, block: Block | None) -> Priced:
        return priced(self.site_config, of, self.tiers.get(of.party or "", tier or Tier.COMMUNITY), block=block)

    def spend(self, party: str | None, uses: Sequence[AllowanceUse]) -> None:
        """Count free hours of a quote that was made before."""
        spent = self._spent.setdefault(party or "", Counter())
        for use in uses:
            spent[use.allowance, use.period] += use.us

    def has(self, party: str | None, uses: Sequence[AllowanceUse]) -> bool:
        """Whether so much is left of a party's free hours as they are now."""
        hours = {each.id: each.free_hours for each in self.tariffs.allowances}
        spent = self._spent.get(party or "", Counter())
        return all(spent[use.allowance, use.period] + use.us <= hours.get(use.allowance, 0) * HOUR_US for use in uses)


async def load_pricer(
    tx: Tx,
    site_config: SiteConfig,
    tariffs: Tariffs,
    requested: Sequence[Wished],
    *,
    series: Collection[str | None] = (),
) -> BatchPricer:
    """A pricer for these bookings and series, with one query each for parties, free hours and series, or none where
    nothing is needed. The caller holds the site's lock if quotes are to be frozen."""
    whose = {each.party for each in requested if each.party is not None}
    known = {each for each in series if each is not None}
    own = [each.id for each in requested if isinstance(each, Booking)]
    people = await parties(tx, whose) if whose else {}
    return BatchPricer(
        site_config,
        tariffs,
        tiers={party: each.tier for party, each in people.items()},
        spent=await repository.usage(tx, site_config.site.id, whose, but=own) if whose and tariffs.allowances else {},
        blocks=await repository.blocks(tx, known) if known and tariffs.discounts else {},
    )
