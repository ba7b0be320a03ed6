"""One KPI as one SQL statement, over any number of points in time and options at once.

Every text here comes from queries/ of this project: expressions of kpis.toml and the selects of the
marts. What a person or a file says goes in as a parameter, never as text.
"""

import re
from functools import cache

from common_ground.kpis.policies import choices
from common_ground.kpis.registry import Definition
from common_ground.warehouse import models

DIMENSIONS = ("segment", "industry", "region", "plan", "owner")

# What tells one point from another, as columns of the relation `points`.
_DAYS = (
    ("window_start", "date"),
    ("window_end", "date"),
    ("as_of", "date"),
    ("span_start", "date"),
    ("span_end", "date"),
)
_GOALS = (("goal_segments", "varchar[]"), ("goal_amounts", "decimal(18, 4)[]"))
_PARAMETER = re.compile(r"\$(\w+)")


def point_columns() -> dict[str, str]:
    """Columns of a point and their DuckDB types: days, options of every policy, goals."""
    options = ((name, "varchar") for name in choices())
    return dict((*_DAYS, *options, *_GOALS))


@cache
def values(together: tuple[Definition, ...], dimension: str, by_part: bool) -> str:
    """The select that gives the values of KPIs over one mart.

    Args:
        together: KPIs with the same mart, asked about the same days under the same options.
        dimension: one of DIMENSIONS.
        by_part: a value for each part of the dimension, and not for all of them.

    Returns:
        SQL with the parameters of `point_columns` as lists, $part and $data_as_of. Columns: kpi,
        point (its place), part, why (null: counted; else the reason left out), value, n, hits,
        dropped, beside (list). No row where nothing counts.
    """
    mart = together[0].mart
    parts = "\nunion all\n".join(_measured(one, by_part) for one in together)
    return f"""{_rows_at_points(together, mart, dimension)}
{parts}"""


@cache
def over_nothing(definition: Definition) -> str:
    """The select that gives the measures of a KPI where no row counts; as `values`."""
    return f"""{_rows_at_points((definition,), definition.mart, "segment")}
select
    {_measures(definition)}
from ({_told(definition, definition.mart)})
where false"""


def _measured(definition: Definition, by_part: bool) -> str:
    part = "part" if by_part else "cast(null as varchar)"
    return f"""select
    '{definition.kpi}' as kpi,
    point,
    {part} as part,
    why,
    {_measures(definition)}
from ({_told(definition, definition.mart)})
group by point, {"part, " if by_part else ""}why"""


def _measures(definition: Definition) -> str:
    beside = ", ".join(f"cast({part.value} as double)" for part in definition.beside)
    return f"""cast({definition.value} as double) as value,
    cast({definition.n} as bigint) as n,
    cast({definition.hits or "null"} as bigint) as hits,
    cast({definition.dropped} as bigint) as dropped,
    cast([{beside}] as double[]) as beside"""


@cache
def rows(definition: Definition, dimension: str) -> str:
    """The select that gives the rows behind a KPI.

    Returns:
        SQL with the parameters of `values`. Columns: those of the mart with single rows, left_out
        as its last; counted rows first, then by all columns.
    """
    mart = models.marts()[definition.rows_mart]
    shown = ", ".join(column.name for column in mart.columns if column.name != "left_out")
    told = _told(definition, definition.rows_mart)
    return f"""{_rows_at_points((definition,), definition.rows_mart, dimension)}
select {shown}, why as left_out
from ({told})
order by why is not null, {shown}, why"""


def shown(definition: Definition) -> str:
    """The statement of a KPI as people read it, with the mart named and not written out."""
    left_out = [f"not ({condition})" for _, condition in definition.leave_out]
    conditions = ["left_out is null"]
    if definition.rows != "true":
        conditions.insert(0, f"({definition.rows})")
    if definition.time:
        conditions += [f"{definition.time} >= $window_start", f"{definition.time} < $window_end"]
    where = "\n    and ".join([*conditions, *left_out])
    beside = "".join(f',\n    {part.value} as "{part.label}"' for part in definition.beside)
    return (
        f"select\n    {definition.value} as value,\n    {definition.n} as n{beside}\n"
        f"from {definition.mart}\nwhere\n    {where}"
    )


def _rows_at_points(together: tuple[Definition, ...], mart: str, dimension: str) -> str:
    """Rows of a mart at each point, with the part of the dimension and the options they are under.

    Rows of other parts than the one asked for are left away.
    """
    columns = {column.name for column in models.marts()[mart].columns}
    choices = {policy.policy for one in together for policy in one.choices}
    policies = "".join(f",\n        points.{name} as policy_{name}" for name in sorted(choices))
    part, join = _part(columns, dimension)
    of_dimension = "\n        and found.dimension = $dimension" if "dimension" in columns else ""
    return f"""with points as (
    select
        generate_subscripts($as_of, 1) - 1 as point,
        {_unnested()}
),

rows_at_points as (
    select
        points.point,
        points.span_start,
        points.span_end{policies},
        {part} as part,
        found.*
    from points
    cross join lateral (
{_at_point(mart)}
    ) as found{join}
    where
        (cast($part as varchar) is null or {part} = $part){of_dimension}
)
"""


def _told(definition: Definition, mart: str) -> str:
    """Rows that count or are left out for a reason, with that reason as `why`."""
    is_whole = mart == definition.mart
    why = _why(definition) if is_whole else "left_out"
    conditions = []
    if is_whole:
        conditions.append(f"({definition.rows})")
        if definition.time:
            conditions.append(_in_span(definition))
    elif definition.covers == "week":
        conditions.append("last_day >= span_start")
    return f"select *, {why} as why from rows_at_points where {' and '.join(conditions) or 'true'}"


def _unnested() -> str:
    return ",\n        ".join(
        f"unnest(cast(${name} as {kind}[])) as {name}" for name, kind in point_columns().items()
    )


def _at_point(mart: str) -> str:
    """A mart as a select over the columns of the point it is joined to."""
    model = models.marts()[mart]
    if not model.params:
        return f"select * from {mart}"
    return _PARAMETER.sub(r"points.\1", model.sql)


def parameters(statement: str) -> set[str]:
    """Names of the parameters a statement of this module declares."""
    return set(_PARAMETER.findall(statement))


def _part(columns: set[str], dimension: str) -> tuple[str, str]:
    """Expression for the part of the dimension a row is in, and the join it needs.

    Rows without an account are in (no account), but a deal's owner is the deal's own.
    """
    unsaid = f"'(no {dimension})'"
    if dimension == "segment" or "dimension" in columns:
        return "found.segment", ""
    if dimension == "owner" and "owner" in columns:
        return f"coalesce(found.owner, {unsaid})", ""
    said = f"coalesce(mart_account_segments.{dimension}, {unsaid})"
    join = (
        "\n    left join mart_account_segments\n"
        "        on found.account_id = mart_account_segments.account_id"
    )
    return f"case when found.account_id is null then '(no account)' else {said} end", join


def _why(definition: Definition) -> str:
    """Null where a row counts, else the first reason that holds."""
    conditions = "".join(
        f" when {condition} then '{reason}'" for reason, condition in definition.leave_out
    )
    return f"case when left_out is not null then left_out{conditions} end"


def _in_span(definition: Definition) -> str:
    """Rows of the span; and rows left out that no span can hold, where they belong to this one.

    A row without a date belongs to every span, one dated after the as-of day to a span that ends
    with it.
    """
    time = definition.time
    # A daily mart holds spans that end with each day: take the last
    first = "span_start" if definition.covers in ("window", "retention") else "span_end - 1"
    inside = f"({time} >= {first} and {time} < span_end)"
    beyond = f"({time} is null or (span_end > $data_as_of and {time} >= span_end))"
    return f"({inside} or ({_why(definition)} is not null and {beyond}))"
