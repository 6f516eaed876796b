"""The one place that knows whether a network is small, sparse or dense.

A step needs sums over neighbours: orders from needs to offers, fills from offers back to needs, needs of a consumer. Each is
``y = A x`` along the first axis with a constant matrix ``A``. A `LinearMap` holds ``A`` in the form that is fastest for its
measured density, a `TableMap` the flows of an input-output table; everything else in the engine only calls them.

Draws are the last axis of ``x``: many draws share one read of ``A``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.model.arrays import put_at

Array = npt.NDArray[np.float64]

DENSE_FROM_DENSITY = 0.25
"""Share of entries from which a dense product is faster than a sparse one (measured on one core, double precision)."""

TABLE_DENSE_FROM_DENSITY = 0.1
"""The same for an input-output table, whose dense products come product by product from the cache (measured, docs/peers.md)."""


INFINITE_AS_INTEGER = np.float64(np.inf).view(np.int64)
"""The integer whose bits are those of an infinite number."""


class LinearMap:
    """``y = A x`` along the first axis, ``x`` of shape (columns,) or (columns, draws).

    Args:
        rows: row of each entry.
        columns: column of each entry.
        values: value of each entry; entries of the same place add up.
        shape: (rows, columns) of the matrix.
        form: ``auto`` chooses by density; ``dense`` or ``sparse`` override it.
    """

    __slots__ = ("form", "matrix", "multiply", "shape", "transposed")

    def __init__(
        self,
        rows: npt.ArrayLike,
        columns: npt.ArrayLike,
        values: npt.ArrayLike,
        *,
        shape: tuple[int, int],
        form: str = "auto",
    ) -> None:
        sparse, self.multiply = _scipy()
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
        self.transposed: Any = self.matrix.T

    @classmethod
    def from_rows(cls, starts: Any, columns: Any, values: Any, *, columns_count: int) -> LinearMap:
        """A sparse map from entries sorted by row, none of them copied: row ``i`` has those from ``starts[i]`` up to ``starts[i + 1]``."""
        self = cls.__new__(cls)
        sparse, self.multiply = _scipy()
        self.form, self.shape = "sparse", (len(starts) - 1, columns_count)
        self.matrix = sparse.csr_array((values, columns, starts), shape=self.shape, copy=False)
        self.transposed = self.matrix.T
        return self

    def rows(self, begin: int, end: int) -> LinearMap:
        """Some rows of a sparse map, its entries shared."""
        part = LinearMap([], [], [], shape=(end - begin, self.shape[1]), form="sparse")
        part.transposed = part.matrix.T
        for matrix in (part.matrix, part.transposed):
            matrix.data, matrix.indices = self.matrix.data, self.matrix.indices
            # It begins in the middle of the entries, which products allow
            matrix.indptr = self.matrix.indptr[begin : end + 1]
        return part

    def __call__(self, x: Array) -> Array:
        if self.form == "dense" or type(x) is not np.ndarray or len(x) != self.shape[1] or x.dtype != np.float64:
            result: Array = self.matrix @ x
            return result
        # What `@` ends in, without its checks: they take as long as the product of a small network, fifteen times a step
        product: Array = np.zeros((self.shape[0], *x.shape[1:]))
        matrix, one, many = self.matrix, *self.multiply
        entries = (matrix.indptr, matrix.indices, matrix.data, x.ravel(), product.ravel())
        if x.ndim == 1:
            one(*self.shape, *entries)
        else:
            many(*self.shape, x.shape[1], *entries)
        return product

    def back(self, x: Array) -> Array:
        """``A' x``: the way back through the same entries."""
        product: Array = self.transposed @ x
        return product

    @property
    def nbytes(self) -> int:
        """Bytes that one product has to read."""
        if self.form == "dense":
            return int(self.matrix.nbytes)
        return int(self.matrix.data.nbytes + self.matrix.indices.nbytes + self.matrix.indptr.nbytes)


def _scipy() -> tuple[Any, tuple[Any, Any]]:
    """SciPy's sparse matrices and their bare products with one vector and with many, loaded with the first sparse map: a dense table does
    without their 24 MB."""
    from scipy import sparse
    from scipy.sparse._sparsetools import csr_matvec, csr_matvecs

    return sparse, (csr_matvec, csr_matvecs)


class LinkMap:
    """``y = A x`` for rows of which each has an entry and many have only one: needs (rows) and the links from their suppliers (columns).

    The first entry of every row stands apart from the others. They are fetched one after the other, with nothing to wait for, in two
    thirds of the time that a loop over rows takes.

    Args:
        columns: column of the first entry of each row, 32 bits, (rows,).
        values: value of the first entry of each row, (rows,).
        rows: rows with more entries, ascending.
        rest: the other entries of these rows alone.
    """

    __slots__ = ("add_draws", "add_vector", "columns", "rest", "rows", "values")

    def __init__(self, columns: npt.NDArray[np.int32], values: Array, *, rows: Any, rest: LinearMap) -> None:
        from scipy.sparse._sparsetools import csc_matvec, csc_matvecs

        self.add_vector, self.add_draws = csc_matvec, csc_matvecs
        self.columns, self.values, self.rows, self.rest = columns, values, rows, rest

    def part(self, begin: int, end: int) -> LinkMap:
        """Some rows, their entries shared."""
        first, last = np.searchsorted(self.rows, (begin, end))
        return LinkMap(
            self.columns[begin:end],
            self.values[begin:end],
            rows=self.rows[first:last] - begin,
            rest=self.rest.rows(first, last),
        )

    def __call__(self, x: Array) -> Array:
        """``A x``, ``x`` of shape (columns,) or (columns, draws)."""
        product: Array = x.take(self.columns, axis=0)
        product *= self.values.reshape(-1, *(1 for _ in x.shape[1:]))
        if len(self.rows):
            product[self.rows] += self.rest(x)
        return product

    def add_back(self, x: Array, total: Array) -> None:
        """Add ``A' x`` to ``total``, ``x`` of shape (rows,) or (rows, draws)."""
        x = np.ascontiguousarray(x)
        self._add_columns(np.arange(len(x) + 1, dtype=np.int32), self.columns, self.values, x, total)
        if len(self.rows):
            rest = self.rest.matrix
            self._add_columns(rest.indptr, rest.indices, rest.data, x[self.rows], total)

    def _add_columns(self, starts: Any, rows: Any, values: Array, x: Array, total: Array) -> None:
        """Add the columns of a sparse matrix, each times its entry of ``x``; SciPy's open way to it makes a new total."""
        if x.ndim == 1:
            self.add_vector(len(total), len(x), starts, rows, values, x, total)
        else:
            self.add_draws(len(total), len(x), x.shape[1], starts, rows, values, x, total)

    def spread(self, x: Any) -> Any:
        """A value of each row, for its entries: first ones, then the others."""
        return np.concatenate([x, np.repeat(x[self.rows], np.diff(self.rest.matrix.indptr), axis=0)])

    def totals(self, x: Array) -> Array:
        """Sum by row of values of the entries: first ones, then the others."""
        total = x[: len(self.columns)].copy()
        if len(self.rows):
            total[self.rows] += np.add.reduceat(x[len(total) :], self.rest.matrix.indptr[:-1], axis=0)
        return total

    @property
    def nbytes(self) -> int:
        """Bytes that one product has to read."""
        return int(self.columns.nbytes + self.values.nbytes + self.rows.nbytes + self.rest.nbytes)


def sum_map(groups: npt.ArrayLike, count: int, weights: npt.ArrayLike | None = None) -> LinearMap:
    """The map that adds entry ``i`` of a vector to group ``groups[i]``, times ``weights[i]`` if given."""
    index = np.asarray(groups, dtype=np.int64)
    values = np.ones(len(index)) if weights is None else np.asarray(weights, dtype=float)
    return LinearMap(index, np.arange(len(index)), values, shape=(count, len(index)), form="sparse")


class TableMap:
    """Flows ``Z[p, r, f]`` of some products p from the producers r of each to all buyers f, dense.

    Every product is one matrix-vector product (a matrix-matrix product with draws) over the constant table; nothing of its size is written.

    Args:
        table: (products, producers, buyers), float64, or float32 for half the bytes: vectors are then rounded on the way in, and a
            product is exact to about 1e-7 of it.
    """

    __slots__ = ("table",)

    def __init__(self, table: npt.NDArray[Any]) -> None:
        self.table = table

    def to_buyers(self, weight: Array) -> Array:
        """``y[p, f] = sum over r of w[p, r] Z[p, r, f]``; (products, producers, ...) to (products, buyers, ...)."""
        weight = np.ascontiguousarray(weight, self.table.dtype)  # the library of matrix products takes nothing else
        if weight.ndim == 2:
            return self._double(np.matmul(weight[:, None, :], self.table)[:, 0, :])
        return self._double(np.matmul(self.table.transpose(0, 2, 1), weight))

    def to_producers(self, factor: Array) -> Array:
        """``y[p, r] = sum over f of Z[p, r, f] x[p, f]``; (products, buyers, ...) to (products, producers, ...)."""
        factor = np.ascontiguousarray(factor, self.table.dtype)
        if factor.ndim == 2:
            return self._double(np.matmul(self.table, factor[:, :, None])[:, :, 0])
        return self._double(np.matmul(self.table, factor))

    @property
    def nbytes(self) -> int:
        """Bytes that one product has to read."""
        return int(self.table.nbytes)

    def _double(self, values: Any) -> Array:
        double: Array = values if values.dtype == np.float64 else values.astype(np.float64)
        return double


class Runs:
    """Sums and minima over runs: the entries of a group stand side by side. Works along the first axis.

    Args:
        lengths: entries of each group, 0 for a group without any, (groups,).
    """

    __slots__ = ("count", "filled", "lengths", "starts")

    def __init__(self, lengths: npt.NDArray[Any]) -> None:
        self.count, self.lengths = len(lengths), lengths
        starts = np.cumsum(lengths) - lengths
        self.filled: Any = slice(None) if lengths.all() else np.flatnonzero(lengths)
        self.starts = starts[self.filled]

    def smallest(self, x: Array) -> Array:
        """Smallest entry of each group, infinite for none."""
        if (x >= 0).all():  # the bits of such numbers read as integers stand in the same order, and take half the time
            smallest: Array = self._reduce(np.minimum, x.view(np.int64), INFINITE_AS_INTEGER).view(np.float64)
        else:
            smallest = self._reduce(np.minimum, x, np.inf)
        return smallest

    def total(self, x: Array) -> Array:
        """Sum of each group."""
        total: Array = self._reduce(np.add, x, 0.0)
        return total

    def spread(self, x: Array) -> Array:
        """A value of each group, for its entries."""
        return np.repeat(x, self.lengths, axis=0)

    def _reduce(self, function: np.ufunc, x: Any, fill: float | np.int64) -> Any:
        if isinstance(self.filled, slice) and self.count:
            return function.reduceat(x, self.starts, axis=0)
        result = np.full((self.count, *x.shape[1:]), fill)
        if len(self.starts):
            result[self.filled] = function.reduceat(x, self.starts, axis=0)
        return result


class RunMinimum:
    """The smallest entry of each group, ``fill`` for a group without entries. Works along the first axis.

    The first entries of all groups are compared with the second ones, these with the third, and so on. Groups with many entries stand
    first meanwhile, so that each pass is over a beginning of them: fast for one draw, for many, and under a compiler.

    Args:
        groups: group of each entry.
        count: number of groups.
        members: position of each entry along the first axis; in their order if not given.
    """

    __slots__ = ("count", "groups", "place", "positions")

    def __init__(self, groups: npt.ArrayLike, count: int, *, members: npt.ArrayLike | None = None) -> None:
        index = np.asarray(groups, dtype=np.int64)
        member = np.arange(len(index)) if members is None else np.asarray(members, dtype=np.int64)
        self.count = count
        lengths = np.bincount(index, minlength=count)
        by_group = member[np.argsort(index, kind="stable")]
        starts = np.cumsum(lengths) - lengths
        self.groups = np.argsort(-lengths, kind="stable")
        self.place = None if (np.diff(self.groups) > 0).all() else np.argsort(self.groups)
        having = [np.count_nonzero(lengths > rank) for rank in range(int(lengths.max(initial=0)))]
        self.positions = [by_group[starts[self.groups[:some]] + rank] for rank, some in enumerate(having)]

    def __call__(self, x: Any, fill: float, xp: Any = np) -> Any:
        if not self.positions:
            return xp.full((self.count, *x.shape[1:]), fill)
        result = x.take(self.positions[0], axis=0)
        for positions in self.positions[1:]:
            some = slice(0, len(positions))
            result = put_at(result, some, xp.minimum(result[some], x.take(positions, axis=0)))
        if len(result) < self.count:
            result = xp.concatenate([result, xp.full((self.count - len(result), *x.shape[1:]), fill)])
        return result if self.place is None else result.take(self.place, axis=0)
