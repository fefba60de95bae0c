"""What the tests run with Node, in ``tests/services/node``: ``python -m tests.services.node_packages`` fetches it, as
its package-lock.json pins it."""

import sys
from pathlib import Path

from hatch_build import NodeFolder, PagesNotBuilt

FOLDER = Path(__file__).parent / "node"


def main() -> int:
    try:
        NodeFolder(FOLDER).install()
    except PagesNotBuilt as error:
        sys.stderr.write(f"hallkeeper: what the tests run with Node could not be fetched: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
