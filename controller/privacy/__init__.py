"""How long each kind of data is kept, what is held of a person, its erasure, and the reading of the audit log.

Imports ``alerts`` and below.
"""
