"""Agreements as text and tables: the answer, give beside get, history, meetings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from common_ground import kpis
from common_ground.charts import format
from common_ground.ledger import Standing
from common_ground.pack.words import Writer
from common_ground.ui import cache, html, messages
from common_ground.ui.frame import day
from common_ground.warehouse.published import Published

# Give and get stand side by side at the same width, whatever the rest needs.
_WIDTHS: Final = (11, 19, 24, 24, 22)
_NO_VALUE: Final = {"too_few": "too few", "missing": "not loaded", "ok": format.NONE}
_DONE: Final = {"kept": "Kept", "missed": "Missed", "renegotiated": "Renegotiated"}


@dataclass(frozen=True)
class Background:
    """What the terms of an agreement refer to.

    Attributes:
        as_of: the workspace's day.
        data_version: data an agreement is made on.
        currency: ISO code of money.
        items: title by item_id.
        definitions: of the KPI registry, by id.
    """

    as_of: date
    data_version: int
    currency: str
    items: Mapping[str, str]
    definitions: Mapping[str, kpis.Definition]

    def kpi_now(self, kpi: str) -> kpis.KpiValue | None:
        """A KPI over the last 12 months; None where the registry no longer has it."""
        if kpi not in self.definitions:
            return None
        return cache.kpi(kpi)

    def kpi_name(self, kpi: str) -> str:
        """Name of a KPI as people say it; its id where the registry no longer has it."""
        return self.definitions[kpi].label if kpi in self.definitions else kpi


def background(published: Published) -> Background:
    """Items and KPIs of the published data, on its as-of date."""
    items = cache.items()
    return Background(
        as_of=published.as_of,
        data_version=published.data_version,
        currency=published.currency,
        items=dict(zip(items["item_id"], items["title"], strict=True)),
        definitions=kpis.definitions(),
    )


def answer(stands: Standing) -> list[object]:
    """Where the open agreements stand, as the parts of the page's answer."""
    if not stands.open_count:
        return _answer_when_none_is_open(stands)
    on_time, late = stands.open_count - stands.late_count, stands.late_count
    if not late:
        next_due = f"the next is due on {day(stands.next_due)}." if stands.next_due else ""
        if stands.open_count == 1:
            return ["The one open agreement is on time, ", next_due.replace("the next is ", "")]
        return [f"All {stands.open_count} open agreements are on time; {next_due}"]
    by = f"by {format.days(stands.oldest_late_days)}"
    if stands.open_count == 1:
        return ["The one open agreement is ", html.strong(f"late {by}"), "."]
    which = {1: by, 2: f"the older {by}"}.get(late, f"the oldest {by}")
    verb = "is" if on_time == 1 else "are"
    late_verb = "is" if late == 1 else "are"
    return [
        f"{on_time} of {stands.open_count} open agreements {verb} on time; ",
        html.strong(f"{late} {late_verb} late"),
        f", {which}.",
    ]


def _answer_when_none_is_open(stands: Standing) -> list[object]:
    closed = stands.kept_count + stands.missed_count
    if closed:
        return [f"No agreement is open; {stands.kept_count} of {closed} that fell due were kept."]
    if stands.draft_count:
        waiting = format.plural(stands.draft_count, "draft")
        verb = "waits" if stands.draft_count == 1 else "wait"
        return [f"Nothing is agreed yet; {waiting} {verb} for owners and a due date."]
    return ["Nothing is agreed yet."]


def so_far(stands: Standing) -> str:
    """What became of the agreements, for the right of the table's heading."""
    parts = [f"{stands.kept_count} kept", f"{stands.missed_count} missed so far"]
    if stands.due_soon_count:
        parts.append(f"{stands.due_soon_count} due within a week")
    if stands.draft_count:
        parts.append(format.plural(stands.draft_count, "draft"))
    return ", ".join(parts)


def table(rows: pd.DataFrame, background: Background) -> html.Html:
    """One line an agreement: when, what, what each side gives, and the KPI then and now.

    Args:
        rows: of a Standing, in its order.
        background: titles of items, and the KPIs on the as-of date.
    """
    heads = [
        "Due",
        "Agreement",
        html.named("sales", "Sales gives"),
        html.named("product", "Product gives"),
        "KPI, then and now",
    ]
    lines = [
        _line(
            when(row),
            _what(row, background.items),
            _gives(row["give"], "sales", row["sales_owner"]),
            _gives(row["get"], "product", row["product_owner"]),
            _moved(row, background),
        )
        for row in rows.to_dict("records")
    ]
    columns = html.join(html.build('<col style="width:{}%">', width) for width in _WIDTHS)
    return html.build(
        '<table class="cg-table" style="table-layout:fixed"><colgroup>{}</colgroup>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        columns,
        html.join(html.build("<th>{}</th>", head) for head in heads),
        html.join(lines),
    )


def when(row: Mapping[Any, Any]) -> html.Html:
    """When it is due, how late it is, or what became of it."""
    status = row["status"]
    if status == "open":
        due = html.soft(f"due {day(row['due_date'])}")
        if row["is_late"]:
            late = html.strong(f"{format.days(-row['days_left'])} late")
            return html.build("{}<br>{}", late, due)
        left = f"in {format.days(row['days_left'])}" if row["days_left"] else "today"
        return html.build("{}<br>{}", left, due)
    if status == "draft":
        return html.build("Draft<br>{}", html.soft("not agreed yet"))
    name = _DONE.get(status, "Withdrawn")
    return html.build("{}<br>{}", name, html.soft(_closed(row)))


def _closed(row: Mapping[Any, Any]) -> str:
    """The day it was closed or delivered, and how late where it was delivered late."""
    delivered = row["delivered_date"]
    if row["status"] == "missed" and not pd.isna(delivered):
        return f"delivered {format.days((delivered - row['due_date']).days)} late"
    if row["status"] == "missed":
        return f"was due {day(row['due_date'])}"
    return day(row["closed_date"] if pd.isna(delivered) else delivered)


def _line(*cells: html.Html) -> html.Html:
    shown = [html.build('<td style="vertical-align:top">{}</td>', cell) for cell in cells]
    return html.build("<tr>{}</tr>", html.join(shown))


def _what(row: Mapping[Any, Any], items: Mapping[str, str]) -> html.Html:
    about: list[object] = [row["agreement_id"]]
    if not pd.isna(row["replaces"]):
        about.append(f"replaces {row['replaces']}")
    about += [
        html.build('<span class="cg-named">{}</span> {}', item_id, items.get(item_id, ""))
        for item_id in row["item_ids"]
    ]
    return html.build("{}<br>{}", html.strong(row["title"]), html.soft(html.join(about, " · ")))


def _gives(what: str, side: html.Side, owner: str) -> html.Html:
    named = html.named(side, owner) if owner else html.build("{} no owner yet", html.symbol(side))
    return html.build("{}<br>{}", what, html.soft(named))


def _moved(row: Mapping[Any, Any], background: Background) -> html.Html:
    """The KPI at agreement and on the as-of date, with the same decimals."""
    kpi, then = row["kpi"], row["kpi_at_agreement"]
    if pd.isna(kpi):
        return html.soft("no KPI named")
    now = background.kpi_now(kpi)
    before, after = "not noted", "not known"
    if now is not None:
        writer = Writer(background.definitions[kpi].unit, background.currency, now.n)
        before = before if pd.isna(then) else writer.full(then)
        after = _NO_VALUE[now.state] if now.value is None else writer.full(now.value)
    name = html.soft(background.kpi_name(kpi))
    return html.build("{} → {}<br>{}", before, html.strong(after), name)


def history(events: pd.DataFrame) -> html.Html:
    """What happened to one agreement, latest first."""
    lines = [
        html.Row(
            day(event["happened_at"]),
            html.build("{} {}", event["what"].capitalize(), html.soft(event["note"])),
            event["by"],
        )
        for event in reversed(events.to_dict("records"))
    ]
    return html.rows(lines)


def meetings(held: pd.DataFrame, most: int = 6) -> html.Html:
    """The last meetings, latest first, each with the data it looked at."""
    lines = [
        html.Row(
            day(meeting["held_on"]),
            meeting["note"] or html.soft("no note"),
            ""
            if pd.isna(meeting["data_version"])
            else html.soft(f"data v{meeting['data_version']}"),
        )
        for meeting in reversed(held.tail(most).to_dict("records"))
    ]
    return html.rows(lines) if lines else html.soft("No meeting is written down yet.")


def owners(recorded: pd.DataFrame) -> list[str]:
    """Everybody who answers for an agreement, by name."""
    names = pd.concat([recorded["sales_owner"], recorded["product_owner"]])
    return sorted(set(names) - {""})


def filtered(rows: pd.DataFrame, statuses: Collection[str], owner: str | None) -> pd.DataFrame:
    """The agreements of these statuses, and of one owner unless None."""
    kept = rows["status"].isin(list(statuses))
    if owner is not None:
        kept &= (rows["sales_owner"] == owner) | (rows["product_owner"] == owner)
    return rows[kept].reset_index(drop=True)


def none_yet() -> html.Html:
    """The state of a ledger with nothing in it."""
    return html.state(
        "Agreements, none yet",
        "No agreement is recorded in this workspace",
        "An agreement has a give, a get, an owner from each side, a due date and the KPI it "
        "should move. Drafts made on the Compromise page will wait here to be completed.",
    )


def none_match(recorded: int) -> html.Html:
    """The state of filters that match nothing."""
    there = format.plural(recorded, "agreement")
    return messages.empty(
        "Agreements",
        "agreement",
        f"{there} {'is' if recorded == 1 else 'are'} in the ledger.",
        html.link("Show all", "agreements?show=All"),
    )


def filters_shown(recorded: pd.DataFrame, shown: str, owner: str | None) -> str:
    """The filters for the foot; an empty ledger has none."""
    return "none" if recorded.empty else f"{shown.lower()}, {owner or 'all owners'}"


def behind(shown: int, recorded: int, held: int) -> str:
    """The rows behind the page, for its foot."""
    meetings_held = format.plural(held, "meeting")
    return f"{shown} of {format.plural(recorded, 'agreement')}, {meetings_held}"


def due_or_none(row: Mapping[Any, Any]) -> date | None:
    """Due date of an agreement as a day; a draft may have none."""
    due = row["due_date"]
    return None if pd.isna(due) else due.date()
