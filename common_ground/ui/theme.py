"""The stylesheet: colours as variables that follow the theme, our own classes, print rules.

Every class starts with cg; of Streamlit's own parts only those listed in the design are touched.
A theme switch runs no script, so colours are CSS variables with light-dark(): cards flip at once.
"""

from dataclasses import fields
from functools import cache
from pathlib import Path

import streamlit as st

from common_ground.charts.template import palette


def _variables() -> str:
    light, dark = palette("light"), palette("dark")
    return "".join(
        f"--cg-{field.name}:light-dark({getattr(light, field.name)},{getattr(dark, field.name)});"
        for field in fields(light)
    )


@cache
def stylesheet() -> str:
    """The whole stylesheet as text."""
    rules = (Path(__file__).parent / "theme.css").read_text(encoding="utf-8")
    return f".stApp{{{_variables()}}}\n{rules}"


def apply() -> None:
    """Put the stylesheet on the page; the frame does it once a run."""
    st.html(f"<style>{stylesheet()}</style>")
