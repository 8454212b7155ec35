"""The header of models fitted by maximum likelihood, and the lines of their iteration log."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result

RIGHT = 50
"""Column where the right block starts; its `=` stands at 66, its values end at 77."""
EQUALS = 66
VALUE = 11


@dataclass(frozen=True, slots=True)
class LikelihoodHeader:
    """What stands above the table; `pseudo` says likelihoods are pseudolikelihoods."""

    title: str
    n_obs: float
    test: str
    df_model: float
    chi2: float
    p_value: float
    log_likelihood: float
    pseudo_r2: float | None
    pseudo: bool = False
    dispersion: str = ""


def render_header(header: LikelihoodHeader) -> list[Line]:
    likelihood = "Log pseudolikelihood" if header.pseudo else "Log likelihood"
    left = f"{likelihood} = {format_value(header.log_likelihood, '%10.0g').strip()}"
    figures = [
        (header.title, "Number of obs", format_value(header.n_obs, "%10.0g")),
        ("", f"{header.test} chi2({header.df_model:.0f})", format_value(header.chi2, "%10.2f")),
    ]
    tail = ("Prob > chi2", format_value(header.p_value, "%10.4f"))
    if header.dispersion:
        above = f"{'Dispersion':<{len(likelihood)}} = {header.dispersion}"
        figures.append((above, *tail))
        if header.pseudo_r2 is None:
            figures.append((left, "", ""))
        else:
            figures.append((left, "Pseudo R2", format_value(header.pseudo_r2, "%10.4f")))
    elif header.pseudo_r2 is None:
        figures.append((left, *tail))
    else:
        figures += [("", *tail), (left, "Pseudo R2", format_value(header.pseudo_r2, "%10.4f"))]
    return [_beside(text, label, value) for text, label, value in figures]


def _beside(left: str, label: str, value: str) -> Line:
    if not label:
        return line(left)
    head = left.ljust(RIGHT) + label.ljust(EQUALS - RIGHT) + "="
    return line(head, result(value.strip().rjust(VALUE)))


def render_mixture_test(name: str, chi2: float, p_value: float) -> Line:
    """Return the line of the test that a dispersion is zero, below the table."""
    head = f"Likelihood-ratio test of {name}=0:  chibar2(01) ="
    statistic = format_value(chi2, "%8.2f").strip().rjust(8)
    return line(head, result(statistic), " Prob>=chibar2 = ", result(format_value(p_value, "%5.3f").strip()))
