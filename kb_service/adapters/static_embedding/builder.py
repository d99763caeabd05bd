"""The base model, from the word vectors inside the ja_ginza package. Runs in workers and on the command line."""

from pathlib import Path

import ja_ginza
import numpy as np
import numpy.typing as npt
from spacy.vocab import Vocab

from kb_service.adapters.static_embedding.files import UNKNOWN, WordVectors, write
from kernel.japanese import Analyser

# The longer a word2vec vector, the more a word says: on two public sets the square of its length does as well
# as the inverse document frequency of the searched texts themselves (docs/decisions/0004).
_USUAL_LENGTH = 4.0
_LONGEST_WORD = 20


def build_base(folder: Path, analyser: Analyser) -> str:
    """Writes the base model, about 10 s; returns its version. Words are those that the analyser can produce;
    spellings that it normalises to one word share the vector of the most frequent of them."""
    vocabulary = Vocab().from_disk(_vocabulary_folder())
    vectors = vocabulary.vectors
    found: dict[str, int] = {}
    # Rows come in the order of frequency.
    for key, row in sorted(vectors.key2row.items(), key=lambda pair: pair[1]):
        spelling = vocabulary.strings[key]
        if len(spelling) <= _LONGEST_WORD:
            words = analyser.words(spelling, stop=frozenset())
            if len(words) == 1 and not words[0].isspace():
                found.setdefault(words[0], row)
    return write(
        folder,
        _normalised(found, np.asarray(vectors.data, np.float32)),
        {"source": f"ja_ginza {ja_ginza.__version__}"},
    )


def _normalised(found: dict[str, int], data: npt.NDArray[np.float32]) -> WordVectors:
    """Unit rows; their former length becomes the weight of their words."""
    rows = np.array([0, *(row + 1 for row in found.values())], np.int32)
    lengths = np.linalg.norm(data, axis=1)
    embeddings = np.concatenate([np.zeros((1, data.shape[1]), np.float32), data / lengths[:, None]])
    weights = np.concatenate([[0.0], (lengths / _USUAL_LENGTH) ** 2]).astype(np.float32)[rows]
    return WordVectors([UNKNOWN, *found], embeddings.astype(np.float32), rows, weights)


def _vocabulary_folder() -> Path:
    return next(Path(ja_ginza.__file__).parent.glob("ja_ginza-*/vocab"))
