"""Failures of the engine, one class a cause; the command layer maps them to return codes."""

from __future__ import annotations


class EngineError(Exception):
    """Base of every failure the engine reports."""


class NoObservations(EngineError):
    """The outcome has no rows."""


class InsufficientObservations(EngineError):
    """There are no more observations than fixed-effects columns."""


class TooManyParameters(EngineError):
    """The residual structure has more parameters than there are observations."""


class PerfectFit(EngineError):
    """The fixed effects reproduce the outcome exactly, so that no variance is left to model."""


class ConstantOutcome(PerfectFit):
    """The outcome has the same value in every row."""


class NonFiniteData(EngineError):
    """A column holds a missing or infinite value, or overflows when squared."""


class CollinearColumns(EngineError):
    """The fixed-effects columns are linearly dependent; see `find_omitted`."""


class InvalidModel(EngineError):
    """Lengths, group codes or option values contradict each other."""


class WeightsNotSupported(EngineError):
    """Weights or scores of a model that cannot have them."""


class InvalidStart(EngineError):
    """The starting values have the wrong length or are outside the parameter space."""
