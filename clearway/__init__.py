"""Clearway runs a service organisation's processes from their diagrams."""

import zoneinfo

# Clocks must say the same on every machine: the zones come from the pinned package `tzdata`,
# never from the machine, whose own may be years old.
zoneinfo.reset_tzpath(to=())
