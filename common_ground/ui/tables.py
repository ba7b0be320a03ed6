"""Long lists: a table that scrolls inside its own box, with its rows as CSV."""

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st

from common_ground.ui import downloads
from common_ground.visible import visible_frame


def with_download(
    frame: pd.DataFrame,
    name: str,
    columns: Mapping[str, Any] | None = None,
    *,
    height: int | Literal["auto"] = "auto",
    shown: list[str] | None = None,
    selectable: bool = False,
    file: pd.DataFrame | None = None,
) -> list[int]:
    """Show a frame and a CSV button under it.

    Args:
        frame: rows in the order shown.
        name: key of the table and name of its file, without ending.
        columns: st.column_config by column; None shows columns as they are.
        height: px; "auto" fits ten rows.
        shown: columns in order; all unless given.
        selectable: True lets the reader pick one row.
        file: rows of the CSV when they differ from those shown.

    Returns:
        Positions of the rows picked; empty unless `selectable`.
    """
    config = dict(columns) if columns else None
    shown_rows = visible_frame(frame)
    picked: list[int] = []
    if selectable:
        event = st.dataframe(
            shown_rows,
            hide_index=True,
            height=height,
            column_config=config,
            column_order=shown,
            key=f"table_{name}",
            on_select="rerun",
            selection_mode="single-row",
        )
        picked = list(event.selection.rows)
    else:
        st.dataframe(
            shown_rows,
            hide_index=True,
            height=height,
            column_config=config,
            column_order=shown,
            key=f"table_{name}",
        )
    downloads.csv_button(frame if file is None else file, name)
    return picked
