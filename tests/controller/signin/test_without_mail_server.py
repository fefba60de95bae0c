"""A controller without a mail server says so, and other ways to sign in work."""

from fastapi import FastAPI

from tests.controller.running import stranger
from tests.controller.signin.signing import API


async def test_a_controller_without_a_mail_server_says_so(app: FastAPI) -> None:
    async with stranger(app) as client:
        options = (await client.get(f"{API}/sign-in-options")).json()
        assert (options["mail"], options["providers"]) == (False, [])
        refused = await client.post(f"{API}/session/mail", json={"email": "rosa@choir.test"})
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("no-mail-server")
    assert "password" in refused.json()["detail"]
