"""Refusals use people's words: no validator's terms, no address of the API."""

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

import controller
from controller.people.schemas import SignInBody
from controller.platform.web.fields import Name, Number, Slug, Whole, Yes
from controller.platform.web.problem import field_errors, message

ROUTE = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) /|/api/v\d")
ROOT = Path(controller.__file__).parent
ADDRESSES = {
    "app/http_app.py": {
        "/api/v1",
        "As `POST /api/v1/session` sets it; a write must come from our own pages.",
        "The `token` that `POST /api/v1/session` answers, or one of `POST /api/v1/tokens`.",
    },
    "platform/cli/client.py": {"/api/v1"},
    "app/idempotency.py": {"/api/v1/bookings/search", "/api/v1/bookings/search/text"},
    "screens/door_pages/documents_page.py": {"/api/v1/parties/"},
    "screens/door_pages/ways_page.py": {"/api/v1/sites/"},
    "bookings/routes.py": {"/api/v1/bookings/"},
    "bookings/series/routes.py": {"/api/v1/series/"},
}
"""Where an address is an address and not a text, or is for programs, as in OpenAPI."""


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        (Name, "  ", "must not be empty"),
        (Name, "x" * 201, "must have at most 200 characters"),
        (Annotated[str, StringConstraints(min_length=10)], "short", "must have at least 10 characters"),
        (Annotated[str, StringConstraints(max_length=2000)], "x" * 2001, "must have at most 2,000 characters"),
        (Name, 5, "must be text"),
        (Name, "a\0b", "must be one line without control characters"),
        (Slug, "A b", "must be 1 to 40 small letters, digits and hyphens, with no hyphen at either end"),
        (Annotated[Whole, Field(ge=1)], 0, "must be at least 1"),
        (Annotated[Whole, Field(le=100_000)], 2**70, "must be at most 100,000"),
        (Annotated[Number, Field(gt=0.5)], 0.5, "must be more than 0.5"),
        (Annotated[Number, Field(lt=90)], 90.0, "must be less than 90"),
        (Annotated[Whole, Field(multiple_of=15)], 7, "must be a multiple of 15"),
        (Whole, "4", "must be a whole number"),
        (Whole, 1.5, "must be a whole number"),
        (int, "a dozen", "must be a whole number"),
        (Number, "much", "must be a number"),
        (Number, float("nan"), "must be a number"),
        (Yes, "yes", "must be true or false"),
        (list[int], 3, "must be a list"),
        (Annotated[list[int], Field(min_length=1)], [], "must not be empty"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "must have at most 1 item"),
        (Annotated[dict[str, int], Field(max_length=30)], dict.fromkeys(map(str, range(31)), 1), "at most 30 items"),
        (Annotated[Decimal, Field(decimal_places=2)], "1.125", "must have at most 2 digits after the point"),
        (Literal["skip", "hold"], "book", "must be 'skip' or 'hold'"),
    ],
)
def test_what_a_value_lacks_is_told_in_few_words_of_our_own(kind: Any, value: object, says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    told = message(caught.value.errors()[0])
    assert told.endswith(says)
    assert told.startswith("must ")


def test_a_field_that_is_left_out_is_missing() -> None:
    with pytest.raises(ValidationError) as caught:
        SignInBody.model_validate({"user": "Una Porter"})
    [error] = field_errors(caught.value.errors())
    assert (error.field, error.message) == ("password", "is missing")


def test_what_a_validator_says_that_nobody_has_thought_of_begins_as_ours_do() -> None:
    odd = {"type": "bytes_type", "loc": ("x",), "msg": "Input should be a valid bytes"}
    assert message(odd) == "must be a valid bytes"
    assert message(odd | {"msg": "URL has no host"}) == "URL has no host"


def texts(file: Path) -> Iterator[str]:
    """The strings of a module, those within f-strings too, without its docstrings and what a command's row calls."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    bare = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "row":
            bare |= {id(address) for address in each.args[:1]}
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in bare:
            yield each.value


def test_no_text_of_the_controller_sends_people_to_an_address_of_the_api() -> None:
    found = {}
    for file in ROOT.rglob("*.py"):
        if told := {text for text in texts(file) if ROUTE.search(text)}:
            found[str(file.relative_to(ROOT))] = told
    assert found == ADDRESSES
