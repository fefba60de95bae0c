"""What a poll came to, as it is kept. Pure."""

from collections import Counter

from controller.calendars.feeds.model import LISTED, Listed, Report
from controller.calendars.model import How, Outcome


def report(outcome: Outcome) -> Report:
    counted = Counter(each.how for each in outcome.taken)
    clashes = sorted(outcome.clashes, key=lambda each: (each.occurrence.starts, each.occurrence.line))
    faults = sorted(outcome.faults, key=lambda each: each.line)
    return Report(
        new=counted[How.NEW],
        changed=counted[How.CHANGED],
        ended=counted[How.CANCELLED] + sum(each.cancelled for each in outcome.gone),
        unchanged=outcome.unchanged,
        clashing=len(clashes),
        refused=len(faults),
        clashes=tuple(
            Listed(
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
        refusals=tuple(Listed(line=each.line, uid=each.uid or "", text=each.reason) for each in faults[:LISTED]),
    )
