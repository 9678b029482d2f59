"""Built-in functions over contexts."""

from clearway.feel.builtins.signature import BuiltIn, built_in
from clearway.feel.limits import Run
from clearway.feel.values import adopted, is_context

Context = dict[str, object]


def get_value(run: Run, context: Context, key: str) -> object:
    """`get value(m, key)`."""
    return adopted(run, context.get(key))


def get_value_at(run: Run, context: Context, keys: list[object]) -> object:
    """`get value(m, keys)`: down a way of keys."""
    value: object = context
    for key in keys:
        if not is_context(value) or not isinstance(key, str):
            return None
        value = value.get(key)
    return adopted(run, value)


def get_entries(run: Run, context: Context) -> list[object]:
    """`get entries(m)`: a list of contexts with `key` and `value`."""
    run.room(len(context))
    return [{"key": key, "value": adopted(run, value)} for key, value in context.items()]


def context_of(run: Run, entries: list[object]) -> Context | None:
    """`context(entries)`; null for a key that is missing or given twice."""
    run.room(len(entries))
    made: Context = {}
    for entry in entries:
        if not is_context(entry) or "value" not in entry:
            return None
        key = entry.get("key")
        if not isinstance(key, str) or key in made:
            return None
        made[key] = entry["value"]
    return made


def context_put(run: Run, context: Context, key: str, value: object) -> Context:
    """`context put(context, key, value)`."""
    run.room(len(context) + 1)
    return {**context, key: value}


def context_put_at(run: Run, context: Context, keys: list[object], value: object) -> Context | None:
    """`context put(context, keys, value)`: the last of a way of keys is set."""
    if not keys or not isinstance(keys[0], str):
        return None
    if len(keys) == 1:
        return context_put(run, context, keys[0], value)
    inner = adopted(run, context.get(keys[0]))
    # What is no context cannot be put into, and is not replaced unasked.
    changed = context_put_at(run, inner, keys[1:], value) if is_context(inner) else None
    return None if changed is None else context_put(run, context, keys[0], changed)


def context_merge(run: Run, contexts: list[object]) -> Context | None:
    """`context merge(contexts)`: later entries win."""
    merged: Context = {}
    for context in contexts:
        if not is_context(context):
            return None
        run.room(len(context))
        merged.update(context)
    return merged


FUNCTIONS: tuple[BuiltIn, ...] = (
    built_in(
        "get value",
        ("m: context, key: string", get_value),
        ("context: context, keys: list", get_value_at),
    ),
    built_in("get entries", ("m: context", get_entries), ("context: context", get_entries)),
    built_in("context", ("entries: list", context_of)),
    built_in(
        "context put",
        ("context: context, key: string, value: any", context_put),
        ("context: context, keys: list, value: any", context_put_at),
    ),
    built_in("context merge", ("contexts: list", context_merge)),
)
