"""Plain text as the HTML part of a mail. Pure."""

from html import escape


def html_of(text: str) -> str:
    """The same text, with its links to tap on."""
    lines = []
    for line in text.rstrip().split("\n"):
        words = [
            f'<a href="{escape(word)}">{escape(word)}</a>' if word.startswith(("https://", "http://")) else escape(word)
            for word in line.split(" ")
        ]
        lines.append(" ".join(words))
    return '<!doctype html><html lang="en"><meta charset="utf-8"><p>' + "<br>\n".join(lines) + "</p></html>\n"
