"""What tests of the engine share: small diagrams, and an instance that is played."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from clearway.engine.values import Bundle

sys.path.insert(0, str(Path(__file__).resolve().parent))

from playing import Play, draw, with_files


@pytest.fixture
def play() -> Callable[..., Play]:
    """Draw a process and play it: `play("<startEvent id='s'/>... {s>e}")`."""

    def make(body: str, after: str = "", **options: Any) -> Play:
        record: Mapping[str, Any] = options.pop("record", {})
        return Play(draw(body, after), dict(record), **options)

    return make


@pytest.fixture
def drawn() -> Callable[..., Bundle]:
    """Draw a process without playing it."""

    def make(body: str, after: str = "", **files: Any) -> Bundle:
        return with_files(draw(body, after), **files)

    return make


@pytest.fixture
def play_bundle() -> Callable[..., Play]:
    """Play a bundle that is there already."""

    def make(bundle: Bundle, **options: Any) -> Play:
        return Play(bundle, **options)

    return make


@pytest.fixture
def features() -> list[dict[str, Any]]:
    """The 63 constructs with what BPMN 2.0 says about them."""
    path = Path(__file__).parent.parent / "data" / "bpmn-features" / "features.json"
    return json.loads(path.read_text())
