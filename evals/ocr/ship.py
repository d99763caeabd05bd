"""python -m evals.ocr.ship: draws the forms that ship with the service into ocr_service/samples/forms."""

from pathlib import Path

from evals.ocr.forms import DESIGNS
from ocr_service.schemas.forms import write_file

_TARGET = Path(__file__).parents[2] / "ocr_service" / "samples" / "forms"


def main() -> None:
    """Each form as its template (JSON) and as the blank form to be printed (PDF). Gives the same bytes again."""
    _TARGET.mkdir(parents=True, exist_ok=True)
    for name, design in DESIGNS.items():
        (_TARGET / f"{name}.json").write_bytes(write_file(design.form()))
        (_TARGET / f"{name}.pdf").write_bytes(design.drawn().pdf)
        print(f"{name}: {sum(1 for _ in design.form().every_field())} fields")


if __name__ == "__main__":
    main()
