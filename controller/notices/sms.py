"""Sends text messages through an HTTP gateway: one POST for each."""

import asyncio
from email.message import EmailMessage

from controller.notices.gateway import Delivery, DeliveryResult, SmsMessage
from controller.notices.govuk_notify import GovukNotifyApi
from controller.notices.sms_api import BadKey, PlainApi, SmsApi, SmsRequest
from controller.platform.http_client import httpx
from controller.platform.settings import SmsSection
from edge.wire.clock import Clock

TIMEOUT_S = 30.0
"""How long a message may take altogether, however slowly the gateway answers."""
_CONNECT_S = 15.0
"""How long it may take to connect. Where it does not, it is sure that the gateway did not get the message."""
_LONGEST_ANSWER = 65_536
"""Bytes of an answer that are read."""


class SmsGateway:
    """The gateway of the settings. It is told the same ``reference`` when a message is sent again, so that it can drop
    a second copy; GOV.UK Notify does not."""

    def __init__(self, sms: SmsSection, clock: Clock) -> None:
        self._sms = sms
        self._api: SmsApi = GovukNotifyApi(sms, clock) if sms.kind == "govuk_notify" else PlainApi(sms)
        self._client: httpx.AsyncClient | None = None

    async def send(self, message: EmailMessage | SmsMessage) -> DeliveryResult:
        """Hand a message over. Raises nothing: each has its result, without a word of the gateway, which may repeat
        the message."""
        assert isinstance(message, SmsMessage)
        try:
            asked = self._api.request(message, self._secret())
            return await self._posted(asked)
        except BadKey as fault:
            return DeliveryResult(delivery=Delivery.NO_SERVER, reply=str(fault))
        except (httpx.LocalProtocolError, OSError, ValueError):
            return DeliveryResult(delivery=Delivery.NO_SERVER, reply="its token cannot be read or sent")

    async def _posted(self, asked: SmsRequest) -> DeliveryResult:
        """Raises ``httpx.LocalProtocolError`` and ``ValueError`` for headers that cannot be sent."""
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=httpx.Timeout(TIMEOUT_S, connect=_CONNECT_S))
        code, content = None, bytearray()
        headers = asked.headers | {"Accept-Encoding": "identity"}
        try:
            async with asyncio.timeout(TIMEOUT_S):
                post = self._client.stream("POST", asked.address, json=asked.body, headers=headers)
                async with post as answer:
                    code = answer.status_code
                    async for some in answer.aiter_raw():
                        content += some
                        if len(content) >= _LONGEST_ANSWER:
                            break
        except httpx.LocalProtocolError:
            raise
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return DeliveryResult(delivery=Delivery.NO_SERVER, reply="it was not reached")
        except (httpx.HTTPError, TimeoutError):
            if code is None:
                return DeliveryResult(delivery=Delivery.LATER, reply="it gave no answer in time")
        assert code is not None
        return self._api.result(code, bytes(content))

    def _secret(self) -> str:
        file = self._sms.token_file
        return "" if file is None else file.read_text(encoding="utf-8").strip()

    async def close(self) -> None:
        """End the connections until the next message. Idempotent."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def mobile(number: str, region: str) -> str | None:
    """A number as people write it, in E.164, if it can take text messages. ``region``: the country of numbers without
    a country code (ISO 3166)."""
    import phonenumbers  # 3 MB that a controller without a gateway has no use for

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if phonenumbers.number_type(parsed) not in kinds:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
