"""The rules KPIs follow: queries/policies.toml as policies, some with options people choose."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from common_ground.errors import DecisionError
from common_ground.settings import QUERIES


@dataclass(frozen=True)
class Policy:
    """A rule: one sentence, or options of which both sides choose one.

    Attributes:
        policy: id.
        label: of the choice; "" for a fixed rule.
        says: of a fixed rule; "" for a choice.
        options: id and sentence of each option, the default first; empty for a fixed rule.
        source: who documents the options.
    """

    policy: str
    label: str
    says: str
    options: tuple[tuple[str, str], ...]
    source: str

    @property
    def is_choice(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.options)

    @property
    def default(self) -> str:
        """The option that holds unless people choose another."""
        return self.options[0][0]

    def sentence(self, option: str) -> str:
        """What holds under an option; the rule itself where there is nothing to choose."""
        return dict(self.options).get(option, self.says)


@cache
def policies() -> Mapping[str, Policy]:
    """Every policy by id.

    Raises:
        ValueError: one has neither a sentence nor two options; a mistake in this project.
    """
    entries = tomllib.loads((QUERIES / "policies.toml").read_text(encoding="utf-8"))
    found = {
        name: Policy(
            policy=name,
            label=entry.get("label", ""),
            says=entry.get("says", ""),
            options=tuple(entry.get("options", {}).items()),
            source=entry.get("source", ""),
        )
        for name, entry in entries.items()
    }
    for name, policy in found.items():
        if bool(policy.says) == (len(policy.options) > 1):
            raise ValueError(f"queries/policies.toml, [{name}]: needs says or two options")
    return found


@cache
def choices() -> Mapping[str, Policy]:
    """Policies people choose among, by id."""
    return {name: policy for name, policy in policies().items() if policy.is_choice}


def settled_options(chosen: Mapping[str, str]) -> dict[str, str]:
    """The option of every choice: the chosen one, else the default.

    Raises:
        DecisionError: a policy or option nobody knows.
    """
    known = choices()
    for name, option in chosen.items():
        if name not in known:
            raise DecisionError(f"There is no policy {name!r}. Policies: {', '.join(known)}.")
        if option not in dict(known[name].options):
            allowed = ", ".join(option for option, _ in known[name].options)
            raise DecisionError(f"The policy {name} has no option {option!r}. Options: {allowed}.")
    return {name: chosen.get(name, policy.default) for name, policy in known.items()}
