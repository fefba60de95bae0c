"""What a mail that came back says: of which mail it is, and whom that did not reach (RFC 3464, or as servers without it
put it). Pure."""

from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser

import msgspec
from flufl.bounce import all_failures

from controller.notices.bounces.tokens import MOST_TOKENS, tokens_in
from controller.notices.gateway import one_line
from controller.people.repository import email_key

_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_MOST_PARTS = 200
_MOST_RECIPIENTS = 50


class BounceReport(msgspec.Struct, frozen=True, kw_only=True):
    """``tokens``: what names our mail, unchecked. ``failed``, ``delayed``: recipients, and why. A report that an
    attacker wrote has neither a token that is signed for the recipient that it gives."""

    tokens: list[str]
    failed: Mapping[str, str]
    delayed: Mapping[str, str]


def read_report(raw: bytes) -> BounceReport:
    """Raises many kinds of error for mails that are broken on purpose."""
    message = message_from_bytes(raw)
    reasons: dict[str, str] = {}
    names: list[str] = [str(value) for header in _TO for value in message.get_all(header, [])]
    for part in _parts(message):
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for block in _blocks(part):
                names += [str(value) for value in block.get_all("Original-Envelope-Id", [])]
                reasons |= {address: _reason(block) for address in _recipients(block)}
        elif kind == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            head = HeaderParser().parsestr(payload.decode("ascii", "replace") if isinstance(payload, bytes) else "")
            names += [str(value) for value in head.get_all("Message-ID", [])]
        elif part is not message:  # a header of the mail that was returned, whatever it is wrapped in
            names += [str(value) for value in part.get_all("Message-ID", [])]
    temporary, permanent = all_failures(message)
    failed, delayed = _keys(permanent), _keys(temporary)
    tokens = list(dict.fromkeys(token for name in names for token in tokens_in(name)))
    return BounceReport(
        tokens=tokens[:MOST_TOKENS],
        failed={each: reasons.get(each, "it came back") for each in failed},
        delayed={each: reasons.get(each, "it is delayed") for each in delayed if each not in failed},
    )


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= _MOST_PARTS:
            return
        yield part


def _blocks(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    for each in payload if isinstance(payload, list) else []:
        if isinstance(each, Message):
            yield each


def _keys(found: frozenset[bytes]) -> list[str]:
    return sorted(email_key(each.decode("ascii")) for each in found)[:_MOST_RECIPIENTS]


def _recipients(block: Message) -> Iterator[str]:
    for header in ("Original-Recipient", "Final-Recipient"):
        _, _, address = str(block.get(header, "")).partition(";")
        if address.strip():
            yield email_key(address.strip().strip("<>"))


def _reason(block: Message) -> str:
    status = str(block.get("Status", "")).strip()
    _, _, words = str(block.get("Diagnostic-Code", "")).rpartition(";")
    words = words.strip()
    return one_line(words if status and status in words else f"{status} {words}")
