"""From a parsed command to its sample and lists of columns; the same once more for tests after the fit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import sample_rows
from xmixed.estimation.instrumental.fit import Fitted, Lists, Request, fit, lists_of
from xmixed.estimation.instrumental.options import IV_SYNTAX, IVREG2_SYNTAX
from xmixed.estimation.single import SingleSample, specify
from xmixed.expressions.context import Context
from xmixed.language.arguments.instruments import InstrumentedModel
from xmixed.language.nodes import Command, Pattern
from xmixed.language.parser import parse_command
from xmixed.language.words import split_command_word
from xmixed.session.results import Estimates

_ITERATED = 16000


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What a command asks for, on its sample."""

    sample: SingleSample
    lists: Lists
    request: Request

    def fitted(self) -> Fitted:
        return fit(self.sample, self.lists, self.request)


def model_of(node: Command, context: Context) -> Model:
    """Return the model of a command.

    Raises
    ------
    StataError
        r(198) without an estimator, or for options of others; those of `specify` and `lists_of`.
    """
    model: InstrumentedModel = node.argument
    request = _request(node, model)
    every = (*model.equation, *model.endogenous, *model.instruments)
    # As one list the command is like any other; weights and variances are read as theirs.
    clustered = _with_clusters(node, request)
    sample = specify(replace(clustered, argument=every), context, constant=False, assumed="aweight")
    groups = (model.endogenous, model.equation[1:], model.instruments)
    lists = lists_of(context, sample.rows, groups, not node.option("noconstant"))
    notes = [note for note in sample.notes if not note.startswith("note:")]
    return Model(replace(sample, notes=(*notes, *lists.notes)), lists, request)


def _request(node: Command, model: InstrumentedModel) -> Request:
    estimator = model.estimator
    if node.name == "ivregress":
        if not estimator:
            raise StataError(198, "invalid syntax", None, "ivregress 2sls, liml or gmm comes first")
    else:
        estimator = estimator or "2sls"
        if node.option("liml") or "fuller" in node.options:
            estimator = "liml"
        elif node.option("gmm2s") or node.option("gmm"):
            estimator = "gmm"
    for name in ("wmatrix", "center", "igmm", "eps", "iterate"):
        if name in node.options and estimator != "gmm":
            raise StataError(198, f"option {name} allowed only with gmm", node.options[name].span)
    weight_matrix = str(node.option("wmatrix", "")).split()
    vce = getattr(node.option("vce"), "kind", "")
    clustered = vce == "cluster" or node.option("cluster") is not None
    matrix = "cluster" if clustered else "robust"
    if weight_matrix:
        word = weight_matrix[0].lower()
        matrix = next((own for own in ("robust", "unadjusted", "cluster") if own.startswith(word)), "")
        if not matrix or (matrix == "cluster") != (len(weight_matrix) == 2):
            raise StataError(198, "option wmatrix() incorrectly specified", node.options["wmatrix"].span)
    return Request(
        "ivreg2" if node.name == "ivreg2" else "ivregress",
        node.text.strip(),
        estimator,
        bool(node.option("small")) or node.name == "ivreg",
        matrix,
        bool(node.option("center")),
        float(node.option("fuller", 0.0)),
        int(node.option("iterate", _ITERATED)) + 1 if node.option("igmm") else 2,
        float(node.option("eps", 1e-6)),
    )


def _with_clusters(node: Command, request: Request) -> Command:
    """Return the command with the clusters of the weight matrix where no variance names others."""
    text = str(node.option("wmatrix", ""))
    if request.weight_matrix != "cluster" or not text or "vce" in node.options:
        return node
    option = node.options["wmatrix"]
    pattern = Pattern(text.split()[1], "", option.span)
    options = {name: own for name, own in node.options.items() if name not in ("robust", "cluster")}
    return replace(node, options={**options, "cluster": replace(option, value=pattern)})


def model_again(e: Estimates, context: Context) -> Model:
    """Return the model behind results on its estimation sample.

    Raises
    ------
    StataError
        r(498) where the sample is gone; r(459) where its data have changed.
    """
    rows = sample_rows(context, e.mark)
    text = e.macros["cmdline"]
    word, end = split_command_word(text)
    name = e.macros["cmd"] if word.startswith("ivreg2") else "ivreg" if word == "ivreg" else "ivregress"
    syntax = IV_SYNTAX if name != "ivreg2" else IVREG2_SYNTAX
    node = parse_command(name, syntax, text, end)
    assert isinstance(node, Command)
    found = model_of(node, context)
    if not np.array_equal(found.sample.rows, rows):
        raise StataError(459, "data have changed since estimation")
    return found
