"""python -m kernel.japanese.worker: analyses texts for another process, which asks over standard input.

Texts come in, what Analyser.written makes of each goes out."""

import os
import sys

from kernel.japanese.analyser import Analyser
from kernel.japanese.workers import receive, send

_NICENESS = 5  # searches go first


def main() -> None:
    """Answers until nobody asks any more."""
    os.nice(_NICENESS)
    analyser = Analyser()
    while True:
        try:
            texts = receive(sys.stdin.buffer)
            send(sys.stdout.buffer, [analyser.written(text) for text in texts])
        except (EOFError, BrokenPipeError):
            return


if __name__ == "__main__":
    main()
