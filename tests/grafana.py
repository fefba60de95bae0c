"""Boards and alert rules of ``dashboards/grafana`` as Grafana reads them, with its macros and variables filled in."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml

FOLDER = Path(__file__).parents[1] / "dashboards" / "grafana"
KINDS = ("postgresql", "influxdb", "system")
Json = dict[str, Any]
_MACRO = re.compile(r"\$__(timeGroupAlias|timeGroup|timeFilter|time)\(([^()]*)\)")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One query of a board or a rule: whose, of which data source, and its target as written."""

    where: str
    source: str
    target: Json
    back: timedelta


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody looks at: a time, the values of variables, and the width of a point."""

    start: datetime
    end: datetime
    variables: Mapping[str, str | list[str]]
    interval: str = "1h"


def boards() -> dict[str, Json]:
    """By file."""
    return {str(path.relative_to(FOLDER)): json.loads(path.read_text()) for path in sorted(FOLDER.glob("*/*.json"))}


def provisioned(what: str) -> dict[str, Json]:
    """The files for one of Grafana's provisioning folders, by kind."""
    return {
        kind: yaml.safe_load((FOLDER / kind / "provisioning" / what / f"hallkeeper-{kind}.yaml").read_text())
        for kind in KINDS
    }


def rules(kind: str) -> list[Json]:
    return [rule for group in provisioned("alerting")[kind]["groups"] for rule in group["rules"]]


def queries() -> Iterator[Asked]:
    """Every query that Grafana would make."""
    for file, board in boards().items():
        for panel in board["panels"]:
            for target in panel["targets"]:
                where = f"{file}: {panel['title']} {target['refId']}"
                yield Asked(where=where, source=target["datasource"]["uid"], target=target, back=timedelta(days=7))
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                asked = variable["query"]
                text = asked["query"] if isinstance(asked, dict) else asked
                target = {"rawSql": text, "query": text, "expr": text}
                source = variable["datasource"]["uid"]
                yield Asked(where=f"{file}: ${variable['name']}", source=source, target=target, back=timedelta(days=7))
    for kind in KINDS:
        for rule in rules(kind):
            for step in rule["data"]:
                if step["datasourceUid"] != "__expr__":
                    back = timedelta(seconds=step["relativeTimeRange"]["from"])
                    yield Asked(where=rule["title"], source=step["datasourceUid"], target=step["model"], back=back)


def in_sql(text: str, shown: Shown) -> str:
    """As its PostgreSQL data source fills it in."""
    text = _filled(text, shown, lambda values: ",".join(f"'{each}'" for each in values))
    times = {"timeFrom": shown.start, "timeTo": shown.end}
    for name, at in times.items():
        text = text.replace(f"$__{name}()", f"'{at:%Y-%m-%dT%H:%M:%SZ}'")
    text = text.replace("$__interval", shown.interval)

    def macro(found: re.Match[str]) -> str:
        name, (column, *rest) = found[1], [each.strip() for each in found[2].split(",")]
        if name == "timeFilter":
            return f"{column} BETWEEN '{shown.start:%Y-%m-%dT%H:%M:%SZ}' AND '{shown.end:%Y-%m-%dT%H:%M:%SZ}'"
        if name == "time":
            return f'{column} AS "time"'
        seconds = _seconds(rest[0].strip("'"))
        grouped = f"floor(extract(epoch from {column})/{seconds})*{seconds}"
        return grouped + (' AS "time"' if name == "timeGroupAlias" else "")

    return _without_macros(_MACRO.sub(macro, text))


def in_influxql(text: str, shown: Shown) -> str:
    """As its InfluxDB data source fills it in."""
    text = _filled(text, shown, _regex)
    start, end = (round(at.timestamp() * 1000) for at in (shown.start, shown.end))
    text = text.replace("$timeFilter", f"time >= {start}ms and time <= {end}ms")
    return _without_macros(text.replace("$__interval", shown.interval))


def in_promql(text: str, shown: Shown) -> str:
    """As its Prometheus data source fills it in."""
    text = _filled(text, shown, _regex)
    return _without_macros(text.replace("$__rate_interval", "2m").replace("$__interval", shown.interval))


def _filled(text: str, shown: Shown, several: Callable[[list[str]], str]) -> str:
    for name, value in shown.variables.items():
        filled = value if isinstance(value, str) else several(value)
        text = re.sub(rf"\$\{{{name}(:\w+)?\}}|\${name}\b", filled.replace("\\", r"\\"), text)
    return text


def _regex(values: list[str]) -> str:
    found = [re.escape(each).replace(r"\-", "-") for each in values]
    return found[0] if len(found) == 1 else f"({'|'.join(found)})"


def _seconds(interval: str) -> int:
    number, unit = int(interval[:-1]), interval[-1]
    return number * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


def _without_macros(text: str) -> str:
    assert not re.search(r"\$[\w{]", text), f"Grafana knows no such variable: {text}"
    return text


def ago(end: datetime, asked: Asked, variables: Mapping[str, str | list[str]], interval: str = "1h") -> Shown:
    """The time that a query is about."""
    return Shown(start=(end - asked.back).astimezone(UTC), end=end, variables=variables, interval=interval)
