"""How large, deep and long the things may be that a diagram brings or an instance does."""

XML_BYTES = 5 * 1024 * 1024
XML_DEPTH = 100
XML_ELEMENTS = 100_000
XML_SECONDS = 10
XML_MEMORY = 1024 * 1024 * 1024

BUNDLE_FILES = 500
BUNDLE_BYTES = 20 * 1024 * 1024
FILE_BYTES = 1024 * 1024

NAME_LETTERS = 500
DOCUMENTATION_LETTERS = 50_000
NODES = 5_000
STEPS_PER_TURN = 200_000
RUNS_PER_NODE = 10_000
LIVE_TOKENS = 10_000
LOOP_INSTANCES = 5_000
SCOPE_DEPTH = 50
KEPT_MESSAGES = 100
STATE_BYTES = 16 * 1024 * 1024


def most_bytes(path: str) -> int:
    """How large a single file of a process may be, by what it is."""
    return XML_BYTES if path.endswith((".bpmn", ".dmn")) else FILE_BYTES


def mebibytes(size: int) -> str:
    """A number of bytes for people, never rounded down to a limit that it is above: `50.6 MiB`."""
    tenths = -(-size * 10 // (1024 * 1024))
    return f"{tenths / 10:g} MiB"
