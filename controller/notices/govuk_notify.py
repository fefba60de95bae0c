"""GOV.UK Notify as the gateway of text messages (its REST API, version 2). It sends templates of its own: one whose
only text is ``((text))`` carries ours."""

import re
from typing import Any

import msgspec

from controller.notices.gateway import Delivery, DeliveryResult, SmsMessage
from controller.notices.sms_api import BadKey, SmsRequest, status_line
from controller.platform.http_client import httpx
from controller.platform.settings import SmsSection
from edge.wire.clock import Clock

PLACE = "/v2/notifications/sms"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY = re.compile(f".*-({_UUID})-({_UUID})", re.ASCII)
_OURS = ("template", "personalisation", "service", "team-only", "trial mode", "sms_sender")
"""In what Notify says of a request that it refuses for our settings, and not for the message."""


class GovukNotifyApi:
    """201: taken. 400 for the recipient or the text: refused for good. All else, such as a wrong key, a clock that is
    more than 30 seconds off, a template that is not there, limits and 5xx: nothing gets through at present."""

    def __init__(self, sms: SmsSection, clock: Clock) -> None:
        self._sms = sms
        self._clock = clock

    def request(self, message: SmsMessage, secret: str) -> SmsRequest:
        """``secret``: an API key, as Notify shows it: name, id of the service and key, joined by hyphens. Raises
        ``BadKey``."""
        body = {
            "phone_number": message.to,
            "template_id": self._sms.template_id,
            "personalisation": {"text": message.text},
            "reference": message.reference,
        }
        if self._sms.sender:
            body["sms_sender_id"] = self._sms.sender
        headers = {"Authorization": f"Bearer {self._token(secret)}"}
        return SmsRequest(address=f"{self._sms.address.rstrip('/')}{PLACE}", body=body, headers=headers)

    def _token(self, secret: str) -> str:
        """Signed for each request: Notify accepts a token for 30 seconds."""
        from joserfc import jwt  # 15 ms of every start that has no use for it
        from joserfc.jwk import OctKey

        found = _KEY.fullmatch(secret)
        if found is None:
            raise BadKey("the API key of GOV.UK Notify is not one: copy all of it, with its name, from Notify's page")
        service, key = found.groups()
        claims: dict[str, Any] = {"iss": service, "iat": int(self._clock.now().timestamp())}
        return jwt.encode({"typ": "JWT", "alg": "HS256"}, claims, OctKey.import_key(key))

    def result(self, code: int, content: bytes) -> DeliveryResult:
        """Without a word of Notify, which may repeat the message."""
        said = _said(content)
        if code == httpx.codes.CREATED:
            return DeliveryResult(delivery=Delivery.TAKEN, reply=status_line(code))
        ours = code != httpx.codes.BAD_REQUEST or any(word in said for word in _OURS)
        reply = f"{status_line(code)}{_hint(code, said) if ours else ''}"
        return DeliveryResult(delivery=Delivery.NO_SERVER if ours else Delivery.REFUSED, reply=reply, code=code)


class _Problem(msgspec.Struct, frozen=True):
    message: str = ""


class _Problems(msgspec.Struct, frozen=True):
    errors: tuple[_Problem, ...] = ()


def _said(content: bytes) -> str:
    try:
        return " ".join(each.message for each in msgspec.json.decode(content, type=_Problems).errors).lower()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _hint(code: int, said: str) -> str:
    """What to do about it; empty where there is nothing."""
    if code == httpx.codes.FORBIDDEN:
        if "clock" in said:
            return ": the controller's clock is more than 30 seconds off; set it right"
        return ": the API key is not valid there; write a live one into sms.token_file"
    if code == httpx.codes.TOO_MANY_REQUESTS:
        return ": over the service's limit; it is raised at Notify" if "today" in said else ": too many at once"
    if code == httpx.codes.BAD_REQUEST:
        if "team-only" in said or "trial mode" in said:
            return ": the key or the service sends to your own team only; make the service live and take a live key"
        return ": see sms.template_id and sms.sender; the template has to be a text message with ((text)) in it"
    return ""
