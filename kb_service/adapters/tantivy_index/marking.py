"""Which stretches of a passage a question found."""

from collections.abc import Iterable, Iterator

from kb_service.adapters.tantivy_index.plan import Concept, Way
from kernel.japanese import Analyser, fold, fold_with_offsets


class Marker:
    """Marks passages for one question."""

    def __init__(self, analyser: Analyser, concepts: Iterable[Concept], phrases: Iterable[str]) -> None:
        options = [option for concept in concepts for option in concept.options]
        self._analyser = analyser
        self._words = frozenset(
            word for option in options if option.way in (Way.WORD, Way.TOGETHER) for word in option.values
        )
        self._sounds = frozenset(
            sound for option in options if option.way is Way.SOUNDS for sound in option.values
        )
        rows = [option.values[0] for option in options if option.way is Way.CHARACTERS]
        self._rows = tuple(sorted({*rows, *phrases} - {""}, key=len, reverse=True))

    def marks(self, text: str, places: bytes) -> tuple[tuple[int, int], ...]:
        """(start, end) in `text`, in order, not overlapping. `places`: of its words, as they were indexed."""
        spans: list[tuple[int, int]] = []
        whole = fold(text) if self._rows else ""
        rows = [row for row in self._rows if row in whole]
        # What stands there just as it is looked for needs no folding with places, which is slow.
        spans.extend(span for row in rows for span in _as_they_stand(row, text))
        if rows := [row for row in rows if whole.count(row) > text.count(row)]:
            folded, offsets = fold_with_offsets(text)
            for row in rows:
                at = folded.find(row)
                while at >= 0:
                    spans.append((offsets[at][0], offsets[at + len(row) - 1][1]))
                    at = folded.find(row, at + len(row))
        if self._words or self._sounds:
            spans.extend(self._analyser.found(text, places, self._words, self._sounds))
        return _merged(spans)


def _as_they_stand(row: str, text: str) -> Iterator[tuple[int, int]]:
    at = text.find(row)
    while at >= 0:
        yield at, at + len(row)
        at = text.find(row, at + len(row))


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return tuple(merged)
