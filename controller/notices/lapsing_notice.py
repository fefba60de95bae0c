"""A reminder of a document that lapses, as things are when it is sent."""

from datetime import datetime
from email.message import EmailMessage

from controller.db.engine import Tx
from controller.diary.policy import Lapsing
from controller.diary.site_config import SiteConfig
from controller.documents import repository as documents
from controller.documents.model import latest
from controller.notices import lapsing_render
from controller.notices.gateway import SmsMessage
from controller.notices.lapsing import kind_name
from controller.notices.model import Channel, Notice
from controller.people import parties


async def lapsing_notice(
    tx: Tx, notice: Notice, site_config: SiteConfig, *, sender: str, message_id: str, now: datetime
) -> tuple[str, EmailMessage | SmsMessage | None]:
    """Its subject and what to send; an empty subject where the document is gone or there is a newer one, and no message
    where there is no address."""
    document = await documents.document(tx, notice.about)
    if document is None or document.valid_until is None:
        return "", None
    newest = latest(await documents.of_party(tx, document.party))[document.kind]
    party = await parties.party(tx, document.party)
    if party is None or newest.id != document.id:
        return "", None
    rules = [each for each in site_config.policy.documents if each.kind == document.kind]
    holds = any(each.lapsing is Lapsing.HOLD and each.applies(party.tier) for each in rules)
    name, until, site = kind_name(document.kind, site_config.policy), document.valid_until, site_config.site
    subject = lapsing_render.subject(name, party.name, until)
    if not notice.contact_address:
        return subject, None
    if notice.channel is Channel.SMS:
        text = lapsing_render.sms(name, party.name, until, site)
        return subject, SmsMessage(to=notice.contact_address, text=text, reference=notice.id)
    return subject, lapsing_render.mail(
        subject=subject,
        text=lapsing_render.body(name, party.name, until, site, holds=holds),
        sender=sender,
        to=notice.contact_address,
        message_id=message_id,
        now=now,
    )
