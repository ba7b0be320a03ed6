"""Two made-up exports of companies that overlap, written as two tools and many hands write them.

A world of companies comes first, with nothing in it that knows of matching: names put together from
people, places, made-up roots and lines of business; legal forms of their countries; a mail domain
each, or none. In the world there are namesakes (another company of the same name in another
country), subsidiaries (the parent's name with a country or a business, on the parent's domain or
their own), and neighbours whose names differ in a word. Then each tool writes down what it knows
of a company: a row of a CRM, carefully, and a row of a second system, by whoever typed it in.
Rates say how often a hand does what; every choice comes from one seeded generator.
"""

import random
import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

ROWS: Final = 10_000  # of each export
IN_BOTH: Final = 7_000  # companies known to both tools

Words = dict[str, Any]


def words(name: str) -> Words:
    """What names are put together from: people, places, trades, countries, abbreviations, slips."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))


USUAL_WORDS: Final = words("account_words")
HELD_OUT_WORDS: Final = words("account_words_held_out")


@dataclass(frozen=True)
class Company:
    """A company as it is: number, name without legal form, legal form, country, domain if any."""

    number: int
    name: str
    form: str
    country: str
    domain: str | None


@dataclass(frozen=True)
class Rates:
    """How often, of 1, the second system has what the CRM has not.

    Attributes:
        no_form: the legal form is left out, another quarter of that writes another one.
        abbreviation: a word is abbreviated that people abbreviate.
        typo: one slip of a key; a third of those have a second one.
        order: the words stand in another order, or the first after a comma.
        plain_letters: accents are gone, half of them written out (ue for ü).
        case: all capitals or none.
        extra: a note of the sales person, a department or a place behind the name.
        short: the line of business is left out.
        rebrand: an earlier name; half of them still on the old domain too.
        initials: the initials of a name of three words and more.
        no_domain: no domain; half as often in the CRM.
        free_mail: the domain of a free mail address.
        other_domain: another domain of the same company.
        no_country: no country; a third as often in the CRM.
        twice: a company stands twice in the same export.
    """

    no_form: float = 0.35
    abbreviation: float = 0.12
    typo: float = 0.10
    order: float = 0.04
    plain_letters: float = 0.5
    case: float = 0.12
    extra: float = 0.05
    short: float = 0.05
    rebrand: float = 0.02
    initials: float = 0.01
    no_domain: float = 0.35
    free_mail: float = 0.05
    other_domain: float = 0.06
    no_country: float = 0.20
    twice: float = 0.05


USUAL: Final = Rates()
HEAVY: Final = replace(
    USUAL, no_form=0.5, abbreviation=0.2, typo=0.18, case=0.25, extra=0.08, short=0.08,
    rebrand=0.03, initials=0.02, no_domain=0.5, free_mail=0.08, other_domain=0.09, no_country=0.35,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row of an export, and the company it is about, which no export says."""

    account_id: str
    account_name: str
    account_domain: str
    country: str
    company: int


def exports(
    seed: int, rates: Rates, said: Words = USUAL_WORDS, rows: int = ROWS, both: int = IN_BOTH
) -> tuple[list[Row], list[Row]]:
    """Rows of the CRM and of the second system; `both` companies are in each of them."""
    dice = random.Random(seed)
    world = _World(dice, said).companies(2 * rows - both)
    dice.shuffle(world)
    careful = replace(
        rates, no_form=rates.no_form / 3, abbreviation=rates.abbreviation / 4, typo=rates.typo / 8,
        order=0.0, plain_letters=0.0, case=0.01, extra=0.0, short=0.01, rebrand=0.0, initials=0.0,
        no_domain=rates.no_domain / 2, free_mail=0.01, other_domain=0.0,
        no_country=rates.no_country / 3,
    )  # fmt: skip
    first = _Hand(dice, said, careful).rows(world[:rows], "001A", rows)
    second = _Hand(dice, said, rates).rows(world[rows - both :], "acc-", rows)
    dice.shuffle(first)
    dice.shuffle(second)
    return first, second


class _World:
    """Companies as they are."""

    def __init__(self, dice: random.Random, said: Words) -> None:
        self._dice = dice
        self._words = said
        self._countries = said["countries"]

    def companies(self, count: int) -> list[Company]:
        """Most are alone, some have namesakes and subsidiaries."""
        dice = self._dice
        found: list[Company] = []
        taken: set[tuple[str, str]] = set()
        weights = [each["weight"] for each in self._countries.values()]
        while len(found) < count:
            country = dice.choices(list(self._countries), weights)[0]
            name = self.name(country)
            if (name, country) in taken:
                continue
            taken.add((name, country))
            made = self._company(len(found), name, country)
            found.append(made)
            fate = dice.random()
            if fate < 0.003:
                found.append(self._company(len(found), name, country))
            elif fate < 0.03:
                abroad = self._other_than(country)
                if (name, abroad) not in taken:
                    taken.add((name, abroad))
                    found.append(self._company(len(found), name, abroad))
            elif fate < 0.07:
                for _ in range(dice.choice((1, 1, 2, 3))):
                    found.append(self._subsidiary(len(found), made))
        return _with_own_domains(found[:count])

    def name(self, country: str) -> str:
        """A name of a company there."""
        dice, said = self._dice, self._words
        shapes: tuple[tuple[float, Callable[[], str]], ...] = (
            (26, lambda: f"{self._root()} {self._trade(country)}"),
            (16, self._root),
            (14, lambda: f"{dice.choice(said['people'])} {self._trade(country)}"),
            (9, lambda: " & ".join(dice.choices(said["people"], k=2))),
            (5, lambda: "{}, {} & {}".format(*dice.choices(said["people"], k=3))),
            (8, lambda: f"{dice.choice(said['places'])} {self._trade(country)}"),
            (
                9,
                lambda: (
                    f"{dice.choice(said['adjectives'])} {dice.choice(said['places'])} "
                    f"{self._trade(country)}"
                ),
            ),
            (
                6,
                lambda: (
                    f"{dice.choice(said['places'])} {dice.choice(list(said['trades']))} "
                    f"{self._trade(country)}"
                ),
            ),
            (7, lambda: f"{self._root()} {self._trade(country)} {self._trade(country)}"),
        )
        return dice.choices([make for _, make in shapes], [weight for weight, _ in shapes])[0]()

    def _root(self) -> str:
        dice, said = self._dice, self._words
        middle = dice.choices(said["middles"], k=dice.choice((0, 1, 1)))
        return "".join((dice.choice(said["starts"]), *middle, dice.choice(said["ends"]))).title()

    def _trade(self, country: str) -> str:
        word = self._dice.choice(list(self._words["trades"]))
        own = self._words["trades"][word]
        is_own = own and country not in ("US", "GB", "CA", "IE", "AU") and self._dice.random() < 0.5
        return str(self._dice.choice(own) if is_own else word)

    def _company(self, number: int, name: str, country: str) -> Company:
        dice = self._dice
        form = dice.choice(self._countries[country]["forms"])
        words = re.findall(r"[a-z0-9]+", _plain(_written_out(name.lower(), self._words)))
        shape = dice.random()
        if shape < 0.55:
            label = "".join(words)
        elif shape < 0.75:
            label = "-".join(words)
        elif shape < 0.9 or len(words) == 1:
            more = dice.choice(("group", "hq", "online", ""))
            label = words[0] + (more if len(words) == 1 else "")
        else:
            label = "".join(word[0] for word in words) + dice.choice(("", "group", "corp"))
        own, others = self._countries[country]["ending"], ("com", "com", "io", "eu", "net")
        ending = own if dice.random() < 0.6 else dice.choice(others)
        # Short labels are taken by somebody else sooner or later; nobody shares one here by chance
        if len(label) < 8:
            label += str(number)
        domain = None if dice.random() < 0.04 else f"{label}.{ending}"
        return Company(number, name, form, country, domain)

    def _subsidiary(self, number: int, parent: Company) -> Company:
        dice = self._dice
        abroad = self._other_than(parent.country)
        behind = dice.choice(
            (
                self._countries[abroad]["names"][0],
                dice.choice(list(self._words["trades"])),
                dice.choice(self._words["subsidiaries"]),
                abroad,
            )
        )
        made = self._company(number, f"{parent.name} {behind}", abroad)
        return replace(made, domain=parent.domain) if dice.random() < 0.3 else made

    def _other_than(self, country: str) -> str:
        return self._dice.choice([other for other in self._countries if other != country])


def _with_own_domains(found: list[Company]) -> list[Company]:
    """The second owner of a domain gets another one, unless it is a subsidiary of the first."""
    owners: dict[str, Company] = {}
    made = []
    for at, company in enumerate(found):
        domain = company.domain
        owner = owners.setdefault(domain, company) if domain else company
        if owner is not company and not company.name.startswith(f"{owner.name} "):
            label, ending = str(domain).split(".", 1)
            domain = f"{label}{at}.{ending}"
        made.append(replace(company, number=at, domain=domain))
    return made


class _Hand:
    """Writes down what it knows of companies, with the slips of its rates."""

    def __init__(self, dice: random.Random, said: Words, rates: Rates) -> None:
        self._dice = dice
        self._words = said
        self._rates = rates
        self._names = _World(dice, said)

    def rows(self, known: list[Company], prefix: str, count: int) -> list[Row]:
        """An export of so many rows at most."""
        dice = self._dice
        twice = dice.sample(known, int(len(known) * self._rates.twice))
        kept = known[: count - len(twice)]
        chosen = [*kept, *(company for company in twice if company in set(kept))]
        ids = dice.sample(range(100_000, 999_999), len(chosen))
        return [
            Row(
                f"{prefix}{number}",
                self._name(company),
                self._domain(company),
                self._country(company),
                company.number,
            )
            for number, company in zip(ids, chosen, strict=True)
        ]

    def _happens(self, rate: float) -> bool:
        return self._dice.random() < rate

    def _name(self, company: Company) -> str:
        rates = self._rates
        country = self._words["countries"][company.country]
        is_old = self._happens(rates.rebrand)
        name = self._shortened(self._names.name(company.country) if is_old else company.name)
        if self._happens(rates.order) and len(name.split()) >= 2:
            first, *rest = name.split()
            name = f"{' '.join(rest)}{self._dice.choice((',', ''))} {first}"
        if self._happens(rates.plain_letters):
            name = _plain(_written_out(name, self._words) if self._happens(0.5) else name)
        if self._happens(rates.typo):
            name = self._slip(name)
            name = self._slip(name) if self._happens(1 / 3) else name
        if not self._happens(rates.no_form):
            name = f"{name} {company.form}"
        elif self._happens(0.25):
            name = f"{name} {self._dice.choice(country['forms'])}"
        if self._happens(rates.extra):
            of, own = country["names"]
            name += self._dice.choice(self._words["notes"]).format(country=of, own=own)
        if self._happens(rates.case):
            name = self._dice.choice((name.upper(), name.lower()))
        return name

    def _shortened(self, name: str) -> str:
        words = name.split()
        if self._happens(self._rates.initials) and len(words) >= 3:
            name = "".join(word[0] for word in words if word != "&").upper()
        if self._happens(self._rates.short) and len(words) >= 2:
            name = " ".join(words[:-1]).rstrip(" &,")
        if self._happens(self._rates.abbreviation):
            short = self._words["abbreviations"]
            name = " ".join(short.get(word, word) for word in name.split())
            name = name.replace(" & ", self._dice.choice((" and ", " + ", " & ")))
        return name

    def _slip(self, name: str) -> str:
        dice = self._dice
        at = dice.randrange(1, max(2, len(name)))
        kind = dice.randrange(4)
        before, here, after = name[:at], name[at : at + 1], name[at + 1 :]
        if kind == 0:
            return before + after
        if kind == 1:
            return before + here + here + after
        if kind == 2 and after:
            return before + after[0] + here + after[1:]
        near = dice.choice(self._words["neighbours"].get(here.lower(), "e"))
        return before + (near.upper() if here.isupper() else near) + after

    def _domain(self, company: Company) -> str:
        dice, rates = self._dice, self._rates
        free_mail = self._words["free_mail"]
        if self._happens(rates.no_domain) or company.domain is None:
            return str(dice.choice(free_mail)) if self._happens(rates.free_mail) else ""
        if self._happens(rates.free_mail):
            return str(dice.choice(free_mail))
        domain = company.domain
        if self._happens(rates.other_domain):
            label = domain.split(".")[0]
            domain = dice.choice(self._words["other_domains"]).format(label=label)
        ways = (domain, domain, domain, f"www.{domain}", f"https://www.{domain}/", domain.upper())
        return dice.choice(ways)

    def _country(self, company: Company) -> str:
        if self._happens(self._rates.no_country):
            return ""
        name, own = self._words["countries"][company.country]["names"]
        return self._dice.choice((name, name, company.country, own))


def _written_out(name: str, said: Words) -> str:
    letters = said["written_out"]
    capitals = {
        letter.upper(): out.capitalize() for letter, out in letters.items() if letter != "ß"
    }
    return "".join((letters | capitals).get(letter, letter) for letter in name)


def _plain(name: str) -> str:
    """Without accents and whatever else is no ASCII."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
