"""The pages about the HTTP API are the generated ones and leave nothing out."""

from pathlib import Path
from typing import Any

import pytest

from tools.api_document import INDEX, LONGEST_ROW, gates, pages, write

FOLDER = Path(__file__).parents[2] / "docs" / "api"
FOR_ANYONE = {
    ("get", "/api/v1/setup-needed"),
    ("post", "/api/v1/setup"),
    ("post", "/api/v1/session"),
    ("post", "/api/v1/session/mail"),
    ("post", "/api/v1/session/mail/proof"),
    ("post", "/api/v1/session/email/proof"),
    ("post", "/api/v1/session/second-step"),
    ("post", "/api/v1/session/passkey/options"),
    ("post", "/api/v1/session/passkey"),
    ("post", "/api/v1/displays/pair"),
    ("post", "/api/v1/session/oidc"),
    ("post", "/api/v1/session/oidc/proof"),
    ("get", "/api/v1/sign-in-options"),
    *(("post", f"/api/v1/invitations/{path}") for path in ("look", "mail", "accept")),
    ("post", "/api/v1/enrol"),
    ("get", "/api/v1/sites/{site}/hire-options"),
    ("post", "/api/v1/hire-requests"),
    ("post", "/api/v1/hire-requests/check"),
    ("post", "/api/v1/hire-requests/proof"),
    ("post", "/api/v1/hire-requests/proof/check"),
    ("get", "/api/v1/sites/{site}/whats-on"),
}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


def test_the_pages_about_the_api_are_the_generated_ones(made: dict[str, str]) -> None:
    written = {page.name: page.read_text(encoding="utf-8") for page in FOLDER.iterdir()}
    assert written == made, "run: python -m tools.api_document docs/api"


@pytest.mark.cases_full
def test_writing_the_pages_removes_the_page_of_a_domain_that_is_gone(tmp_path: Path, made: dict[str, str]) -> None:
    (tmp_path / "gone.md").write_text("# Gone\n")
    write(tmp_path)
    assert {page.name for page in tmp_path.iterdir()} == made.keys()


def test_no_line_is_too_long_to_read(made: dict[str, str]) -> None:
    long = {name: [line for line in text.splitlines() if len(line) > LONGEST_ROW] for name, text in made.items()}
    assert {name: lines for name, lines in long.items() if lines} == {}


def test_every_route_says_what_it_does_and_who_may(openapi: dict[str, Any], made: dict[str, str]) -> None:
    text, who = "\n".join(made.values()), gates()
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), f"{method} {path} needs a docstring"
            assert f"## {method.upper()} {path}\n" in text
            if path.startswith("/api/"):
                assert (who[method, path] == "anyone") == ((method, path) in FOR_ANYONE), f"{method} {path}"


def test_every_field_says_what_it_holds(openapi: dict[str, Any], made: dict[str, str]) -> None:
    text = "\n".join(made.values())
    for name, schema in openapi["components"]["schemas"].items():
        for field, inner in schema.get("properties", {}).items():
            assert {"type", "$ref", "anyOf", "enum", "const"} & inner.keys(), f"{name}.{field} holds anything"
            assert f"| `{field}` |" in text


def test_the_index_leads_to_every_route(openapi: dict[str, Any], made: dict[str, str]) -> None:
    index = made[INDEX]
    for path, operations in openapi["paths"].items():
        for method in operations:
            assert f"- [`{method.upper()} {path}`](" in index
