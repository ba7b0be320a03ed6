"""Dialects of one workspace: mappings made on a page, kept as files that can be shared."""

import re
from collections.abc import Mapping
from pathlib import Path

from common_ground.exports.dialect_files import as_toml, parse_dialect
from common_ground.exports.mappings import TableMapping


def made_on_page(
    name: str, table: str, columns: Mapping[str, str], amount: str | None = None
) -> TableMapping:
    """A mapping as a dialect of its own, recognised by the headers it uses.

    Args:
        name: the tool, as people call it.
        table: staged table, e.g. deals.
        columns: header -> staged column.
        amount: what an amount means: arr, mrr, tcv or one_off.
    """
    headers: dict[str, tuple[str, ...]] = {}
    for header, column in columns.items():
        headers[column] = (*headers.get(column, ()), header)
    return TableMapping(
        dialect=f"{_slug(name)}_{table}",
        label=name.strip(),
        table=table,
        detect=tuple(columns),
        columns=headers,
        amount_is=amount,
    )


def keep(mapping: TableMapping, folder: Path) -> Path:
    """Write a dialect into a workspace's folder of dialects; the path of its file."""
    return keep_file(f"{mapping.dialect}.toml", as_toml(mapping).encode(), folder)


def keep_file(name: str, content: bytes, folder: Path) -> Path:
    """Put a dialect file somebody shared into a workspace's folder of dialects.

    Raises:
        DecisionError: it is no dialect.
    """
    check(name, content)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _file_name(name)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(path)
    return path


def check(name: str, content: bytes) -> tuple[TableMapping, ...]:
    """The mappings of a dialect file somebody shared.

    Raises:
        DecisionError: it is no dialect.
    """
    return parse_dialect(content, _file_name(name))


def _file_name(name: str) -> str:
    return f"{_slug(Path(name).stem)}.toml"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "own"
