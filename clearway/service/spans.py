"""How a length of time is said in words: two units at most."""

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def span(seconds: float | None) -> str:
    """`45 s`, `3 h 20 min`, `2 d 4 h`, rounded; below a second `0.4 s`; nothing for None."""
    if seconds is None:
        return ""
    if 0 < seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = _rounded(seconds)
    for place, (unit, length) in enumerate(_UNITS):
        if whole >= length:
            rest = whole % length
            after = _UNITS[place + 1] if place + 1 < len(_UNITS) else None
            if after is None or rest < after[1]:
                return f"{whole // length:,} {unit}"
            return f"{whole // length:,} {unit} {rest // after[1]} {after[0]}"
    return "0 s"


def _rounded(seconds: float) -> int:
    """To the smaller of the two units that are shown."""
    for place, (_unit, length) in enumerate(_UNITS[:-1]):
        if seconds >= length:
            step = _UNITS[place + 1][1]
            return round(seconds / step) * step
    return round(seconds)
