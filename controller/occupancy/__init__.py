"""How many people are in a space, from what its sensors say; and whether a count is unusual."""
