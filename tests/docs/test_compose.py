"""compose.yaml, Dockerfile and the program say the same: no engine is here to try them."""

import re
from pathlib import Path

import yaml

from kernel.settings import Settings

ROOT = Path(__file__).parents[2]


def compose() -> dict[str, object]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def test_the_one_service_keeps_its_home_in_a_declared_volume() -> None:
    web = compose()["services"]["web"]
    name, target = web["volumes"][0].split(":")
    assert name in compose()["volumes"]
    assert target == web["environment"]["CHIENOWA_HOME"]
    assert f"VOLUME {target}" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_every_variable_is_a_setting() -> None:
    known = {f"CHIENOWA_{name.upper()}" for name in Settings.model_fields}
    assert set(compose()["services"]["web"]["environment"]) <= known
    used = set(re.findall(r"(CHIENOWA_\w+)=", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    assert used <= known


def test_the_published_port_is_the_one_that_the_program_listens_on_and_stays_on_this_machine() -> None:
    web = compose()["services"]["web"]
    published, inside = web["ports"][0].rsplit(":", 1)
    assert inside == web["environment"]["CHIENOWA_PORT"]
    assert published.startswith("127.0.0.1:")


def test_the_image_copies_every_package() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (\w+) \1$", text, flags=re.M))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert copied == packages


def test_nothing_runs_as_root_or_in_demonstration() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER chienowa$", text, flags=re.M)
    assert "demo" not in text.lower()
    assert "CHIENOWA_DEMO" not in compose()["services"]["web"]["environment"]
