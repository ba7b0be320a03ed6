"""Import decisions: what the files cannot say, kept in <workspace>/decisions.toml."""

import re
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import tomlkit
import tomlkit.exceptions

from common_ground.errors import DecisionError
from common_ground.exports.dialect_files import read_dialect
from common_ground.exports.mappings import TableMapping, staged_tables
from common_ground.warehouse.labels import SECTIONS

DECISIONS = "decisions.toml"
LEFT_OUT = "left_out"  # dialect of a file or sheet that a person wants left out
FILE_KEYS = {
    "dialect", "amount", "date_order", "columns", "end_date", "currency", "encoding",
    "decimal_mark",
}  # fmt: skip
ALLOWED = {
    "amount": ("arr", "mrr", "tcv", "one_off"),
    "date_order": ("day_first", "month_first"),
    "end_date": ("last_day_of_service", "first_day_without_service"),
    "decimal_mark": ("point", "comma"),
}


@dataclass(frozen=True)
class FileDecision:
    """What a person said of one file; None where detection decides.

    Attributes:
        dialect: tool, or tool.table; "left_out" loads nothing of it and counts its rows.
        amount: what an amount means: arr, mrr, tcv or one_off.
        date_order: day_first or month_first.
        columns: header -> staged column.
        end_date: last_day_of_service or first_day_without_service.
        currency: ISO code of amounts that carry none.
        encoding: how the bytes are read, a name Python knows.
        decimal_mark: point or comma, where the numbers of the file cannot tell.
    """

    dialect: str | None = None
    amount: str | None = None
    date_order: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    end_date: str | None = None
    currency: str | None = None
    encoding: str | None = None
    decimal_mark: str | None = None


@dataclass(frozen=True)
class Decisions:
    """What a person said of a workspace; the defaults are those of kpis.md.

    Attributes:
        as_of: today for every number; None: the last date the exports hold.
        currency: ISO code all money is shown in.
        fiscal_year_starts: first month of the fiscal year.
        time_zone: zone days are cut in.
        value_events: events that count as active use; empty: every feature's event.
        activation_event: feature that activates an account; None: any.
        activation_count: uses that activate.
        activation_within_days: days from the account's first event.
        staff_domains: mail domains whose people are left out of usage.
        service_users: mail addresses or ids left out of usage.
        excluded_accounts: account name -> why it is left out everywhere.
        labels: section -> label -> meaning: stages, deal_types, statuses, sides, survey_kinds.
        files: file name -> what a person said of it.
        dialects: mappings made for this workspace, from the folder dialects beside the decisions.
    """

    as_of: date | None = None
    currency: str = "USD"
    fiscal_year_starts: int = 1
    time_zone: str = "UTC"
    value_events: tuple[str, ...] = ()
    activation_event: str | None = None
    activation_count: int = 1
    activation_within_days: int = 14
    staff_domains: tuple[str, ...] = ()
    service_users: tuple[str, ...] = ()
    excluded_accounts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: Mapping[str, FileDecision] = field(default_factory=dict)
    dialects: tuple[TableMapping, ...] = ()

    def file(self, name: str) -> FileDecision:
        """What a person said of a file; all None where nobody said anything."""
        known = self.known_as(name)
        return FileDecision() if known is None else self.files[known]

    def known_as(self, name: str) -> str | None:
        """The name under which a person said something of a file; None where nobody did.

        A member of an archive is known by its whole name or by its own. A name that differs only
        in digits and marks is next month's export, or another copy, of the same report.
        """
        own = name.split("/")[-1]
        for known in (name, own):
            if known in self.files:
                return known
        alike = sorted(other for other in self.files if is_same_series(other, own))
        return alike[-1] if alike else None


def is_same_series(name: str, other: str) -> bool:
    """Whether two file names differ in dates and copy numbers only, as next month's export does."""
    return _without_digits(name) == _without_digits(other)


def _without_digits(name: str) -> str:
    return re.sub(r"[\d\s_.()-]+", "", name.casefold())


SIMPLE = ("as_of", "currency", "fiscal_year_starts", "time_zone")
TABLES = ("excluded_accounts", *SECTIONS)
LISTS = ("value_events", "staff_domains", "service_users")


def read_decisions(path: Path) -> Decisions:
    """The decisions in a TOML file; defaults where there is no file.

    The dialects in the folder `dialects` beside it belong to them.

    Raises:
        DecisionError: not TOML, an unknown key, or a value that is not allowed.
    """
    own = _own_dialects(path.parent / "dialects")
    return parse_decisions(read_text(path), path.name, own)


def read_text(path: Path) -> str:
    """Text of a file of decisions; empty where there is no file.

    Raises:
        DecisionError: not text.
    """
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except UnicodeDecodeError as error:
        raise DecisionError(f"{path.name}: not a TOML file ({error}). Correct it there.") from error


def parse_decisions(text: str, name: str, own: tuple[TableMapping, ...] = ()) -> Decisions:
    """The decisions in a TOML text.

    Args:
        text: of decisions.toml; empty for the defaults.
        name: of the file, for messages.
        own: the workspace's dialects.

    Raises:
        DecisionError: not TOML, an unknown key, or a value that is not allowed.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DecisionError(f"{name}: not a TOML file ({error}). Correct it there.") from error
    known = {*SIMPLE, *TABLES, *LISTS, "activation", "files"}
    if unknown := sorted(content.keys() - known):
        raise DecisionError(
            f"{name}: nobody reads {', '.join(unknown)}. Known: {', '.join(sorted(known))}."
        )
    _check_kinds(name, content)
    activation = content.get("activation", {})
    decisions = Decisions(
        **_given(content),
        activation_event=activation.get("event"),
        activation_count=activation.get("count", 1),
        activation_within_days=activation.get("within_days", 14),
        files={file: _file(name, file, entry) for file, entry in content.get("files", {}).items()},
        dialects=own,
    )
    _check(name, decisions)
    return decisions


def merged(text: str, answers: Mapping[str, Any]) -> str:
    """The text of a file of decisions with answers in it; what stands there stays, comments too.

    Args:
        text: of decisions.toml.
        answers: in its shape; a table is merged into the one that stands there. None is no answer.

    Raises:
        DecisionError: the text is not TOML.
    """
    try:
        document = tomlkit.parse(text)
    except tomlkit.exceptions.ParseError as error:
        raise DecisionError(f"{DECISIONS}: not a TOML file ({error}). Correct it there.") from error
    _merge(document, answers)
    return tomlkit.dumps(document)


def _merge(into: MutableMapping[str, Any], answers: Mapping[str, Any]) -> None:
    for key, answer in answers.items():
        if answer is None or answer == {}:
            continue
        if not isinstance(answer, Mapping):
            into[key] = answer
        elif key == "columns":
            into[key] = tomlkit.inline_table() | dict(answer)
        else:
            if key not in into:
                into[key] = tomlkit.table(is_super_table=key == "files")
            _merge(into[key], answer)


def _own_dialects(folder: Path) -> tuple[TableMapping, ...]:
    return tuple(m for path in sorted(folder.glob("*.toml")) for m in read_dialect(path))


def _given(content: Mapping[str, Any]) -> dict[str, Any]:
    simple = {key: content[key] for key in (*SIMPLE, "excluded_accounts") if key in content}
    simple["labels"] = {key: content[key] for key in SECTIONS if key in content}
    if "currency" in simple:
        simple["currency"] = simple["currency"].upper()
    lists = {key: tuple(content[key]) for key in LISTS if key in content}
    # Mail domains and addresses are the same in any case
    for key in ("staff_domains", "service_users"):
        if key in lists:
            lists[key] = tuple(text.lower() for text in lists[key])
    return simple | lists


KINDS: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("currency", "time_zone"), (str, "a text")),
    "fiscal_year_starts": (int, "a number"),
    **dict.fromkeys(LISTS, (list, 'a list such as ["a", "b"]')),
    **dict.fromkeys((*TABLES, "activation", "files"), (dict, "a table")),
}


def _check_kinds(path: str, content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        kind, wanted = KINDS.get(key, (object, ""))
        of_texts = key not in LISTS or all(isinstance(part, str) for part in value)
        if not isinstance(value, kind) or not of_texts:
            raise DecisionError(f"{path}: {key} = {value!r}; it must be {wanted}.")
    if unknown := sorted(content.get("activation", {}).keys() - {"event", "count", "within_days"}):
        raise DecisionError(
            f"{path}: [activation] has {', '.join(unknown)}. Known: event, count, within_days."
        )
    zone = content.get("time_zone", "UTC")
    if zone not in available_timezones():
        raise DecisionError(f"{path}: there is no time_zone {zone!r}; write it like Europe/Berlin.")


def _file(path: str, name: str, entry: Mapping[str, Any]) -> FileDecision:
    if unknown := sorted(entry.keys() - FILE_KEYS):
        raise DecisionError(
            f'{path}: [files."{name}"] has {", ".join(unknown)}. '
            f"Known: {', '.join(sorted(FILE_KEYS))}."
        )
    known = {column.name for columns in staged_tables().values() for column in columns}
    if wrong := sorted(set(entry.get("columns", {}).values()) - known):
        raise DecisionError(
            f'{path}: [files."{name}"] columns names {", ".join(wrong)}, which no table has.'
        )
    for key, allowed in ALLOWED.items():
        if key in entry and entry[key] not in allowed:
            raise DecisionError(
                f'{path}: [files."{name}"] {key} = {entry[key]!r}; it must be one of '
                f"{', '.join(allowed)}."
            )
    return FileDecision(**entry)


def _check(path: str, decisions: Decisions) -> None:
    for section, meanings in decisions.labels.items():
        for label, meaning in meanings.items():
            if meaning not in SECTIONS[section]:
                raise DecisionError(
                    f"{path}: [{section}] {label!r} = {meaning!r}; it must be one of "
                    f"{', '.join(SECTIONS[section])}."
                )
    if not 1 <= decisions.fiscal_year_starts <= 12:
        raise DecisionError(f"{path}: fiscal_year_starts must be a month from 1 to 12.")
    if decisions.as_of is not None and type(decisions.as_of) is not date:
        raise DecisionError(f"{path}: as_of must be a date such as 2026-10-31, without a time.")
