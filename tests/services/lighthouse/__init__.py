"""Lighthouse, which judges a page as a phone of the middle range loads it: 4 times slower CPU, 1.6 Mbit/s, 150 ms.

Source: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md.
"""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatch_build import NodeFolder, node
from tests.services.chromium import chromium_path

FOLDER = Path(__file__).parent
_CATEGORIES = "accessibility,best-practices,performance"


@dataclass(frozen=True)
class Report:
    """Scores from 0 to 1; ``usable_s``: seconds until the page answers to a tap (Time to Interactive). ``asked``: every
    address that the page has requested."""

    scores: dict[str, float]
    usable_s: float
    faults: list[str]
    asked: list[str]


async def report(url: str, *, cookies: str = "", folder: Path) -> Report:
    """Load the page once. ``cookies``: a Cookie header; raises RuntimeError where Lighthouse fails."""
    await asyncio.to_thread(NodeFolder(FOLDER).install)
    written, headers = folder / "report.json", folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookies} if cookies else {}))
    process = await asyncio.create_subprocess_exec(
        node(),
        FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js",
        url,
        "--output=json",
        f"--output-path={written}",
        "--quiet",
        f"--only-categories={_CATEGORIES}",
        f"--extra-headers={headers}",
        "--chrome-flags=--headless --no-sandbox --disable-gpu",
        env={**os.environ, "CHROME_PATH": chromium_path(), "HOME": str(folder), "TMPDIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"lighthouse failed on {url}: {said.decode(errors='replace')[-2000:]}")
    return _read(json.loads(written.read_text()))


def _read(found: dict[str, Any]) -> Report:
    audits, categories = found["audits"], found["categories"]
    below = [
        f"{name}: {audits[one['id']]['title']}"
        for name in ("accessibility", "best-practices")
        for one in categories[name]["auditRefs"]
        if one["weight"] and audits[one["id"]]["score"] not in (1, None)
    ]
    scores = {name: each["score"] for name, each in categories.items()}
    asked = [each["url"] for each in audits["network-requests"]["details"]["items"]]
    return Report(scores=scores, usable_s=audits["interactive"]["numericValue"] / 1000, faults=below, asked=asked)
