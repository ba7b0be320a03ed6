"""A plan becomes draft agreements in one step; people complete and sign them later."""

import hashlib
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from common_ground.analysis.bargain import Bargain
from common_ground.charts import format, swaps
from common_ground.ledger import NewAgreement
from common_ground.ledger.records import ListedAgreement
from common_ground.ui import cache, html, ledger_forms

_OWNERS: Final = "Owners, due date and KPI are filled in on the Agreements page."


def show(of: Bargain, data_version: int) -> None:
    """A button that writes the plan shown down as drafts, with what they will say.

    Args:
        of: the bargain with the plan shown.
        data_version: on which it was made.
    """
    made = swaps.drafts(of.swaps, of.prepared.problem)
    if not made:
        return
    with st.popover("Make draft agreements", type="primary"):
        refusal = st.empty()
        for draft in made:
            html.show(
                html.pairs(
                    [
                        ("About", draft.title),
                        (html.named("sales", "Gives"), draft.give),
                        (html.named("product", "Gives"), draft.get),
                    ]
                )
            )
        html.show(html.note(_OWNERS))
        by = ledger_forms.name("drafts")
        if st.button(f"Keep {format.plural(len(made), 'draft')}", type="primary"):
            ledger_forms.store(refusal, by, lambda: _keep(made, data_version, by))


def _keep(made: tuple[swaps.Draft, ...], data_version: int, by: str) -> str:
    """Record the drafts, all or none; those of this plan and data that are there already stay."""
    listed = [
        ListedAgreement(
            NewAgreement(
                title=draft.title,
                give=draft.give,
                get=draft.get,
                data_version=data_version,
                item_ids=draft.item_ids,
                status="draft",
                import_key=_key(draft, data_version),
            ),
            status="draft",
            note="Made from the Compromise page",
        )
        for draft in made
    ]
    stored = cache.ledger().record_all(listed, by=by, now=datetime.now(UTC))
    if not stored:
        return "These drafts are among the agreements already."
    return f"{', '.join(stored)} {'is' if len(stored) == 1 else 'are'} kept as drafts."


def _key(draft: swaps.Draft, data_version: int) -> str:
    said = "\n".join([draft.title, draft.give, draft.get, *draft.item_ids])
    return f"compromise-v{data_version}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
