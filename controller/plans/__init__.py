"""What each door is sent: plans of grants, overrides, commands, and why a door did or did not open.

Imports ``notices`` and below.
"""
