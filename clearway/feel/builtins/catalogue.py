"""All built-in functions by name: the whole list, in one table."""

from collections.abc import Mapping
from types import MappingProxyType

from clearway.feel.builtins import (
    calendar,
    contexts,
    conversion,
    lists,
    numbers,
    ranges,
    statistics,
    strings,
)
from clearway.feel.builtins.signature import BuiltIn

BUILTINS: Mapping[str, BuiltIn] = MappingProxyType(
    {
        function.name: function
        for room in (conversion, strings, numbers, lists, statistics, contexts, calendar, ranges)
        for function in room.FUNCTIONS
    }
)
