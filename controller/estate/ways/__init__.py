"""The way to a building and to each of its doors: in words, without steps, and as a photograph."""
