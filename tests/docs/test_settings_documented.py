"""docs/settings.md says of every setting what the code says."""

from pathlib import Path

from kernel.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_setting_stands_in_the_table_with_its_default_and_meaning() -> None:
    rows = {
        cells[1].strip().strip("`"): cells
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `CHIENOWA_") and (cells := line.split("|"))
    }
    assert set(rows) == {f"CHIENOWA_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        cells = rows[f"CHIENOWA_{name.upper()}"]
        assert cells[2].strip().strip("`") == str(field.default)
        assert cells[3].strip() == field.description
