"""The digest's section of problems that people of bookings have reported."""

from datetime import datetime

from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.problem_reports.service import ProblemReports, lines
from controller.db.engine import Tx
from controller.notices.digest.model import DigestSection
from controller.notices.digest.service import Contributor
from controller.people.model import Actor


def problems_section(reports: ProblemReports) -> Contributor:
    async def contribute(tx: Tx, site_config: SiteConfig, actor: Actor, now: datetime) -> DigestSection:
        found = await reports.in_site(tx, site_config.site.id)
        return DigestSection(heading="Reported problems", lines=lines(found))

    return contribute
