"""What a facilities team must know: alerts, their rules, and who is told when nobody looks.

Imports ``enrolment`` and below.
"""
