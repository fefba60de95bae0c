"""How many wrong digits a controller takes in an hour, of all people together."""

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.people.account_mails import address_verification
from controller.people.account_mails.model import MOST_DIGIT_TRIES, MOST_FROM_NETWORK, MOST_WRONG_DIGITS
from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.signin.signing import make_user
from tests.controller.signin.test_mail_sign_in import (
    ROSA,
    any_settings,
    ask,
    asked,
    digits_in,
    mail,
    phone,
    prove,
    settings,
    token_in,
)
from tests.services.mail import MailServer

__all__ = ["any_settings", "mail", "phone", "settings"]  # fixtures


async def test_above_a_bound_nobodys_digits_are_taken_for_an_hour_and_links_still_are(
    any_app: FastAPI,
    any_client: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(address_verification, "MOST_WRONG_DIGITS", 12)
    await make_user(any_client, "Rosa", "wall", password=None, email=ROSA)
    async with stranger(any_app) as guesser:
        for number in range(3):
            guessed = await ask(guesser, f"nobody{number}@x.test")
            answers = [await prove(guesser, request=guessed, digits="000000") for _ in range(4)]
            assert {each.status_code for each in answers} == {401}
        last = await prove(guesser, request=guessed, digits="000000")
    assert (last.status_code, last.headers["Retry-After"]) == (429, "4200")
    assert "open the link in the mail instead" in last.json()["detail"]
    request, sent = await asked(phone, any_container, mail)
    proof = {"request": request, "digits": digits_in(sent)}
    assert (await prove(phone, **proof)).status_code == 429
    assert (await prove(phone, token=token_in(sent))).status_code == 201
    clock.advance(minutes=70)
    request, sent = await asked(phone, any_container, mail)
    assert (await prove(phone, request=request, digits=digits_in(sent))).status_code == 201


def test_the_bound_is_above_what_one_network_can_use_up() -> None:
    assert MOST_FROM_NETWORK * MOST_DIGIT_TRIES < MOST_WRONG_DIGITS
