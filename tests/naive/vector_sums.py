"""Integer sums of several targets, and what a set of rows scores by them."""

from collections.abc import Sequence
from typing import NamedTuple

from naive.binning import Table
from naive.config import Config
from naive.fixed_point import FixedPoint
from naive.split import node_score, soft_threshold


class VectorSums(NamedTuple):
    """Integer sums over a set of rows."""

    grad: tuple[int, ...]  # a number a target
    hess: tuple[int, ...]  # likewise, or one that all share
    n: int


class VectorData:
    """What one tree is grown from."""

    def __init__(
        self, table: Table, grad: list[FixedPoint], hess: list[FixedPoint], counts: list[int]
    ) -> None:
        self.table = table
        self.grad = grad
        self.hess = hess
        self.counts = counts

    def sums(self, rows: Sequence[int]) -> VectorSums:
        return VectorSums(
            tuple(sum(g.quanta[i] for i in rows) for g in self.grad),
            tuple(sum(h.quanta[i] for i in rows) for h in self.hess),
            sum(self.counts[i] for i in rows),
        )

    def real(self, sums: VectorSums) -> tuple[list[float], float]:
        """Gradients, and the mean hessian."""
        return self.real_grad(sums), sum(self.real_hess(sums)) / len(self.hess)

    def real_grad(self, sums: VectorSums) -> list[float]:
        return [g.real(total) for g, total in zip(self.grad, sums.grad, strict=True)]

    def real_hess(self, sums: VectorSums) -> list[float]:
        return [h.real(total) for h, total in zip(self.hess, sums.hess, strict=True)]

    def pairs(self, sums: VectorSums) -> list[tuple[float, float]]:
        """Gradient and hessian of each target."""
        hess = self.real_hess(sums)
        shared = hess * len(self.grad) if len(hess) == 1 else hess
        return list(zip(self.real_grad(sums), shared, strict=True))


def score_of_sides(data: VectorData, sides: Sequence[VectorSums], config: Config) -> float:
    """The targets' scores of these sets of rows, added in the core's order."""
    if len(data.hess) == 1 and config.max_delta_step == 0.0:
        score = 0.0
        for side in sides:
            squares = 0.0
            for g in data.real_grad(side):
                t = soft_threshold(g, config.l1_regularization)
                squares += t * t
            h = data.real_hess(side)[0] + config.l2_regularization
            score += squares / h if h > 0.0 else 0.0
        return score
    score = 0.0
    for of_target in zip(*(data.pairs(side) for side in sides), strict=True):
        of_sides = 0.0
        for g, h in of_target:
            of_sides += node_score(g, h, config)
        score += of_sides
    return score
