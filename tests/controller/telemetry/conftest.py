"""A hub on a broker in memory, on both databases."""

from tests.integration.fixtures import broker, edge, hub

__all__ = ["broker", "edge", "hub"]
