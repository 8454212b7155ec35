"""mi reshape, mi expand: other rows, the same ones in every imputation; mi rename; mi xtset and mi tsset."""

from __future__ import annotations

import numpy as np

from xmixed.commands.mi.held import NOUPDATE, keep, opened, reclean
from xmixed.commands.registry import subcommand
from xmixed.data.dataset import Dataset
from xmixed.data.imputed.clean_up import marked
from xmixed.data.imputed.combining import registered, renamed
from xmixed.data.imputed.model import ID, KINDS, PREFIX, Imputations
from xmixed.data.imputed.rows import changed_alike, mapped, shown, taken
from xmixed.data.imputed.styles import plain
from xmixed.data.operations.reshape import Stub
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState


def _after(session: SessionState, data: Dataset, command: str, quiet: bool = False) -> Dataset:
    """Return what a command makes of data; those in memory stay."""
    own, before = session.data, session.out.quiet
    session.data, session.out.quiet = data, before or quiet
    try:
        session.execute(command)
        return session.data
    finally:
        session.data, session.out.quiet = own, before


@subcommand(
    "mi",
    "expand",
    syntax=Syntax("raw"),
    synopsis="mi expand [=]exp [if] [, generate(newvar)]",
    keeps_r=True,
)
def expand(session: SessionState, node: Command) -> None:
    imputations = opened(session)
    made = _after(session, shown(imputations, 0), f"expand {node.argument}")
    places = np.argsort(imputations.ids)[made[ID].values.astype(np.intp) - 1]
    found = taken(imputations, places)
    new = [variable for variable in made if variable.name not in shown(imputations, 0)]
    if new:
        found = changed_alike(found, lambda data: data.with_variables(*new))
    keep(session, reclean(session, found))


@subcommand(
    "mi",
    "reshape",
    syntax=Syntax("raw"),
    synopsis="mi reshape {long | wide} names, i(varlist) j(varname)",
    keeps_r=True,
)
def reshape(session: SessionState, node: Command) -> None:
    form = node.argument.split(None, 1)[0] if node.argument else ""
    if form not in ("long", "wide"):
        raise StataError(198, "invalid syntax", hint="mi reshape long or mi reshape wide")
    imputations = opened(session)
    made = mapped(imputations, lambda data, m: _after(session, data, f"reshape {node.argument}", quiet=m > 0))
    kinds = _kinds_after(imputations, made.base, form)
    keep(session, reclean(session, marked(registered(made, kinds))))


def _kinds_after(imputations: Imputations, made: Dataset, form: str) -> dict[str, str]:
    """Return the kinds of the variables after reshape: of several that become one the strongest counts."""
    texts = made.characteristics.get("_dta", {})
    stubs = [Stub.of(text) for text in texts.get("ReS_Xij", "").split()]
    found = dict(imputations.registered)
    gone = [(name, kind) for name, kind in found.items() if name not in made]
    for name, kind in sorted(gone, key=lambda item: KINDS.index(item[1]), reverse=True):
        for stub in stubs:
            if form == "long" and stub.value_in(name) is not None:
                found[stub.name] = kind
            elif form == "wide" and stub.name == name:
                found |= {new: kind for new in made.names if stub.value_in(new) is not None}
    return found


@subcommand(
    "mi",
    "rename",
    syntax=Syntax("text", options=(NOUPDATE,)),
    synopsis="mi rename oldname newname [, noupdate]",
    keeps_r=True,
)
def rename(session: SessionState, node: Command) -> None:
    imputations = opened(session, not node.option("noupdate"))
    made = _after(session, imputations.base, f"rename {node.argument}")
    pairs = zip(imputations.base.names, made.names, strict=True)
    for name in made.names:
        if name.startswith(PREFIX) and name not in imputations.base:
            raise StataError(198, f"{name} invalid name", hint=f"names of mi begin with {PREFIX}")
    keep(session, renamed(imputations, {old: new for old, new in pairs if old != new}))


def _set_characteristics(session: SessionState, node: Command) -> None:
    """Run a command that changes nothing but characteristics, which hold for every imputation."""
    command = node.name.removeprefix("mi ")
    imputations = opened(session)
    made = plain(_after(session, shown(imputations, 0), f"{command} {node.argument}"))
    if made.characteristics == imputations.base.characteristics and not node.argument:
        return
    texts = made.characteristics
    keep(session, changed_alike(imputations, lambda data: data.with_(characteristics=texts)))


for _word, _rest in {
    "xtset": "[panelvar [timevar]] [, options]",
    "tsset": "[[panelvar] timevar] [, options]",
    "fvset": "{base | clear | report} ... varlist",
}.items():
    subcommand("mi", _word, syntax=Syntax("raw"), synopsis=f"mi {_word} {_rest}")(_set_characteristics)
