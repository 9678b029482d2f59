"""The deploy gate: what may run, and what is refused with place, cause and remedy."""
