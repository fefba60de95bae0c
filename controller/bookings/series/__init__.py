from controller.bookings.series.weekly import MOST_OCCURRENCES, Clocks, Occurrence, count, length_words, weekly

__all__ = ["MOST_OCCURRENCES", "Clocks", "Occurrence", "count", "length_words", "weekly"]
