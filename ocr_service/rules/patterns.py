"""Regular expressions that people write into templates: only those whose matching cannot run away."""

import re
from functools import lru_cache
from re import _constants as ops  # type: ignore[attr-defined]  # the parser of re itself has no public name
from re import _parser  # type: ignore[attr-defined]
from typing import Any

LONGEST_PATTERN = 200
LONGEST_VALUE = 200  # characters; longer values never fit a pattern
_MOST_WAYS = 10_000_000  # ways to match; the slowest pattern found took 0.6 s on one core
_SINGLE = {ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN, ops.AT}


class BadPattern(ValueError):
    """Not a regular expression, or one that may take too long. `slow` tells which."""

    def __init__(self, slow: bool) -> None:
        super().__init__("slow" if slow else "malformed")
        self.slow = slow


@lru_cache(maxsize=2_000)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready for `fits`. Raises BadPattern."""
    if len(pattern) > LONGEST_PATTERN:
        raise BadPattern(slow=True)
    try:
        if _ways(_parser.parse(pattern)) > _MOST_WAYS:
            raise BadPattern(slow=True)
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPattern(slow=False) from error


def fits(pattern: str, value: str) -> bool:
    """Whether the whole value matches."""
    return len(value) <= LONGEST_VALUE and compiled(pattern).fullmatch(value) is not None


def _ways(parsed: Any) -> int:
    """Upper bound of the ways in which backtracking may try to match `parsed` against LONGEST_VALUE characters.
    Sequences multiply, alternatives add up, a repeat is a sum over its counts. References to groups and looking
    around have no bound here and raise BadPattern."""
    ways = 1
    for op, argument in parsed:
        if op in _SINGLE:
            continue
        if op is ops.BRANCH:
            ways *= sum(_ways(each) for each in argument[1])
        elif op is ops.SUBPATTERN:
            ways *= _ways(argument[3])
        elif op in {ops.MAX_REPEAT, ops.MIN_REPEAT}:
            least, most, body = argument
            ways *= _repeated(_ways(body), int(least), min(int(most), LONGEST_VALUE))
        else:
            raise BadPattern(slow=True)
        if ways > _MOST_WAYS:
            raise BadPattern(slow=True)
    return ways


def _repeated(ways: int, least: int, most: int) -> int:
    if least > LONGEST_VALUE:
        raise BadPattern(slow=True)
    if ways == 1:
        return max(1, most - least + 1)
    total = 0
    for count in range(least, most + 1):
        total += int(ways) ** count
        if total > _MOST_WAYS:
            break
    return total
