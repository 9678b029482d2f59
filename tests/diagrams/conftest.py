"""What the tests of diagrams share: an editor without its browser, and files to try it with."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from diagram_editor import Ask

from clearway.diagrams.source import parse

ROOT = Path(__file__).resolve().parents[2]
MODDLE = ROOT / "node_modules/bpmn-moddle/dist/index.js"


@pytest.fixture(scope="session")
def editor() -> Iterator[Ask]:
    """Reads, edits and writes a diagram exactly as the editor in the browser does."""
    if not MODDLE.exists():
        pytest.skip("bpmn-moddle is not installed: run make.")
    command = ["node", str(Path(__file__).with_name("editor.mjs")), str(MODDLE)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes, encoding="utf-8") as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(xml: bytes, **request: object) -> dict[str, Any]:
            text = parse(xml).text
            process.stdin.write(json.dumps({"xml": text, **request}) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert "error" not in answer, answer["error"]
            return {it: answer[it].encode() for it in ("before", "after")} | {
                "done": answer["done"]
            }

        yield ask
        process.stdin.close()
        process.wait(timeout=10)


@pytest.fixture(scope="session")
def miwg(test_data: Path) -> dict[str, bytes]:
    """The reference models of the MIWG by name."""
    folder = test_data / "bpmn-miwg-reference"
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.bpmn"))}


@pytest.fixture(scope="session")
def shipped() -> dict[str, bytes]:
    """The diagrams of our own processes by name."""
    return {path.stem: path.read_bytes() for path in sorted(ROOT.glob("bpmn/*/*.bpmn"))}


@pytest.fixture(scope="session")
def features(test_data: Path) -> dict[str, bytes]:
    """The small diagrams of one construct each by name."""
    cases = json.loads((test_data / "bpmn-features/features.json").read_text(encoding="utf-8"))
    return {case["name"]: case["xml"].encode() for case in cases}
