"""What a slip may have meant: the nearest noun, or run of nouns, in passages that the reader sees."""

import unicodedata
from collections import Counter
from collections.abc import Callable

import tantivy
from tantivy import Occur, Query

from kb_service.adapters.tantivy_index.documents import read_passage, stored_bytes
from kb_service.models.passages import Passage
from kernel.japanese import Analyser

_SHORTEST = 4
_SHORTEST_KANJI = 3
_TWO_SLIPS = 9  # characters from which two slips are forgiven
_HEARD_IN = 6  # passages
_AGREED = 3  # times heard, always spelt alike: the rest is not read
_SPELLINGS = 3
_LOOKED_AT = 10  # passages


class Speller:
    """Mends words for one reader."""

    def __init__(
        self,
        schema: tantivy.Schema,
        passages: tantivy.Searcher,
        visible: Query,
        analyser: Analyser,
        entries_with: Callable[[str], int],
    ) -> None:
        self._schema = schema
        self._passages = passages
        self._visible = visible
        self._analyser = analyser
        self._entries_with = entries_with

    def nearest(self, slip: str) -> tuple[str, str] | None:
        """(folded, as written) of the nearest word, the more frequent of two as near; None when none is near."""
        kanji = all("\u3400" <= character <= "\u9fff" for character in slip)
        if (
            len(slip) < (_SHORTEST_KANJI if kanji else _SHORTEST)
            or len(slip) > 20
            or " " in slip
            or slip.isdigit()
        ):
            return None
        for slips in (1, 2) if len(slip) >= _TWO_SLIPS else (1,):
            found = self._within(slip, slips)
            if found:
                best = min(found, key=lambda word: (strangeness(word, slip), -self._entries_with(word), word))
                return best, found[best]
        return None

    def spelt(self, sounds: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The words that sound so in a row in some passages, the most frequent first, three at most."""
        terms = [Query.term_query(self._schema, "sounds", sound, "basic") for sound in dict.fromkeys(sounds)]
        query = Query.boolean_query([(Occur.Must, self._visible), *((Occur.Must, term) for term in terms)])
        found: Counter[tuple[str, ...]] = Counter()
        for passage, places in self._drawn(query, _HEARD_IN):
            words, heard = self._analyser.said(passage.text, places)
            for at in range(len(words) - len(sounds) + 1):
                if heard[at : at + len(sounds)] == sounds:
                    found[words[at : at + len(sounds)]] += 1
            if len(found) == 1 and found.total() >= _AGREED:
                break
        return [words for words, _ in found.most_common(_SPELLINGS)]

    def _drawn(self, query: Query, limit: int) -> list[tuple[Passage, bytes]]:
        """Some of the passages with the places of their words, the same ones whatever the reader does not see."""
        hits = self._passages.search(query, limit, count=False, order_by_field="lot").hits
        documents = (self._passages.doc(address) for _, address in hits)
        return [(read_passage(stored_bytes(each)), stored_bytes(each, "places")) for each in documents]

    def _within(self, slip: str, slips: int) -> dict[str, str]:
        near = Query.fuzzy_term_query(self._schema, "compounds", slip, slips, True)
        query = Query.boolean_query([(Occur.Must, self._visible), (Occur.Must, near)])
        found: dict[str, str] = {}
        for passage, _ in self._drawn(query, _LOOKED_AT):
            near_by = [
                folded
                for folded in self._analyser.analyse(passage.text).compounds
                if folded not in found
                and _alike(folded, slip, slips)
                and distance(folded, slip, slips) <= slips
            ]
            if near_by:
                written = self._analyser.compounds(passage.text)
                found.update((folded, written[folded]) for folded in near_by if folded in written)
        return found


def strangeness(word: str, slip: str) -> float:
    """How unlikely a slip is: a voicing mark costs half of another letter, the first letter one more."""
    if len(word) != len(slip):
        return 1.0 + (word[0] != slip[0])
    wrong = [(a, b) for a, b in zip(word, slip, strict=True) if a != b]
    if len(wrong) == 2 and wrong[0] == wrong[1][::-1]:
        return 1.0
    return sum(0.5 if _unvoiced(a) == _unvoiced(b) else 1.0 for a, b in wrong) + (word[0] != slip[0])


def _unvoiced(kana: str) -> str:
    return unicodedata.normalize("NFD", kana)[0]


def _alike(word: str, slip: str, slips: int) -> bool:
    """Whether two words could be that near; says no at a glance where their letters differ."""
    if word == slip or abs(len(word) - len(slip)) > slips:
        return False
    letters = set(slip)
    return len(letters & set(word)) >= len(letters) - slips


def distance(one: str, other: str, most: int) -> int:
    """Slips between two words: a letter wrong, missing, too many, or two changed about (optimal string
    alignment). `most` + 1 when there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row, older = row, [i], before
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        before = last
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
