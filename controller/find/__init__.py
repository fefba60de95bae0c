"""Which space is free when: search, ranking, alternatives, and the waiting list.

Imports ``use`` and below.
"""
