"""Files a reader takes along: a table as CSV, a chart as PNG with its title and foot."""

import csv
import io
from collections.abc import Callable
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from common_ground.charts.template import CONFIG
from common_ground.errors import PackError
from common_ground.pack import chromium
from common_ground.pack.picture import chart_png
from common_ground.ui import html
from common_ground.visible import visible

# A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as CSV that a spreadsheet opens as text: UTF-8 with a byte order mark.

    Text that a spreadsheet would run as a formula gets an apostrophe in front, and characters
    nobody can see are written out; numbers stay numbers, negative ones too.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_harmless(str(column)) for column in frame.columns])
    for row in frame.itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _harmless(value)
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return value.date().isoformat()
    if isinstance(value, (list, tuple, np.ndarray)):  # DuckDB gives a list as an array
        return _harmless(", ".join(str(part) for part in value))
    return "" if pd.isna(value) else value  # type: ignore[call-overload]


def _harmless(text: str) -> str:
    shown = visible(text)
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown


def csv_button(frame: pd.DataFrame, name: str, label: str = "CSV") -> None:
    """A small button that downloads a frame; `name` without ending."""
    st.download_button(
        label,
        lambda: csv_bytes(frame),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"csv_{name}",
        on_click="ignore",
        type="tertiary",
    )


def chart(
    figure: go.Figure,
    name: str,
    title: str,
    frame: pd.DataFrame,
    footer: str = "",
    *,
    light: go.Figure | None = None,
    alt: str = "",
    on_select: Literal["ignore", "rerun"] | Callable[[], None] = "ignore",
) -> Any:  # noqa: ANN401
    """Show a chart, and under it small PNG and CSV buttons.

    Args:
        figure: as a function of charts/ made it.
        name: key of the chart and name of its files, without ending.
        title: the sentence over the chart; the picture carries it, the page shows it elsewhere.
        frame: the rows drawn, for the CSV.
        footer: as-of, data version and filters, for the picture.
        light: the same chart in the light theme, for the picture; `figure` unless given.
        alt: what the chart shows, for those who cannot see it; the title unless given.
        on_select: as st.plotly_chart takes it; points only.

    Returns:
        What st.plotly_chart returns: the selection, when `on_select` asks for one.
    """
    event = st.plotly_chart(
        figure,
        theme=None,
        config=CONFIG,
        key=name,
        on_select=on_select,
        selection_mode="points",
        alt=alt or title,
    )
    with st.container(horizontal=True, key=f"files_{name}"):
        missing = _png_button(light or figure, name, title, footer)
        csv_button(frame, name)
    if missing:
        html.show(html.note(missing))
    return event


def _png_button(figure: go.Figure, name: str, title: str, footer: str) -> str:
    """A button that makes the picture when it is clicked.

    Returns:
        What to say when it was clicked and this machine has no browser to draw with, else "".
    """
    try:
        chromium.find()
    except PackError as error:
        return str(error) if st.button("PNG", key=f"png_{name}", type="tertiary") else ""
    st.download_button(
        "PNG",
        lambda: chart_png(figure, title, footer),
        file_name=f"{name}.png",
        mime="image/png",
        key=f"png_{name}",
        on_click="ignore",
        type="tertiary",
    )
    return ""
