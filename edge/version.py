"""Which Hallkeeper is installed."""

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """The version of the distribution that this code came with: the whole of it, or the edge's own."""
    try:
        return version("hallkeeper")
    except PackageNotFoundError:
        return version("hallkeeper-edge")
