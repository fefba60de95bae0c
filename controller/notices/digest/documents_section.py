"""The digest's section of documents that lapse."""

from datetime import datetime

from controller.bookings.diary.site_config import SiteConfig
from controller.db.engine import Tx
from controller.notices.digest.model import DigestSection
from controller.notices.digest.service import Contributor
from controller.notices.document_reminders import DocumentReminders, LapsingDocument
from controller.people.model import Actor


def documents_section(lapsing: DocumentReminders) -> Contributor:
    async def contribute(tx: Tx, site_config: SiteConfig, actor: Actor, now: datetime) -> DigestSection:
        found = await lapsing.in_site(tx, site_config, actor, now)
        return DigestSection(heading="Documents that lapse", lines=[_line(each) for each in found])

    return contribute


def _line(each: LapsingDocument) -> str:
    if each.until is None:
        return f"{each.party.name}: {each.name} is missing"
    return f"{each.party.name}: {each.name} {'ended' if each.lapsed else 'ends'} on {each.until:%-d %B %Y}"
