"""Every exception raised on purpose.

CommonGroundError
├── ExportError                 a file cannot be used as it is
│   ├── UnreadableExportError   not a text file, empty, over a limit, lines that do not add up
│   ├── UnknownDialectError     no dialect knows the headers, or several do
│   ├── MissingColumnsError     a column the table cannot do without is absent
│   └── DuplicateExportError    the same file, or the same rows, twice
├── DecisionError               decisions.toml says something that cannot be
├── WorkspaceError              nothing published, or the published file is damaged
│   └── OutdatedError           another version of this program built the published file
├── LedgerError                 an agreement or verdict that cannot be stored
├── EncoderError                the sentence encoder that was named cannot be used
├── PlanError                   no plan can satisfy pins, prerequisites and exclusions
└── PackError                   a picture or file cannot be made on this machine

Each message names the thing, the place, what was expected and the next step. Anything else that
is raised is a bug and must crash.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class CommonGroundError(Exception):
    """Something the user can act on; pages and commands show its text."""


class ExportError(CommonGroundError):
    """A file cannot be used as it is; nothing of it was loaded."""


class UnreadableExportError(ExportError):
    """Not a text file, empty, over a limit, or lines that do not add up."""


class UnknownDialectError(ExportError):
    """No dialect knows these headers, or several do equally well.

    Attributes:
        question: an `exports.questions.Question` whose answer decides; None: there is none.
    """

    def __init__(self, message: str, question: object = None) -> None:
        super().__init__(message)
        self.question = question


class MissingColumnsError(ExportError):
    """A column the table cannot do without is absent."""

    @classmethod
    def from_missing_and_present(
        cls, file: str, table: str, missing: Iterable[str], present: Iterable[str]
    ) -> "MissingColumnsError":
        """Name the columns that are missing and the present ones that look like them."""
        present_list = list(present)
        parts = []
        for column in missing:
            close = get_close_matches(column, present_list, n=2, cutoff=0.5)
            hint = f" (did you mean {' or '.join(repr(c) for c in close)}?)" if close else ""
            parts.append(f"'{column}'{hint}")
        return cls(
            f"{file}: the {table} table needs the column {', '.join(parts)}, which the file does "
            "not have. Export it again with that column, or map another header to it under "
            f'[files."{file}"] columns in decisions.toml.'
        )


class DuplicateExportError(ExportError):
    """The same file, or rows of the same key, came twice."""


class DecisionError(CommonGroundError):
    """decisions.toml says something that cannot be."""


class WorkspaceError(CommonGroundError):
    """Nothing is published, or the published file is damaged."""


class OutdatedError(WorkspaceError):
    """Another version of this program built the published file; it has to be built again."""


class LedgerError(CommonGroundError):
    """An agreement or verdict cannot be stored."""


class EncoderError(CommonGroundError):
    """The sentence encoder that was named cannot be used."""


class PlanError(CommonGroundError):
    """No plan can satisfy the pins, prerequisites and exclusions together."""


class PackError(CommonGroundError):
    """A picture or file cannot be made on this machine."""
