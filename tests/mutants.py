"""``make mutants``: how many small faults put into the code the tests notice, over a seeded sample.

The modules and the tests are named in ``[tool.mutmut]`` of pyproject.toml. Every mutant of ``edge/wire/interval.py``,
on which all times rest, is tried, and a sample of the rest. Prints each survivor as a change, and the score.
"""

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
ALWAYS = "edge.wire.interval."
KILLED = {1: "killed", 3: "killed", **dict.fromkeys((36, 24, -24, 152, 255), "timed out")}
"""mutmut's exit codes of a mutant that was noticed; 0 is one that survived, 33 one that no test reaches. A test that
has used up its processor time ends with signal 24, which is reported as -24."""


def _mutmut(*arguments: str) -> str:
    done = subprocess.run(
        [Path(sys.executable).parent / "mutmut", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"mutmut {' '.join(arguments[:2])} failed:\n{(done.stdout + done.stderr)[-4000:]}")
    return done.stdout


def _exit_codes() -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for meta in sorted((ROOT / "mutants").rglob("*.meta")):
        found |= json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--number", type=int, default=300, help="mutants to try (default 300)")
    asked.add_argument("--seed", type=int, default=1, help="which ones (default 1)")
    asked.add_argument("--children", type=int, default=2, help="processes (default 2)")
    wanted = asked.parse_args()
    children = ("--max-children", str(wanted.children))
    print(f"making the mutants and running those of {ALWAYS}*", flush=True)
    _mutmut("run", *children, f"{ALWAYS}*")
    names = _exit_codes()
    always = sorted(name for name in names if name.startswith(ALWAYS))
    rest = sorted(set(names) - set(always))
    chosen = random.Random(wanted.seed).sample(rest, min(max(0, wanted.number - len(always)), len(rest)))
    print(f"running {len(chosen)} of the other {len(rest)}, seed {wanted.seed}", flush=True)
    if chosen:
        _mutmut("run", *children, *chosen)
    codes = _exit_codes()
    tried = [*always, *chosen]
    for name in tried:
        if codes[name] not in KILLED:
            state = "no test reaches it" if codes[name] == 33 else "survived"
            print(f"\n{state}: {name}\n{_mutmut('show', name)}")
    counted = Counter(
        KILLED.get(code, "survived") if (code := codes[name]) is not None else "not run" for name in tried
    )
    noticed = counted["killed"] + counted["timed out"]
    print(f"\n{noticed} of {len(tried)} noticed ({noticed / len(tried):.0%}): {dict(counted)}")


if __name__ == "__main__":
    main()
