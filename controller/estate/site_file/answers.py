"""What bringing in a site's file answers."""

from controller.estate.answers import DifferenceAnswer, ObstacleAnswer, difference_answers, obstacle_answers
from controller.estate.site_file.service import SiteFileOutcome
from controller.web.fields import Answer


class ProblemAnswer(Answer):
    """``place``: in the file, such as "spaces.hall.floor"; empty for the file as a whole."""

    place: str
    text: str


class SiteFileAnswer(Answer):
    """``written``: whether the site is now as the file says. ``new``: whether the site is new. ``possible``: whether
    the file can be written. ``problems``: everything wrong with the file. ``obstacles``: the first 500 of the ``count``
    bookings and pairs of bookings that prevent it. ``rewritten``: future bookings whose claims are written again.
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


def site_file_answer(brought: SiteFileOutcome) -> SiteFileAnswer:
    foreseen = brought.foreseen
    return SiteFileAnswer(
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
