"""chienowa batch …, as real processes on a home of their own; the real reader reads."""

import json
from pathlib import Path

from PIL import Image, ImageDraw

from tests.integration.commands.test_commands import chienowa


def page(path: Path, words: str) -> Path:
    picture = Image.new("L", (827, 1169), 255)
    ImageDraw.Draw(picture).text((100, 200), words, fill=0, font_size=50)
    picture.save(path, dpi=(100, 100))
    return path


def test_a_stack_from_the_command_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    files = [page(tmp_path / "a.png", "one"), page(tmp_path / "b.tif", "two")]
    ward = ("--organisation", "131016")
    done = chienowa(home, "batch", "add", *map(str, files), "--title", "窓口の束", *ward)
    identifier = done.stdout.split()[0]
    assert "確認中" in done.stdout and "pages: 2" in done.stdout
    listed = json.loads(chienowa(home, "batch", "list", "--json", *ward).stdout)
    assert [each["title"] for each in listed] == ["窓口の束"]
    assert listed[0]["id"] == identifier and listed[0]["standing"]["pages_set_aside"] == 2
    assert "一時停止中" in chienowa(home, "batch", "pause", identifier, *ward).stdout
    again = chienowa(home, "batch", "add", str(files[0]), "--batch", identifier, "--title", "x", *ward)
    assert again.stdout.split()[0] == identifier and "pages: 2" in again.stdout
    other = chienowa(home, "batch", "show", identifier, "--organisation", "131024", status=1)
    assert "見つかりません" in other.stderr
