"""Every word of the pages is in one catalogue, words/en.po."""

import subprocess
import sys

from hatch_build import ROOT


def test_the_catalogue_is_what_the_sources_say() -> None:
    command = [sys.executable, "-m", "tools.words", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
