"""Kana cut into words that entries hold, by how those sound."""

from collections.abc import Callable

_LONGEST = 14  # characters of one word's sound
_BEAM = 6  # cuts kept for each end
_PARTICLES = frozenset("ノオガハニデトヘモヤ")
_ENDINGS = frozenset({"ナイ", "ナク", "タイ", "マス", "レル", "ラレル", "セル", "サセル", "テ", "タ"})
_PARTICLE_COST = 0.4
_ENDING_COST = 0.5
_SHORT_COST = 0.7  # words of one character are rarely meant

Group = tuple[str, ...]


def segmented(
    folded: str, heard: Callable[[str], bool], together: Callable[[Group], bool], parted: bool
) -> tuple[Group, ...]:
    """Groups of sounds, each of neighbouring words, parted by particles; the fewest words that `heard` knows
    and of whose groups all stand `together` somewhere; one group unless `parted`. () when there are none."""
    best: list[list[tuple[float, tuple[Group, ...]]]] = [[] for _ in range(len(folded) + 1)]
    best[0] = [(0.0, ((),))]
    known: dict[str, bool] = {}
    for end in range(1, len(folded) + 1):
        reached: list[tuple[float, tuple[Group, ...]]] = []
        for start in range(max(0, end - _LONGEST), end):
            if not best[start]:
                continue
            piece = folded[start:end]
            if parted and piece in _PARTICLES and start > 0 and end < len(folded):
                reached.extend(
                    (cost + _PARTICLE_COST, (*groups, ())) for cost, groups in best[start] if groups[-1]
                )
            if piece in _ENDINGS and start > 1:
                reached.extend((cost + _ENDING_COST, groups) for cost, groups in best[start] if groups[-1])
            if piece not in known:
                known[piece] = heard(piece)
            if known[piece]:
                more = 1 + _SHORT_COST * (len(piece) == 1)
                reached.extend(
                    (cost + more, (*groups[:-1], (*groups[-1], piece))) for cost, groups in best[start]
                )
        best[end] = sorted(reached)[:_BEAM]
    for _, groups in best[-1]:
        words = [word for group in groups for word in group]
        # Words of one or two sounds each would be noise.
        telling = len(words) <= max(1, len(folded) // 2) and all(len("".join(group)) > 1 for group in groups)
        if telling and all(map(together, groups)):
            return groups
    return ()
