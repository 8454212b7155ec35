"""Which variables hold the simulated parameters of which model, and at what values covariates are set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError

LINEAR, BINARY, ORDERED, COUNTS = (
    ("regress",),
    ("logit", "probit"),
    ("ologit", "oprobit"),
    ("poisson", "nbreg"),
)
COMMANDS = (*LINEAR, *BINARY, *ORDERED, "mlogit", *COUNTS)
"""What can be simulated."""

_FIELDS = ("cmd", "depvar", "sims", "parameters", "categories", "base", "count")


@dataclass(frozen=True, slots=True)
class SimulatedModel:
    """A model whose parameters were simulated; kept as characteristics of the data that hold the draws.

    Attributes
    ----------
    command, depvar : str
    variables : tuple of str
        The variables that hold draws, in the order of `parameters`.
    parameters : tuple of str
        Names as e(b) has them (`ses`, `2:ses`, `cut1:_cons`); `sigma2` for the residual variance.
    categories : tuple of str
        Values of the outcome, of models of categories.
    base : int
        Place of the base outcome of `mlogit`.
    count : int
        How many draws there are.
    """

    command: str
    depvar: str
    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    categories: tuple[str, ...] = ()
    base: int = 0
    count: int = 0

    @property
    def covariates(self) -> tuple[str, ...]:
        """The covariates, in the order of the first equation."""
        names = [parameter.rpartition(":")[2] for parameter in self.parameters if _is_slope(parameter)]
        return tuple(dict.fromkeys(names))

    def kept(self) -> dict[str, str]:
        """Return the characteristics that say it."""
        values = (
            self.command,
            self.depvar,
            " ".join(self.variables),
            " ".join(self.parameters),
            " ".join(self.categories),
            str(self.base),
            str(self.count),
        )
        return {f"simulated_{name}": value for name, value in zip(_FIELDS, values, strict=True) if value}


def _is_slope(parameter: str) -> bool:
    equation, _, name = parameter.rpartition(":")
    return name not in ("_cons", "sigma2") and not equation.startswith("cut") and equation != "lnalpha"


def simulated_model(data: Dataset) -> SimulatedModel:
    """Return the model that was simulated last.

    Raises
    ------
    StataError
        r(301) when none was; r(111) when a variable that held draws is gone.
    """
    kept = data.characteristics.get("_dta", {})
    texts = [kept.get(f"simulated_{name}", "") for name in _FIELDS]
    if not texts[0]:
        raise StataError(301, "no simulated parameters found; estsimp makes them")
    command, depvar, variables, parameters, categories, base, count = texts
    for name in variables.split():
        if name not in data:
            raise StataError(111, f"variable {name}, which held simulated parameters, not found")
    return SimulatedModel(
        command,
        depvar,
        tuple(variables.split()),
        tuple(parameters.split()),
        tuple(categories.split()),
        int(base),
        int(count),
    )


def set_values(data: Dataset) -> dict[str, float]:
    """Return the values of the covariates that `setx` has set."""
    words = data.characteristics.get("_dta", {}).get("simulated_x", "").split()
    return {name: float(value) for name, value in zip(words[::2], words[1::2], strict=True)}


def with_set_values(data: Dataset, values: Mapping[str, float]) -> Dataset:
    """Return data in which `setx` has set values of covariates."""
    texts = dict(data.characteristics.get("_dta", {}))
    texts["simulated_x"] = " ".join(f"{name} {value!r}" for name, value in values.items())
    return data.with_characteristics("_dta", texts)


def without_simulations(data: Dataset) -> Dataset:
    """Return data that say nothing of simulations; the variables with draws stay."""
    texts = data.characteristics.get("_dta", {})
    return data.with_characteristics(
        "_dta", {name: text for name, text in texts.items() if not name.startswith("simulated_")}
    )
