"""Exact search for plans with CP-SAT: the only code that talks to a solver.

One worker, a fixed seed and limits in the solver's own deterministic time make the same input
give the same plan on any machine; `linearization_level=2` is what makes plans with many shared
prerequisites fast. Each plan is checked outside the solver before it is handed out.
"""

from collections import defaultdict
from dataclasses import dataclass

from ortools.sat.python import cp_model

from common_ground.analysis.plans import Plan, Problem, evaluate, find_violations

SEED = 20170302
ORDER_BITS = 50  # items ranked in one objective: 2**50 is exact in a 64-bit sum


@dataclass(frozen=True)
class Limits:
    """How long to search, in CP-SAT's deterministic seconds (about one second of one core).

    Attributes:
        solve: for one question to the solver.
        frontier: for all points of the frontier together.
        wall: factor of real seconds after which even a starved machine gives up.
    """

    solve: float = 10.0
    frontier: float = 20.0
    wall: float = 4.0


@dataclass(frozen=True)
class Answer:
    """Best plan found for one question.

    Attributes:
        plan: a plan that passed the independent check.
        value: what was maximised, at this plan.
        bound: no plan can reach more than this.
        proven: the plan is optimal; otherwise the limit was reached first.
    """

    plan: Plan
    value: int
    bound: int
    proven: bool


class Search:
    """One model of a problem, asked several questions in a row; bounds stay once set.

    Attributes:
        is_proven: every answer so far was optimal, or proven not to exist.
        seconds: deterministic time spent so far.
    """

    def __init__(
        self,
        problem: Problem,
        limits: Limits | None = None,
        capacity: int | None = None,
        without: frozenset[str] = frozenset(),
    ) -> None:
        """Build the model.

        Args:
            problem: the rules.
            limits: how long to search.
            capacity: tenths of a person-week, where another limit than the problem's applies.
            without: items to leave out besides the vetoed ones.
        """
        self.problem = problem
        self.limits = limits or Limits()
        self.capacity = problem.available if capacity is None else capacity
        self.is_proven = True
        self.seconds = 0.0
        self.model = cp_model.CpModel()
        self.item = {i: self.model.new_bool_var(i) for i in problem.by_id}
        for a, b in sorted(problem.requires):
            self.model.add_implication(self.item[a], self.item[b])
        for a, b in sorted(problem.excludes):
            self.model.add_at_most_one([self.item[a], self.item[b]] if a != b else [self.item[a]])
        for i in sorted(problem.pins):
            self.model.add(self.item[i] == 1)
        for i in sorted(problem.vetoes | without):
            self.model.add(self.item[i] == 0)
        held = list(self.item.values())
        self.effort = cp_model.LinearExpr.weighted_sum(
            held, [c.effort for c in problem.by_id.values()]
        )
        self.product = cp_model.LinearExpr.weighted_sum(
            held, [c.product for c in problem.by_id.values()]
        )
        self.sales = self._sales()
        self.model.add(self.effort <= self.capacity)

    def _sales(self) -> cp_model.LinearExpr:
        """Value of unlocked deals, one variable a distinct set of several blockers."""
        value: dict[frozenset[str], int] = defaultdict(int)
        for deal in self.problem.deals:
            value[deal.blockers] += deal.value
        terms, weights = [], []
        for blockers in sorted(value, key=sorted):
            unlocked = self.item[min(blockers)]
            if len(blockers) > 1:
                unlocked = self.model.new_bool_var("+".join(sorted(blockers)))
                for i in sorted(blockers):
                    self.model.add_implication(unlocked, self.item[i])
            terms.append(unlocked)
            weights.append(value[blockers])
        return cp_model.LinearExpr.weighted_sum(terms, weights)

    def at_least(self, sales: int | None = None, product: int | None = None) -> None:
        """Keep only plans worth at least this much to each side."""
        if sales is not None:
            self.model.add(self.sales >= sales)
        if product is not None:
            self.model.add(self.product >= product)

    def start_from(self, plan: Plan) -> None:
        """Give the solver a plan to improve; it changes the speed, never the optimum."""
        held = set(plan.items)
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for i, variable in self.item.items():
            self.model.add_hint(variable, i in held)

    def maximise(
        self, sales: int = 0, product: int = 0, effort: int = 0, keep: bool = False
    ) -> Answer | None:
        """The plan with the largest weighted sum, None when no plan meets the bounds.

        Args:
            sales: weight of sales value.
            product: weight of product value.
            effort: weight of effort, negative to prefer less.
            keep: later answers must reach the same sum.
        """
        goal = sales * self.sales + product * self.product + effort * self.effort
        answer = self._solve(goal)
        if answer is not None:
            if keep:
                self.model.add(goal >= answer.value)
            self.start_from(answer.plan)
        return answer

    def maximise_smaller(
        self, sales: tuple[int, int], product: tuple[int, int], most: int
    ) -> Answer | None:
        """The plan whose smaller side is largest; later answers keep both at that level.

        Args:
            sales: (weight, zero point) of sales; its side counts weight x (value - zero point).
            product: the same for product.
            most: an upper bound of the smaller side.
        """
        smaller = self.model.new_int_var(0, most, "smaller")
        self.model.add(sales[0] * self.sales - smaller >= sales[0] * sales[1])
        self.model.add(product[0] * self.product - smaller >= product[0] * product[1])
        answer = self._solve(smaller)
        if answer is not None:
            self.model.add(smaller >= answer.value)
            self.start_from(answer.plan)
        return answer

    def settle(self, plan: Plan) -> Plan:
        """Of all plans that meet the bounds: the least effort, then the first in id order.

        First in id order means: of two plans, the one that holds the smallest id they differ in.

        Args:
            plan: one that meets the bounds.
        """
        self.start_from(plan)
        answer = self.maximise(effort=-1, keep=True)
        variables = list(self.item.values())
        for first in range(0, len(variables), ORDER_BITS):
            block = variables[first : first + ORDER_BITS]
            weights = [1 << (len(block) - 1 - k) for k in range(len(block))]
            goal = cp_model.LinearExpr.weighted_sum(block, weights)
            if (found := self._solve(goal)) is not None:
                self.model.add(goal >= found.value)
                self.start_from(found.plan)
                answer = found
        return plan if answer is None else answer.plan

    def _solve(self, goal: cp_model.LinearExprT) -> Answer | None:
        self.model.maximize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.random_seed = SEED
        solver.parameters.max_deterministic_time = self.limits.solve
        solver.parameters.max_time_in_seconds = self.limits.solve * self.limits.wall
        status = solver.solve(self.model)
        self.seconds += solver.response_proto.deterministic_time
        self.is_proven = self.is_proven and status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        held = [i for i, variable in self.item.items() if solver.boolean_value(variable)]
        plan = evaluate(self.problem, held)
        if wrong := find_violations(self.problem, plan, self.capacity):
            raise AssertionError(f"the solver returned a plan that breaks the rules: {wrong}")
        value = int(solver.value(goal))
        proven = status == cp_model.OPTIMAL
        # The bound is a double: beyond 2**53 it is rounded, the value of a proven optimum is not
        bound = value if proven else int(solver.best_objective_bound)
        return Answer(plan=plan, value=value, bound=bound, proven=proven)
