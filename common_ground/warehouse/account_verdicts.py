"""What people decided about accounts, applied while a workspace is built.

A verdict is about two ways in which exports name an account, in words: name, domain, country and
id. They are found again after a re-export or a renamed file; where the words have changed, by what
is left of them: name, domain and country; id and name; id and domain; domain and name; domain;
name; id, if one export alone has it. Behind the first of these names count without legal form. What
names no account, or several, links nothing and is told.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

APART = ("different", "related")  # verdicts that keep two accounts apart
_NAMING = re.compile(
    r"(?P<name>.*?)(?:; domain (?P<domain>[^;]+))?(?:; country (?P<country>[^;]+))?"
    r"(?:; id (?P<id>.*))?",
    re.DOTALL,
)


@dataclass(frozen=True)
class AccountVerdict:
    """What a person decided about two accounts.

    Attributes:
        one: a naming, as account_names has it.
        other: the other naming.
        verdict: same, related, different or unsure.
        decided_by: the person.
    """

    one: str
    other: str
    verdict: str
    decided_by: str


@dataclass
class _Name:
    """One row of account_names, in place; `account_id` moves as verdicts are applied."""

    place: int
    source: str
    source_account: str
    account_id: str
    naming: str
    name: str
    domain: str | None
    country: str | None
    plain_name: str | None
    decided_by: str | None = None

    def attraction(self, others: Iterable["_Name"]) -> int:
        """How strongly this row belongs to others: 3 same id, 2 domain, 1 plain name, 0 nothing."""
        best = 0
        for other in others:
            if self.source_account == other.source_account:
                return 3
            if self.domain is not None and self.domain == other.domain:
                best = 2
            elif self.plain_name is not None and self.plain_name == other.plain_name:
                best = max(best, 1)
        return best


Side = list[_Name]


def apply(connection: duckdb.DuckDBPyConnection, verdicts: Sequence[AccountVerdict]) -> None:
    """Link and part accounts in account_names and staging.account_groups; keep what became of each.

    Args:
        connection: with account_names filled and accounts still empty.
        verdicts: the one that counts of each pair, in the order decided.
    """
    if not verdicts:
        return
    names = _read(connection)
    register = _Register(names, _plain_names(connection, verdicts))
    decided = [(each, (register.find(each.one), register.find(each.other))) for each in verdicts]
    parted = [(each, pair) for each, pair in decided if each.verdict in APART and _are_two(*pair)]
    before = [name.account_id for name in names]
    _part(names, parted)
    apart = [pair for _, pair in parted]
    held: dict[str, Side] = defaultdict(list)
    for name in names:
        held[name.account_id].append(name)
    outcomes = [_outcome(held, verdict, pair, apart) for verdict, pair in decided]
    moved = [name for name, was in zip(names, before, strict=True) if name.account_id != was]
    _write(connection, moved)
    _keep(connection, decided, outcomes)


def _read(connection: duckdb.DuckDBPyConnection) -> list[_Name]:
    """All names; those of an export of accounts first, in its order: the first one leads."""
    found = connection.execute(
        "select names.source, names.source_account, names.account_id, names.naming, "
        "coalesce(names.name, '(no name)'), names.domain, names.country, "
        "nullif(normal_name(names.name), '') from account_names as names left join ("
        "select source, source_account, min(line) as line from staging.account_groups group by all"
        ") as crm using (source, source_account) "
        "order by crm.line is null, names.source, crm.line, names.source_account"
    )
    return [_Name(place, *row) for place, row in enumerate(found.fetchall())]


def _parts(naming: str) -> dict[str, str | None]:
    """Name, domain, country and id of a naming; None for what it does not say."""
    parts = _NAMING.fullmatch(naming)
    assert parts is not None
    return parts.groupdict()


def _plain_names(
    connection: duckdb.DuckDBPyConnection, verdicts: Sequence[AccountVerdict]
) -> dict[str, str | None]:
    """Plain name by name, of all names in verdicts."""
    namings = (naming for each in verdicts for naming in (each.one, each.other))
    said = sorted({str(_parts(naming)["name"]) for naming in namings})
    found = connection.execute(
        "select said, nullif(normal_name(said), '') from (select unnest(?) as said)", [said]
    )
    return dict(found.fetchall())


class _Register:
    """Finds the rows a naming means."""

    def __init__(self, names: Iterable[_Name], plain_names: dict[str, str | None]) -> None:
        self._plain_names = plain_names
        self._rows: dict[tuple[str | None, ...], Side] = defaultdict(list)
        for name in names:
            plain, domain, key = name.plain_name, name.domain, name.source_account
            for way in (
                (name.naming,),
                (name.name, domain, name.country),
                *_ways(plain, domain, key),
            ):
                self._rows[way].append(name)

    def find(self, naming: str) -> Side:
        """By the first of the ways in the head of this module that finds any."""
        parts = _parts(naming)
        said, domain, country = str(parts["name"]), parts["domain"], parts["country"]
        ways = _ways(self._plain_names[said], domain, parts["id"])
        for way in ((naming,), (said, domain, country), *ways):
            found = self._rows.get(way, [])
            if way[0] == "name":
                found = [
                    name
                    for name in found
                    if (domain is None or name.domain is None)
                    and (country is None or name.country in (None, country))
                ]
            if found and (way[0] != "id" or len(found) == 1):
                return found
        return []


def _ways(plain: str | None, domain: str | None, key: str | None) -> list[tuple[str | None, ...]]:
    """What rows are looked up by where words have changed, closest first."""
    ways: tuple[tuple[str | None, ...], ...] = (
        ("id and name", key, plain),
        ("id and domain", key, domain),
        ("domain and name", domain, plain),
        ("domain", domain),
        ("name", plain),
        ("id", key),
    )
    return [way for way in ways if None not in way]


def _are_two(one: Side, other: Side) -> bool:
    """Whether both are there and share no row."""
    return bool(one and other) and not _share(one, other)


def _part(names: list[_Name], parted: list[tuple[AccountVerdict, tuple[Side, Side]]]) -> None:
    """Give the sides of such verdicts an account each where one account holds both."""
    for account in sorted({n.account_id for _, (one, _) in parted for n in one}):
        held = [name for name in names if name.account_id == account]
        inside = {id(name) for name in held}
        here = [
            (verdict, [n for n in one if id(n) in inside], [n for n in other if id(n) in inside])
            for verdict, (one, other) in parted
        ]
        here = [each for each in here if each[1] and each[2]]
        if here:
            _part_account(names, held, here)


def _part_account(
    names: list[_Name], held: list[_Name], here: list[tuple[AccountVerdict, Side, Side]]
) -> None:
    """Divide the rows of one account; who is named first in it keeps the account."""
    seeds: list[Side] = []
    for side in sorted(
        (side for _, one, other in here for side in (one, other)),
        key=lambda side: min(n.place for n in side),
    ):
        known = next((seed for seed in seeds if _share(seed, side)), None)
        if known is None:
            seeds.append(list(side))
        else:
            known += [n for n in side if all(n is not k for k in known)]
    seeds = _together(seeds, [(one, other) for _, one, other in here])
    seeded = {id(n) for seed in seeds for n in seed}
    for name in held:
        if id(name) not in seeded:
            strength = [name.attraction(seed) for seed in seeds]
            seeds[strength.index(max(strength))].append(name)
    taken = {name.account_id for name in names}
    leader = next(seed for seed in seeds if any(n is held[0] for n in seed))
    by = here[-1][0].decided_by
    for seed in seeds:
        if seed is leader:
            continue
        first = min(seed, key=lambda n: n.place)
        new = first.source_account
        new = f"{new} ({first.naming})" if new in taken else new
        taken.add(new)
        for name in seed:
            name.account_id, name.decided_by = new, by


def _together(seeds: list[Side], parted: list[tuple[Side, Side]]) -> list[Side]:
    """Sides that no verdict parts stay one, so that as few accounts as possible are made."""
    groups: list[Side] = []
    for seed in seeds:
        free = (
            group
            for group in groups
            if not any(
                (_share(one, group) and _share(other, seed))
                or (_share(one, seed) and _share(other, group))
                for one, other in parted
            )
        )
        if (group := next(free, None)) is None:
            groups.append(list(seed))
        else:
            group += seed
    return groups


def _share(one: Side, other: Side) -> bool:
    return any(a is b for a in one for b in other)


def _outcome(
    held: dict[str, Side],
    verdict: AccountVerdict,
    sides: tuple[Side, Side],
    apart: list[tuple[Side, Side]],
) -> str:
    """What becomes of a verdict; the two are linked where it says so and nothing is against it."""
    if not all(sides):
        return "unknown"
    if verdict.verdict in APART:
        return "kept apart" if _are_two(*sides) else "unclear"
    if verdict.verdict == "unsure":
        return "noted"
    accounts = [{name.account_id for name in side} for side in sides]
    if any(len(each) > 1 for each in accounts):
        return "unclear"
    return _link(held, accounts[0] | accounts[1], verdict.decided_by, apart)


def _link(held: dict[str, Side], both: set[str], by: str, apart: list[tuple[Side, Side]]) -> str:
    """Make one account of two; who is named first gives it its id."""
    for left, right in apart:
        if {n.account_id for n in left} & both and {n.account_id for n in right} & both:
            return "contradicted"
    first = min((name for account in both for name in held[account]), key=lambda n: n.place)
    kept = first.account_id
    for account in both - {kept}:
        for name in held.pop(account):
            name.account_id, name.decided_by = kept, by
            held[kept].append(name)
    return "linked"


def _accounts(side: Side) -> list[str]:
    """The accounts a side is now; none where no export names it."""
    return sorted({name.account_id for name in side})


def _write(connection: duckdb.DuckDBPyConnection, moved: list[_Name]) -> None:
    columns = ("source", "source_account", "account_id", "decided_by")
    connection.execute(
        "update account_names set account_id = moved.account_id, how = 'person', "
        "decided_by = moved.decided_by from (select unnest(?) as source, "
        "unnest(?) as source_account, unnest(?) as account_id, unnest(?) as decided_by) as moved "
        "where account_names.source = moved.source "
        "and account_names.source_account = moved.source_account",
        [[getattr(name, column) for name in moved] for column in columns],
    )
    connection.execute(
        "update staging.account_groups as company set account_id = account_names.account_id "
        "from account_names where company.source = account_names.source "
        "and company.source_account = account_names.source_account"
    )


def _keep(
    connection: duckdb.DuckDBPyConnection,
    decided: list[tuple[AccountVerdict, tuple[Side, Side]]],
    outcomes: list[str],
) -> None:
    columns = ("one", "other", "verdict", "decided_by")
    connection.execute(
        "insert into account_verdicts select unnest(?), unnest(?), unnest(?), unnest(?), "
        "unnest(?), unnest(?), unnest(?)",
        [
            *([getattr(verdict, column) for verdict, _ in decided] for column in columns),
            outcomes,
            *([_accounts(pair[side]) for _, pair in decided] for side in (0, 1)),
        ],
    )
