"""What a KPI would be under other rules: each documented option, and what each side signed."""

from dataclasses import dataclass

from common_ground.kpis.asked import Point, Source
from common_ground.kpis.compute import at_points
from common_ground.kpis.policies import Policy
from common_ground.kpis.registry import definition
from common_ground.kpis.signing import standing
from common_ground.kpis.terms import DEFAULT_TERMS, Terms
from common_ground.kpis.values import KpiValue
from common_ground.kpis.views import View


@dataclass(frozen=True)
class Alternative:
    """A KPI under one option of one of its policies, all others as chosen.

    Attributes:
        policy: that has the option.
        option: id.
        value: under it.
        is_chosen: the option that holds.
    """

    policy: Policy
    option: str
    value: KpiValue
    is_chosen: bool

    @property
    def sentence(self) -> str:
        """What holds under the option."""
        return self.policy.sentence(self.option)


def alternatives(
    published: Source, kpi: str, view: View, terms: Terms = DEFAULT_TERMS
) -> list[Alternative]:
    """A KPI under every option of its policies, one changed at a time, in one statement.

    Returns:
        Policies in the order of the registry, the default option first; empty for a KPI without a
        choice.
    """
    chosen = definition(kpi)
    holds = chosen.options(terms.policies)
    options = [(policy, option) for policy in chosen.choices for option, _ in policy.options]
    points = [Point(view.window, {policy.policy: option}) for policy, option in options]
    if not points:
        return []
    values = at_points(published, kpi, points, view.segment, terms, view.by)
    return [
        Alternative(policy, option, value, holds[policy.policy] == option)
        for (policy, option), value in zip(options, values, strict=True)
    ]


def signed_variants(
    published: Source, kpi: str, view: View, terms: Terms = DEFAULT_TERMS
) -> dict[str, KpiValue]:
    """A disputed KPI as each side signed it, by side; empty where nothing is disputed."""
    stands = standing(definition(kpi), terms)
    signed = [one for one in (stands.sales, stands.product) if one is not None]
    if stands.state != "disputed":
        return {}
    points = [Point(view.window, one.options) for one in signed]
    values = at_points(published, kpi, points, view.segment, terms, view.by)
    return {one.side: value for one, value in zip(signed, values, strict=True)}
