"""Sends mails through an SMTP server (RFC 5321), several on one connection."""

import asyncio
import contextlib
import ssl
from email.message import EmailMessage

import aiosmtplib

from controller.notices.bounces.tokens import tokens_in
from controller.notices.gateway import Delivery, DeliveryResult, SmsMessage, one_line
from controller.platform.settings import BouncesSection, MailSection

TIMEOUT_S = 30.0
"""How long the server may take for each of its replies."""
MAIL_S = 120.0
"""How long one mail may take altogether, however slowly the server replies."""
_ERRORS = (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError)


class SmtpMailer:
    """The server of the settings. It signs what it relays (DKIM) and keeps to its own limits. Its connection stays open
    from one mail to the next, until ``close``."""

    def __init__(self, mail: MailSection, bounces: BouncesSection | None = None) -> None:
        self._mail = mail
        self._bounces = bounces or BouncesSection()
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, message: EmailMessage | SmsMessage) -> DeliveryResult:
        """Hand a mail over. Raises nothing: each mail has its result."""
        assert isinstance(message, EmailMessage)
        if self._client is None:
            try:
                async with asyncio.timeout(MAIL_S):
                    self._client = await self._connected()
            except _ERRORS as error:
                return DeliveryResult(delivery=Delivery.NO_SERVER, reply=_words(error), code=_code(error))
        try:
            async with asyncio.timeout(MAIL_S):
                _, reply = await self._hand_over(self._client, message)
        except _ERRORS as error:
            self._client.close()  # nobody knows how far it is
            self._client = None
            return result_of(error)
        return DeliveryResult(delivery=Delivery.TAKEN, reply=one_line(reply))

    async def _hand_over(self, client: aiosmtplib.SMTP, message: EmailMessage) -> tuple[object, str]:
        """With what a report about this mail is recognised by: its return path, and its name in the envelope where the
        server gives that back (RFC 3461). Of a mail that failed its head alone is wanted back, since a code may be in
        the rest."""
        token = next(iter(tokens_in(str(message["Message-ID"]))), "")
        options, recipient_options = [], []
        if client.supports_extension("dsn"):
            options = ["RET=HDRS", *([f"ENVID={token}"] if token else [])]
            recipient_options = ["NOTIFY=FAILURE,DELAY"]
        return await client.send_message(
            message,
            sender=return_path(self._bounces, token) or None,
            mail_options=options,
            rcpt_options=recipient_options,
        )

    async def trouble(self) -> str | None:
        """Connect, sign in and leave again: what the server says against it; ``None`` where all is well."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                self._client = await self._connected()
        except _ERRORS as error:
            return _words(error)
        await self.close()
        return None

    async def close(self) -> None:
        """Leave the server. Idempotent."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await client.quit()
        except _ERRORS:
            client.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        mail = self._mail
        client = aiosmtplib.SMTP(
            hostname=mail.host,
            port=mail.port,
            timeout=TIMEOUT_S,
            use_tls=mail.security == "tls",
            start_tls=mail.security == "starttls",
            tls_context=None if mail.security == "none" else ssl.create_default_context(cafile=mail.ca_file),
        )
        try:
            await client.connect()
            if mail.username is not None and mail.password_file is not None:
                await client.login(mail.username, mail.password_file.read_text(encoding="utf-8").strip())
            with contextlib.suppress(aiosmtplib.SMTPHeloError):  # a server without extensions
                if client.is_ehlo_or_helo_needed:
                    await client.ehlo()
        except BaseException:
            client.close()
            raise
        return client


def return_path(bounces: BouncesSection, token: str) -> str:
    """Where a mail comes back to: to an address of its own (VERP), where the mailbox takes those; empty for the
    sender's."""
    name, _, domain = bounces.address.rpartition("@")
    return f"{name}{bounces.separator}{token}@{domain}" if name and token and bounces.separator else bounces.address


def result_of(error: Exception) -> DeliveryResult:
    """What an error on an open connection means. Only what the server says of this mail is the mail's fault."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    code, reply = _code(error), _words(error)
    if isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
        delivery = Delivery.REFUSED if code is not None and code >= 500 else Delivery.LATER
    elif isinstance(error, aiosmtplib.SMTPNotSupported | ValueError):  # an address that this server cannot send to
        delivery = Delivery.REFUSED
    elif isinstance(error, aiosmtplib.SMTPServerDisconnected | TimeoutError):
        delivery = Delivery.LATER
    else:
        delivery = Delivery.NO_SERVER
    blames = delivery is Delivery.REFUSED and code is not None
    return DeliveryResult(delivery=delivery, reply=reply, code=code, blames_recipient=blames)


def _code(error: Exception) -> int | None:
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None


def _words(error: Exception) -> str:
    code = _code(error)
    if code is not None:
        return one_line(f"{code} {getattr(error, 'message', '')}")
    return one_line(str(error)) or "no reply in time"
