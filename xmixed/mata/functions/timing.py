"""Timers, the ones of the command `timer`."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import Value, collapsed, whole
from xmixed.session.timers import Timer


def _number(value: Value) -> int:
    found = whole(value)
    if not 1 <= found <= 100:
        raise MataError(3300)
    return found


@builtin("timer_clear", 0, 1, placed=True)
def timer_clear(memory: Any, which: Value = None) -> Value:
    if which is None:
        memory.session.timers.clear()
    else:
        memory.session.timers.pop(_number(which), None)
    return None


@builtin("timer_on", 1, placed=True)
def timer_on(memory: Any, which: Value) -> Value:
    memory.session.timers.setdefault(_number(which), Timer()).started = time.perf_counter()
    return None


@builtin("timer_off", 1, placed=True)
def timer_off(memory: Any, which: Value) -> Value:
    timer = memory.session.timers.get(_number(which))
    if timer is not None and timer.started is not None:
        timer.seconds += time.perf_counter() - timer.started
        timer.count, timer.started = timer.count + 1, None
    return None


@builtin("timer_value", 1, placed=True)
def timer_value(memory: Any, which: Value) -> Value:
    """Seconds, and how often it has run."""
    timer = memory.session.timers.get(_number(which), Timer())
    return collapsed(np.array([[timer.seconds, float(timer.count)]]))
