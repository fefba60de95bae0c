"""What a poll came to, as it is kept. Pure."""

from collections import Counter

from controller.calendars.feeds.model import LISTED, FeedEvent, PollReport
from controller.calendars.model import CalendarImportResult, ImportResult


def report(outcome: CalendarImportResult) -> PollReport:
    counted = Counter(each.how for each in outcome.taken)
    clashes = sorted(outcome.clashes, key=lambda each: (each.occurrence.starts, each.occurrence.line))
    faults = sorted(outcome.faults, key=lambda each: each.line)
    return PollReport(
        new=counted[ImportResult.NEW],
        changed=counted[ImportResult.CHANGED],
        ended=counted[ImportResult.CANCELLED] + sum(each.cancelled for each in outcome.gone),
        unchanged=outcome.unchanged,
        clashing=len(clashes),
        refused=len(faults),
        clashes=tuple(
            FeedEvent(
                line=each.occurrence.line,
                uid=each.occurrence.uid,
                text=each.text,
                title=each.occurrence.title,
                starts=each.occurrence.starts,
                ends=each.occurrence.ends,
                booking=each.booking,
            )
            for each in clashes[:LISTED]
        ),
        refusals=tuple(FeedEvent(line=each.line, uid=each.uid or "", text=each.reason) for each in faults[:LISTED]),
    )
