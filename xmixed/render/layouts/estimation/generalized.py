"""The header of generalised linear models."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result

RIGHT = 51
"""Column where the right block starts; its `=` stands at 67, its values end at 77."""
EQUALS = 67


@dataclass(frozen=True, slots=True)
class GeneralizedHeader:
    """What stands above the table of glm.

    Attributes
    ----------
    optimisation : tuple of (what, second line)
    deviance, pearson : tuple of (value, its ratio to df)
    variance, link : tuple of (formula, name)
    log_likelihood : float or None
        None: neither it nor AIC is shown.
    pseudo : bool
        Whether it is a pseudolikelihood.
    """

    title: str
    optimisation: tuple[str, str]
    n_obs: float
    df: float
    scale: float
    deviance: tuple[float, float]
    pearson: tuple[float, float]
    variance: tuple[str, str]
    link: tuple[str, str]
    log_likelihood: float | None
    aic: float
    bic: float
    pseudo: bool


def render_header(header: GeneralizedHeader) -> list[Line]:
    what, second = header.optimisation
    lines = [
        _beside(header.title, "No. of obs", header.n_obs),
        _beside(f"Optimization     : {what}", "Residual df", header.df),
        _beside(" " * 19 + second if second else "", "Scale parameter", header.scale),
        _beside(_left("Deviance", header.deviance[0]), "(1/df) Deviance", header.deviance[1]),
        _beside(_left("Pearson", header.pearson[0]), "(1/df) Pearson", header.pearson[1]),
        line(),
        line(f"Variance function: V(u) = {header.variance[0]}".ljust(RIGHT) + f"[{header.variance[1]}]"),
        line(f"Link function    : g(u) = {header.link[0]}".ljust(RIGHT) + f"[{header.link[1]}]"),
        line(),
    ]
    if header.log_likelihood is None:
        return [*lines, _beside("", "BIC", header.bic)]
    name = "Log pseudolikelihood" if header.pseudo else "Log likelihood"
    left = _left(name, header.log_likelihood)
    return [*lines, _beside("", "AIC", header.aic), _beside(left, "BIC", header.bic)]


def _left(label: str, value: float) -> str:
    return f"{label:<16} = {format_value(value, '%12.0g').strip():>12}"


def _beside(left: str, label: str, value: float) -> Line:
    head = left.ljust(RIGHT) + label.ljust(EQUALS - RIGHT) + "="
    return line(head, result(format_value(value, "%9.0g").strip().rjust(10)))
