"""stset: declare survival-time data; st: show what is declared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.estimation.survival.declared import NAMES, VARIABLES, Declared, declared
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command, Pattern
from xmixed.language.parser import parse_expression, parse_numlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.estimation.survival import render_settings
from xmixed.render.layouts.survival.stset import Exclusion, Totals, render_declaration, render_totals
from xmixed.session.results import Results
from xmixed.session.state import SessionState

OPTIONS = (
    OptionSpec("failure", "f", "text", "failure event: varname[==numlist]"),
    OptionSpec("id", "id", "varname", "subjects with several records"),
    OptionSpec("origin", "o", "text", "when subjects become at risk: time exp"),
    OptionSpec("enter", "ent", "text", "when subjects enter the study: time exp"),
    OptionSpec("exit", "ex", "text", "when subjects leave the study: failure or time exp"),
    OptionSpec("scale", "s", "number", "what times are divided by", minimum_value=1e-300),
    OptionSpec("time0", "time0", "varname", "when records begin"),
    OptionSpec("if", "if", "expression", "records that count"),
    OptionSpec("noshow", "nosh", help="settings are not to be shown by other commands; they are"),
    OptionSpec("clear", "clear", help="forget the settings"),
    OptionSpec("ever", "ev", "text", "subjects of which a record ever meets a condition", built=False),
    OptionSpec("never", "nev", "text", "subjects of which none does", built=False),
    OptionSpec("after", "after", "text", "records behind the first that does", built=False),
    OptionSpec("before", "before", "text", "records before the first that does", built=False),
)


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Over all observations: times as typed, failures, origin, entry, exit; missing where there are none."""

    time: np.ndarray
    start: np.ndarray
    failed: np.ndarray
    origin: np.ndarray
    enter: np.ndarray
    exit: np.ndarray
    subjects: np.ndarray | None
    until_failure: bool


@command(
    "stset",
    syntax=Syntax(
        "varname",
        condition=True,
        weights=("fweight", "pweight", "iweight"),
        options=OPTIONS,
    ),
    synopsis="stset timevar [if] [weight] [, failure(varname[==numlist]) id(varname) origin(spec) ...]",
    needs=("data",),
)
def stset(session: SessionState, node: Command) -> None:
    if node.option("clear"):
        session.data = _without(session.data)
        return
    if node.argument is None:
        _replay(session, declared(session.data))
        return
    context = Context.of(session)
    settings = _settings(session, node)
    records = _records(node, context, settings)
    chosen = select_rows(node.condition, None, context)
    if "if" in node.options:
        chosen = chosen & (evaluate_column(node.option("if"), context)[0] != 0)
    scale = float(node.option("scale", 1.0))
    used, exclusions, t, t0, d = _spells(records, chosen, scale)
    session.data = _with_spells(session.data, settings, used, t, t0, d)
    session.out.write(*render_declaration(_declaration(node, settings, records)))
    totals = _totals(records, used, exclusions, t, t0, d)
    session.out.write(*render_totals(totals))
    session.r = Results()


@command("st", syntax=Syntax(), synopsis="st", needs=("data",))
def st(session: SessionState, node: Command) -> None:
    _replay(session, declared(session.data))


def _replay(session: SessionState, settings: Declared) -> None:
    session.out.write(*render_settings(settings.rows))


def _settings(session: SessionState, node: Command) -> Declared:
    """Return the settings with names in full."""
    data = session.data
    time = resolve_name(node.argument, data)
    failure = str(node.option("failure", "")).strip()
    name, _, values = failure.partition("==")
    variable = resolve_name(Pattern(name.strip(), ""), data) if failure else ""
    shown = f"{variable}=={values.strip()}" if values else variable
    subject = resolve_name(node.options["id"].value, data) if "id" in node.options else ""
    weight = node.weight
    kind = "" if weight is None else "fweight" if weight.kind == "weight" else weight.kind
    return Declared(
        time,
        variable,
        subject,
        shown,
        str(node.option("origin", "")).strip(),
        f"{float(node.option('scale', 1.0)):g}",
        kind,
        "" if weight is None else weight.text,
    )


def _records(node: Command, context: Context, settings: Declared) -> Records:
    data = context.data
    n = data.n_obs
    time = _numbers(context, settings.time)
    failed = np.ones(n, dtype=bool)
    if settings.failure:
        values = _numbers(context, settings.failure)
        _, _, listed = settings.failure_text.partition("==")
        if listed:
            failed = np.isin(values, parse_numlist(listed))
        else:
            failed = (values != 0) & ~is_missing(values)
    missing = np.full(n, MISSING)
    exit_text = str(node.option("exit", "failure")).strip()
    until_failure = exit_text == "failure" or not exit_text
    start = missing
    if "time0" in node.options:
        start = _numbers(context, resolve_name(node.options["time0"].value, data))
    subjects = None
    if settings.id:
        column = data[settings.id]
        subjects = np.unique(column.values, return_inverse=True)[1]
    return Records(
        time,
        start,
        failed,
        _moment(context, settings.origin, "origin"),
        _moment(context, str(node.option("enter", "")), "enter"),
        missing if until_failure else _moment(context, exit_text, "exit"),
        subjects,
        until_failure,
    )


def _numbers(context: Context, name: str) -> np.ndarray:
    if context.data[name].is_string:
        raise StataError(109, f"{name}:  string variables may not be used")
    return context.data[name].to_double()


def _moment(context: Context, text: str, option: str) -> np.ndarray:
    """Return what `time exp` says over all observations, missing where it says nothing."""
    text = text.strip()
    if not text:
        return np.full(context.data.n_obs, MISSING)
    word, _, rest = text.partition(" ")
    if word != "time" or not rest.strip():
        raise StataError(198, f"option {option}() incorrectly specified", None, f"{option}(time exp)")
    if rest.strip() == ".":
        return np.full(context.data.n_obs, MISSING)
    values, is_text = evaluate_column(parse_expression(rest), context)
    if is_text:
        raise StataError(109, "type mismatch")
    return np.broadcast_to(values, (context.data.n_obs,)).astype(np.float64)


def _spells(
    records: Records, chosen: np.ndarray, scale: float
) -> tuple[np.ndarray, list[Exclusion], np.ndarray, np.ndarray, np.ndarray]:
    """Return which records count, why others do not, and _t, _t0 and _d over all observations."""
    exclusions: list[Exclusion] = []
    used = chosen.copy()

    def exclude(out: np.ndarray, why: str) -> None:
        nonlocal used
        count = int(np.count_nonzero(used & out))
        if count:
            exclusions.append(Exclusion(count, why))
        used = used & ~out

    exclude(is_missing(records.time), "event time missing (time==.)")
    origin = np.where(is_missing(records.origin), 0.0, records.origin)
    time, failed = records.time.copy(), records.failed.copy()
    start = np.where(is_missing(records.start), origin, records.start)
    if records.subjects is not None:
        start, repeated = _previous(records, used, start)
        exclude(repeated, "multiple records at same instant")
    early = np.where(is_missing(records.enter), origin, np.maximum(records.enter, origin))
    exclude(time <= start, "obs. end on or before they begin")
    exclude(time <= early, "obs. end on or before enter()")
    late = ~is_missing(records.exit)
    exclude(late & (start >= records.exit), "obs. begin on or after exit")
    cut = late & (time > records.exit)
    failed &= ~cut
    time = np.where(cut, np.minimum(time, records.exit), time)
    start = np.maximum(start, early)
    if records.subjects is not None and records.until_failure:
        exclude(
            _after_failure(records.subjects, used, time, failed), "obs. begin on or after (first) failure"
        )
    t, t0 = (time - origin) / scale, (start - origin) / scale
    return used, exclusions, t, t0, failed


def _previous(records: Records, used: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return when records begin: where the subject's record before ends; and which repeat its time."""
    assert records.subjects is not None
    order = np.lexsort((records.time, records.subjects))
    order = order[used[order]]
    same = np.zeros(len(order), dtype=bool)
    same[1:] = records.subjects[order[1:]] == records.subjects[order[:-1]]
    before = np.concatenate([[0.0], records.time[order[:-1]]]) if len(order) else np.zeros(0)
    found = start.copy()
    found[order] = np.where(same & is_missing(records.start[order]), before, start[order])
    repeated = np.zeros(len(start), dtype=bool)
    repeated[order] = same & (records.time[order] == before)
    return found, repeated


def _after_failure(
    subjects: np.ndarray, used: np.ndarray, time: np.ndarray, failed: np.ndarray
) -> np.ndarray:
    first = np.full(int(subjects.max(initial=0)) + 1, np.inf)
    own = used & failed
    np.minimum.at(first, subjects[own], time[own])
    return time > first[subjects]


def _with_spells(
    data: Dataset, settings: Declared, used: np.ndarray, t: np.ndarray, t0: np.ndarray, d: np.ndarray
) -> Dataset:
    def column(name: str, kind: str, values: np.ndarray, fmt: str) -> Variable:
        if kind == "byte":
            own = np.where(used, values, 101).astype(np.int8)
            return Variable(name, "byte", own, fmt)
        return Variable(name, "double", np.where(used, values, MISSING), fmt)

    state = Variable("_st", "byte", used.astype(np.int8), "%8.0g")
    made = (
        state,
        column("_d", "byte", d.astype(np.int8), "%8.0g"),
        column("_t", "double", t, "%10.0g"),
        column("_t0", "double", t0, "%10.0g"),
    )
    found = _without(data).with_variables(*made)
    kept = found.characteristics.get("_dta", {})
    return found.with_characteristics("_dta", kept | settings.characteristics())


def _without(data: Dataset) -> Dataset:
    kept = tuple(variable for variable in data.variables if variable.name not in VARIABLES)
    found = data if len(kept) == len(data.variables) else data.with_(variables=kept)
    before = found.characteristics.get("_dta", {})
    after = {name: text for name, text in before.items() if name not in NAMES}
    return found if before == after else found.with_characteristics("_dta", after)


def _declaration(node: Command, settings: Declared, records: Records) -> list[tuple[str, str]]:
    """Return what is declared: labels and texts."""
    failure = "(assumed to fail at time)"
    if settings.failure:
        text = settings.failure_text
        failure = text.replace("==", " == ") if "==" in text else f"{text} != 0 & {text} < ."
    begins = "0" if records.subjects is None else f"{settings.time}[_n-1]"
    if "time0" in node.options:
        begins = str(node.options["time0"].text).strip()
    exit_text = str(node.option("exit", "failure")).strip() or "failure"
    rows = [("id", settings.id)] if settings.id else []
    rows += [("failure event", failure), ("obs. time interval", f"({begins}, {settings.time}]")]
    if "enter" in node.options:
        rows.append(("enter on or after", str(node.option("enter")).strip()))
    rows.append(("exit on or before", exit_text))
    if settings.origin or settings.scale != "1":
        shown = "(time-origin)" if settings.origin else "time"
        rows.append(("t for analysis", shown + (f"/{settings.scale}" if settings.scale != "1" else "")))
    if settings.origin:
        rows.append(("origin", settings.origin))
    if settings.weight:
        rows.append(("weight", f"[{settings.weight_kind}={settings.weight}]"))
    return rows


def _totals(
    records: Records,
    used: np.ndarray,
    exclusions: list[Exclusion],
    t: np.ndarray,
    t0: np.ndarray,
    d: np.ndarray,
) -> Totals:
    several = records.subjects is not None
    subjects = int(np.count_nonzero(used))
    if records.subjects is not None:
        subjects = len(np.unique(records.subjects[used]))
    some = used.any()
    return Totals(
        len(used),
        tuple(exclusions),
        int(np.count_nonzero(used)),
        subjects if several else None,
        int(np.count_nonzero(used & d)),
        several and not records.until_failure,
        float((t - t0)[used].sum()) if some else 0.0,
        float(t0[used].min()) if some else MISSING,
        float(t[used].max()) if some else MISSING,
    )
