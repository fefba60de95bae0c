"""The demo's mail server: takes every mail that the controller sends, passes none on, and shows them on a page."""

import asyncio
from collections import deque
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from firmware_sim.loopback_server import LoopbackServer, listening
from firmware_sim.ports import free_port

MOST = 200
"""Mails that are shown; older ones are forgotten."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
}
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;"
    "background:#fff}li{margin:.6rem 0}small{color:#555}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}"
    "h1{font-size:1.4rem}"
)


class DemoMailServer:
    """``smtp_port``: where mails are taken. ``address``: of the page."""

    def __init__(self) -> None:
        self.smtp_port = free_port()
        self._port = free_port()
        self.mails: deque[EmailMessage] = deque(maxlen=MOST)
        self._taken = 0
        self._smtp: asyncio.Server | None = None
        self._page: LoopbackServer | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._smtp = await loop.create_server(lambda: SMTP(self, hostname="inbox"), "127.0.0.1", self.smtp_port)
        routes = [
            Route("/", self._list),
            Route("/{number:int}", self._show),
            Route("/{number:int}.ics", self._calendar),
        ]
        self._page = LoopbackServer(Starlette(routes=routes), listening(self._port))

    async def stop(self) -> None:
        """Idempotent."""
        if self._smtp is not None:
            self._smtp.close()
        if self._page is not None:
            await self._page.stop()
        self._smtp = self._page = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's
        assert isinstance(envelope.original_content, bytes)
        mail = message_from_bytes(envelope.original_content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self._taken += 1
        self.mails.appendleft(mail)
        return "250 2.0.0 in the inbox"

    def _mail(self, request: Request) -> EmailMessage | None:
        """By its number, which the first mail began with 1."""
        at = self._taken - int(request.path_params["number"])
        return self.mails[at] if 0 <= at < len(self.mails) else None

    async def _list(self, request: Request) -> Response:
        items = "".join(
            f'<li><a href="{self._taken - at}">{escape(mail["Subject"])}</a><br><small>to {escape(mail["To"])}, '
            f"{escape(mail['Date'])}</small></li>"
            for at, mail in enumerate(self.mails)
        )
        empty = "<p>No mail yet. Book a room with a mail address: its mail comes a minute later.</p>"
        return _page("Inbox", f"<ul>{items}</ul>" if items else empty)

    async def _show(self, request: Request) -> Response:
        mail = self._mail(request)
        if mail is None:
            return _page("There is no such mail", '<p><a href=".">All mails</a></p>', status=404)
        text = mail.get_body(("plain",))
        words = escape(text.get_content()) if text is not None else ""
        about = f"<p><small>from {escape(mail['From'])} to {escape(mail['To'])}, {escape(mail['Date'])}</small></p>"
        links = (
            f'<p><a href="{request.path_params["number"]}.ics">Its calendar file</a> · <a href=".">All mails</a></p>'
        )
        return _page(mail["Subject"], f"{about}<pre>{words}</pre>{links}")

    async def _calendar(self, request: Request) -> Response:
        mail = self._mail(request)
        files = [part for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"] if mail else []
        if not files:
            return _page("There is no such file", '<p><a href=".">All mails</a></p>', status=404)
        return Response(files[0].get_payload(decode=True), media_type="text/calendar", headers=_HEADERS)


def _page(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    main = f"<main><h1>{escape(title)}</h1>{body}</main>"
    html = f'<!doctype html><html lang="en">{head}<style>{_STYLE}</style>{main}</html>'
    return HTMLResponse(html, status_code=status, headers=_HEADERS)
