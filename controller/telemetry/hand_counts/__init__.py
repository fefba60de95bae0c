"""Counting by hand at a door, to find what a counter misses."""
