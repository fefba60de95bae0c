"""The buildings: sites, spaces, ways in, floor plans, doors and the devices of each edge.

Imports ``signin`` and below.
"""
