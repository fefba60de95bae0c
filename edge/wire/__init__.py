"""What crosses the network between edge, controller and simulator, and what it means.

Pure: no I/O, no clock of its own, nothing but the standard library, msgspec and cryptography.
"""
