"""A demonstration never becomes an installation by a forgotten variable, and one process serves a home."""

from pathlib import Path

import pytest

from assembly.home import Home, Purpose
from kernel.errors import Conflict


def test_a_home_keeps_its_purpose(tmp_path: Path) -> None:
    home = Home(tmp_path / "var")
    assert home.purpose() is None
    home.claim(Purpose.DEMONSTRATION)
    home.claim(Purpose.DEMONSTRATION)
    assert home.purpose() is Purpose.DEMONSTRATION
    with pytest.raises(Conflict, match="demonstration"):
        home.claim(Purpose.INSTALLATION)


def test_only_one_process_serves(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert not home.is_served()
    lock = home.serving()
    assert home.is_served()
    with pytest.raises(Conflict):
        Home(tmp_path).serving()
    lock.release()
    assert not home.is_served()
