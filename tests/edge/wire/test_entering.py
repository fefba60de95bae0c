"""Who may enter: every kind of credential in every situation, held to the tables of the page about it."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.wire import qr_passes
from edge.wire.access_decision import REASON_TEXT, ClockTrust, Decision, Reason
from edge.wire.credentials import CredentialKind, Method, Presented
from edge.wire.envelope import Keyring, Signer
from edge.wire.errors import WireError
from edge.wire.events import AccessData
from edge.wire.plan import HORIZON, Mode
from tests.edge.wire.entering import (
    CARDS,
    CODES,
    EVERYBODY,
    HOUR,
    IDS,
    KEYS,
    LISTED,
    PEOPLE,
    PIN,
    PRESENTED,
    REVOKED,
    SIGNER,
    SITE,
    SITUATIONS,
    WINDOW,
    T,
    ask,
    grant,
    in_mode,
    plan,
    qr,
    shown,
    tables,
    with_pin,
)

PAGE = Path(__file__).parents[3] / "docs" / "who-may-enter.md"
MEMBER, STAFF, BOOKING = CredentialKind.MEMBER_CARD_PIN, CredentialKind.STAFF, CredentialKind.BOOKING_CODE
SECOND = timedelta(seconds=1)


def test_the_page_about_access_shows_what_the_door_decides() -> None:
    found = PAGE.read_text(encoding="utf-8")
    begin, end = "<!-- decided -->\n", "<!-- /decided -->\n"
    assert found.partition(begin)[2].partition(end)[0].strip() == tables(), (
        "put tests.edge.wire.entering.tables() there"
    )


def test_the_page_explains_every_reason_and_kind() -> None:
    found = PAGE.read_text(encoding="utf-8")
    assert [each for each in Reason if f"| `{each}` | {REASON_TEXT[each]} |" not in found] == []
    assert [each for each in CredentialKind if f"| `{each}` |" not in found] == []


@pytest.mark.parametrize("situation", [each for each in SITUATIONS if each != "out of service"])
def test_past_the_horizon_and_with_an_unproven_clock_only_staff_and_key_holders_enter(situation: str) -> None:
    found, now, trust = SITUATIONS[situation]
    for at, how in ((T + HORIZON, trust), (now, ClockTrust.UNPROVEN)):
        let_in = {name for name, presented in PEOPLE.items() if ask(found, presented, now=at, trust=how).granted}
        assert let_in == {"staff", "key_holder"}


def test_a_credential_of_a_time_opens_in_no_other_at_either_end() -> None:
    for kind in (BOOKING, CredentialKind.OFFLINE_CODE):
        for before, after in ((T - HOUR - SECOND / 1e6, T - HOUR), (T + 2 * HOUR, T + 2 * HOUR - SECOND / 1e6)):
            assert not ask(plan(), shown(kind), now=before).granted
            assert ask(plan(), shown(kind), now=after).granted


def test_a_card_without_its_pin_is_asked_for_it_only_if_the_pin_could_open() -> None:
    card = Presented(card=CARDS[MEMBER])
    assert ask(plan(), card).reason is Reason.PIN_WANTED
    assert ask(plan(span=in_mode(Mode.CLOSED)), card).reason is Reason.NOT_NOW
    assert ask(plan(), card, trust=ClockTrust.UNPROVEN).reason is Reason.CLOCK
    assert ask(plan(span=in_mode(Mode.STAFFED, free=True)), card).granted


def test_no_member_gets_in_by_the_card_alone_though_the_plan_forgot_the_pin() -> None:
    found = plan(grants=(grant(MEMBER, CARDS[MEMBER]),))
    assert ask(found, Presented(card=CARDS[MEMBER])).reason is Reason.PIN_WANTED
    assert ask(found, Presented(card=CARDS[MEMBER], digits=PIN)).reason is Reason.WRONG_PIN
    assert not ask(found, qr(MEMBER)).granted


def test_a_pin_is_useless_with_somebody_elses_card() -> None:
    found = plan(grants=(with_pin(MEMBER), with_pin(STAFF, "8351")))
    assert ask(found, Presented(card=CARDS[MEMBER], digits="8351")).reason is Reason.WRONG_PIN
    assert ask(found, Presented(card=CARDS[STAFF], digits=PIN)).reason is Reason.WRONG_PIN
    assert ask(found, Presented(card=CARDS[STAFF], digits="8351")).granted


def test_a_code_never_matches_a_card_and_a_card_never_matches_a_code() -> None:
    assert ask(plan(), Presented(card=CODES[STAFF])).reason is Reason.UNKNOWN
    assert ask(plan(), Presented(digits=CARDS[CredentialKind.KEY_HOLDER])).reason is Reason.UNKNOWN


@pytest.mark.parametrize(
    ("after_s", "reason"),
    [
        (-31, Reason.PASS_EXPIRED),
        (-30, Reason.GRANTED),
        (0, Reason.GRANTED),
        (149, Reason.GRANTED),
        (150, Reason.PASS_EXPIRED),
    ],
)
def test_a_pass_opens_for_two_minutes_give_or_take_the_clocks(after_s: int, reason: Reason) -> None:
    assert ask(plan(), qr(BOOKING), now=T + after_s * SECOND).reason is reason


def test_a_pass_claiming_a_longer_life_opens_nothing() -> None:
    token = qr_passes.issue(SIGNER, site=SITE, holder=IDS[BOOKING], now=T, life=timedelta(seconds=121))
    assert ask(plan(), Presented(token=token)).reason is Reason.PASS_EXPIRED


def test_a_pass_opens_only_what_the_plan_grants_its_holder() -> None:
    assert ask(plan(grants=()), qr(BOOKING)).reason is Reason.PASS_UNKNOWN
    assert ask(plan(), qr(BOOKING)).booking == IDS[BOOKING]
    assert ask(plan(), qr(CredentialKind.CONTRACTOR)).granted


def test_a_pass_never_counts_as_duress() -> None:
    decision = ask(plan(), qr(CredentialKind.KEY_HOLDER))
    assert decision.granted
    assert not decision.duress
    assert not ask(plan(grants=tuple(each for each in EVERYBODY if each.duress)), qr(STAFF)).granted


def test_a_pass_needs_a_clock_and_the_controllers_signature() -> None:
    assert ask(plan(), qr(STAFF), trust=ClockTrust.UNPROVEN).reason is Reason.CLOCK
    other = Signer(Ed25519PrivateKey.from_private_bytes(bytes([8] * 32)))
    forged = Presented(token=qr_passes.issue(other, site=SITE, holder=IDS[STAFF], now=T))
    assert ask(plan(), forged).reason is Reason.PASS_UNKNOWN
    assert ask(plan(), forged, keys=Keyring(other.public_key, SIGNER.public_key)).granted
    assert ask(plan(), qr(STAFF), keys=Keyring()).reason is Reason.PASS_UNKNOWN


def test_no_single_letter_of_a_pass_can_be_another() -> None:
    token = qr(BOOKING).token
    for at in range(len(token) - 1):  # the last one has spare bits
        other = "B" if token[at] != "B" else "C"
        assert not ask(plan(), Presented(token=token[:at] + other + token[at + 1 :])).granted


@pytest.mark.parametrize("token", ["HK1.", "HK1.AAAA", "HK1.é", "HK1." + "A" * 600, "HK2.AAAA", "https://example.org"])
def test_a_bad_pass_is_refused_as_such(token: str) -> None:
    with pytest.raises(WireError):
        qr_passes.read(token, site=SITE, keys=KEYS)
    assert ask(plan(), Presented(token=token)).reason is Reason.PASS_UNKNOWN


@pytest.mark.parametrize("in_touch", [False, True])
def test_a_listed_offline_code_always_opens_and_a_withdrawn_one_never(in_touch: bool) -> None:
    code = shown(CredentialKind.OFFLINE_CODE)
    listed = ask(plan(offline=LISTED), code, in_touch=in_touch)
    assert (listed.granted, listed.booking) == (True, IDS[BOOKING])
    assert listed.offline is not None
    assert ask(plan(offline=REVOKED), code, in_touch=in_touch).reason is Reason.REVOKED


def test_an_offline_code_that_no_plan_lists_opens_out_of_touch_and_is_nobodys_in_touch() -> None:
    code = shown(CredentialKind.OFFLINE_CODE)
    alone = ask(plan(), code)
    assert (alone.granted, alone.booking, alone.offline) == (True, None, WINDOW)
    heard = ask(plan(), code, in_touch=True)
    assert heard == ask(plan(), Presented(digits="9618095769"), in_touch=True)
    assert (heard.granted, heard.reason, heard.near) == (False, Reason.UNKNOWN, False)


def test_the_notification_names_the_person_responsible_and_no_member() -> None:
    def told(presented: Presented) -> AccessData:
        return AccessData.of(ask(plan(), presented), door="front-door", reader="front-reader")

    assert told(shown(STAFF)).holder == IDS[STAFF]
    assert told(shown(MEMBER)).holder is None
    assert told(shown(MEMBER)).credential is MEMBER
    assert told(PRESENTED["a card and its duress PIN"][0]).duress
    assert told(shown(BOOKING)).reader == "front-reader"


def test_no_other_decision_is_left_out_of_the_report() -> None:
    decision = Decision(
        granted=True,
        reason=Reason.GRANTED,
        method=Method.OFFLINE_CODE,
        kind=CredentialKind.OFFLINE_CODE,
        booking=IDS[BOOKING],
        holder=IDS[STAFF],
        duress=True,
        offline=WINDOW,
        passback=True,
    )
    assert AccessData.of(decision, door="front-door", reader=None) == AccessData(
        door="front-door",
        granted=True,
        reason=Reason.GRANTED,
        method=Method.OFFLINE_CODE,
        credential=CredentialKind.OFFLINE_CODE,
        booking=IDS[BOOKING],
        holder=IDS[STAFF],
        duress=True,
        offline=WINDOW,
        passback=True,
    )


@pytest.mark.parametrize(
    ("presented", "method"),
    [
        (Presented(digits="482913"), Method.CODE),
        (Presented(digits="9482913055"), Method.OFFLINE_CODE),
        (Presented(digits="948291305"), Method.CODE),
        (Presented(card="w26:1:2"), Method.CARD),
        (Presented(card="w26:1:2", digits="2749"), Method.CARD_PIN),
        (Presented(token="HK1.AAAA"), Method.QR),
    ],
)
def test_a_presented_credential_reports_its_kind_and_never_its_value(presented: Presented, method: Method) -> None:
    assert presented.method is method
    assert repr(presented) == f"Presented({method.value})"
