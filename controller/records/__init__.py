"""What was done: the audit log, and the log of changes that tells running parts what to read again.

Imports ``platform`` and below.
"""
