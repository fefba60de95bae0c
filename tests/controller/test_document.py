"""The page about the HTTP API is the generated one and leaves nothing out."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from tools.api_document import gates, page

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
FOR_EVERYBODY = {
    ("get", "/api/v1/setup-needed"),
    ("post", "/api/v1/setup"),
    ("post", "/api/v1/session"),
    ("post", "/api/v1/enrol"),
    ("get", "/api/v1/sites/{site}/whats-on"),
}


def test_the_page_about_the_api_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tools.api_document > docs/api.md"


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def test_every_route_says_what_it_does_and_who_may(document: dict[str, Any]) -> None:
    text, who = page(), gates()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), f"{method} {path} needs a docstring"
            assert f"### {method.upper()} {path}\n" in text
            if path.startswith("/api/"):
                assert (who[method, path] == "everybody") == ((method, path) in FOR_EVERYBODY), f"{method} {path}"


def test_every_field_says_what_it_holds(document: dict[str, Any]) -> None:
    text = page()
    for name, schema in document["components"]["schemas"].items():
        for field, inner in schema.get("properties", {}).items():
            assert {"type", "$ref", "anyOf", "enum", "const"} & inner.keys(), f"{name}.{field} holds anything"
            assert f"| `{field}` |" in text
