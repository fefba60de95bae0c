"""Finds the grants of a door that match a presented credential. Pure; ``edge.wire.decide`` decides whether they
open."""

import hmac

import msgspec

from edge.wire.credentials import CARD_KINDS, TYPED_KINDS, CredentialKind, Method, Presented, code_key, pin_key
from edge.wire.offline import Lookup, OfflineWindow
from edge.wire.plan import DoorPlan, Grant

_NO_KEY = bytes(32)


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """``found``: grants that match entirely. ``wanting``: grants of the card without the right PIN. ``windows``: the
    window of each found grant of an offline code. ``withdrawn``: an offline code that the plan revokes."""

    found: tuple[Grant, ...] = ()
    wanting: tuple[Grant, ...] = ()
    windows: tuple[OfflineWindow, ...] = ()
    withdrawn: bool = False


def match(
    here: DoorPlan, *, door: str, secret: bytes, shown: Presented, owner: str, offline: Lookup, in_touch: bool
) -> Match:
    """Match ``shown`` at ``door``. ``owner``: the owner of a valid pass. ``in_touch``: only listed offline codes
    match."""
    if shown.method is Method.QR:
        # A pass replaces a code or a card. It is not enough where a PIN or second factor is required.
        owned = here.of_owner(owner)
        return Match(found=tuple(grant for grant in owned if _single(grant) and not grant.duress))
    if shown.method is Method.OFFLINE_CODE:
        return _offline(here, door, offline(shown.digits), in_touch=in_touch)
    if shown.card:
        return _card(here, secret, shown)
    if not (shown.digits.isascii() and shown.digits.isdigit()):
        return Match()
    return Match(
        found=tuple(
            grant
            for kind in TYPED_KINDS
            for grant in here.with_key(code_key(secret, kind, shown.digits))
            if grant.kind is kind
        )
    )


def _single(grant: Grant) -> bool:
    """Whether one factor is enough."""
    return grant.pin_key is None and grant.kind is not CredentialKind.MEMBER_CARD_PIN


def _card(here: DoorPlan, secret: bytes, shown: Presented) -> Match:
    found: list[Grant] = []
    wanting: list[Grant] = []
    if ":" not in shown.card:
        return Match()  # a code, which no card's text is
    for kind in CARD_KINDS:
        typed = pin_key(secret, kind, shown.card, shown.digits)
        for grant in here.with_key(code_key(secret, kind, shown.card)):
            if grant.kind is not kind:
                continue
            if _single(grant) or (grant.pin_key is not None and hmac.compare_digest(grant.pin_key, typed)):
                found.append(grant)
            else:
                wanting.append(grant)
    return Match(found=tuple(found), wanting=tuple(wanting))


def _offline(here: DoorPlan, door: str, meant: tuple[OfflineWindow, ...], *, in_touch: bool) -> Match:
    candidates = sorted((window for window in meant if window not in here.revoked), key=lambda w: w not in here.offline)
    good = [window for window in candidates if window in here.offline or not in_touch]
    return Match(
        found=tuple(
            Grant(
                door=door,
                key=_NO_KEY,
                kind=CredentialKind.OFFLINE_CODE,
                windows=(window.during,),
                booking=here.offline.get(window),
            )
            for window in good
        ),
        windows=tuple(good),
        withdrawn=bool(meant) and not candidates,
    )
