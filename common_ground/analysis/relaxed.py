"""A quick bargain for many draws of the same rules: relaxed first, exact on what is left open.

The linear relaxation of "lift the smaller share" is solved at the capacity there is, and with a
little less and a little more. Items it takes whole in all three are in, items it leaves out in
all three are out, and the exact search decides the rest. The relaxation's optimum also bounds
how much better any plan could be.
"""

from dataclasses import dataclass
from typing import Final

from ortools.linear_solver import pywraplp

from common_ground.analysis.bargaining import lift_both
from common_ground.analysis.plans import Plan, Problem
from common_ground.analysis.solver import Limits, Search

LESS_AND_MORE: Final = (0.8, 1.25)  # of capacity: what holds in between is taken as settled
WHOLE: Final = 1e-6
PARAMETERS: Final = "use_preprocessing: false use_dual_simplex: true random_seed: 1"


@dataclass(frozen=True)
class Quick:
    """A plan found quickly.

    Attributes:
        plan: keeps every rule of the world it was found in.
        gap: no plan's smaller share of the possible gain is larger by more than this (0..1).
    """

    plan: Plan
    gap: float


class Relaxed:
    """One set of rules, asked for the compromise in many worlds that differ in their numbers."""

    def __init__(self, problem: Problem) -> None:
        """Build the relaxation; numbers come with each world."""
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString(PARAMETERS)
        new = self.solver.NumVar
        far = self.solver.infinity()
        self.item = {
            i: new(float(i in problem.pins), float(i not in problem.barred), i)
            for i in problem.by_id
        }
        self.sales, self.product = new(0, far, "sales"), new(0, far, "product")
        self.smaller = new(-far, 1, "smaller")
        self.deal = [
            self.item[min(deal.blockers)] if len(deal.blockers) == 1 else new(0, 1, f"deal {n}")
            for n, deal in enumerate(problem.deals)
        ]
        for deal, unlocked in zip(problem.deals, self.deal, strict=True):
            for i in sorted(deal.blockers) if len(deal.blockers) > 1 else ():
                self.solver.Add(unlocked <= self.item[i])
        for a, b in sorted(problem.requires):
            self.solver.Add(self.item[a] <= self.item[b])
        for a, b in sorted(problem.excludes):
            self.solver.Add(self.item[a] + self.item[b] <= 1)
        row = self.solver.Constraint
        self.sales_row, self.product_row = row(0, 0), row(0, 0)
        self.sales_row.SetCoefficient(self.sales, -1)
        self.product_row.SetCoefficient(self.product, -1)
        self.sales_share, self.product_share = row(0, far), row(0, far)
        self.sales_share.SetCoefficient(self.sales, 1)
        self.product_share.SetCoefficient(self.product, 1)
        self.bounds = [row(-far, 0) for _ in problem.bounds]

    def bargain(self, world: Problem, zero: Plan, limits: Limits, start: Plan) -> Quick:
        """The compromise of a world over a zero point; the zero point where nothing is gained.

        Args:
            world: with the rules this was built for, and numbers of its own.
            zero: a plan inside its bounds.
            limits: how long the exact part may take.
            start: a plan likely to be near.
        """
        self._set_numbers(world, zero)
        sales = self._most(self.sales) - zero.sales
        product = self._most(self.product) - zero.product
        if int(sales) <= 0 or int(product) <= 0:
            return Quick(zero, 0.0)
        self.sales_share.SetCoefficient(self.smaller, -sales)
        self.sales_share.SetLb(zero.sales)
        self.product_share.SetCoefficient(self.smaller, -product)
        self.product_share.SetLb(zero.product)
        self._keep(0, 0)
        seen = []
        for part in LESS_AND_MORE:
            self._set_room(world, part)
            self._most(self.smaller)
            seen.append(self._taken())
        self._set_room(world, 1.0)
        self._keep(zero.sales, zero.product)
        bound = self._most(self.smaller)
        seen.append(self._taken())
        settled = {
            i: x for i, x in seen[0].items() if x is not None and all(s[i] == x for s in seen)
        }
        search = Search(world, limits)
        search.fix({i for i, x in settled.items() if x}, {i for i, x in settled.items() if not x})
        search.at_least(zero.sales, zero.product)
        search.start_from(start)
        plan = lift_both(search, zero, (int(sales), int(product)))
        if plan is None:
            return Quick(zero, bound)
        reached = min((plan.sales - zero.sales) / sales, (plan.product - zero.product) / product)
        return Quick(plan, max(0.0, bound - reached))

    def _set_numbers(self, world: Problem, zero: Plan) -> None:
        value: dict[int, int] = {}
        variable = {}
        for deal, unlocked in zip(world.deals, self.deal, strict=True):
            key = unlocked.index()
            value[key] = value.get(key, 0) + deal.value
            variable[key] = unlocked
        for key, total in value.items():
            self.sales_row.SetCoefficient(variable[key], total)
        for i, candidate in world.by_id.items():
            self.product_row.SetCoefficient(self.item[i], candidate.product)
        for row, bound in zip(self.bounds, world.bounds, strict=True):
            for i in world.by_id:
                if i in bound.items:
                    row.SetCoefficient(self.item[i], world.by_id[i].effort)
        for row in (self.sales_share, self.product_share):
            row.SetCoefficient(self.smaller, 0)
            row.SetLb(0)
        self._keep(zero.sales, zero.product)
        self._set_room(world, 1.0)

    def _keep(self, sales: int, product: int) -> None:
        self.sales.SetLb(sales)
        self.product.SetLb(product)

    def _set_room(self, world: Problem, part: float) -> None:
        for row, bound in zip(self.bounds, world.bounds, strict=True):
            row.SetUb(bound.most * part)

    def _most(self, goal: pywraplp.Variable) -> float:
        objective = self.solver.Objective()
        objective.Clear()
        objective.SetCoefficient(goal, 1)
        objective.SetMaximization()
        status = self.solver.Solve()
        return float(goal.solution_value()) if status == pywraplp.Solver.OPTIMAL else -1.0

    def _taken(self) -> dict[str, bool | None]:
        """Whether the relaxation takes each item whole (True), not at all (False) or in part."""
        found = {i: variable.solution_value() for i, variable in self.item.items()}
        return {i: None if WHOLE < x < 1 - WHOLE else x > 0.5 for i, x in found.items()}
