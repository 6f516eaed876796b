"""The one place that knows whether a network is small, sparse or dense.

A step needs sums over neighbours: orders from needs to offers, fills from offers back to needs, needs of a consumer. Each is
``y = A x`` along the first axis with a constant matrix ``A``. A `LinearMap` holds ``A`` in the form that is fastest for its
measured density; everything else in the engine only calls it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse._sparsetools import csr_matvec

Array = npt.NDArray[np.float64]

DENSE_FROM_DENSITY = 0.25
"""Share of entries from which a dense product is faster than a sparse one (measured on one core, double precision)."""


class LinearMap:
    """``y = A x`` along the first axis, ``x`` of shape (columns,) or (columns, draws).

    Args:
        rows: row of each entry.
        columns: column of each entry.
        values: value of each entry; entries of the same place add up.
        shape: (rows, columns) of the matrix.
        form: ``auto`` chooses by density; ``dense`` or ``sparse`` override it.
    """

    __slots__ = ("form", "matrix", "shape")

    def __init__(
        self,
        rows: npt.ArrayLike,
        columns: npt.ArrayLike,
        values: npt.ArrayLike,
        *,
        shape: tuple[int, int],
        form: str = "auto",
    ) -> None:
        matrix = sparse.csr_array(
            (np.asarray(values, dtype=float), (np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64))),
            shape=shape,
        )
        matrix.sum_duplicates()
        self.shape = shape
        entries = max(shape[0] * shape[1], 1)
        if form == "auto":
            form = "dense" if matrix.nnz / entries >= DENSE_FROM_DENSITY else "sparse"
        self.form = form
        self.matrix: Any = matrix.toarray() if form == "dense" else matrix

    def __call__(self, x: Array) -> Array:
        if self.form == "sparse" and type(x) is np.ndarray and x.shape == self.shape[1:] and x.dtype == np.float64:
            # What `@` ends in, without its checks: they take as long as the product of a small network, fifteen times a step
            product: Array = np.zeros(self.shape[0])
            matrix = self.matrix
            csr_matvec(*self.shape, matrix.indptr, matrix.indices, matrix.data, np.ascontiguousarray(x), product)
            return product
        result: Array = self.matrix @ x
        return result

    @property
    def nbytes(self) -> int:
        """Bytes that one product has to read."""
        if self.form == "dense":
            return int(self.matrix.nbytes)
        return int(self.matrix.data.nbytes + self.matrix.indices.nbytes + self.matrix.indptr.nbytes)


def sum_map(groups: npt.ArrayLike, count: int, weights: npt.ArrayLike | None = None) -> LinearMap:
    """The map that adds entry ``i`` of a vector to group ``groups[i]``, times ``weights[i]`` if given."""
    index = np.asarray(groups, dtype=np.int64)
    values = np.ones(len(index)) if weights is None else np.asarray(weights, dtype=float)
    return LinearMap(index, np.arange(len(index)), values, shape=(count, len(index)), form="sparse")


class RunMinimum:
    """The smallest entry of each group, ``fill`` for a group without entries. Works along the first axis.

    Groups are padded to the longest, so that a pass is a few gathers: fast for one draw, for many, and under a compiler.
    """

    __slots__ = ("count", "positions", "size")

    def __init__(self, groups: npt.ArrayLike, count: int, *, members: npt.ArrayLike | None = None) -> None:
        index = np.asarray(groups, dtype=np.int64)
        member = np.arange(len(index)) if members is None else np.asarray(members, dtype=np.int64)
        self.count = count
        self.size = int(member.max()) + 1 if len(member) else 0
        lengths = np.bincount(index, minlength=count) if len(index) else np.zeros(count, dtype=np.int64)
        longest = int(lengths.max()) if count else 0
        order = np.argsort(index, kind="stable")
        rank = np.empty(len(index), dtype=np.int64)
        rank[order] = np.arange(len(index)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        self.positions = np.full((longest, count), -1, dtype=np.int64)
        self.positions[rank, index] = member

    def __call__(self, x: Any, fill: float, xp: Any = np) -> Any:
        pad = xp.full((1, *x.shape[1:]), fill)
        padded = xp.concatenate([x, pad], axis=0)  # position -1 is the last row
        if not len(self.positions):
            return xp.full((self.count, *x.shape[1:]), fill)
        result = padded.take(self.positions[0], axis=0)
        for positions in self.positions[1:]:
            result = xp.minimum(result, padded.take(positions, axis=0))
        return result
