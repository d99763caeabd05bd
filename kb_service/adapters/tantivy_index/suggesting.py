"""Completions while somebody types, from titles and tags that they may see."""

import json
import re

from tantivy import Occur, Query

from kb_service.adapters.tantivy_index.documents import stored_bytes
from kb_service.adapters.tantivy_index.filtering import conjunction, readable
from kb_service.adapters.tantivy_index.reading import Snapshot
from kernel.japanese import Analyser, bigrams, fold, romaji_to_katakana

_LOOKED_AT = 200
# What an input method has not converted yet: ちゃt, jiどうt.
_UNFINISHED = re.compile(r"(?<=[ぁ-ゖァ-ヶー\u3400-\u9fff])[a-zａ-ｚ]{1,3}$")


def suggestions(
    at: Snapshot, analyser: Analyser, prefix: str, keys: frozenset[str], limit: int
) -> tuple[str, ...]:
    """Titles and tags that begin with what is typed come first, then those with a word that does, then others
    that hold it."""
    typed = prefix[:200].strip()
    forms = [form for form in dict.fromkeys(_forms(typed)) if form]
    if not forms or limit < 1:
        return ()
    schema = at.entries_schema
    alternatives = [(Occur.Should, _label_query(at, form)) for form in forms]
    query = conjunction([readable(schema, keys), Query.boolean_query(alternatives)])
    ranked: dict[str, tuple[int, int, str]] = {}
    for _, address in at.entries.search(query, _LOOKED_AT, count=False, order_by_field="updated").hits:
        for label in json.loads(stored_bytes(at.entries.doc(address))):
            if label not in ranked and (rank := _rank(label, forms, analyser)) is not None:
                ranked[label] = (rank, len(label), label)
    return tuple(sorted(ranked, key=ranked.__getitem__)[:limit])


def _forms(typed: str) -> list[str]:
    """What is typed, folded; and read as kana where it is Latin letters."""
    forms = [fold(_UNFINISHED.sub("", typed))]
    kana = romaji_to_katakana(re.sub(r"[bcdfghjkmprstvwyz]+$", "", typed.lower()) or typed)
    if kana and len(typed) > 1:
        forms.append(fold(kana))
    return forms


def _label_query(at: Snapshot, form: str) -> Query:
    schema = at.entries_schema
    if len(form) == 1:
        return Query.term_query(schema, "labels", "^" + form, "freq")
    pairs = bigrams(form)
    if len(pairs) == 1:
        return Query.term_query(schema, "labels", pairs[0], "freq")
    return Query.phrase_query(schema, "labels", list(pairs))


def _rank(label: str, forms: list[str], analyser: Analyser) -> int | None:
    """0: the label begins so; 1: one of its words does; 2: it is inside; None: not there."""
    tokens = analyser.tokens(label)
    written = fold(label)
    sound = fold("".join(token.sound for token in tokens))
    best: int | None = None
    for form in forms:
        if written.startswith(form) or sound.startswith(form):
            return 0
        starts = any(
            fold(label[token.start :]).startswith(form)
            or fold("".join(each.sound for each in tokens[index:])).startswith(form)
            for index, token in enumerate(tokens)
            if token.content
        )
        if starts:
            best = 1
        elif best is None and (form in written or form in sound):
            best = 2
    return best
