"""Rows of the ledger as frames whose columns have the same type with and without rows."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

_INSTANT = "datetime64[us]"

AGREEMENTS = {
    "agreement_id": "str",
    "title": "str",
    "give": "str",
    "get": "str",
    "sales_owner": "str",
    "product_owner": "str",
    "due_date": _INSTANT,
    "status": "str",
    "kpi": "str",
    "kpi_at_agreement": "float64",
    "data_version": "Int64",
    "item_ids": "object",
    "created_at": _INSTANT,
    "created_by": "str",
    "closed_at": _INSTANT,
    "closed_date": _INSTANT,
    "delivered_date": _INSTANT,
    "replaces": "str",
    "version": "int64",
}
HISTORY = {
    "agreement_id": "str",
    "event_id": "int64",
    "happened_at": _INSTANT,
    "by": "str",
    "what": "str",
    "note": "str",
}
VERDICTS = {
    "verdict_id": "int64",
    "kind": "str",
    "from_id": "str",
    "to_id": "str",
    "verdict": "str",
    "decided_by": "str",
    "decided_at": _INSTANT,
    "from_text": "str",
    "to_text": "str",
}
VERDICT_HISTORY = VERDICTS | {"undone_by": "str", "undone_at": _INSTANT}
OWN_ITEMS = {
    "item_id": "str",
    "title": "str",
    "description": "str",
    "area": "str",
    "from_ask_id": "str",
    "created_by": "str",
    "created_at": _INSTANT,
}
ITEM_HISTORY = OWN_ITEMS | {
    "withdrawn_by": "str",
    "withdrawn_at": _INSTANT,
    "withdrawn_note": "str",
}
MEETINGS = {
    "meeting_id": "str",
    "held_on": _INSTANT,
    "data_version": "Int64",
    "note": "str",
    "recorded_by": "str",
    "recorded_at": _INSTANT,
}
SIGNATURES = {
    "signature_id": "int64",
    "kpi": "str",
    "side": "str",
    "version": "str",
    "fingerprint": "str",
    "options": "object",
    "meaning": "str",
    "signed_by": "str",
    "signed_at": _INSTANT,
    "note": "str",
}
SIGNATURE_HISTORY = SIGNATURES | {
    "withdrawn_by": "str",
    "withdrawn_at": _INSTANT,
    "withdrawn_note": "str",
    "is_standing": "bool",
}
POLICIES = {
    "policy": "str",
    "option": "str",
    "chosen_by": "str",
    "chosen_at": _INSTANT,
    "note": "str",
}
POLICY_HISTORY = {"choice_id": "int64"} | POLICIES
TARGETS = {
    "kpi": "str",
    "period": "str",
    "segment": "str",
    "target": "object",
    "set_by": "str",
    "set_at": _INSTANT,
    "note": "str",
}
TARGET_HISTORY = {"target_id": "int64"} | TARGETS
STORIES = {
    "story_id": "int64",
    "item_id": "str",
    "ask_id": "str",
    "title": "str",
    "text": "str",
    "decided_by": "str",
    "decided_at": _INSTANT,
}
STORY_HISTORY = STORIES | {"what": "str"}
ASSUMPTIONS = {
    "item_id": "str",
    "field": "str",
    "value": "object",
    "set_by": "str",
    "set_at": _INSTANT,
    "note": "str",
}
ASSUMPTION_HISTORY = {"assumption_id": "int64"} | ASSUMPTIONS
SCENARIOS = {
    "scenario_id": "str",
    "name": "str",
    "choices": "object",
    "data_version": "int64",
    "saved_by": "str",
    "saved_at": _INSTANT,
    "note": "str",
}
SCENARIO_HISTORY = SCENARIOS | {
    "withdrawn_by": "str",
    "withdrawn_at": _INSTANT,
    "withdrawn_note": "str",
}
GUESSES = {
    "side": "str",
    "item_id": "str",
    "title": "str",
    "guess": "object",
    "actual": "object",
    "data_version": "int64",
    "guessed_by": "str",
    "guessed_at": _INSTANT,
}


def frame(rows: Iterable[Mapping[str, Any]], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """The rows with exactly these columns and types, in the order they came."""
    columns = list(dtypes)
    values = [[row[column] for column in columns] for row in rows]
    return pd.DataFrame(values, columns=columns, dtype="object").astype(dict(dtypes))
