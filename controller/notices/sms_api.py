"""What gateways of text messages differ in: the request, and what their answers mean."""

from typing import Any, Protocol

import msgspec

from controller.notices.gateway import Delivery, DeliveryResult, SmsMessage
from controller.platform.http_client import httpx
from controller.platform.settings import SmsSection

_NOT_US = frozenset({401, 403, 404, 405, 429})
"""Statuses that say nothing of the message: wrong token, wrong address, too many for now."""


class BadKey(Exception):
    """The secret's file holds no secret of this gateway; says what to do."""


class SmsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A POST of JSON."""

    address: str
    body: dict[str, Any]
    headers: dict[str, str]


class SmsApi(Protocol):
    """One kind of gateway. Pure but for the time."""

    def request(self, message: SmsMessage, secret: str) -> SmsRequest:
        """``secret``: what is in the token's file; empty without one. Raises ``BadKey``."""
        ...

    def result(self, code: int, content: bytes) -> DeliveryResult:
        """What an answer of this status means. ``content``: of it, as much as came in time."""
        ...


class PlainApi:
    """Posts ``{"to": "+447400123456", "text": "…", "from": "…", "reference": "…"}`` to the address of the settings.
    2xx: taken. 401, 403, 404, 405, 429 and 5xx: nothing gets through at present. Other 4xx: refused for good."""

    def __init__(self, sms: SmsSection) -> None:
        self._sms = sms

    def request(self, message: SmsMessage, secret: str) -> SmsRequest:
        body = {"to": message.to, "text": message.text, "from": self._sms.sender, "reference": message.reference}
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return SmsRequest(address=self._sms.address, body=body, headers=headers)

    def result(self, code: int, content: bytes) -> DeliveryResult:
        if httpx.codes.is_success(code):
            return DeliveryResult(delivery=Delivery.TAKEN, reply=status_line(code))
        refused = 400 <= code < 500 and code not in _NOT_US
        delivery = Delivery.REFUSED if refused else Delivery.NO_SERVER
        return DeliveryResult(delivery=delivery, reply=status_line(code), code=code)


def status_line(code: int) -> str:
    return f"{code} {httpx.codes.get_reason_phrase(code)}".strip()
