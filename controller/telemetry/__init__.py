"""What the edges report: events, samples, device states, counts; taken in once, stored, rolled up.

Imports ``hours`` and below.
"""
