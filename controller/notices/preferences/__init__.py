"""By which channels each person wants which notices."""
