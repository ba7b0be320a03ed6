"""What uploaded files hold: receipts, rows, figures, and what differs from the published data."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground import kpis, meeting
from common_ground.charts import format
from common_ground.errors import CommonGroundError
from common_ground.pack import words
from common_ground.settings import Settings
from common_ground.ui import answers, cache, data_trust, frame, html, messages, tables, watching
from common_ground.warehouse.earlier_exports import compared_with_published
from common_ground.warehouse.intake import Intake
from common_ground.warehouse.published import Data, Published
from common_ground.warehouse.receipts import Receipt
from common_ground.warehouse.upload import Analysis, Intent, Outlook

_PREVIEWED_ROWS: Final = 200
_CHANGE_COLUMNS: Final = {
    "canonical_table": st.column_config.TextColumn("Table", width="small"),
    "change": st.column_config.TextColumn("Change", width="small"),
    "key": st.column_config.TextColumn("Row", width="medium"),
    "what": st.column_config.TextColumn("What", width="large"),
}
_ASK_COLUMNS: Final = {
    "ask_id": st.column_config.TextColumn("Ask", width="small"),
    "account_name": st.column_config.TextColumn("Account", width="medium"),
    "text": st.column_config.TextColumn("Words", width="large"),
    "fate": st.column_config.TextColumn("Is", width="small"),
    "means": st.column_config.TextColumn("Item or feature", width="medium"),
    "score": st.column_config.NumberColumn("Likeness", format="%.2f", width="small"),
    "source": st.column_config.TextColumn("Export", width="medium"),
}
_REJECT_COLUMNS: Final = {
    "file": st.column_config.TextColumn("Export", width="medium"),
    "line": st.column_config.NumberColumn("Line", format="localized", width="small"),
    "text": st.column_config.TextColumn("What it says", width="large"),
    "reason": st.column_config.TextColumn("Why it was rejected", width="large"),
}
_FATES: Final = {
    "decided": "means a known item or feature, as decided or by its key",
    "suggested": "is like a known item or feature; nobody has confirmed it",
    "new": "is like nothing in the backlog or the product",
}


def receipts(found: Analysis, published: Published | None, stale_after_days: int) -> None:
    """Where every line went, what cannot be used and why, and what to read before trusting it."""
    cards = [
        messages.failed(problem.file, "This cannot be used as it is", problem.message)
        for problem in found.problems
    ]
    if found.receipts:
        loads = _as_loads(found)
        as_of = found.data.as_of if found.data else None
        told = _without_asked(loads, found.receipts)
        notes = data_trust.notes_panel(_with_earlier(told, found.receipts, published))
        cards = [data_trust.receipts(loads, as_of, stale_after_days), *cards, notes]
    if cards:
        html.show(html.grid(cards, "1"))


def _without_asked(loads: pd.DataFrame, known: Sequence[Receipt]) -> pd.DataFrame:
    """The register without what the page asks beside it."""
    asked = {use.sentence for receipt in known for use in receipt.labels}
    without = loads.copy()
    without["questions"] = pd.Series([[]] * len(loads), index=loads.index)
    without["warnings"] = loads["warnings"].map(
        lambda told: [warning for warning in told if warning not in asked]
    )
    return without


def _with_earlier(
    loads: pd.DataFrame, known: Sequence[Receipt], published: Published | None
) -> pd.DataFrame:
    """The register with what a comparison with the published exports says of each file first."""
    spans = {
        row["file"]: (_day(row.get("first_date")), _day(row.get("last_date")))
        for row in loads.to_dict("records")
    }
    before = published.loads() if published else pd.DataFrame()
    says = compared_with_published(known, before, spans)
    told = [
        [*says.get(file, ()), *warnings]
        for file, warnings in zip(loads["file"], loads["warnings"], strict=True)
    ]
    return loads.assign(warnings=pd.Series(told, index=loads.index, dtype=object))


def _day(value: Any) -> date | None:  # noqa: ANN401 - a cell of a frame
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _as_loads(found: Analysis) -> pd.DataFrame:
    """Receipts with the columns of the load register, for files that hold no date too."""
    if found.data is not None:
        return found.data.loads()
    return pd.DataFrame(
        [
            {
                "file": receipt.file,
                "dialect_label": receipt.dialect_label,
                "canonical_table": receipt.table,
                "lines": receipt.lines,
                "loaded": receipt.loaded,
                "rejected": len(receipt.rejected),
                "other_lines": sum(receipt.other_lines.values()),
                "other_kinds": ", ".join(
                    f"{count:,} {kind}" for kind, count in receipt.other_lines.items()
                ),
                "last_date": pd.NaT,
                "warnings": list(receipt.warnings),
                "questions": [question.sentence for question in receipt.questions],
                "unused_columns": list(receipt.unused_columns),
            }
            for receipt in found.receipts
        ]
    )


def rows(found: Analysis) -> None:
    """Rows as they stand in the canonical tables, one table at a time."""
    if found.data is None:
        html.show(html.note("No file holds a date, so no row could be put in its place yet."))
        return
    counts = found.data.counts()
    if not counts:
        html.show(html.note("No row could be loaded."))
        return
    labels = {f"{answers.in_words(name)} ({count:,})": name for name, count in counts.items()}
    chosen = st.selectbox("Rows of", list(labels), key="upload_rows_of", filter_mode=None)
    name = labels[chosen]
    shown = found.data.head(name, _PREVIEWED_ROWS)
    if counts[name] > len(shown):
        html.show(html.note(f"The first {len(shown):,} of {counts[name]:,} rows."))
    tables.with_download(shown, f"upload_{name}")


def left_out(found: Analysis) -> None:
    """Rejected lines as a list with a download."""
    rejects = pd.DataFrame(
        [
            (receipt.file, line.line, line.text, line.reason)
            for receipt in found.receipts
            for line in receipt.rejected
        ],
        columns=["file", "line", "text", "reason"],
    )
    if rejects.empty:
        html.show(html.note("No line was rejected."))
        return
    html.show(html.heading(f"{format.plural(len(rejects), 'line')} rejected"))
    tables.with_download(rejects, "upload_rejects", _REJECT_COLUMNS)


def known_kpis(found: Analysis) -> list[kpis.KpiValue]:
    """KPIs with enough rows behind them, over the 12 months up to the last date."""
    if found.data is None:
        return []
    return [value for value in _values(found.data) if value.state == "ok" and _is_told(value)]


def _values(data: Data) -> list[kpis.KpiValue]:
    window = kpis.parse_window("trailing_12_months", data.as_of)
    return kpis.compute_all(data, window)


def _is_told(value: kpis.KpiValue) -> bool:
    return value.value is not None


def says(found: Analysis) -> None:
    """KPIs these files can support by themselves, and what the checks say."""
    data = found.data
    if data is None:
        html.show(html.note("No file holds a date, so no figure can be computed from these alone."))
        return
    body = [
        (
            kpis.definition(value.kpi).label,
            words.value(value.value or 0.0, value.unit, data.currency, value.n),
            f"{format.count(value.n)} {kpis.definition(value.kpi).counted}",
        )
        for value in known_kpis(found)
    ]
    table = html.table(("KPI", "Value", "Rests on"), body, numbers=(1,)) if body else ""
    none = "" if body else html.soft("No KPI has enough rows in these files alone.")
    html.show(
        html.grid(
            [
                html.panel(
                    "From these files alone", "12 months up to their last date", table, none
                ),
                data_trust.checks_panel(data.checks()),
            ],
            "6 6",
        ),
        html.note(
            f"As of {frame.day(data.as_of)}, the last date in these files, in {data.currency}."
        ),
    )


# ---- against the published data


def against_published(
    desk: Intake, intent: Intent | None, published: Published | None, settings: Settings
) -> None:
    """Row by row what publishing would change, which KPIs move, and what becomes of each ask."""
    if published is None:
        html.show(html.note("Nothing is published yet, so there is nothing to compare with."))
        return
    if intent is None:
        html.show(html.note("There is nothing to publish, so nothing would change."))
        return
    desk.look_ahead(settings.workspace, cache.version_key(), intent)
    if not watching.is_done(desk.running, "outlook"):
        return
    try:
        ahead = desk.outlook.result()
    except CommonGroundError as error:
        html.show(
            messages.failed("Comparison", "These cannot be published as they are", str(error))
        )
        return
    changes = ahead.data.changes()
    html.show(
        html.grid(
            [
                data_trust.changes_panel(changes, published.data_version + 1),
                _moved(published, ahead.data),
            ],
            "5 7",
        )
    )
    if len(changes):
        html.show(html.heading("Row by row", "what the published data says → what it would say"))
        shown = changes.assign(what=changes["what"].fillna(""))
        tables.with_download(shown, "upload_changes", _CHANGE_COLUMNS, file=changes)
    _asks(ahead, tuple(intent.uploads), settings)


def _moved(published: Published, ahead: Data) -> html.Html:
    """KPIs whose shown value would change, each at its own as-of date."""
    before = {value.kpi: value for value in _values(published)}
    body = []
    for after in _values(ahead):
        was = _shown(before[after.kpi], published.currency)
        will_be = _shown(after, ahead.currency)
        if was != will_be:
            body.append((kpis.definition(after.kpi).label, was, html.strong(will_be)))
    right = f"as of {frame.day(published.as_of)} and {frame.day(ahead.as_of)}, 12 months each"
    if not body:
        return html.panel("KPIs that move", right, html.soft("No KPI changes."))
    table = html.table(("KPI", "Published", "After"), body, numbers=(1, 2))
    return html.panel("KPIs that move", right, table)


def _shown(value: kpis.KpiValue, currency: str) -> str:
    if value.value is None or value.state != "ok":
        return "too few" if value.state == "too_few" else "none"
    return words.value(value.value, value.unit, currency, value.n)


def _asks(ahead: Outlook, uploads: Sequence[str], settings: Settings) -> None:
    """Which asks of these files match what is known, and which are new."""
    fates = meeting.ask_fates(ahead.data, cache.decided(), settings.link_level, uploads)
    if fates.empty:
        return
    counted = fates["fate"].value_counts()
    lines = [
        html.Row(format.count(int(counted.get(fate, 0))), meaning)
        for fate, meaning in _FATES.items()
    ]
    html.show(
        html.grid(
            [
                html.panel(
                    "Asks in these files",
                    f"likeness from {settings.link_level:.2f} up counts",
                    html.rows(lines, lead_right=True),
                )
            ],
            "1",
        )
    )
    shown = fates.assign(means=fates["means"].fillna(""))
    tables.with_download(shown, "upload_asks", _ASK_COLUMNS, file=fates)


def foot(found: Analysis, published: Published | None) -> html.Html:
    """What stands behind the upload half of the page, and who sees it."""
    rows = format.plural(sum(receipt.loaded for receipt in found.receipts), "row")
    files = format.plural(len(files_of(found.receipts)), "file")
    as_of = f" As of {frame.day(found.data.as_of)}, the last date in them." if found.data else ""
    stays = (
        f" Data v{published.data_version}, as of {frame.day(published.as_of)}, stays published."
        if published
        else " Nothing is published yet."
    )
    return html.note(f"Only you see this: {rows} of {files}, not published.{as_of}{stays}")


def files_of(receipts_: Sequence[Receipt]) -> dict[str, list[Receipt]]:
    """Receipts by the dropped file they are of."""
    found: dict[str, list[Receipt]] = {}
    for receipt in receipts_:
        found.setdefault(receipt.file.split("/")[0], []).append(receipt)
    return found
