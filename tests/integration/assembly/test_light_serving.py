"""The web process answers searches by words and by meaning without loading what only workers need."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HEAVY = (
    "torch",
    "sentence_transformers",
    "transformers",
    "spacy",
    "rapidocr",
    "onnxruntime",
    "cv2",
    "pypdfium2",
)

SCRIPT = """
import json, sys
from starlette.testclient import TestClient
from assembly.application import build_app
from assembly.first_start import prepare
from kernel.settings import Settings

system = prepare(Settings(demo=True))
with TestClient(build_app(system), base_url="http://127.0.0.1:8000") as client:
    system.bank.indexing.run_pending()
    page = client.get("/login")
    csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
    client.post("/login/sample", data={"csrf": csrf, "login": "chiyoda-tanto"})
    found = client.get("/api/v1/search", params={"q": "紙の申請書を機械で読み取る"})
    shown = client.get("/knowledge", params={"q": "ごみ"})
    print(json.dumps({
        "arms": found.json()["arms"],
        "hits": len(found.json()["hits"]),
        "page": shown.status_code,
        "heavy": [name for name in sys.argv[1:] if name in sys.modules],
    }))
"""


def test_serving_loads_no_engine_of_the_workers(tmp_path: Path, base_models: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(base_models, home / "models")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *HEAVY],
        env={**os.environ, "CHIENOWA_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    assert sorted(seen["arms"]) == ["meaning", "words"]
    assert seen["hits"] > 0
    assert seen["page"] == 200
    assert seen["heavy"] == []
