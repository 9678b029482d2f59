"""The time zones these tests mean are those of the tzdata package, not the machine's."""

import zoneinfo

zoneinfo.reset_tzpath(to=())
