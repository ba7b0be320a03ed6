"""Agreements as a slide: what was promised, by whom, and what is late."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from common_ground.charts import format
from common_ground.pack.slides import Row, Slide, Table, day

ROWS = 9


def agreements_slide(
    agreements: pd.DataFrame, as_of: date, kicker: str, kpi_labels: Mapping[str, str]
) -> Slide:
    """Open agreements, late ones first.

    Args:
        agreements: one row per agreement_id; title, give, get, sales_owner, product_owner,
            due_date, status (open, kept, missed, renegotiated, withdrawn, draft), kpi.
        as_of: today; an open agreement due before it is late.
        kicker: the line above the title.
        kpi_labels: label of each KPI by id.
    """
    still_open = agreements[agreements["status"] == "open"].sort_values(
        ["due_date", "agreement_id"], kind="stable"
    )
    late = int((still_open["due_date"] < pd.Timestamp(as_of)).sum())
    counted = {status: int((agreements["status"] == status).sum()) for status in ("kept", "missed")}
    rows = tuple(
        _row(agreement, as_of, kpi_labels) for agreement in still_open.head(ROWS).itertuples()
    )
    return Slide(
        key="agreements",
        kicker=kicker,
        title=_title(len(still_open), late, counted["kept"], counted["missed"]),
        table=Table(
            ("Due", "Agreed", "Give", "Get", "Sales owner", "Product owner", "Should move"),
            rows or (Row(("", "No agreement is open.", "", "", "", "", "")),),
            (),
            (1.7, 3.4, 3.2, 3.2, 1.6, 1.6, 2),
            (2, 3),
        ),
        decision=_decision(late),
        definitions=(
            "Late: open after its due date. Kept and missed: closed as such by a person.",
        ),
        facts=_facts(len(agreements), len(still_open)),
    )


def _facts(recorded: int, still_open: int) -> tuple[str, ...]:
    facts = (f"{format.plural(recorded, 'agreement')} recorded",)
    hidden = still_open - ROWS
    return (*facts, f"{hidden} more open, due later") if hidden > 0 else facts


def _row(agreement: object, as_of: date, kpi_labels: Mapping[str, str]) -> Row:
    due = pd.Timestamp(getattr(agreement, "due_date"))  # noqa: B009 - a named tuple of pandas
    overdue = (as_of - due.date()).days if not pd.isna(due) else 0
    when = (
        f"{format.days(overdue)} late"
        if overdue > 0
        else day(due.date()).replace(" ", format.NO_BREAK)
        if not pd.isna(due)
        else "no date"
    )
    said = [
        _said(agreement, name) for name in ("title", "give", "get", "sales_owner", "product_owner")
    ]
    kpi = _said(agreement, "kpi")
    return Row((when, *said, kpi_labels.get(kpi, kpi)), strong=overdue > 0)


def _said(agreement: object, name: str) -> str:
    value = getattr(agreement, name)
    return "" if pd.isna(value) else str(value)


def _title(still_open: int, late: int, kept: int, missed: int) -> str:
    if not still_open:
        first = "No agreement is open"
    elif late:
        first = f"{late} of {format.plural(still_open, 'open agreement')} {_are(late)} late"
    else:
        first = f"{format.plural(still_open, 'agreement')} {_are(still_open)} open, none is late"
    closed = kept + missed
    return f"{first}; {kept} of {closed} closed so far {_were(kept)} kept" if closed else first


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _decision(late: int) -> str:
    if not late:
        return ""
    which = "the late one" if late == 1 else f"each of the {late} late ones"
    return f"give {which} a new date, or close it as missed."
