"""What a person decides on the Data page, in the shape of decisions.toml, until it is published."""

import hashlib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any, Final

import streamlit as st

from common_ground.charts import format
from common_ground.exports.questions import Question
from common_ground.ui.watching import plain_label
from common_ground.warehouse.labels import LabelUse

_ANSWERS: Final = "data_answers"


def said() -> dict[str, Any]:
    """Everything decided so far; a copy."""
    return deepcopy(st.session_state.get(_ANSWERS, {}))


def forget() -> None:
    """Forget everything that was decided."""
    st.session_state.pop(_ANSWERS, None)


def of_file(file: str) -> dict[str, Any]:
    """What was decided of one file."""
    found: dict[str, Any] = said().get("files", {}).get(file, {})
    return found


def decide_file(file: str, **decided: Any) -> None:  # noqa: ANN401 - as decisions.toml holds it
    """Decide something of one file; None takes a decision back."""
    answers = said()
    answers.setdefault("files", {}).setdefault(file, {}).update(decided)
    st.session_state[_ANSWERS] = answers


def decide_label(section: str, label: str, meaning: str | None) -> None:
    """Decide what a label means, in every file; None takes a decision back."""
    answers = said()
    answers.setdefault(section, {})[label] = meaning
    st.session_state[_ANSWERS] = answers


def encodings() -> dict[str, str]:
    """File -> encoding, where one was decided."""
    files = said().get("files", {})
    return {file: entry["encoding"] for file, entry in files.items() if entry.get("encoding")}


def renamed(names: Mapping[str, str]) -> dict[str, Any]:
    """The answers with files under the names they are published as.

    Args:
        names: name on the page -> name when published.
    """
    answers = said()
    files = answers.get("files", {})
    answers["files"] = {
        "/".join([names.get(file.split("/")[0], file.split("/")[0]), *file.split("/")[1:]]): entry
        for file, entry in files.items()
    }
    return answers


def dated(answers: Mapping[str, Any], as_of: date | None) -> dict[str, Any]:
    """The answers with an as-of date."""
    return {**answers, "as_of": as_of}


def ask(questions: Sequence[Question]) -> None:
    """Each question with its choices and what each would make of the file; answers are kept."""
    for question in questions:
        key = f"question_{digest(question.file, question.key)}"
        values = [choice.value for choice in question.choices]
        answered = of_file(question.file).get(question.key)
        st.radio(
            plain_label(f"{question.file}: {question.asks}"),
            values,
            index=values.index(answered) if answered in values else None,
            format_func={c.value: plain_label(c.label) for c in question.choices}.__getitem__,
            captions=[plain_label(choice.outcome) for choice in question.choices],
            key=key,
            on_change=_take_answer,
            args=(question.file, question.key, key),
        )
        if answered not in values:
            st.caption(plain_label(f"Until you say, {question.meanwhile}."))


def _take_answer(file: str, key: str, widget: str) -> None:
    decide_file(file, **{key: st.session_state[widget]})


def ask_labels(uses: Sequence[LabelUse]) -> None:
    """Labels as `open_labels` gives them, and what each may mean."""
    for use in uses:
        decided = said().get(use.section, {}).get(use.label)
        key = f"label_{digest(use.section, use.label)}"
        st.selectbox(
            plain_label(
                f"“{use.label}”, {format.plural(use.rows, use.table.removesuffix('s'))}, means"
            ),
            use.meanings,
            index=use.meanings.index(decided) if decided in use.meanings else None,
            format_func=in_words,
            placeholder=f"nobody said: {use.stays}",
            key=key,
            on_change=_take_label,
            args=(use.section, use.label, key),
            filter_mode=None,
        )


def open_labels(uses: Sequence[LabelUse]) -> list[LabelUse]:
    """One entry for each label that nobody mapped before, its rows added up over the files."""
    found: dict[tuple[str, str], LabelUse] = {}
    for use in uses:
        key = (use.section, use.label)
        if use.meaning is None or said().get(use.section, {}).get(use.label) is not None:
            found[key] = replace(use, rows=use.rows + (found[key].rows if key in found else 0))
    return list(found.values())


def _take_label(section: str, label: str, widget: str) -> None:
    decide_label(section, label, st.session_state[widget])


def in_words(name: str) -> str:
    """A name of ours as people say it."""
    return name.replace("_", " ")


def digest(*parts: str) -> str:
    """A short key for a widget about things whose names may be anything."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
