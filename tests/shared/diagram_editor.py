"""How tests ask the editor: a file and what to change in it; the answer is what it writes."""

from collections.abc import Callable
from typing import Any

Ask = Callable[..., dict[str, Any]]
