"""A site's own wording around what a notice says, as a template with fields. Pure.

A template is plain text with ``{{ field }}`` and ``{% if field %} … {% endif %}``, which is Jinja2's syntax and nothing
else of it. It cannot leave out ``message``, in which code, times, closure and charge are.
"""

from collections.abc import Iterator, Mapping

import msgspec
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

LONGEST_TEMPLATE = 4000
FIELDS: Mapping[str, str] = {
    "message": "what the notice says: what happened, when, where, the code, links, charges",
    "title": "what the booking is called",
    "space": "the room",
    "site": "the building",
    "when": "day and time; of several dates how many there are",
    "contact_name": "the person who booked; may be empty",
    "party": "for whom it is booked; may be empty",
    "phone": "the building's telephone number; may be empty",
    "link": "to the page of the booking, for the person who booked",
}
_SYNTAX = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or)
_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)


class TemplateFault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong in which line of a template, counted from 1."""

    line: int
    text: str


def faults(text: str) -> list[TemplateFault]:
    """What is wrong with a template, line by line; empty where it can be used."""
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        return [TemplateFault(line=error.lineno, text=str(error.message))]
    except RecursionError:
        return [TemplateFault(line=1, text="too many {% if %} stand in each other")]
    found = sorted(set(_faults(tree)), key=lambda each: (each.line, each.text))
    if not found and not _always_says_message(tree):
        last = text.count("\n") + 1
        found.append(TemplateFault(line=last, text="{{ message }} is missing, or stands in an {% if %}"))
    return found


def _faults(tree: nodes.Template) -> Iterator[TemplateFault]:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _SYNTAX):
            yield TemplateFault(line=node.lineno, text="only {{ field }} and {% if field %} can be used")
        elif isinstance(node, nodes.Name) and node.name not in FIELDS:
            known = ", ".join(FIELDS)
            yield TemplateFault(line=node.lineno, text=f"there is no field {node.name[:60]!r}; there are {known}")


def _always_says_message(tree: nodes.Template) -> bool:
    said = (each for output in tree.body if isinstance(output, nodes.Output) for each in output.nodes)
    return any(isinstance(each, nodes.Name) and each.name == "message" for each in said)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A template that has no faults, with the values of its fields."""
    return _ENVIRONMENT.from_string(text).render(values).strip()
