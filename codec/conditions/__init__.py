"""Conditions on the steps of a stream: columns, arithmetic and comparison, parsed and never run as code.

    parse("state_after < 2**23 and freq == 1").holds(walk, trace)

`language` states the grammar and what numbers do, `columns` what each name means.
"""

from __future__ import annotations

from codec.conditions.condition import Condition, parse
from codec.conditions.language import ConditionError

__all__ = ["Condition", "ConditionError", "parse"]
