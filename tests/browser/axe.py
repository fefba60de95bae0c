"""What axe finds wrong with a page by WCAG 2.2 A and AA."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # of passes only one node each is listed
    "selectors": False,  # a fault is reported by its HTML
}


async def faults(page: Page, name: str) -> list[str]:
    """One line a fault, with the name of what was looked at."""
    report = (await Axe().run(page, options=_RULES)).response
    return [
        f"{name}: {fault['id']}: {node['html'][:160]} {node['failureSummary']}"
        for fault in report["violations"]
        for node in fault["nodes"]
    ]
