"""Filters every page shares: each owns its key in the URL and returns a value.

The URL carries what the reader sees, "?window=Last+quarter", so a link opens the same view. A
value nobody offers falls back to the first choice and says so.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Literal

import streamlit as st

from common_ground import kpis
from common_ground.ui import html

WINDOWS: Final = {label: name for name, label in kpis.NAMED.items()}
ALL_SEGMENTS: Final = "All segments"
_RANGE: Final = re.compile(r"\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}")


def choice(
    label: str,
    options: Sequence[str],
    key: str,
    default: str | None = None,
    *,
    is_labelled: bool = True,
    is_searched: bool = False,
    width: int | Literal["stretch"] = "stretch",
) -> str:
    """One of `options`, bound to the URL under `key`.

    Args:
        label: above the box.
        options: in the order shown, at least one; the first is the default unless named.
        key: query parameter and session key.
        default: one of `options`.
        is_labelled: False hides the label where the options say what they are.
        is_searched: True lets the reader type to find one of many.
        width: px, where it stands in a row with other things.
    """
    _tell_about_unknown(label, options, key)
    first = options.index(default) if default in options else 0
    chosen = st.selectbox(
        label,
        options,
        index=first,
        key=key,
        bind="query-params",
        filter_mode="fuzzy" if is_searched else None,
        label_visibility="visible" if is_labelled else "collapsed",
        width=width,
    )
    return chosen if isinstance(chosen, str) else options[first]


def coded(label: str, options: Mapping[str, str], key: str, default: str | None = None) -> str:
    """The value behind the label chosen: `options` maps labels to values."""
    return options[choice(label, list(options), key, default)]


def view(name: str, views: Mapping[str, str]) -> str:
    """The view chosen of those that take turns on a page, bound to the URL under `view`.

    Args:
        name: of the choice, for those who cannot see it.
        views: value by label, in the order shown; the first is the default.
    """
    chosen = st.segmented_control(
        name,
        list(views),
        default=next(iter(views)),
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    return views.get(str(chosen), next(iter(views.values())))


def window(label: str = "Window", default: str | None = None, *, is_labelled: bool = True) -> str:
    """A window as `kpis.parse_window` reads it.

    A link may carry days of its own, "?window=2017-10-01..2018-01-01", end excluded.

    Args:
        label: above the box.
        default: label of a window; the first unless named.
        is_labelled: as for `choice`.
    """
    asked = st.query_params.get("window", "")
    options = dict(WINDOWS) | ({asked: asked} if is_range(asked) else {})
    return options[choice(label, list(options), "window", default, is_labelled=is_labelled)]


def window_label(value: str) -> str:
    """A window as the foot names it: "last 12 months"."""
    labels = {code: label for label, code in WINDOWS.items()}
    return labels.get(value, value).lower()


def segment(segments: Sequence[str], key: str = "segment") -> str | None:
    """One of the segments, or None for all."""
    chosen = choice("Segment", [ALL_SEGMENTS, *segments], key)
    return None if chosen == ALL_SEGMENTS else chosen


def segment_label(value: str | None) -> str:
    """A segment as the foot names it."""
    return "all segments" if value is None else f"segment {value}"


def is_range(text: str) -> bool:
    """Whether a text is two days in order, joined by two dots."""
    if not _RANGE.fullmatch(text):
        return False
    try:
        start, end = (date.fromisoformat(part) for part in text.split(".."))
    except ValueError:
        return False
    return start < end


def _tell_about_unknown(label: str, options: Sequence[str], key: str) -> None:
    asked = st.query_params.get(key)
    if asked is not None and asked not in options and key not in st.session_state:
        html.show(
            html.note(f"“{asked[:40]}” is no {label.lower()} of this data; showing the first.")
        )
