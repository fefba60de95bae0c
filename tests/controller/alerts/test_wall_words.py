"""The wall has a few words for each code, in the catalogue's order, by which it puts the most serious first."""

import re

from controller.alerts.catalogue import CATALOGUE
from hatch_build import ROOT


def test_the_wall_knows_every_code_in_the_order_of_the_catalogue() -> None:
    source = (ROOT / "dashboards" / "src" / "wall" / "wall.ts").read_text(encoding="utf-8")
    words = source.partition("const WHAT")[2].partition("};")[0]
    assert re.findall(r"^  (\w+):", words, re.MULTILINE) == list(CATALOGUE)
