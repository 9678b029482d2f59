"""What built-in functions make of lists, by the types of what they are given."""

from collections.abc import Mapping, Sequence

from clearway.decisions.check.kinds import item_of, kind_of, resolved, same_type
from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.builtins.results import RESULTS
from clearway.feel.kinds import SAMPLES
from clearway.feel.limits import DEFAULT_LIMITS, Run
from clearway.feel.logic import equal
from clearway.feel.types import ListType, Named, Type

OF_ITS_ITEMS = ("sort", "reverse", "distinct values", "sublist", "remove")
OF_ALL_ITEMS = ("concatenate", "union")
WITH_ITEMS = {"append": 1, "insert before": 2}
"""With the place from which the items stand that are put into the list."""
OF_SUMS = ("sum", "product", "mean", "median", "stddev", "min", "max", "all", "any")
OF_TEXTS = ("string join",)
OF_ONE_KIND = ("min", "max", "sum", "mean")
"""Those of one list that give what is of the kind of its items."""
LOOKED_FOR = ("list contains", "index of")

Types = Mapping[str, Type]
Given = Sequence[Type | None]


def type_made(name: str, given: Given, types: Types) -> Type | None:
    """The type of what a built-in function gives for values of these types, null aside."""
    if name in OF_ONE_KIND and len(given) == 1:
        return _item(given[0], types)
    if name == "flatten" and len(given) == 1 and _item(given[0], types) is not None:
        item = item_of(given[0], types)
        return ListType(item) if item is not None else None
    if name in OF_ITS_ITEMS and given:
        item = _item(given[0], types)
        return ListType(item) if item is not None else None
    if name in OF_ALL_ITEMS:
        return _one_list([_item(each, types) for each in given])
    if name in WITH_ITEMS and given:
        return _one_list([_item(given[0], types), *given[WITH_ITEMS[name] :]])
    if name == "split":
        return ListType(Named("string"))
    made = RESULTS.get(name)
    return Named(made) if made in SAMPLES else None


def why_null(name: str, given: Given, types: Types) -> str | None:
    """Why a call gives nothing for lists of such items; None where it may give something."""
    cause = _why_not_for_items(name, given, types)
    if cause is not None:
        return f"a call of `{name}` that is always null: {cause}"
    if name in OF_SUMS and len(given) == 1:
        alone = kind_of(given[0], types)
        if alone is not None and not any(_is_taken(name, each) for each in SAMPLES[alone]):
            return f"a call of `{name}` that is always null: it is given a {alone}"
    if name in (*OF_SUMS, *OF_TEXTS) and given and (len(given) == 1 or name in OF_TEXTS):
        told = kind_of(_item(given[0], types), types)
        if told is not None and not any(_of_two(name, each) for each in SAMPLES[told]):
            return f"a call of `{name}` that is always null: its items are of kind {told}"
    if name in LOOKED_FOR and len(given) == 2:
        item, wanted = kind_of(_item(given[0], types), types), kind_of(given[1], types)
        if item is not None and wanted is not None and not _may_be_same(item, wanted):
            return f"a call of `{name}` that finds nothing: no {item} is a {wanted}"
    return None


def _why_not_for_items(name: str, given: Given, types: Types) -> str | None:
    """A list of one stands for its item: why a call takes neither the list nor the item."""
    items = [_item(each, types) for each in given]
    if all(each is None for each in items):
        return None
    pairs = list(zip(items, given, strict=True))
    kinds = [kind_of(own if item is None else item, types) for item, own in pairs]
    lists = ["list" if item is not None else kind_of(own, types) for item, own in pairs]
    cause = BUILTINS[name].why_never([("", each) for each in kinds])
    if cause is None or BUILTINS[name].why_never([("", each) for each in lists]) is not None:
        return None  # What is wrong beside the lists is told for itself.
    return f"{cause}, or a list of such"


def _is_taken(name: str, value: object) -> bool:
    return BUILTINS[name].call(Run(DEFAULT_LIMITS, None), [value]) is not None


def _item(given: Type | None, types: Types) -> Type | None:
    base = resolved(given, types) if given is not None else None
    return base.item if isinstance(base, ListType) else None


def _one_list(items: Given) -> Type | None:
    first = items[0] if items else None
    if first is None or not all(same_type(each, first) for each in items):
        return None
    return ListType(first)


def _of_two(name: str, value: object) -> bool:
    return BUILTINS[name].call(Run(DEFAULT_LIMITS, None), [[value, value]]) is not None


def _may_be_same(one: str, other: str) -> bool:
    run = Run(DEFAULT_LIMITS, None)
    pairs = ((left, right) for left in SAMPLES[one] for right in SAMPLES[other])
    return any(equal(run, left, right) is not None for left, right in pairs)
