"""Serving a static model with NumPy: memory-mapped, about 1 ms a question."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb_service.adapters.static_embedding.files import hashes, map_tensors, read_about
from kb_service.ports.vectors import Vectors
from kernel.errors import Text, Unavailable
from kernel.japanese import Analyser

_REMEMBERED = 100_000  # words whose number is kept in a dictionary


class StaticEmbedder:
    """Implements ports.vectors.Embedder over a folder that `files.write` made. Raises Unavailable when the
    folder holds no model. Safe for many threads."""

    def __init__(self, folder: Path, analyser: Analyser) -> None:
        self.folder = folder
        self._analyser = analyser
        try:
            self._about = read_about(folder)
            tensors = map_tensors(folder / "model.safetensors")
            self._keys = np.memmap(folder / "words.u64", "<u8", "r")
            self._tokens = np.memmap(folder / "tokens.i32", "<i4", "r")
        except (OSError, ValueError, KeyError) as error:
            raise Unavailable(
                Text(
                    f"意味検索のモデルが {folder} にありません。`chienowa model build` で作成してください。",
                    f"There is no text-vector model in {folder}. Build it with `chienowa model build`.",
                )
            ) from error
        self._embeddings = tensors["embeddings"]
        self._mapping, self._weights = tensors["mapping"], tensors["weights"]
        self._numbers: dict[str, int] = {}

    @property
    def dimensions(self) -> int:
        return int(self._about["dimensions"])

    @property
    def version(self) -> str:
        return str(self._about["version"])

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self.of_words([self._analyser.words(text) for text in texts])

    def of_words(self, texts: Sequence[Sequence[str]]) -> Vectors:
        """Unit vectors [texts, dimensions] of texts that are already words."""
        numbers = [self._known(words) for words in texts]
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        filled = [row for row, found in enumerate(numbers) if len(found)]
        if not filled:
            return vectors
        every = np.concatenate([numbers[row] for row in filled])
        starts = np.cumsum([0, *(len(numbers[row]) for row in filled[:-1])])
        weighted = self._embeddings[self._mapping[every]] * self._weights[every, None]
        sums = np.add.reduceat(weighted, starts, axis=0)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        vectors[filled] = np.divide(sums, norms, out=np.zeros_like(sums), where=norms > 0)
        return vectors

    def _known(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """Numbers of the words that the model knows."""
        numbers = self._numbers
        new = [word for word in words if word not in numbers]
        if new:
            if len(numbers) > _REMEMBERED:
                numbers = self._numbers = {}
                new = list(words)
            numbers.update(zip(new, self._look_up(new), strict=True))
        return np.array([number for word in words if (number := numbers[word])], np.int64)

    def _look_up(self, words: Sequence[str]) -> list[int]:
        keys = hashes(words)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        numbers = np.where(self._keys[places] == keys, self._tokens[places], 0)
        return [int(number) for number in numbers]
