"""Who is not signed in gets nothing of the API but what anybody may have."""

from typing import Any

from fastapi import FastAPI

from tests.controller.running import stranger


async def test_nothing_of_the_api_is_to_be_had_without_a_sign_in(app: FastAPI, openapi: dict[str, Any]) -> None:
    free = {"/api/v1/setup-needed", "/api/v1/setup", "/api/v1/session", "/api/v1/sites/{site}/whats-on"}
    free |= {"/api/v1/enrol", "/api/v1/sign-in-options", "/api/v1/session/mail", "/api/v1/session/mail/proof"}
    free |= {"/api/v1/session/email/proof", "/api/v1/session/second-step", "/api/v1/sites/{site}/hire-options"}
    free |= {f"/api/v1/session/{path}" for path in ("oidc", "oidc/proof", "passkey", "passkey/options")}
    free |= {"/api/v1/displays/pair"}
    free |= {f"/api/v1/hire-requests{path}" for path in ("", "/check", "/proof", "/proof/check")}
    free |= {f"/api/v1/invitations/{path}" for path in ("look", "mail", "accept")}
    async with stranger(app) as client:
        for path, operations in openapi["paths"].items():
            if not path.startswith("/api/") or path in free:
                continue
            for method in operations:
                answer = await client.request(method, _filled(path), json={}, params={"from": "x", "to": "x"})
                assert answer.status_code == 401, f"{method} {path}: {answer.text}"


def _filled(path: str) -> str:
    while "{" in path:
        start, _, rest = path.partition("{")
        path = start + "x" + rest.partition("}")[2]
    return path
