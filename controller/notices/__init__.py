"""Mail and text messages to people: written in the transaction of a change, rendered when sent.

Imports ``calendars`` and below.
"""
