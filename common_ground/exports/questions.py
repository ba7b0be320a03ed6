"""Questions: what a file cannot say by itself, with what each answer would make of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One answer.

    Attributes:
        value: as it stands in decisions.toml.
        label: the answer in words, "Day first".
        outcome: what the file then says, "2025-01-02 to 2025-03-04".
    """

    value: str
    label: str
    outcome: str


@dataclass(frozen=True)
class Question:
    """Something a person has to decide of one file; the answer is kept in decisions.toml.

    Attributes:
        file: file it is about.
        key: key under [files."<file>"] that holds the answer: date_order, encoding, dialect, ...
        asks: the question as a sentence, "Is the day or the month first in 'Close Date'?"
        choices: the answers, each with what it would make of the file.
        meanwhile: what holds until it is answered, "these dates are left empty".
    """

    file: str
    key: str
    asks: str
    choices: tuple[Choice, ...]
    meanwhile: str

    @property
    def sentence(self) -> str:
        """The question with both outcomes and how to answer it, for a command or a list."""
        outcomes = ", ".join(f"{c.label.lower()} gives {c.outcome}" for c in self.choices)
        answers = " or ".join(f'"{choice.value}"' for choice in self.choices)
        return (
            f"{self.file}: {self.asks} {outcomes[:1].upper()}{outcomes[1:]}. Until you say, "
            f'{self.meanwhile}. Answer on the Data page, or with [files."{self.file}"] '
            f"{self.key} = {answers} in decisions.toml."
        )


def question_of(plain: Mapping[str, Any]) -> Question:
    """A question from the JSON of its `dataclasses.asdict`."""
    return Question(**{**plain, "choices": tuple(Choice(**choice) for choice in plain["choices"])})
