"""SMS gateways on loopback that take text messages, or answer the next ones as a test says: a plain one and GOV.UK
Notify."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from joserfc import jwt
from joserfc.jwk import OctKey

from controller.platform.settings import SmsSection

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
NOTIFY_SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
NOTIFY_KEY = f"hub_of_ramsey-live-{SERVICE}-{NOTIFY_SECRET}"
"""As Notify shows it: a name that may have hyphens, the service, the secret."""
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
_ERRORS = {
    400: ("ValidationError", "phone_number Not enough digits"),
    403: ("AuthError", "Error: Your system clock must be accurate to within 30 seconds"),
    429: ("RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"),
    500: ("Exception", "Internal server error"),
    503: ("Exception", "Service unavailable"),
}


class SmsServer:
    """``texts``: what it took, in order. ``next``: the statuses of its next answers; then it takes everything.
    ``message``: what Notify says in place of its usual words. ``tokens``: what it was sent as Authorization.
    ``silent``: it answers nobody until this is set."""

    def __init__(self) -> None:
        self.texts: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.next: list[int] = []
        self.message = ""
        self.attempts = 0
        self.silent: asyncio.Event | None = None
        self.settings = SmsSection()

    async def take(self, request: Request) -> Response:
        text = await self._asked(request)
        status = self.next.pop(0) if self.next else 202
        if status < 300:
            self.texts.append(text)
        return Response(json.dumps(text), status_code=status)  # gateways like to repeat what they were sent

    async def notify(self, request: Request) -> Response:
        """POST /v2/notifications/sms, as its REST API documentation has it."""
        sent = await self._asked(request)
        token = jwt.decode(self.tokens[-1].removeprefix("Bearer "), OctKey.import_key(NOTIFY_SECRET), ["HS256"])
        assert (token.header, set(token.claims)) == ({"typ": "JWT", "alg": "HS256"}, {"iss", "iat"})
        assert (token.claims["iss"], sent["template_id"]) == (SERVICE, TEMPLATE)
        status = self.next.pop(0) if self.next else 201
        if status >= 400:
            error, usual = _ERRORS[status]
            said = {"error": error, "message": f"{self.message or usual} {sent['personalisation']['text']}"}
            return Response(json.dumps({"status_code": status, "errors": [said]}), status_code=status)
        text = {"to": sent["phone_number"], "text": sent["personalisation"]["text"], "reference": sent["reference"]}
        self.texts.append(text | {"from": sent.get("sms_sender_id")})
        return Response(json.dumps({"id": "740e5834-3a29-46b4-9a6f-16142fde533a"}), status_code=201)

    async def _asked(self, request: Request) -> Any:
        self.attempts += 1
        self.tokens.append(request.headers.get("Authorization", ""))
        if self.silent is not None:
            await self.silent.wait()
        return await request.json()


@asynccontextmanager
async def sms_server(kind: str = "http", *, key_file: Path | None = None) -> AsyncIterator[SmsServer]:
    """Listens inside the block. ``key_file``: where the API key of Notify is put."""
    taken = SmsServer()
    app = FastAPI()
    app.add_api_route("/messages", taken.take, methods=["POST"])
    app.add_api_route("/v2/notifications/sms", taken.notify, methods=["POST"])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn tells nobody
        await asyncio.sleep(0.01)
    root = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    taken.settings = SmsSection(url=f"{root}/messages", sender="RamseyHub")
    if kind == "govuk_notify":
        assert key_file is not None
        await asyncio.to_thread(key_file.write_text, f"{NOTIFY_KEY}\n")
        taken.settings = SmsSection(
            kind="govuk_notify", url=root, token_file=key_file, template_id=TEMPLATE, sender="RamseyHub"
        )
    try:
        yield taken
    finally:
        server.should_exit = True
        await serving
