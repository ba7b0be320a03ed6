"""Rules of a dialect on the rows of a file: "Field is not StageName", "Status is Won or Closed"."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Rule:
    """What the cells of one header must say.

    Attributes:
        headers: as the dialect writes them, the first one present is meant.
        says: texts of which one must stand there, in any case; none: the cell must be filled.
        is_not: whether none of them may stand there instead.
    """

    headers: tuple[str, ...]
    says: tuple[str, ...]
    is_not: bool

    def holds(self, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        """For each cell whether the rule holds; never null."""
        if not self.says:
            return pc.is_valid(cells)
        texts = pa.array([text.strip().casefold() for text in self.says], pa.string())
        agrees = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(cells)), value_set=texts)
        return pc.invert(agrees) if self.is_not else agrees


def rule_of(text: str) -> Rule:
    """A rule from the text of a dialect: "A", "A or B", "A is x or y", "A or B is not x"."""
    for between, is_not in ((" is not ", True), (" is ", False)):
        header, found, says = text.partition(between)
        if found:
            return Rule(either(header), either(says), is_not)
    return Rule(either(text), (), False)


def either(text: str) -> tuple[str, ...]:
    """The texts that "A or B" allows; one text may hold an "or" itself."""
    return (text, *text.split(" or "))
