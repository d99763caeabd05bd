"""Who may see which row: entries, their rights and facets, and masks over the rows of the vectors."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from kb_service.adapters.faiss_index.growing import GrowingArray
from kb_service.models.searching import Filters

Mask = npt.NDArray[np.bool_]
_CACHED_MASKS = 64
_FAR, _NEVER = 2**31 - 1, -1  # a day after and a day before all days


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of one version of an entry. Days are proleptic ordinals, None = unknown."""

    entry_id: str
    version: int
    rows: int
    keys: frozenset[str]
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    day_from: int | None = None
    day_to: int | None = None


class PassageTable:
    """Rows are numbered in the order they were appended and never move. A new version of an entry gets new
    rows and its old ones die. Not safe for threads by itself: its owner locks."""

    def __init__(self) -> None:
        self._held: list[Held] = []
        self._ordinal_of: dict[str, int] = {}
        self._owner_of_row = GrowingArray(np.int32)
        self._first_row = GrowingArray(np.int64)
        self._alive = GrowingArray(np.bool_)
        self._audience = GrowingArray(np.int32)
        self._day_from = GrowingArray(np.int32)
        self._day_to = GrowingArray(np.int32)
        self._audiences: dict[frozenset[str], int] = {}
        self._shared: dict[frozenset[str], frozenset[str]] = {}
        self._holders: dict[tuple[str, str], list[int]] = {}  # (facet, value) → ordinals
        self._masks: OrderedDict[tuple[frozenset[str], int], Mask] = OrderedDict()
        self.generation = 0
        self.live_rows = 0

    def __len__(self) -> int:
        return len(self._owner_of_row)

    def version(self, entry_id: str) -> int:
        """Version held of an entry; 0 when it is not held."""
        ordinal = self._ordinal_of.get(entry_id)
        return 0 if ordinal is None else self._held[ordinal].version

    def put(self, held: Held) -> None:
        """Adds an entry whose rows are the next ones; an older version of it dies."""
        self.remove(held.entry_id)
        held = replace(held, keys=self._shared.setdefault(held.keys, held.keys))  # a million need few sets
        ordinal = len(self._held)
        self._held.append(held)
        self._ordinal_of[held.entry_id] = ordinal
        self._first_row.extend([len(self._owner_of_row)])
        self._owner_of_row.extend(np.full(held.rows, ordinal, np.int32))
        self._alive.extend([True])
        self._audience.extend([self._audiences.setdefault(held.keys, len(self._audiences))])
        first, last = _days(held)
        self._day_from.extend([first])
        self._day_to.extend([last])
        for name, values in held.facets.items():
            for value in values:
                self._holders.setdefault((name, value), []).append(ordinal)
        self.live_rows += held.rows
        self.generation += 1

    def remove(self, entry_id: str) -> None:
        """An unknown entry is no error."""
        ordinal = self._ordinal_of.pop(entry_id, None)
        if ordinal is not None:
            self._alive.view()[ordinal] = False
            self.live_rows -= self._held[ordinal].rows
            self.generation += 1

    def places(self, rows: npt.NDArray[np.int64]) -> list[tuple[str, int]]:
        """Entry and number of the passage of each row."""
        owners = self._owner_of_row.view()[rows]
        numbers = rows - self._first_row.view()[owners]
        return [
            (self._held[ordinal].entry_id, number)
            for ordinal, number in zip(owners.tolist(), numbers.tolist(), strict=True)
        ]

    def owners(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """The ordinals of the entries of rows."""
        owners: npt.NDArray[np.int32] = self._owner_of_row.view()[rows]
        return owners

    def span(self, entry_id: str, keys: frozenset[str]) -> tuple[int, int] | None:
        """[first, end) rows of an entry; None when it is unknown, dead or invisible."""
        ordinal = self._ordinal_of.get(entry_id)
        if ordinal is None or keys.isdisjoint(self._held[ordinal].keys):
            return None
        first = int(self._first_row.view()[ordinal])
        return first, first + self._held[ordinal].rows

    def living(self) -> list[tuple[Held, int]]:
        """Every entry held and its first row, in row order."""
        first = self._first_row.view()
        return [(self._held[o], int(first[o])) for o in sorted(self._ordinal_of.values())]

    def mask(
        self, keys: frozenset[str], filters: Filters | None = None, only: Sequence[str] | None = None
    ) -> Mask:
        """Which rows may be found, [rows]. Masks of rights alone are cached until the next write."""
        if (filters is None or filters.empty()) and only is None:
            return self._mask_of_rights(keys)
        entries = self._visible_entries(keys)
        if filters is not None:
            entries &= self._passing(filters)
        if only is not None:
            wanted = np.zeros(len(entries), np.bool_)
            wanted[[self._ordinal_of[each] for each in only if each in self._ordinal_of]] = True
            entries &= wanted
        mask: Mask = entries[self._owner_of_row.view()]
        return mask

    def _mask_of_rights(self, keys: frozenset[str]) -> Mask:
        cached = self._masks.get((keys, self.generation))
        if cached is not None:
            self._masks.move_to_end((keys, self.generation))
            return cached
        mask: Mask = self._visible_entries(keys)[self._owner_of_row.view()]
        for old in [key for key in self._masks if key[1] != self.generation]:
            del self._masks[old]
        while len(self._masks) >= _CACHED_MASKS:
            self._masks.popitem(last=False)
        self._masks[(keys, self.generation)] = mask
        return mask

    def _visible_entries(self, keys: frozenset[str]) -> Mask:
        open_to = np.array([not keys.isdisjoint(each) for each in self._audiences], np.bool_)
        visible: Mask = self._alive.view() & (open_to[self._audience.view()] if len(open_to) else True)
        return visible

    def _passing(self, filters: Filters) -> Mask:
        """Values of one facet are alternatives, facets add up; a period passes when it overlaps the asked one."""
        passing = np.ones(len(self._held), np.bool_)
        for name, values in filters.facets.items():
            if values:
                one = np.zeros(len(self._held), np.bool_)
                for value in values:
                    one[self._holders.get((name, value), [])] = True
                passing &= one
        if filters.period_from is not None or filters.period_to is not None:
            earliest = (filters.period_from or date.min).toordinal()
            latest = (filters.period_to or date.max).toordinal()
            passing &= (self._day_from.view() <= latest) & (self._day_to.view() >= earliest)
        return passing


def _days(held: Held) -> tuple[int, int]:
    """First and last day of an entry's period. A side that is not said is open; an entry without a period has
    days that overlap with nothing."""
    if held.day_from is None and held.day_to is None:
        return _FAR, _NEVER
    return (
        _NEVER if held.day_from is None else held.day_from,
        _FAR if held.day_to is None else held.day_to,
    )
