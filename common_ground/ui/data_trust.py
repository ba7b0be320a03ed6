"""The published half of Data: where every line went, what the checks found, what changed."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground.charts import format
from common_ground.ui import frame, html, tables
from common_ground.warehouse.published import Published

# Notes named on the page; all of them are in the list of rows below it.
_NOTES_SHOWN: Final = 6


def answer(data: Published, stale_after_days: int) -> str:
    """The answer of the page: how many exports load, and what still needs a look."""
    loads, checks = data.loads(), data.checks()
    rejected, broken = int(loads["rejected"].sum()), _broken(checks)
    stale = sum(_is_stale(last, data.as_of, stale_after_days) for last in loads["last_date"])
    asked = sum(len(questions) for questions in loads["questions"])
    parts = [
        f"{format.plural(rejected, 'line')} rejected" if rejected else "no line rejected",
        f"{format.plural(len(broken), 'check')} {'says' if len(broken) == 1 else 'say'} look"
        if len(broken)
        else "every check passes",
    ]
    if stale:
        parts.append(f"{format.plural(stale, 'export')} {'is' if stale == 1 else 'are'} stale")
    if asked:
        parts.append(f"{format.plural(asked, 'question')} open")
    rows = format.plural(int(loads["loaded"].sum()), "row")
    load = "loads" if len(loads) == 1 else "load"
    return f"{format.plural(len(loads), 'export')} {load}, {rows}: {', '.join(parts)}."


def receipts(loads: pd.DataFrame, as_of: date | None, stale_after_days: int) -> html.Html:
    """Every file with lines = loaded + rejected + other lines, and its last date.

    Args:
        loads: file, dialect_label, canonical_table, lines, loaded, rejected, other_lines,
            other_kinds, last_date.
        as_of: today for every number; None leaves freshness out.
        stale_after_days: age of the last date from which an export is stale.
    """
    body: list[tuple[object, ...]] = [
        (
            html.build("{}<br>{}", row["file"], html.soft(_about(row))),
            format.count(row["lines"]),
            format.count(row["loaded"]),
            html.strong(format.count(row["rejected"])) if row["rejected"] else "0",
            format.count(row["other_lines"]),
            freshness(row["last_date"], as_of, stale_after_days),
        )
        for row in loads.to_dict("records")
    ]
    total = loads[["lines", "loaded", "rejected", "other_lines"]].sum()
    adds_up = int(total["lines"]) == int(total[["loaded", "rejected", "other_lines"]].sum())
    body.append(
        (
            html.strong("Together, adds up" if adds_up else "Together, does not add up"),
            *(html.strong(format.count(value)) for value in total),
            "",
        )
    )
    head = ("Export", "Lines", "= rows loaded", "+ rejected", "+ other lines", "Last date")
    return html.panel(
        "Where every line went",
        f"stale after {format.plural(stale_after_days, 'day')}",
        html.table(head, body, numbers=(1, 2, 3, 4)),
    )


def _about(row: Mapping[Any, Any]) -> str:
    """The tool and table of a file, and its other lines when they are more than a header."""
    tool, other = _tool(row), str(row["other_kinds"])
    return tool if other in ("", "1 header") else f"{tool}; other lines: {other}"


def _tool(row: Mapping[Any, Any]) -> str:
    table = str(row["canonical_table"]).replace("_", " ")
    label = str(row["dialect_label"])
    return label if table in label.lower() else f"{label}, {table}"


def freshness(last: Any, as_of: date | None, stale_after_days: int) -> html.Html:  # noqa: ANN401
    """The last date of an export, and how long before the as-of date that is."""
    if pd.isna(last) or as_of is None:
        told_day = "holds no date" if pd.isna(last) else frame.day(pd.Timestamp(last).date())
        return html.build('<span class="cg-named">{}</span>', html.soft(told_day))
    day = pd.Timestamp(last).date()
    age = (as_of - day).days
    told: object = html.soft("the as-of date" if age == 0 else f"{format.days(age)} before")
    if _is_stale(last, as_of, stale_after_days):
        told = html.strong(f"stale, {format.days(age)} before")
    return html.build('<span class="cg-named">{}<br>{}</span>', frame.day(day), told)


def _is_stale(last: Any, as_of: date, stale_after_days: int) -> bool:  # noqa: ANN401
    return not pd.isna(last) and (as_of - pd.Timestamp(last).date()).days > stale_after_days


def _broken(checks: pd.DataFrame) -> pd.DataFrame:
    """Checks with violations, contradictions before gaps, most rows first."""
    found = checks[checks["violations"] > 0]
    order = ["severity", "violations", "check"]
    return found.sort_values(order, ascending=[True, False, True])


def checks_panel(checks: pd.DataFrame) -> html.Html:
    """What the rules on the data found, each with its count and what it means."""
    broken = _broken(checks)
    passed = len(checks) - len(broken)
    right = f"{passed} of {format.plural(len(checks), 'check')} find nothing"
    if broken.empty:
        return html.panel("Checks", right, html.soft("No rule on the data is broken."))
    lines = [
        html.Row(
            format.count(check["violations"]),
            html.build("{}<br>{}", check["label"], html.soft(check["sentence"])),
            bold=check["severity"] == "fail",
        )
        for check in broken.to_dict("records")
    ]
    return html.panel("Checks", right, html.rows(lines, lead_right=True))


def notes(loads: pd.DataFrame) -> pd.DataFrame:
    """Warnings and questions of every file: file, kind, note; questions first."""
    found = [
        {"file": row["file"], "kind": kind, "note": note}
        for kind, column in (("question", "questions"), ("warning", "warnings"))
        for row in loads.to_dict("records")
        for note in row[column]
    ]
    found += [
        {"file": row["file"], "kind": "unused", "note": f"Nothing is read from '{header}'."}
        for row in loads.to_dict("records")
        for header in row["unused_columns"]
    ]
    return pd.DataFrame(found, columns=["file", "kind", "note"])


def notes_panel(loads: pd.DataFrame) -> html.Html:
    """What to read before the files are trusted; questions bold, unused columns counted."""
    every = notes(loads)
    told = every[every["kind"] != "unused"]
    lines = [
        html.Row(
            "Question" if row["kind"] == "question" else "Note",
            html.build("{}<br>{}", row["note"], html.soft(row["file"])),
            bold=row["kind"] == "question",
        )
        for row in told.head(_NOTES_SHOWN).to_dict("records")
    ]
    unused = len(every) - len(told)
    right = f"{format.plural(unused, 'column')} not used" if unused else "every column is used"
    body = html.rows(lines) if lines else html.soft("Every file was read without a remark.")
    more = len(told) - len(lines)
    return html.panel(
        "Before you trust them",
        right,
        body,
        html.note(f"and {more} more below") if more > 0 else "",
    )


def changes_panel(changes: pd.DataFrame, version: int) -> html.Html:
    """How many rows were added, changed and removed since the version before, by table."""
    if version == 1:
        return html.panel(
            "What changed", "", html.soft("This is the first version; there is none before it.")
        )
    since = f"since v{version - 1}"
    if changes.empty:
        return html.panel("What changed", since, html.soft("No row differs."))
    counted = Counter(zip(changes["canonical_table"], changes["change"], strict=True))
    body = [
        (table, *(format.count(counted[table, kind]) for kind in ("added", "changed", "removed")))
        for table in sorted(set(changes["canonical_table"]))
    ]
    shown = html.table(("Table", "Added", "Changed", "Removed"), body, numbers=(1, 2, 3))
    return html.panel("What changed", since, shown)


def rows_behind(data: Published) -> dict[str, pd.DataFrame]:
    """Every list behind a number of the page, by what the reader calls it."""
    loads, rejects, changes = data.loads(), data.rejects(), data.changes()
    found = {
        f"{label} ({len(rows):,})": rows
        for label, rows in (
            ("Rejected lines", rejects),
            ("Notes, questions and unused columns", notes(loads)),
            ("Changes", changes),
        )
        if len(rows)
    }
    for check in _broken(data.checks()).to_dict("records"):
        found[f"{check['label']} ({check['violations']:,})"] = data.violations(check["check"])
    return found


def show(data: Published, stale_after_days: int) -> None:
    """The published half of the page, below its answer."""
    loads = data.loads()
    html.show(
        html.grid(
            [receipts(loads, data.as_of, stale_after_days), checks_panel(data.checks())], "7 5"
        ),
        html.grid([notes_panel(loads), changes_panel(data.changes(), data.data_version)], "7 5"),
    )
    behind = rows_behind(data)
    if behind:
        title, choice = st.columns([7, 5], vertical_alignment="bottom")
        with choice:
            chosen = st.selectbox("Show the rows of", list(behind), key="rows_of", filter_mode=None)
        with title:
            html.show(html.heading(chosen))
        place = list(behind).index(chosen)
        tables.with_download(
            behind[chosen], f"data_rows_{data.data_version}_{place}", file=behind[chosen]
        )
    frame.foot(
        data.as_of,
        data.data_version,
        data.built_at,
        "none",
        f"{format.plural(len(loads), 'export')}, "
        f"{format.plural(int(loads['loaded'].sum()), 'row')}",
        terms=("lines",),
    )
