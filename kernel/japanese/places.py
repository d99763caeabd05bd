"""Where the words of a text stand, in five bytes each, so that nobody has to analyse it again to mark it."""

import base64
from array import array
from collections.abc import Iterable, Iterator

NO_DICTIONARY = 0xFF_FFFF  # the number of every word that the dictionary does not hold
_LONGEST = 0xFF  # characters of a word, and between two of them

Place = tuple[int, int, int]  # number of the word in the dictionary, start, end


def packed(places: Iterable[Place]) -> str:
    """Numbers with the distances between words (uint32 each), then their lengths (uint8 each), in base64. "" where
    that does not fit, or where words share a character: such a text is analysed again."""
    numbers = array("I")
    lengths = bytearray()
    last = 0
    for number, start, end in places:
        if not (0 <= start - last <= _LONGEST and 0 < end - start <= _LONGEST):
            return ""
        numbers.append(min(number, NO_DICTIONARY) << 8 | start - last)
        lengths.append(end - start)
        last = end
    return base64.b64encode(numbers.tobytes() + lengths).decode("ascii")


def unpacked(places: bytes) -> Iterator[Place]:
    """The places that `packed` made, without its base64."""
    count = len(places) // 5
    last = 0
    for coded, length in zip(array("I", places[: 4 * count]), places[4 * count :], strict=True):
        start = last + (coded & _LONGEST)
        last = start + length
        yield coded >> 8, start, last
