"""Hands mails about signing in to the mail server. Texts and replies, which may name the address, are not kept."""

import logging
from functools import partial

from controller.db.retry_until_available import retry_until_available
from controller.notices.bounces.model import MailType
from controller.notices.bounces.service import BounceService
from controller.notices.bounces.tokens import BounceTokens, MailName, message_id
from controller.notices.gateway import Delivery, DeliveryResult
from controller.notices.outgoing_channel import OutgoingChannel
from controller.notices.retry_schedule import LONGEST_RETRY, LONGEST_SERVER_WAIT, given_up, wait_before
from controller.people.account_mails.model import AccountMail, MailState
from controller.people.account_mails.queue import AccountMails

_BOUNCED = "addresses whose mail comes back"
log = logging.getLogger(__name__)


async def send_account_mail(
    mails: AccountMails, claimed: AccountMail, channel: OutgoingChannel, bounces: BounceService, tokens: BounceTokens
) -> None:
    """Render a mail, send it, and write what became of it. One that is too late is given up unsent, and so is one to an
    address from which mail comes back."""
    if claimed.given_up(mails.clock.now()):
        log.warning("An account mail was given up", extra={"action": "account_mail", "mail": claimed.id})
        give_up = partial(mails.settle, claimed, MailState.FAILED, claimed.due_at)
        await retry_until_available(give_up, what="account mails that were sent")
        return
    result, to = None, ""
    try:
        mail = await retry_until_available(lambda: mails.rendered(claimed), what="an account mail")
        if mail is not None:
            to = str(mail["To"])
            name = MailName(kind=MailType.ACCOUNT_MAIL, id=claimed.id)
            mail.replace_header("Message-ID", message_id(claimed.id, tokens.of(name, to)))
        if mail is not None and not await retry_until_available(lambda: bounces.takes_account_mails(to), what=_BOUNCED):
            result = DeliveryResult(delivery=Delivery.REFUSED, reply="mail to the address comes back")
        elif mail is not None:
            result = await channel.gateway.send(mail)
            channel.note(result, mails.clock.now())
    except Exception as error:  # one mail must neither hold up all others nor end the process
        log.exception("An account mail cannot be written", extra={"action": "account_mail", "mail": claimed.id})
        reply = f"it cannot be written: {type(error).__name__}"
        result = DeliveryResult(delivery=Delivery.REFUSED, reply=reply)
    now = mails.clock.now()
    state, due_at = MailState.SENT, now
    if result is None:
        state = MailState.SKIPPED
    elif result.delivery is Delivery.REFUSED or given_up(claimed.tried_at or now, now):
        state = MailState.FAILED
    elif result.delivery is not Delivery.TAKEN:
        longest = LONGEST_SERVER_WAIT if claimed.has_proof else LONGEST_RETRY  # somebody waits for it
        state, due_at = MailState.WAITING, now + wait_before(claimed.attempts, longest=longest)
    if result is not None and result.blames_recipient:
        reply = result.reply
        await retry_until_available(lambda: bounces.account_mail_refused(to, reply), what=_BOUNCED)
    if result is not None and state is not MailState.SENT:
        fields = {"action": "account_mail", "mail": claimed.id, "state": str(state), "code": result.code}
        log.warning("An account mail was not taken by the mail server", extra=fields)
    await retry_until_available(lambda: mails.settle(claimed, state, due_at), what="account mails that were sent")
