"""drawnorm, corr2data: normal variables with given means and covariances, in expectation or exactly."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import room_of
from xmixed.data.columns import new_variable
from xmixed.data.dataset import Dataset
from xmixed.data.growth import grown
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.matrices.evaluate import evaluate_matrix
from xmixed.expressions.varlist import check_new_name
from xmixed.language.arguments.matrix_expressions import parse_matrix_expression
from xmixed.language.nodes import Command, Span
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

_OPTIONS = (
    OptionSpec("n", "n", "integer", help="number of observations", minimum_value=1),
    OptionSpec("means", "m", "text", help="means, as numbers or a vector; 0 when not given"),
    OptionSpec("sds", "sd", "text", help="standard deviations, likewise; 1 when not given"),
    OptionSpec("corr", "c", "text", help="matrix of correlations, or its triangle as a vector"),
    OptionSpec("cov", "cov", "text", help="matrix of covariances, or its triangle as a vector"),
    OptionSpec(
        "cstorage",
        "cs",
        "choice",
        help="how corr() or cov() is given",
        choices=(("full", "f"), ("lower", "l"), ("upper", "u")),
    ),
    OptionSpec("forcepsd", "forcepsd", help="the nearest matrix without negative eigenvalues"),
    OptionSpec("double", "double", help="store as double"),
    OptionSpec("clear", "clear", help="the data in memory go"),
    OptionSpec("seed", "seed", "integer", help="start of the random numbers", minimum_value=0),
)
_SYNTAX = Syntax("newvarlist", options=_OPTIONS, exclusive=(("corr", "cov"), ("sds", "cov")))
_OWN = "newvarlist [, n(#) means() sds() corr() cov() cstorage() forcepsd double clear seed(#)]"


@command("drawnorm", syntax=_SYNTAX, synopsis=f"drawnorm {_OWN}")
@command("corr2data", syntax=_SYNTAX, synopsis=f"corr2data {_OWN}")
def drawnorm(session: SessionState, node: Command) -> None:
    """corr2data's variables have the means and covariances exactly, as its name says."""
    if node.argument is None:
        raise StataError(100, "varlist required")
    data = Dataset() if node.option("clear") else session.data
    names, kind = _names_and_type(session, node)
    for name in names:
        check_new_name(name, data)
    size = int(node.option("n", data.n_obs))
    if size == 0:
        raise StataError(198, "option n() required")
    if len(data) and size < data.n_obs:
        raise StataError(198, f"n() must be at least {data.n_obs}, the number of observations")
    means, root = _moments(session, node, len(names))
    if node.option("seed") is not None:
        session.settings.seed = int(node.option("seed"))
        session.memory.reseed(int(node.option("seed")))
    room_of(session).require(size, data)
    z = session.memory.generator().standard_normal((size, len(names)))
    if node.name == "corr2data":
        z = _standardized(z)
    before = data.n_obs
    data = grown(data, size)
    if size != before:
        session.out.write(f"(obs was {before}, now {size})" if before else f"(obs {size})")
    values = z @ root.T + means
    made = [new_variable(name, kind, values[:, place]) for place, name in enumerate(names)]
    session.data = data.with_variables(*made)


def _names_and_type(session: SessionState, node: Command) -> tuple[list[str], str]:
    new = node.argument
    if new.stub:
        raise StataError(198, "invalid syntax")
    return list(new.names), "double" if node.option("double") else new.type or session.settings.type


def _moments(session: SessionState, node: Command, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the means, shape (k,), and a square root L of the covariance matrix, L L' (k, k)."""
    means, sds = _vector(session, node, "means", k, 0.0), _vector(session, node, "sds", k, 1.0)
    if (sds < 0).any():
        raise StataError(198, "option sds() has negative values")
    name = "cov" if "cov" in node.options else "corr"
    matrix = _square(session, node, name, k)
    if not np.allclose(matrix, matrix.T, rtol=1e-8, atol=0):
        raise StataError(505, "matrix not symmetric")
    if name == "corr" and not np.allclose(np.diag(matrix), 1.0, rtol=1e-8):
        raise StataError(198, "option corr(): the diagonal of a correlation matrix is 1")
    eigenvalues, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    if eigenvalues[0] < -1e-10 * eigenvalues[-1] and not node.option("forcepsd"):
        raise StataError(506, "matrix not positive (semi)definite")
    root = vectors * np.sqrt(np.maximum(eigenvalues, 0.0))
    return means, root * sds[:, None]


def _matrix(session: SessionState, node: Command, name: str) -> np.ndarray:
    text = str(node.option(name))
    return evaluate_matrix(parse_matrix_expression(text, Span(0, len(text))), Context.of(session)).values


def _numbers(text: str) -> np.ndarray | None:
    """Return the numbers of `1 2.5`; None for anything else, which is a matrix."""
    try:
        return np.array([float(word) for word in text.replace(",", " ").split()])
    except ValueError:
        return None


def _vector(session: SessionState, node: Command, name: str, k: int, standard: float) -> np.ndarray:
    if name not in node.options:
        return np.full(k, standard)
    values = _numbers(str(node.option(name)))
    if values is None:
        values = _matrix(session, node, name).ravel()
    if len(values) != k:
        raise StataError(503, f"conformability error: {name}() needs {k} values")
    return values


def _square(session: SessionState, node: Command, name: str, k: int) -> np.ndarray:
    """Return the matrix of corr() or cov(), from a triangle where it is given as a vector."""
    if name not in node.options:
        return np.eye(k)
    values = _matrix(session, node, name)
    storage = str(node.option("cstorage", "full"))
    if storage == "full":
        if values.shape != (k, k):
            raise StataError(503, f"conformability error: {name}() needs {k} rows and columns")
        return values
    if values.size != k * (k + 1) // 2 or min(values.shape) != 1:
        raise StataError(503, f"conformability error: {name}() needs {k * (k + 1) // 2} values")
    out = np.zeros((k, k))
    out[np.tril_indices(k) if storage == "lower" else np.triu_indices(k)] = values.ravel()
    return out + out.T - np.diag(np.diag(out))


def _standardized(z: np.ndarray) -> np.ndarray:
    """Return draws with means of exactly 0 and the identity as sample covariance matrix."""
    n, k = z.shape
    if n <= k:
        raise StataError(2001, "insufficient observations")
    centred = z - z.mean(axis=0)
    q, _ = np.linalg.qr(centred)
    return q * np.sqrt(n - 1)
