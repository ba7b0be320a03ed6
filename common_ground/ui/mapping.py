"""What a file is and what its columns mean: recognised, or chosen here and kept as a dialect."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from common_ground.errors import DecisionError
from common_ground.exports import TextTable, dialect_files, dialects, own_dialects, rules
from common_ground.exports.mappings import staged_tables
from common_ground.exports.overview import columns_of
from common_ground.ui import answers, html
from common_ground.ui.watching import plain_label
from common_ground.visible import visible_frame
from common_ground.warehouse.decisions import LEFT_OUT
from common_ground.warehouse.intake import Intake
from common_ground.warehouse.receipts import Receipt
from common_ground.warehouse.upload import Analysis

# Height of a row of st.dataframe at the base font size of our theme.
_ROW_PX: Final = 38
_NOT_IN_FILE: Final = "not in this file"
_AMOUNTS: Final = {
    "As the dialect says": None,
    "A year": "arr",
    "A month": "mrr",
    "The whole term": "tcv",
    "Once": "one_off",
}


def show(desk: Intake, found: Analysis, workspace: Path) -> None:
    """One table of the dropped files at a time: what it is, its columns with samples, the form."""
    tables = {table.file: table for reading in desk.readings for table in reading.tables}
    if not tables:
        html.show(html.note("No file could be read, so there are no columns to show."))
        return
    known = {receipt.file: receipt for receipt in found.receipts}
    unknown_first = sorted(tables, key=lambda file: file in known)
    file = st.selectbox(
        "Columns of",
        unknown_first,
        format_func={name: f"{name}: {_what(known.get(name))}" for name in tables}.__getitem__,
        key="mapping_of",
        filter_mode=None,
    )
    if file is not None:
        _show_one(tables[file], known.get(file), workspace)


def _what(receipt: Receipt | None) -> str:
    return "not recognised" if receipt is None else receipt.dialect_label


def _show_one(table: TextTable, receipt: Receipt | None, workspace: Path) -> None:
    left, right = st.columns([7, 5])
    overview = columns_of(table)
    with right:
        _overview(table, overview)
    with left:
        if receipt is not None and receipt.detected_by:
            html.show(html.note(f"Read as {receipt.detected_by}."))
        chosen = _choose_kind(table, receipt)
        if chosen == LEFT_OUT:
            html.show(html.note("Every row of this table is left out, and counted as such."))
        elif chosen is not None:
            _form(table, chosen, receipt, overview)
            _keep(table, chosen, workspace)


def _overview(table: TextTable, overview: pd.DataFrame) -> None:
    st.dataframe(
        visible_frame(overview),
        hide_index=True,
        height=min(_ROW_PX * (len(overview) + 1) + 2, 12 * _ROW_PX),
        column_config={
            "header": st.column_config.TextColumn("Header in the file", width="medium"),
            "filled": st.column_config.NumberColumn("Filled", format="percent", width="small"),
            "different": st.column_config.NumberColumn(
                "Different", format="localized", width="small"
            ),
            "examples": st.column_config.TextColumn("For example", width="large"),
        },
        key=f"columns_{answers.digest(table.file)}",
    )


def _choose_kind(table: TextTable, receipt: Receipt | None) -> str | None:
    """The staged table a file is read as, LEFT_OUT, or None while nobody said."""
    decided = answers.of_file(table.file).get("dialect") or ""
    now = LEFT_OUT if decided == LEFT_OUT else (receipt.table if receipt else None)
    if decided.startswith("generic."):
        now = decided.removeprefix("generic.")
    kinds = [*staged_tables(), LEFT_OUT]
    key = f"kind_{answers.digest(table.file)}"
    chosen = st.selectbox(
        "Each row is one of",
        kinds,
        index=kinds.index(now) if now in kinds else None,
        format_func=_kind_words,
        placeholder="choose what the rows are",
        key=key,
        on_change=_take_kind,
        args=(table.file, key),
        filter_mode=None,
    )
    return chosen if chosen in kinds else None


def _kind_words(name: str) -> str:
    return "leave it out" if name == LEFT_OUT else answers.in_words(name)


def _take_kind(file: str, key: str) -> None:
    """Leaving out needs no columns, so it holds at once; a table waits for its form."""
    chosen = st.session_state[key]
    answers.decide_file(file, dialect=LEFT_OUT if chosen == LEFT_OUT else None, columns=None)


def _form(table: TextTable, staged: str, receipt: Receipt | None, overview: pd.DataFrame) -> None:
    """Column by column the header it is read from, with three sample values."""
    key = answers.digest(table.file, staged)
    guessed = _guessed(table, staged, receipt)
    examples = {_NOT_IN_FILE: ""} | dict(zip(overview["header"], overview["examples"], strict=True))
    options = [_NOT_IN_FILE, *table.header]
    shown = {name: f"{name}: {examples[name]}" if examples.get(name) else name for name in options}
    chosen: dict[str, str] = {}
    with st.form(f"mapping_{key}", border=False):
        places = st.columns(3)
        for number, column in enumerate(staged_tables()[staged]):
            guess = guessed.get(column.name)
            with places[number % len(places)]:
                header = st.selectbox(
                    answers.in_words(column.name) + (", needed" if column.is_required else ""),
                    options,
                    index=options.index(guess) if guess in options else 0,
                    format_func=shown.__getitem__,
                    key=f"map_{key}_{column.name}",
                )
            if header and header != _NOT_IN_FILE:
                chosen[column.name] = header
        amount = None
        if any("amount" in column.name for column in staged_tables()[staged]):
            amount = st.selectbox("An amount is for", list(_AMOUNTS), key=f"amount_{key}")
        if st.form_submit_button("Read it this way"):
            is_known = receipt is not None and receipt.table == staged
            answers.decide_file(
                table.file,
                **_decision(staged, chosen, guessed if is_known else {}),
                amount=_AMOUNTS[amount] if amount else None,
            )
            st.rerun()


def _decision(
    staged: str, chosen: Mapping[str, str], known: Mapping[str, str | None]
) -> dict[str, object]:
    """What choosing these headers decides: other headers of a known tool, or a table of our own.

    A tool's meanings of labels and amounts stay as long as nothing it reads is taken away.
    """
    taken_away = [column for column, header in known.items() if header and column not in chosen]
    if not known or taken_away:
        columns = {header: column for column, header in chosen.items()}
        return {"dialect": f"generic.{staged}", "columns": columns}
    others = {header: column for column, header in chosen.items() if known.get(column) != header}
    return {"dialect": None, "columns": others or None}


def _guessed(table: TextTable, staged: str, receipt: Receipt | None) -> Mapping[str, str | None]:
    """What the file is read with now; where that says nothing, what the headers sound like."""
    if receipt is not None and receipt.table == staged:
        # A column made of others is chosen by the first header behind it
        made = {column: rules.read_from(name) for column, name in receipt.mapped_columns.items()}
        return {
            column: next((header for header in headers if header in table.header), None)
            for column, headers in made.items()
        }
    return dialects.guess(staged, table.header)


def _keep(table: TextTable, staged: str, workspace: Path) -> None:
    """Keep the mapping as a dialect of the workspace, or take it along as a file."""
    decided = answers.of_file(table.file)
    columns = decided.get("columns")
    if not columns or decided.get("dialect") != f"generic.{staged}":
        return
    key = answers.digest(table.file, staged)
    html.show(
        html.note(
            "Kept as a dialect, the next file with these headers is recognised by itself; the file "
            "can be shared."
        )
    )
    name_column, keep_column, take_column = st.columns([4, 3, 3], vertical_alignment="bottom")
    with name_column:
        name = st.text_input("Name of the tool", max_chars=60, key=f"dialect_name_{key}")
    made = own_dialects.made_on_page(
        name, staged, columns, answers.of_file(table.file).get("amount")
    )
    with keep_column:
        if st.button("Keep for this workspace", key=f"keep_{key}", disabled=not name.strip()):
            kept = own_dialects.keep(made, workspace / "dialects")
            st.toast(plain_label(f"Kept as dialects/{kept.name}"))
    with take_column:
        st.download_button(
            "Dialect file",
            dialect_files.as_toml(made),
            file_name=f"{made.dialect}.toml",
            mime="application/toml",
            key=f"take_{key}",
            on_click="ignore",
            disabled=not name.strip(),
        )


def add_dialect_file(workspace: Path) -> None:
    """Add a dialect file somebody shared."""
    with st.expander("Add a dialect file somebody shared"):
        file = st.file_uploader("Dialect file", type=["toml"], key="dialect_file")
        if file is None:
            return
        try:
            made = own_dialects.check(file.name, file.getvalue())
        except DecisionError as error:
            st.error(plain_label(str(error)))
            return
        if st.button(plain_label(f"Keep {made[0].label} for this workspace")):
            kept = own_dialects.keep_file(file.name, file.getvalue(), workspace / "dialects")
            st.toast(plain_label(f"Kept as dialects/{kept.name}"))
