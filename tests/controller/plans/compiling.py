"""Plans compiled as if there were none before."""

from datetime import datetime

from controller.plans.compile import Compiled, PlanInput, compile_changes


def compile_plan(given: PlanInput, now: datetime) -> Compiled:
    return compile_changes(given, now, {})[0]
