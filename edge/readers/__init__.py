"""Readers: keypads, card readers and scanners. One file per kind, with a pure decoder and its input and output.

A reader passes what a person presents to its door, and shows that person the door's answer: ``edge.readers.door_side``.
"""
