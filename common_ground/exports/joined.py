"""A JSON document whose lists belong together becomes the one list that holds the rows."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from common_ground.settings import QUERIES


@dataclass(frozen=True)
class Shape:
    """How one tool spreads its rows over the lists of a document.

    Attributes:
        lists: keys of the document that mark it, all of them needed.
        rows: the list whose objects are the rows.
        looked_up: new key of a row -> its key that names an object of another list, that list,
            and the key there.
    """

    lists: tuple[str, ...]
    rows: str
    looked_up: Mapping[str, tuple[str, str, str]]


@cache
def shapes() -> tuple[Shape, ...]:
    """The shapes that dialects describe in their section `document`."""
    contents = (
        tomllib.loads(path.read_text(encoding="utf-8")).get("document")
        for path in sorted((QUERIES / "dialects").glob("*.toml"))
    )
    return tuple(
        Shape(
            tuple(found["lists"]),
            found["rows"],
            {key: tuple(where) for key, where in found["looked_up"].items()},
        )
        for found in contents
        if found is not None
    )


def joined(document: Mapping[str, Any]) -> dict[str, Any]:
    """Only the list that holds the rows where a dialect knows the document; otherwise all of it."""
    for shape in shapes():
        if all(isinstance(document.get(key), list) for key in shape.lists):
            return {shape.rows: _rows(document, shape)}
    return dict(document)


def _rows(document: Mapping[str, Any], shape: Shape) -> list[Any]:
    named = {
        key: {
            thing["id"]: thing.get(there)
            for thing in document.get(where, ())
            if isinstance(thing, dict) and isinstance(thing.get("id"), str)
        }
        for key, (_, where, there) in shape.looked_up.items()
    }

    def looked_up(row: Mapping[str, Any]) -> dict[str, Any]:
        owns = {key: row.get(own) for key, (own, *_) in shape.looked_up.items()}
        return {key: named[key].get(own) for key, own in owns.items() if isinstance(own, str)}

    return [row | looked_up(row) if isinstance(row, dict) else row for row in document[shape.rows]]
