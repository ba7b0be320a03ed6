"""Every way tools write a date, as SQL over a column of text.

All of it is cut down to what a column needs: formats that its first cells are written in are tried
first, offsets only looked for where some cell has one. A million dates are read in seconds so.
"""

from collections.abc import Iterable

import duckdb

from common_ground.warehouse.readings import counts

SAMPLE_ROWS = 200  # cells that tell which formats to try first

TIMES = (
    "", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S.%f", " %I:%M%p",
)  # fmt: skip
ORDERS = {"day_first": ("%d/%m/%Y",), "month_first": ("%m/%d/%Y",)}
NAMED = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%a %b %d %Y", "%a %d %b %Y")

# "1/2/0025" is a slip, not a day of the year 25
NUMERIC = r"^\s*[0-9]{1,2}[/.-][0-9]{1,2}[/.-]([0-9]{2}|[1-9][0-9]{3})([^0-9]|$)"
MARKS = r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]"
# %Y would read the year 25 of "1/2/25"; two digits are of this century up to 68
YOUNG, OLD = "([0-6][0-8]|[0-5]9)", "(69|[7-9][0-9])"
END = "([^0-9]|$)"
WITH_YEAR = "(^|[^0-9])[1-9][0-9]{3}([^0-9]|$)"

ISO = (
    "case when regexp_full_match({0}, '[1-9][0-9]{{3}}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}"
    "([T ]+[0-9]{{1,2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]+)?)?)?') then try_cast({0} as timestamp) "
    "when regexp_full_match({0}, '(19|20)[0-9]{{6}}') then try_strptime({0}, '%Y%m%d') end"
)
UNIX = (
    "case when regexp_full_match(trim({0}), '[0-9]{{10}}(\\.[0-9]+)?') "
    "then make_timestamp(cast(try_cast({0} as decimal(20, 6)) * 1000000 as bigint)) "
    "when regexp_full_match(trim({0}), '[0-9]{{13}}') "
    "then make_timestamp(cast({0} as bigint) * 1000) "
    "when regexp_full_match(trim({0}), '[0-9]{{16}}') "
    "then make_timestamp(cast({0} as bigint)) end"
)
EXCEL_NUMBER = "regexp_full_match(trim({0}), '[2-7][0-9]{{4}}([.][0-9]+)?')"  # 1954 to 2119
EXCEL = (
    f"case when {EXCEL_NUMBER} then timestamp '1899-12-30' "
    "+ to_seconds(cast(round(cast({0} as decimal(28, 8)) * 86400) as bigint)) end"
)


def _with_century(cell: str, before: str, kept: str) -> str:
    """SQL of a cell whose two-digit year has become one of four digits."""
    for years, century in ((YOUNG, "20"), (OLD, "19")):
        group = kept.count("\\") + 1
        written = f"{kept}{century}\\{group}\\{group + 1}"
        cell = f"regexp_replace({cell}, '{before}{years}{END}', '{written}')"
    return cell


class Styles:
    """How the cells of one column may be written, as SQL; each gives null for another style.

    Attributes:
        name: staged column.
        has_offset: whether some cell says how far it is from UTC.
        unix: SQL of an instant written as seconds, milliseconds or microseconds since 1970.
        minutes: SQL of the minutes a cell is ahead of UTC; null where it does not say.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        self.name = name
        cell = f"trim({name})"
        self.has_offset = sum(counts(connection, name, f"offset_part({cell}) != ''")) > 0
        self.unix = UNIX.format(name)
        self.minutes = f"offset_minutes({cell})" if self.has_offset else "cast(null as integer)"
        without = f"without_offset({cell})" if self.has_offset else cell
        # Commas and the narrow blank before PM are no part of a date
        self._bare = f"translate({without}, ',\u00a0\u202f', '   ')"
        slashes = f"regexp_replace({self._bare}, '{MARKS}', '\\1/\\2/')"
        self._numeric = _with_century(slashes, "^([0-9]+)/([0-9]+)/", "\\1/\\2/")
        words = f"regexp_replace({self._bare}, '[/-]', ' ', 'g')"
        # "Sept" is not among the months that strptime knows
        words = f"regexp_replace({words}, '(?i)\\bsept\\b', 'Sep')"
        self._words = _with_century(words, "^([0-9]+) +([A-Za-z]+) +", "\\1 \\2 ")
        self._formats = {
            key: _by_use(connection, name, text, dates)
            for key, text, dates in (
                *((order, self._numeric, dates) for order, dates in ORDERS.items()),
                ("named", self._words, NAMED),
            )
        }

    def in_order(self, order: str) -> str:
        """A numeric date read day first or month first."""
        date = f"try_strptime({self._numeric}, {self._formats[order]})"
        return f"(case when regexp_matches({self.name}, '{NUMERIC}') then {date} end)"

    def written(self, ordered: str) -> str:
        """The time as it was written, without its offset; `ordered` reads numeric dates."""
        named = f"try_strptime({self._words}, {self._formats['named']})"
        # Without a year strptime would read 'epoch' as one
        is_named = (
            f"regexp_matches({self.name}, '[A-Za-z]{{3}}') "
            f"and regexp_matches({self._words}, '{WITH_YEAR}')"
        )
        return (
            f"coalesce({ISO.format(self._bare)}, {ordered}, case when {is_named} then {named} end)"
        )

    def instant(self, ordered: str) -> str:
        """The time in UTC; one without an offset is taken as it is."""
        written = self.written(ordered)
        if self.has_offset:
            written = f"({written} - to_minutes(coalesce({self.minutes}, 0)))"
        return f"coalesce({self.unix}, {written})"


def _by_use(
    connection: duckdb.DuckDBPyConnection, name: str, text: str, dates: Iterable[str]
) -> str:
    """The formats as a list in SQL, those that the first cells are written in first."""
    formats = [f"{day}{time}" for day in dates for time in TIMES]
    parts = ", ".join(f"count(try_strptime({text}, '{each}'))" for each in formats)
    sample = f"(select {name} from text_rows where {name} is not null limit {SAMPLE_ROWS})"  # noqa: S608
    used = connection.execute(f"select {parts} from {sample}").fetchall()[0]  # noqa: S608
    ordered = sorted(zip(used, formats, strict=True), key=lambda each: -each[0])
    return "[" + ", ".join(f"'{each}'" for _, each in ordered) + "]"
