"""The daily mail to auditors: the signed heads of all chains, so that a head is where nobody can rewrite it."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from types import MappingProxyType

from controller.db.engine import Database
from controller.db.retry_until_available import retry_until_available
from controller.notices.gateway import Delivery, Gateway
from controller.platform.text.mail_address import mail_address
from controller.records.audit import repository
from controller.records.audit.hash_chain import AuditHead
from controller.records.audit.sealer import HEADS, AuditSealer
from edge.wire.broker_link import stop_if_told
from edge.wire.clock import Clock

log = logging.getLogger(__name__)

LOOK_EVERY_S = 600.0


class HeadMail:
    """One mail for each day in UTC to each of ``to``, tried again every ten minutes until it is taken. After a restart
    between, somebody may get it twice."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sealer: AuditSealer,
        mailer: Gateway,
        *,
        sender: str,
        to: Sequence[str],
    ) -> None:
        self._database = database
        self._clock = clock
        self._sealer = sealer
        self._mailer = mailer
        self._sender = sender
        self._to = tuple(to)
        self._day = ""
        self._done: set[str] = set()

    async def run(self) -> None:
        """Run forever."""
        while True:
            await retry_until_available(self.look, what="heads of the audit log are mailed")
            stop_if_told()  # sending may have swallowed it
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> bool:
        """Send today's mails that were not sent; whether the last of them was taken now."""
        now = self._clock.now()
        day = now.date().isoformat()
        async with self._database.read() as tx:
            if await repository.mailed(tx, day):
                return False
        await self._sealer.look()
        heads = await self._sealer.write_file()
        if self._day != day:
            self._day, self._done = day, set()
        for each in self._to:
            if each in self._done:
                continue
            if (reply := await self._send(heads, each, now)) is None:
                self._done.add(each)
            else:
                fields = {"action": "audit_mail", "reply": reply}
                log.warning("The mail to an auditor was not taken; it is tried again", extra=fields)
        await self._mailer.close()
        if not self._done.issuperset(self._to):
            return False
        await self._database.run(repository.note_mail, day, now)
        return True

    async def _send(self, heads: Sequence[AuditHead], to: str, now: datetime) -> str | None:
        """What is wrong, where the mail was not taken."""
        try:
            made = mail(heads, self._sealer.file_content, now, sender=self._sender, to=to, stopped=self._sealer.stopped)
        except ValueError as error:  # the others get theirs
            return str(error)
        result = await self._mailer.send(made)
        return None if result.delivery is Delivery.TAKEN else result.reply


def mail(
    heads: Sequence[AuditHead],
    content: bytes,
    now: datetime,
    *,
    sender: str,
    to: str,
    stopped: Mapping[str, str] = MappingProxyType({}),
) -> EmailMessage:
    """The mail with the heads as a table and as a file. ``stopped``: chains that are not sealed any more, and why.
    Raises ``ValueError`` for an address that is none."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = mail_address(to)
    made["Subject"] = f"Audit log on {now:%-d %B %Y}: {sum(each.seq for each in heads)} rows in {len(heads)} chains"
    made["Message-ID"] = make_msgid(domain="hallkeeper")
    made["Date"] = format_datetime(now)
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    lines = [f"{each.chain or 'estate'}: {each.seq} rows, {each.hash.hex()}" for each in heads]
    if stopped:
        lines += ["", "Not sealed any more, because the database was changed without the controller; ask who did it:"]
        lines += [f"{chain or 'estate'}: {why}" for chain, why in sorted(stopped.items())]
    made.set_content(
        "The last row of each chain of the audit log. Keep this mail where nobody who runs the controller can change\n"
        "it. To check the log against it, save the attachment and run on the controller's machine:\n\n"
        f"    hallkeeper audit verify --heads {HEADS}\n\n" + "\n".join(lines) + "\n"
    )
    made.add_attachment(content, maintype="application", subtype="json", filename=HEADS)
    return made
