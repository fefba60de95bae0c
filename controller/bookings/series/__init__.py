from controller.bookings.series.unrolling import MOST_OCCURRENCES, Clocks, Occurrence, count, length_words, weekly

__all__ = ["MOST_OCCURRENCES", "Clocks", "Occurrence", "count", "length_words", "weekly"]
