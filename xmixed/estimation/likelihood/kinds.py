"""The likelihood models by command: title, family, exponentiated coefficients."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One command.

    Attributes
    ----------
    command, title : str
    family : str
        binary, counts, dispersed, ordered or multinomial.
    link : str
        logit, probit, cloglog or log.
    exponential, option : str
        Head of exponentiated coefficients, and the option that asks for them; "" where there are none.
    predict : str
        e(predict).
    """

    command: str
    title: str
    family: str
    link: str
    exponential: str
    option: str
    predict: str

    @property
    def group(self) -> str:
        """The family, of binary models the link: what tells apart the statistics of predict."""
        return self.link if self.family == "binary" else self.family


KINDS: dict[str, Kind] = {
    kind.command: kind
    for kind in (
        Kind("logit", "Logistic regression", "binary", "logit", "Odds Ratio", "or", "logit_p"),
        Kind("logistic", "Logistic regression", "binary", "logit", "Odds Ratio", "", "logit_p"),
        Kind("probit", "Probit regression", "binary", "probit", "", "", "probit_p"),
        Kind(
            "cloglog", "Complementary log-log regression", "binary", "cloglog", "exp(b)", "eform", "cloglo_p"
        ),
        Kind("poisson", "Poisson regression", "counts", "log", "IRR", "irr", "poisso_p"),
        Kind("nbreg", "Negative binomial regression", "dispersed", "log", "IRR", "irr", "nbreg_p"),
        Kind("ologit", "Ordered logistic regression", "ordered", "logit", "Odds Ratio", "or", "ologit_p"),
        Kind("oprobit", "Ordered probit regression", "ordered", "probit", "", "", "oprobi_p"),
        Kind("mlogit", "Multinomial logistic regression", "multinomial", "logit", "RRR", "rrr", "mlogit_p"),
    )
}
