"""stepwise: terms of a model added and removed by the significance of their coefficients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.commands.aside import set_aside
from xmixed.commands.registry import command, find_entry
from xmixed.data.dataset import Variable
from xmixed.errors import Span, StataError
from xmixed.expressions.context import Context
from xmixed.expressions.sample import select_rows
from xmixed.language.arguments.own_options import without_own_options
from xmixed.language.grammar import parse
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.skeleton import assemble, hide_format_commas
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_at_colon
from xmixed.missing import MISSING
from xmixed.output import line
from xmixed.render.text import result
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState
from xmixed.session.temporaries import temporary_name
from xmixed.statistics.distributions import chi2_tail

OPTIONS = (
    OptionSpec("pr", "pr", "number", "significance level of removal", minimum_value=0, maximum_value=1),
    OptionSpec("pe", "pe", "number", "significance level of entry", minimum_value=0, maximum_value=1),
    OptionSpec("forward", "forw", help="begin without terms although both levels are given"),
    OptionSpec("hierarchical", "hier", help="terms come in and go in their order alone"),
    OptionSpec("lockterm1", "lock", help="keep the first term"),
    OptionSpec("lr", "lr", help="likelihood-ratio tests in place of Wald tests"),
)
MODELS = frozenset(
    (
        "clogit cloglog glm intreg logistic logit nbreg ologit oprobit poisson probit qreg regress stcox "
        "streg tobit"
    ).split()
)
"""What it takes: the models that Stata's own takes, as far as they are there."""


@dataclass(frozen=True, slots=True)
class _Model:
    """The command in its parts: what stands before the terms, the terms, and what stands behind them.

    `selection` is its own `if` and `in`, for which `rows` stands.
    """

    head: str
    terms: tuple[str, ...]
    rows: str
    tail: str
    selection: str

    def line(self, chosen: Sequence[int]) -> str:
        terms = " ".join(self.terms[place] for place in sorted(chosen))
        return f"{self.head} {terms} {self.rows}{self.tail}"


_SYNOPSIS = ", {pr(#) pe(#)} [forward hierarchical lockterm1 lr]: command depvar term ..."


@command(
    "stepwise",
    syntax=Syntax("raw", options=OPTIONS),
    synopsis=f"stepwise{_SYNOPSIS}",
    kind="prefix",
    keeps_r=True,
)
@command("sw", syntax=Syntax("raw", options=OPTIONS), synopsis=f"sw{_SYNOPSIS}", kind="prefix", keeps_r=True)
def stepwise(session: SessionState, node: Command) -> None:
    text = str(node.argument or "")
    before, after = split_at_colon(text, 0)
    rest, options = without_own_options(f"stepwise {text[before.start : before.end]}", OPTIONS)
    if rest.partition(" ")[2].strip(" ,"):
        raise StataError(198, f"{rest.partition(' ')[2].strip(' ,')} not allowed")
    levels = {name: float(options[name].value) for name in ("pr", "pe") if name in options}
    if not levels:
        raise StataError(198, "option pr() or pe() required")
    if len(levels) == 2 and levels["pe"] >= levels["pr"]:
        raise StataError(198, "pe() must be less than pr()")
    data = session.data
    touse = temporary_name(session)
    model = _model(session, text[after:].strip(), touse)
    try:
        with set_aside(session):
            rows = _complete(session, model, touse)
        session.data = data.with_variables(Variable(touse, "byte", rows.astype(np.int8), "%8.0g"))
        chosen = _Search(session, model, levels, set(options)).run()
        session.execute(model.line(chosen))
    finally:
        session.data = session.data.without([touse]) if touse in session.data else session.data
    session.e.macros["stepwise"] = "stepwise"
    session.e.macros["cmdline"] = f"stepwise {text.strip()}"


def _model(session: SessionState, text: str, touse: str) -> _Model:
    """Return the parts of the command.

    Raises
    ------
    StataError
        r(199) for a command that is not a model it takes; r(198).
    """
    entry, end = find_entry(text)
    if entry.name not in MODELS:
        raise StataError(199, f"stepwise is not available with {entry.name}")
    skeleton = assemble(parse("command", hide_format_commas(text), Span(end, len(text))))
    argument = skeleton.argument
    words = _words(text[argument.start : argument.end]) if argument is not None else []
    outcomes = {"stcox": 0, "streg": 0, "intreg": 2}.get(entry.name, 1)
    if len(words) <= outcomes:
        raise StataError(102, "too few variables specified")
    if any(word.startswith("(") for word in words[:outcomes]):
        raise StataError(198, "depvar may not be in parentheses")
    rows = f"if {touse}"
    weight = ""
    if skeleton.weight is not None:
        weight = f" [{skeleton.weight_kind.strip('[=')}={text[skeleton.weight.start : skeleton.weight.end]}]"
    tail = "" if skeleton.comma is None else text[skeleton.comma.start :]
    conditions = []
    if skeleton.condition is not None:
        conditions.append(f"if {text[skeleton.condition.start : skeleton.condition.end]}")
    if skeleton.in_range is not None:
        conditions.append(f"in {text[skeleton.in_range.start : skeleton.in_range.end]}")
    terms = tuple(word.strip("()").strip() for word in words[outcomes:])
    head = f"{entry.name} {' '.join(words[:outcomes])}".strip()
    return _Model(head, terms, rows, f"{weight}{tail}", " ".join(conditions))


def _words(text: str) -> list[str]:
    """Return the words and groups in parentheses of a varlist."""
    found, depth, start = [], 0, None
    for at, character in enumerate(f"{text} "):
        if character.isspace() and not depth:
            if start is not None:
                found.append(text[start:at])
            start = None
            continue
        start = at if start is None else start
        depth += {"(": 1, ")": -1}.get(character, 0)
    if depth:
        raise StataError(132, "too few ')' or ']'")
    return found


def _complete(session: SessionState, model: _Model, touse: str) -> np.ndarray:
    """Return the observations that have the variables of all terms, as the whole model uses them."""
    node = parse_command("x", Syntax(condition=True, in_range=True), f"x {model.selection}", 1)
    assert isinstance(node, Command)
    rows = select_rows(node.condition, node.in_range, Context.of(session))
    session.data = session.data.with_variables(Variable(touse, "byte", rows.astype(np.int8), "%8.0g"))
    session.execute(model.line(range(len(model.terms))))
    return session.data.marks[session.e.mark]


class _Search:
    """The way from the full or the empty model to the one that stays."""

    def __init__(
        self, session: SessionState, model: _Model, levels: dict[str, float], options: set[str]
    ) -> None:
        self.session, self.model, self.options = session, model, options
        self.removal, self.entry = levels.get("pr"), levels.get("pe")
        self.locked = {0} if "lockterm1" in options else set[int]()
        self.hierarchical = "hierarchical" in options

    def run(self) -> list[int]:
        """Return the places of the terms that stay."""
        backward = self.removal is not None and "forward" not in self.options
        every = set(range(len(self.model.terms)))
        chosen = set(every) if backward else set(self.locked)
        self._say("begin with full model" if backward else "begin with empty model")
        if backward:
            while self._remove(chosen):
                pass
        if self.entry is not None:
            while self._add(chosen, every):
                while self.removal is not None and self._remove(chosen):
                    pass
        return sorted(chosen)

    def _say(self, text: str) -> None:
        self.session.out.write(line(f"{'':22}", result(text)))

    def _step(self, p: float, sign: str, level: float, text: str) -> None:
        self.session.out.write(line(f"p = {p:6.4f} {sign} {level:6.4f}  ", result(text)))

    def _fitted(self, chosen: set[int]) -> Estimates:
        with set_aside(self.session):
            self.session.execute(self.model.line(sorted(chosen)))
            return self.session.e

    def _remove(self, chosen: set[int]) -> bool:
        """Remove the least significant term beyond the level; return whether one was."""
        free = sorted(chosen - self.locked)
        if not free or self.removal is None:
            return False
        candidates = free[-1:] if self.hierarchical else free
        e = self._fitted(chosen)
        found = [(self._significance(e, chosen, place), place) for place in candidates]
        p, place = max(found, key=lambda own: (own[0], -own[1]))
        if p < self.removal:
            return False
        self._step(p, ">=", self.removal, f"removing {self.model.terms[place]}")
        chosen.discard(place)
        return True

    def _add(self, chosen: set[int], every: set[int]) -> bool:
        """Add the most significant term within the level; return whether one was."""
        free = sorted(every - chosen)
        if not free or self.entry is None:
            return False
        candidates = free[:1] if self.hierarchical else free
        found = []
        for place in candidates:
            larger = chosen | {place}
            found.append((self._significance(self._fitted(larger), larger, place), place))
        p, place = min(found)
        if p >= self.entry:
            return False
        self._step(p, "< ", self.entry, f"adding   {self.model.terms[place]}")
        chosen.add(place)
        return True

    def _significance(self, e: Estimates, chosen: set[int], place: int) -> float:
        """Return the p-value of a term of a fitted model; one where it is omitted."""
        if "lr" in self.options:
            smaller = self._fitted(chosen - {place})
            df = e.scalars["rank"] - smaller.scalars["rank"]
            chi2 = 2 * (e.scalars["ll"] - smaller.scalars["ll"])
            return chi2_tail(max(chi2, 0.0), df) if df > 0 else 1.0
        return self._quietly(lambda: self._wald(e, self.model.terms[place]))

    def _wald(self, e: Estimates, term: str) -> float:
        self.session.e = e
        try:
            self.session.execute(f"testparm {term}")
        except StataError as error:
            if error.code == 111:  # all of it is omitted
                return 1.0
            raise
        p = self.session.r.scalars.get("p", MISSING)
        return p if p < MISSING else 1.0

    def _quietly(self, found: Callable[[], float]) -> float:
        with set_aside(self.session):
            return found()
