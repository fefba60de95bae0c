"""What bringing in a site's file answers."""

from controller.estate.answers import DifferenceAnswer, ObstacleAnswer, difference_answers, obstacle_answers
from controller.estate.site_file.service import Brought
from controller.web.fields import Answer


class ProblemAnswer(Answer):
    """``place``: in the file, such as "spaces.hall.floor"; empty for the file as a whole."""

    place: str
    text: str


class BroughtAnswer(Answer):
    """``written``: whether the site is now as the file says. ``new``: whether it is. ``possible``: whether nothing
    keeps the file back. ``problems``: all that is wrong with the file. ``obstacles``: the first 500 of the ``count``
    bookings and pairs of bookings that stand in its way. ``rewritten``: future bookings whose claims are made anew.
    ``notes`` refuse nothing."""

    written: bool
    new: bool
    possible: bool
    changes: list[DifferenceAnswer]
    problems: list[ProblemAnswer]
    obstacles: list[ObstacleAnswer]
    count: int
    rewritten: int
    notes: list[str]


def brought_answer(brought: Brought) -> BroughtAnswer:
    foreseen = brought.foreseen
    return BroughtAnswer(
        written=brought.written,
        new=brought.new,
        possible=brought.possible,
        changes=difference_answers(brought.changes),
        problems=[ProblemAnswer(place=each.place, text=each.text) for each in brought.problems],
        obstacles=obstacle_answers(foreseen.obstacles),
        count=len(foreseen.obstacles),
        rewritten=foreseen.rewritten,
        notes=list(foreseen.notes),
    )
