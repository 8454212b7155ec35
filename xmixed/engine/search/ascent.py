"""Ways up to a maximum: searching, polishing and settling, and starting again where it is a local one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from xmixed.engine.model import Options
from xmixed.engine.result import Iteration
from xmixed.engine.search.boundary import Boundary, no_boundary, settle
from xmixed.engine.search.elsewhere import start_elsewhere
from xmixed.engine.search.faces import leave_corner
from xmixed.engine.search.local_maxima import higher_start, leave_false_boundary
from xmixed.engine.search.objective import Point
from xmixed.engine.search.optimise import Search, Surface, polish, search
from xmixed.engine.search.origin import Prepared, from_nearby
from xmixed.engine.search.ridges import higher_on_ridge
from xmixed.engine.search.separate_levels import are_separate
from xmixed.engine.search.stopping import QUIET, is_near_face
from xmixed.engine.search.valleys import end_of_valley

Report = Callable[[Iteration], None]

_RESTARTS = 6
# How long a search from elsewhere, which has come some way, may look for a maximum there.
_ELSEWHERE = 20
# A gain by which a way has come somewhere else.
FAR_UP = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Ascent:
    """Where the search ended, polished and settled unless that is final.

    `left`: the maximum it left; `followed`: its way to the edge where Lambda is singular was followed.
    """

    root: Surface
    surface: Surface
    found: Search
    point: Point
    boundary: Boundary
    left: Ascent | None = None
    followed: bool = False


def climb(
    root: Surface,
    surface: Surface,
    point: Point,
    options: Options,
    report: Report,
    prepared: Prepared | None,
    before: Search | None = None,
) -> Ascent:
    """Search, polish and settle; start again where the maximum found turns out to be a local one.

    `before`: a search that ended without a maximum, whose iterations go on counting.
    """
    if before is None:
        found, since = search(surface, point, options, report, along_edge=False), 0
    else:
        found, since = resumed(surface, point, options, report, before, False), len(before.iterations)
    # Whoever gives starting values has chosen where to start; so has who starts afresh.
    elsewhere = options.start is not None or before is not None
    left: Ascent | None = None
    limited, followed = options, False
    for _ in range(_RESTARTS):
        objective = root.objective
        if is_final(found):
            return Ascent(root, surface, found, found.state.point, no_boundary(objective), left)
        nearer, point = from_nearby(objective, found.state.point, prepared)
        if nearer is not objective:
            root, surface = Surface(nearer, root.metric), Surface(nearer, surface.metric)
        held = not followed and found.verdict != "converged" and is_near_face(nearer, point)
        if not held and found.is_lost(nearer, since):
            return Ascent(root, surface, found, *settle(nearer, point), left, followed)
        if nearer is not objective:
            found = resumed(surface, point, limited, report, found, followed)
            continue
        corner = point
        point, boundary = leave_corner(root, point) if held else _settled(root, point)
        if boundary is None:
            # What came far up has left that corner: another one may be ahead.
            followed = not point.log_likelihood > corner.log_likelihood + FAR_UP
            found = resumed(surface, point, limited, report, found, followed)
            continue
        followed = followed or held
        here, limited = Ascent(root, surface, found, point, boundary, left, followed), options
        if before is not None and not held and found.verdict != "converged":
            return here
        higher = _higher(here)
        if higher is None and not elsewhere:
            higher, ended = start_elsewhere(root, point, boundary.fixed)
            elsewhere = higher is None
            if higher is not None and (held or found.verdict == "converged"):
                left = replace(here, left=None)
                most = len(found.iterations) + _ELSEWHERE
                limited = options if ended else replace(options, iterate=min(options.iterate, most))
        if higher is None:
            return here
        found = resumed(surface, higher, limited, report, found, followed)
    return Ascent(root, surface, found, *_settled(root, found.state.point), left, followed)


def _higher(here: Ascent) -> Point | None:
    """A point above that where the search ended, near a smaller model or along a ridge."""
    root, point, higher = here.root, here.point, None
    # Crossed levels start from separate fits of each: no smaller model is worth its sweeps.
    if not are_separate(root.objective):
        higher = higher_start(root.objective, point)
    if higher is None and here.boundary.face is None:
        higher = higher_on_ridge(root, point, here.boundary.fixed)
    return higher


def is_final(found: Search) -> bool:
    """Whether the search's end is the result as it stands.

    So it is where the user's own looser criteria (nonrtolerance, nrtolerance) were met before the usual one:
    polishing would show figures that the iteration log does not lead to.
    """
    loosely = found.verdict == "converged" and not found.scaled_gradient < QUIET
    return loosely or found.verdict in ("iteration_limit", "residual_zero")


def _settled(root: Surface, point: Point) -> tuple[Point, Boundary]:
    point, boundary = settle(root.objective, end_of_valley(root, polish(root, point).point))
    if boundary.notes:
        left = leave_false_boundary(root, point)
        # Beside a sigma_e that was put at zero the others' maximum is elsewhere.
        if left is not point or boundary.sigma_zero:
            point, boundary = settle(root.objective, polish(root, left).point)
    return point, boundary


def resumed(
    surface: Surface, point: Point, options: Options, report: Report, before: Search, along_edge: bool = True
) -> Search:
    """Search on from another point; the iterations go on counting."""
    done = before.iterations[-1].number + 1
    left = replace(options, iterate=max(0, options.iterate - done))

    def renumbered(entry: Iteration) -> Iteration:
        return replace(entry, number=entry.number + done)

    found = search(surface, point, left, lambda entry: report(renumbered(entry)), True, along_edge)
    return replace(found, iterations=(*before.iterations, *map(renumbered, found.iterations)))
