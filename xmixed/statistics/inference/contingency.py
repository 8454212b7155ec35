"""Tables of counts: tests of independence and measures of association."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING

ENTRIES = 8_000_000
"""How many partly filled tables an exact test may hold before it is given up."""
TIE = 1e-7
"""Tables whose probability is this close, relatively, to that of the table seen count as equally probable."""


@dataclass(frozen=True, slots=True)
class Association:
    """What is said of a table of counts; `.` where it is not defined.

    Attributes
    ----------
    chi2, chi2_lr, p, p_lr : float
        Pearson's and the likelihood-ratio statistic, their p-values.
    df : int
    cramers_v : float
        Of a 2x2 table with the sign of ad - bc.
    gamma, gamma_ase, tau_b, tau_b_ase : float
        Goodman and Kruskal's gamma and Kendall's tau-b, with standard errors that do not suppose
        independence (Brown and Benedetti 1977).
    """

    chi2: float
    df: int
    p: float
    chi2_lr: float
    p_lr: float
    cramers_v: float
    gamma: float
    gamma_ase: float
    tau_b: float
    tau_b_ase: float


def expected_counts(table: np.ndarray) -> np.ndarray:
    """Return the counts that independence expects, shape of the table."""
    n = table.sum()
    return np.outer(table.sum(axis=1), table.sum(axis=0)) / (n if n else 1.0)


def likelihood_ratio_contributions(table: np.ndarray) -> np.ndarray:
    """Return what each cell adds to the likelihood-ratio chi-squared: 2 n ln(n/e), 0 if empty."""
    filled = table > 0
    ratio = np.divide(table, expected_counts(table), out=np.ones_like(table), where=filled)
    return 2 * table * np.log(np.where(filled, ratio, 1.0))


def association(table: np.ndarray) -> Association:
    """Return tests and measures of a table of counts, float64, shape (r, c)."""
    from scipy.special import chdtrc, xlogy

    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    n, (rows, columns) = table.sum(), table.shape
    df = (rows - 1) * (columns - 1)
    if df == 0:
        nothing = [MISSING] * 8
        return Association(MISSING, 0, *nothing)
    expected = expected_counts(table)
    chi2 = float(((table - expected) ** 2 / expected).sum())
    likelihood_ratio = max(0.0, float(2 * xlogy(table, table / expected).sum()))
    v = np.sqrt(chi2 / (n * (min(rows, columns) - 1)))
    if (rows, columns) == (2, 2):
        v = np.copysign(v, np.linalg.det(table))
    gamma, gamma_ase = _gamma(table)
    tau, tau_ase = _tau_b(table)
    p, p_lr = (float(chdtrc(df, value)) for value in (chi2, likelihood_ratio))
    return Association(chi2, df, p, likelihood_ratio, p_lr, float(v), gamma, gamma_ase, tau, tau_ase)


def _concordance(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each cell how many pairs with it are concordant, and how many discordant."""

    def before(counts: np.ndarray) -> np.ndarray:
        """Return sums over the cells above and to the left of each."""
        sums = np.zeros((counts.shape[0] + 1, counts.shape[1] + 1))
        sums[1:, 1:] = counts.cumsum(axis=0).cumsum(axis=1)
        return sums[:-1, :-1]

    both = before(table) + before(table[::-1, ::-1])[::-1, ::-1]
    crossed = before(table[:, ::-1])[:, ::-1] + before(table[::-1])[::-1]
    return both, crossed


def _gamma(table: np.ndarray) -> tuple[float, float]:
    agree, differ = _concordance(table)
    p, q = (table * agree).sum(), (table * differ).sum()
    if p + q == 0:
        return MISSING, MISSING
    ase = 4 / (p + q) ** 2 * np.sqrt((table * (q * agree - p * differ) ** 2).sum())
    return float((p - q) / (p + q)), float(ase)


def _tau_b(table: np.ndarray) -> tuple[float, float]:
    agree, differ = _concordance(table)
    n, in_rows, in_columns = table.sum(), table.sum(axis=1), table.sum(axis=0)
    row_pairs, column_pairs = n**2 - (in_rows**2).sum(), n**2 - (in_columns**2).sum()
    w = np.sqrt(row_pairs * column_pairs)
    tau = (table * (agree - differ)).sum() / w
    spread = in_rows[:, None] * column_pairs + in_columns[None, :] * row_pairs
    squares = (table * (2 * w * (agree - differ) + tau * spread) ** 2).sum()
    variance = (squares - n**3 * tau**2 * (row_pairs + column_pairs) ** 2) / w**4
    return float(tau), float(np.sqrt(max(0.0, variance)))


# --- Fisher's exact test -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exact:
    """Fisher's exact test: two-sided p, the tail that was observed (2x2 only), states before each column."""

    p: float
    one_sided: float | None = None
    stages: tuple[int, ...] = ()


def fisher_exact(table: np.ndarray) -> Exact | None:
    """Return Fisher's exact test of whole counts (r, c); None when it would take too long.

    Columns are filled one after another. All that matters of those before is how much each row has left (a
    state, whatever the order of the rows) and the probability so far; half of the columns are filled from the
    left and half from the right, and both meet in the middle.
    """
    table = np.asarray(table, dtype=np.int64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape, default=0) < 2:
        return Exact(1.0)
    if table.shape == (2, 2):
        return _fisher_2x2(table)
    return _fisher_by_columns(table if table.shape[0] <= table.shape[1] else table.T)


def _fisher_2x2(table: np.ndarray) -> Exact:
    (a, b), (c, d) = table.tolist()
    row, column, n = a + b, a + c, a + b + c + d
    x = np.arange(max(0, row + column - n), min(row, column) + 1)
    cells = np.array([x, row - x, column - x, n - row - column + x])
    log_p = -_log_factorials(cells).sum(axis=0)
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    seen = p[x == a][0]
    tails = float(p[x <= a].sum()), float(p[x >= a].sum())
    return Exact(min(1.0, float(p[p <= seen * (1 + TIE)].sum())), min(1.0, *tails))


@dataclass(frozen=True, slots=True)
class _Paths:
    """Ways to fill columns by their log probability: `log_p` (m,) ascending, `ways` (m,) of each."""

    log_p: np.ndarray
    ways: np.ndarray

    @classmethod
    def merged(cls, log_p: np.ndarray, ways: np.ndarray) -> _Paths:
        keys, place = np.unique(np.round(log_p, 9), return_inverse=True)
        return cls(keys, np.bincount(place.reshape(-1), weights=ways))


def _fisher_by_columns(table: np.ndarray) -> Exact | None:
    columns = sorted(table.sum(axis=0).tolist(), reverse=True)
    start = tuple(sorted(table.sum(axis=1).tolist()))
    seen = -float(_log_factorials(table).sum()) + TIE
    middle = len(columns) // 2
    memory: dict[tuple[tuple[int, ...], int], _Paths] = {}
    states = {start: _Paths(np.zeros(1), np.ones(1))}
    stages = [1]
    try:
        for total in columns[:middle]:
            states = _fill_column(states, total)
            stages.append(len(states))
        extreme = 0.0
        everything = _log_mass(start, columns)
        for state, past in states.items():
            rest = _completions(state, columns[middle:], memory)
            mass = np.concatenate([[0.0], np.cumsum(rest.ways * np.exp(rest.log_p - rest.log_p[-1]))])
            within = mass[np.searchsorted(rest.log_p, seen - past.log_p, side="right")]
            extreme += float((past.ways * np.exp(past.log_p + rest.log_p[-1] - everything) * within).sum())
    except MemoryError:
        return None
    stages += [sum(left == k for _, left in memory) for k in range(len(columns) - middle - 1, 0, -1)]
    return Exact(min(1.0, extreme), None, (*stages[: len(columns) - 1], 0))


def _fill_column(states: dict[tuple[int, ...], _Paths], total: int) -> dict[tuple[int, ...], _Paths]:
    """Return the states after one more column."""
    pieces: dict[tuple[int, ...], list[tuple[np.ndarray, np.ndarray]]] = {}
    entries = 0
    for state, past in states.items():
        fillings = _fillings(state, total)
        added = -_log_factorials(fillings).sum(axis=1)
        left = np.sort(np.asarray(state) - fillings, axis=1)
        entries += len(fillings) * len(past.log_p)
        if entries > ENTRIES:
            raise MemoryError
        for one, log_p in zip(map(tuple, left.tolist()), added.tolist(), strict=True):
            pieces.setdefault(one, []).append((past.log_p + log_p, past.ways))
    return {
        state: _Paths.merged(*(np.concatenate(part) for part in zip(*found, strict=True)))
        for state, found in pieces.items()
    }


def _completions(
    state: tuple[int, ...], columns: list[int], memory: dict[tuple[tuple[int, ...], int], _Paths]
) -> _Paths:
    """Return all ways to fill the columns that are left."""
    found = memory.get((state, len(columns)))
    if found is None:
        fillings = _fillings(state, columns[0])
        added = -_log_factorials(fillings).sum(axis=1)
        left = np.sort(np.asarray(state) - fillings, axis=1)
        if len(memory) * len(fillings) > ENTRIES:
            raise MemoryError
        if len(columns) <= 2:
            log_p = added - (_log_factorials(left).sum(axis=1) if len(columns) == 2 else 0.0)
            found = _Paths.merged(log_p, np.ones(len(log_p)))
        else:
            parts = [_completions(one, columns[1:], memory) for one in map(tuple, left.tolist())]
            if sum(len(part.log_p) for part in parts) > ENTRIES:
                raise MemoryError
            log_p = np.concatenate([p.log_p + a for p, a in zip(parts, added.tolist(), strict=True)])
            found = _Paths.merged(log_p, np.concatenate([part.ways for part in parts]))
        memory[state, len(columns)] = found
    return found


def _fillings(room: tuple[int, ...], total: int) -> np.ndarray:
    """Return every way to spread a total over cells with so much room; int, shape (m, cells)."""
    rest_of_room = np.cumsum(room[::-1])[::-1]
    made, left = np.zeros((1, 0), dtype=np.int64), np.array([total])
    for i, cell in enumerate(room):
        beyond = int(rest_of_room[i + 1]) if i + 1 < len(room) else 0
        low, high = np.maximum(0, left - beyond), np.minimum(cell, left)
        counts = np.maximum(0, high - low + 1)
        if counts.sum() > ENTRIES:
            raise MemoryError
        at = np.repeat(np.arange(len(left)), counts)
        own = low[at] + np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        made, left = np.column_stack([made[at], own]), left[at] - own
    return made


def _log_factorials(k: np.ndarray) -> np.ndarray:
    from scipy.special import gammaln

    return gammaln(np.asarray(k) + 1.0)


def _log_mass(state: tuple[int, ...], columns: list[int]) -> float:
    """Return the log of the sum over tables with these margins of 1 / product of factorials."""
    margins = _log_factorials(np.array(state)).sum() + _log_factorials(np.array(columns)).sum()
    return float(_log_factorials(np.array(sum(columns))) - margins)
