"""The options of teffects."""

from __future__ import annotations

from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.language.syntax import OptionSpec, Syntax

AEQUATIONS = OptionSpec("aequations", "aeq", help="show the equations of the models, too")
DISPLAY = (*TABLE_OPTIONS, AEQUATIONS)
TEFFECTS_SYNTAX = Syntax(
    "text",
    condition=True,
    in_range=True,
    weights=("fweight", "pweight", "iweight"),
    options=(
        OptionSpec("ate", "ate", help="effects on all; the default"),
        OptionSpec("atet", "atet", help="effects on the treated"),
        OptionSpec("pomeans", "pom", help="means of potential outcomes"),
        OptionSpec("control", "con", "number", "the level compared with; default the smallest"),
        OptionSpec("tlevel", "tle", "number", "the level of the treated, for atet"),
        OptionSpec("pstolerance", "pst", "number", "least propensity; default 1e-5", minimum_value=0),
        OptionSpec("osample", "os", "name", built=False),
        OptionSpec("nls", "nls", built=False),
        OptionSpec("wnls", "wnls", built=False),
        OptionSpec("log", "log", "negatable", "accepted: the iterations are not shown"),
        OptionSpec("iterate", "iter", "integer", "accepted: the search is Newton's", minimum_value=0),
        OptionSpec("vce", "vce", "vce", "type of standard errors", (("robust", "r"), ("cluster", "cl"))),
        *DISPLAY,
    ),
    exclusive=(("ate", "atet", "pomeans"),),
)
