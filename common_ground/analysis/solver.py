"""Exact search for plans with CP-SAT: the only code that talks to a solver.

One worker, a fixed seed and limits in the solver's own deterministic time make the same input
give the same plan on any machine. Each plan is checked outside the solver before it is handed out.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from common_ground.analysis.plan_checks import find_violations
from common_ground.analysis.plans import Bound, Plan, Problem, evaluate

SEED = 20170302
ORDER_BITS = 50  # items ranked in one objective: 2**50 is exact in a 64-bit sum


@dataclass(frozen=True)
class Limits:
    """How long to search, in CP-SAT's deterministic seconds (about one second of one core).

    Attributes:
        solve: for one question to the solver.
        frontier: for all points of the frontier together.
        wall: factor of real seconds after which even a starved machine gives up.
        gap: stop a question at a plan within this share of the optimum; 0 asks for the optimum.
    """

    solve: float = 10.0
    frontier: float = 20.0
    wall: float = 4.0
    gap: float = 0.0


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
        bounds: tuple[Bound, ...] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> None:
        """Build the model.

        Args:
            problem: the rules.
            limits: how long to search.
            bounds: where others than the problem's capacity, teams and horizons apply.
            without: items to leave out besides the vetoed ones.
        """
        self.problem = problem
        self.limits = limits or Limits()
        self.bounds = bounds
        self.is_proven = True
        self.seconds = 0.0
        self.has_whole_number = False
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
        for bound in problem.bounds if bounds is None else bounds:
            counted = [i for i in problem.by_id if i in bound.items]
            if not counted:
                continue
            used = cp_model.LinearExpr.weighted_sum(
                [self.item[i] for i in counted], [problem.by_id[i].effort for i in counted]
            )
            self.model.add(used <= bound.most)

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

    def fix(self, held: Iterable[str], left_out: Iterable[str]) -> None:
        """Keep only plans that hold the first items and none of the second."""
        for i in sorted(held):
            self.model.add(self.item[i] == 1)
        for i in sorted(left_out):
            self.model.add(self.item[i] == 0)

    def at_least_sum(self, weights: tuple[int, int], plan: Plan) -> None:
        """Keep only plans with at least this plan's weighted sum of sales and product."""
        goal = weights[0] * self.sales + weights[1] * self.product
        self.model.add(goal >= weights[0] * plan.sales + weights[1] * plan.product)

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
        answer = self._solve(self.model, goal)
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
        self.has_whole_number = True
        self.model.add(sales[0] * self.sales - smaller >= sales[0] * sales[1])
        self.model.add(product[0] * self.product - smaller >= product[0] * product[1])
        answer = self._solve(self.model, smaller)
        if answer is not None:
            self.model.add(smaller >= answer.value)
            self.start_from(answer.plan)
        return answer

    def settle(self, plan: Plan, order: Sequence[str] = ()) -> Plan:
        """Of all plans that meet the bounds: the least effort, then the first in this order.

        First in order means: of two plans, the one that holds the first item they differ in.

        Args:
            plan: one that meets the bounds.
            order: every item; id order unless given.
        """
        self.model.add(self.effort <= plan.effort)
        other = self.beside(plan, effort=-1)
        if other is None:
            return plan
        settled = min((plan, other), key=lambda p: p.effort)
        self.model.add(self.effort <= settled.effort)
        self.start_from(settled)
        variables = [self.item[i] for i in order or self.item]
        for first in range(0, len(variables), ORDER_BITS):
            block = variables[first : first + ORDER_BITS]
            weights = [1 << (len(block) - 1 - k) for k in range(len(block))]
            goal = cp_model.LinearExpr.weighted_sum(block, weights)
            if (found := self._solve(self.model, goal)) is not None:
                self.model.add(goal >= found.value)
                self.start_from(found.plan)
                settled = found.plan
        return settled

    def beside(self, plan: Plan, sales: int = 0, product: int = 0, effort: int = 0) -> Plan | None:
        """Of the other plans with at least the weighted sum of this one, one with the largest.

        None when there is no other; most often there is none, which one question settles.
        """
        model = self.model.clone()
        held = set(plan.items)
        model.add_bool_or([~v if i in held else v for i, v in self.item.items()])
        goal = sales * self.sales + product * self.product + effort * self.effort
        model.add(goal >= sales * plan.sales + product * plan.product + effort * plan.effort)
        answer = self._solve(model, goal)
        return None if answer is None else answer.plan

    def _solve(self, model: cp_model.CpModel, goal: cp_model.LinearExprT) -> Answer | None:
        model.maximize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        solver.parameters.max_deterministic_time = self.limits.solve
        solver.parameters.max_time_in_seconds = self.limits.solve * self.limits.wall
        # Plans are small and their linear relaxation is tight: with it in full, and without
        # presolve and cuts, a question takes a third of the time. Without it nrp1 takes minutes.
        solver.parameters.linearization_level = 2
        # Led by the relaxation, but never with a whole number among the variables: the search
        # would try its values one by one
        if not self.has_whole_number:
            solver.parameters.search_branching = cp_model.LP_SEARCH
        solver.parameters.cut_level = 0
        solver.parameters.cp_model_presolve = False
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        solver.parameters.use_sat_inprocessing = False
        solver.parameters.relative_gap_limit = self.limits.gap
        status = solver.solve(model)
        self.seconds += solver.response_proto.deterministic_time
        self.is_proven = self.is_proven and status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        held = [i for i, variable in self.item.items() if solver.boolean_value(variable)]
        plan = evaluate(self.problem, held)
        if wrong := find_violations(self.problem, plan, self.bounds):
            raise AssertionError(f"the solver returned a plan that breaks the rules: {wrong}")
        value = int(solver.value(goal))
        proven = status == cp_model.OPTIMAL and not self.limits.gap
        # The bound is a double: beyond 2**53 it is rounded, the value of a proven optimum is not
        bound = value if proven else int(solver.best_objective_bound)
        return Answer(plan=plan, value=value, bound=bound, proven=proven)
