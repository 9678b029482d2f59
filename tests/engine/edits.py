"""Random edits of random processes: what an owner may do to a diagram while instances run."""

import copy
import random
from collections.abc import Callable, Iterator

import oracle

_PARTS = ("blocks", "branches", "body", "side", "breaker", "handler")
Edit = Callable[[oracle.Block, random.Random, dict[str, str]], bool]


def edited(block: oracle.Block, seed: int) -> tuple[oracle.Block, dict[str, str]]:
    """A copy with one to three edits, and the mapping of what was renamed and is still there."""
    choose = random.Random(seed)
    copied, mapping = copy.deepcopy(block), {}
    for _ in range(choose.randint(1, 3)):
        choose.choice(_EDITS)(copied, choose, mapping)
    names = {each.name for each in _inside(copied)}
    return copied, {old: new for old, new in mapping.items() if new in names}


def _inside(block: oracle.Block) -> Iterator[oracle.Block]:
    yield block
    for name in _PARTS:
        part = getattr(block, name, None)
        for each in part if isinstance(part, list) else [part] if part is not None else []:
            yield from _inside(each)


def _slots(block: oracle.Block) -> list[tuple[object, object]]:
    """Where a block stands: a list and a number, or a block and the name of its field."""
    found: list[tuple[object, object]] = []
    for each in _inside(block):
        for name in _PARTS:
            part = getattr(each, name, None)
            if isinstance(part, list):
                found += [(part, number) for number in range(len(part))]
            elif part is not None:
                found.append((each, name))
    return found


def _get(slot):
    place, at = slot
    return place[at] if isinstance(place, list) else getattr(place, at)


def _set(slot, block):
    place, at = slot
    if isinstance(place, list):
        place[at] = block
    else:
        setattr(place, at, block)


def _sequences(block: oracle.Block) -> list[oracle.Sequence]:
    return [it for it in _inside(block) if isinstance(it, oracle.Sequence)]


def add_task(block, choose, _mapping) -> bool:
    sequence = choose.choice(_sequences(block))
    kind = choose.choice(["userTask", "task"])
    new = oracle.Task(f"n{choose.randrange(10**9)}", kind)
    sequence.blocks.insert(choose.randint(0, len(sequence.blocks)), new)
    return True


def remove_block(block, choose, _mapping) -> bool:
    longer = [it for it in _sequences(block) if len(it.blocks) > 1]
    if not longer:
        return False
    sequence = choose.choice(longer)
    del sequence.blocks[choose.randrange(len(sequence.blocks))]
    return True


def rename(block, choose, mapping) -> bool:
    tasks = [it for it in _inside(block) if isinstance(it, oracle.Task | oracle.Sub)]
    if not tasks:
        return False
    task = choose.choice(tasks)
    new = f"r{choose.randrange(10**9)}"
    before = next((old for old, now in mapping.items() if now == task.name), task.name)
    if not task.name.startswith("n"):
        mapping[before] = new
    task.name = new
    return True


def swap_neighbours(block, choose, _mapping) -> bool:
    longer = [it for it in _sequences(block) if len(it.blocks) > 1]
    if not longer:
        return False
    blocks = choose.choice(longer).blocks
    at = choose.randrange(len(blocks) - 1)
    blocks[at], blocks[at + 1] = blocks[at + 1], blocks[at]
    return True


def swap_tasks(block, choose, _mapping) -> bool:
    slots = [it for it in _slots(block) if isinstance(_get(it), oracle.Task)]
    if len(slots) < 2:
        return False
    one, other = choose.sample(slots, 2)
    here, there = _get(one), _get(other)
    _set(one, there)
    _set(other, here)
    return True


def add_branch(block, choose, _mapping) -> bool:
    splits = [it for it in _inside(block) if isinstance(it, oracle.Split)]
    if not splits:
        return False
    new = oracle.Task(f"n{choose.randrange(10**9)}", "userTask")
    choose.choice(splits).branches.append(new)
    return True


def remove_branch(block, choose, _mapping) -> bool:
    splits = [
        it
        for it in _inside(block)
        if isinstance(it, oracle.Split) and it.kind == "parallel" and len(it.branches) > 1
    ]
    if not splits:
        return False
    branches = choose.choice(splits).branches
    del branches[choose.randrange(len(branches))]
    return True


def other_gateways(block, choose, _mapping) -> bool:
    splits = [it for it in _inside(block) if isinstance(it, oracle.Split)]
    if not splits:
        return False
    choose.choice(splits).kind = choose.choice(["parallel", "inclusive", "exclusive"])
    return True


def wrap(block, choose, _mapping) -> bool:
    """Put a part into a subprocess, or make it repeat."""
    slot = choose.choice(_slots(block))
    name = f"n{choose.randrange(10**9)}"
    made = (
        oracle.Sub(name, _get(slot))
        if choose.random() < 0.5
        else oracle.Loop(name, _get(slot), choose.randint(1, 3))
    )
    _set(slot, made)
    return True


_EDITS: list[Edit] = [
    add_task,
    remove_block,
    rename,
    swap_neighbours,
    swap_tasks,
    add_branch,
    remove_branch,
    other_gateways,
    wrap,
]
