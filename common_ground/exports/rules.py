"""What stands in a dialect where a header would: rules on rows, and columns made of others."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

ELSE = " else "  # headers whose first filled cell is taken
WHERE = " where "  # the cells of a header count only where a rule holds
AND = " + "  # headers whose cells together are an id


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


def read_from(name: str) -> list[str]:
    """The headers whose cells a made column takes; of any other name, that name."""
    chosen = [choice.partition(WHERE)[0] for choice in name.split(ELSE)]
    return [header for each in chosen for header in each.split(AND)]


def parts_of(name: str) -> list[str]:
    """The headers a made column takes cells from, and those its rules are about."""
    rules = [choice.partition(WHERE)[2] for choice in name.split(ELSE)]
    return [
        *read_from(name),
        *(header for rule in rules if rule for header in rule_of(rule).headers),
    ]
