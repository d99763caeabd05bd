"""Lexicon files in memory: about 30 MB, 0.2 s."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from ocr_service.rules.calibration import FEATURES, MARK_FEATURES, Calibration
from ocr_service.rules.lexicons.addresses import Addresses
from ocr_service.rules.lexicons.lexicons import Lexicons
from ocr_service.rules.lexicons.tries import Trie

FOLDER = Path(__file__).parents[2] / "lexicons"
CALIBRATION = FOLDER / "calibration.json"
FIELDS = ("characters", "first", "last", "mass", "end", "parent")
NAMES = ("surnames", "given", "surnames_kana", "given_kana")


@cache
def load_lexicons(folder: Path = FOLDER) -> Lexicons:
    """The shipped lexicons; read once in a process, for they never change."""
    with np.load(folder / "names.npz") as stored:
        tries = {name: Trie(*(stored[f"{name}.{field}"] for field in FIELDS)) for name in NAMES}
    with np.load(folder / "words.npz") as stored:
        words = Trie(*(stored[field] for field in FIELDS))
    return Lexicons(**tries, words=words, addresses=load_addresses(folder))


@cache
def load_addresses(folder: Path = FOLDER) -> Addresses:
    """The postal addresses alone, for checks that need no engine."""
    with np.load(folder / "addresses.npz") as stored:
        trie = Trie(*(stored[f"trie.{field}"] for field in FIELDS))
        return Addresses(trie, stored["codes"], stored["nodes"])


def load_calibration(file: Path = CALIBRATION) -> Calibration:
    """The shipped models of confidence. Raises ValueError when they were fitted for other features."""
    stored = json.loads(file.read_text(encoding="utf-8"))
    if tuple(stored["features"]) != FEATURES or tuple(stored["mark_features"]) != MARK_FEATURES:
        raise ValueError(f"{file.name}: fit it again (evals.ocr.calibrate)")
    return Calibration(stored["models"])
