"""Tells those who run a site of alerts that nobody has seen: by a notice, once, and many at once by one.

That notices were written is noted at the alert in the transaction that writes them, so that a restart between the two
neither loses one nor writes it again.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.alerts import repository
from controller.alerts.catalogue import CATALOGUE, Severity, hint_of, rank
from controller.alerts.machine import AlertState
from controller.bookings.diary.site_config import SiteConfig
from controller.db.engine import Database, Tx
from controller.estate import repository as estate
from controller.estate.model import Site
from controller.notices import repository as notices
from controller.notices.model import Notice, NoticeKind
from controller.notices.non_booking_notice import NonBookingNotice
from controller.notices.recipients import Contact, Recipients
from controller.notices.service import NoticeService
from controller.notices.site_runners import contact_of, who_runs
from controller.platform.text import times
from controller.telemetry.alert_codes import AlertCode
from edge.wire.clock import Clock
from edge.wire.ids import new_id

log = logging.getLogger(__name__)

AFTER = {Severity.DANGER: timedelta(minutes=5), Severity.SERIOUS: timedelta(minutes=30)}
"""How long an alert is raised before a notice about it is sent. Minor ones wait until somebody looks."""
GAP = {Severity.DANGER: timedelta(minutes=10), Severity.SERIOUS: timedelta(hours=1)}
"""The least time between two notices about alerts of a site that are as serious."""
TOGETHER = timedelta(minutes=2)
"""Alerts of other sites that would be due so soon are told by the same notice."""
_KINDS = {Severity.DANGER: NoticeKind.DANGER, Severity.SERIOUS: NoticeKind.ALERT}
_MOST_LINES = 30


def to_tell(
    alerts: Iterable[AlertState], last: Mapping[tuple[str, AlertCode], datetime], now: datetime
) -> dict[Severity, list[AlertState]]:
    """The alerts to send a notice about now: nobody has seen them, and none was sent. ``last``: when the last was sent
    about a site's alerts of a code. What no longer holds waits: it is cleared soon, or holds again. Pure."""
    found: dict[Severity, list[AlertState]] = {}
    for severity, after in AFTER.items():
        by_site: defaultdict[str, list[AlertState]] = defaultdict(list)
        for each in alerts:
            if CATALOGUE[each.kind].severity is severity and each.calls(now) and each.over_since is None:
                by_site[each.site].append(each)
        gap = GAP[severity]
        recent = {
            site for (site, code), at in last.items() if CATALOGUE[code].severity is severity and now - gap < at <= now
        }
        age = {site: max(now - (each.raised_at or now) for each in its) for site, its in by_site.items()}
        ripe = {site: old for site, old in age.items() if site not in recent and old >= after - TOGETHER}
        if any(old >= after for old in ripe.values()):
            found[severity] = [each for site in sorted(ripe) for each in by_site[site]]
    return found


class Escalation:
    """``address``: of our pages; empty where there is none."""

    def __init__(
        self, database: Database, clock: Clock, notices: NoticeService, recipients: Recipients, *, address: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._notices = notices
        self._recipients = recipients
        self._address = address

    async def look(self) -> None:
        """Write down notices about what nobody has seen for long enough, at all sites."""
        if not self._notices.sends:
            return
        async with self._database.read() as tx:
            due = await self._due(tx, await repository.unseen(tx))
        if due:
            told = await self._database.run(self._tell, frozenset(each.site for its in due.values() for each in its))
            for escalation, alerts in told.items():
                fields = {"action": "escalation", "about": escalation, "alerts": alerts}
                log.info("Notices about alerts were written", extra=fields)

    async def _due(self, tx: Tx, alerts: list[AlertState]) -> dict[Severity, list[AlertState]]:
        now = self._clock.now()
        last = await repository.last_escalated(tx, now - max(GAP.values())) if alerts else {}
        return to_tell(alerts, last, now)

    async def _tell(self, tx: Tx, sites: frozenset[str]) -> dict[str, list[str]]:
        """As things are under the lock: another process may have told, or somebody seen it. What notices are about ->
        the ids of its alerts."""
        told: dict[str, list[str]] = {}
        for site in sorted(sites):
            await self._database.lock_site(tx, site)
        now = self._clock.now()
        for severity, alerts in (await self._due(tx, await repository.unseen(tx, sites, lock=True))).items():
            escalation = new_id(now)
            told[escalation] = [each.id for each in alerts]
            for each in alerts:
                await repository.change(tx, replace(each, escalated_at=now, escalation=escalation))
            contacts: dict[bytes, tuple[str, Contact]] = {}
            paused = {site for site in sites if await notices.paused(tx, site) is not None}
            for site in sorted({each.site for each in alerts}, key=lambda site: (site in paused, site)):
                for contact in await who_runs(tx, self._recipients, site, now):
                    if contact.person:  # else mail to them comes back
                        contacts.setdefault(contact.person, (site, contact))
            for site, contact in contacts.values():
                kind = _KINDS[severity]
                await self._notices.add_other(tx, site, kind, contact, about=escalation, party=None, now=now)
        return told

    async def notice(self, tx: Tx, notice: Notice, site_config: SiteConfig, now: datetime) -> NonBookingNotice | None:
        """As things are now; ``None`` where all are seen, put off or over, or its recipient runs none of the sites."""
        calls = [each for each in await repository.of_escalation(tx, notice.about) if each.calls(now)]
        calls.sort(key=lambda each: (rank(each.kind), each.begun_at))
        mine: dict[str, Contact] = {}
        for site in {each.site for each in calls}:
            contact = contact_of(notice, await who_runs(tx, self._recipients, site, now))
            if contact is not None:
                mine[site] = contact
        shown = [each for each in calls if each.site in mine]
        if not shown:
            return None
        kind = _KINDS[CATALOGUE[shown[0].kind].severity]
        sites = {site.id: site for site in await estate.list_sites(tx, limit=len(mine), only=frozenset(mine))}
        names = {site.id: site.name for site in sites.values()}
        more = f" and {len(shown) - 1} more" if len(shown) > 1 else ""
        where = names[shown[0].site] if len(mine) == 1 else f"{len(mine)} sites"
        head = f"{shown[0].text[:100]}{more}, {where}"
        lines = [_line(each, sites[each.site], now) for each in shown[:_MOST_LINES]]
        if len(shown) > _MOST_LINES:
            lines.append(f"And {len(shown) - _MOST_LINES} more.")
        pages = [f"{self._address}/now?site={site}" for site in sorted(mine)][:_MOST_LINES] if self._address else []
        page = "\n".join(pages)
        return NonBookingNotice(
            kind=kind,
            contact=mine[shown[0].site],
            subject=f"{kind}: {head}",
            text="\n\n".join(
                (
                    *lines,
                    f"Nobody has said yet that they look after it. Say so on Now:\n{page}".rstrip("\n"),
                    f"You get this because you run {', '.join(sorted(names.values())[:5])}; what comes to you is under "
                    "your account.\n",
                )
            ),
            sms=f"{kind}: {head}",
            urgent=kind is NoticeKind.DANGER,
        )


def _line(alert: AlertState, site: Site, now: datetime) -> str:
    when, hint = times.at(alert.since or alert.begun_at, site.tz, now=now), hint_of(alert.kind)
    return f"{alert.text} ({site.name}), since {when}" + (f": {hint}." if hint else ".")
