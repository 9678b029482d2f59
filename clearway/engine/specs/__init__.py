"""How each kind of flow node runs: our specs for the executor."""
