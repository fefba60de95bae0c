"""The edges of a site: how each joins, its keys, the broker's users, and its updates.

Imports ``closures`` and below.
"""
