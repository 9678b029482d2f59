"""What a change reaches: by hand, and against a search that tries every way."""

from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from processes.impact import Reached, Relation, impact

NETWORK = [
    Relation("payroll", "runs_on", "db01"),
    Relation("payroll", "runs_on", "app01"),
    Relation("webshop", "depends_on", "payroll"),
    Relation("db01", "depends_on", "switch"),
    Relation("card", "part_of", "switch"),
    Relation("db02", "backs_up", "db01"),
]


def told(changed: list[str], relations: list[Relation]) -> list[str]:
    return [it.sentence() for it in impact(changed, relations)]


def test_a_way_is_told_from_its_end():
    assert told(["app01"], NETWORK) == [
        "payroll runs on app01",
        "webshop depends on payroll, which runs on app01",
    ]


def test_what_can_be_replaced_covers_what_stands_on_it():
    switch, db01, payroll, webshop = impact(["card"], NETWORK)

    assert [switch.name, db01.name] == ["switch", "db01"]
    assert not switch.is_covered
    assert not db01.is_covered
    assert payroll.is_covered
    assert webshop.sentence() == (
        "webshop depends on payroll, which runs on db01, which depends on switch, which has the "
        "part card; covered: db01 by db02"
    )


def test_a_backup_that_changes_as_well_covers_nothing():
    assert [it.is_covered for it in impact(["db01"], NETWORK)] == [True, True]
    assert [it.is_covered for it in impact(["db01", "db02"], NETWORK)] == [False, False]


def test_what_loses_its_backup_goes_on_and_carries_nothing_further():
    (reached,) = impact(["db02"], NETWORK)

    assert reached.loses_backup
    assert reached.sentence() == "db01 is backed up by db02"


def test_a_way_without_cover_is_told_before_a_shorter_one_with_cover():
    relations = [
        Relation("shop", "runs_on", "db"),
        Relation("spare", "backs_up", "db"),
        Relation("db", "depends_on", "disk"),
        Relation("app", "depends_on", "disk"),
        Relation("site", "depends_on", "app"),
        Relation("shop", "depends_on", "site"),
    ]

    reached = {it.name: it for it in impact(["disk"], relations)}

    assert not reached["shop"].is_covered
    assert [it.name for it in reached["shop"].way] == ["disk", "app", "site", "shop"]


def test_what_stands_on_itself_in_a_circle_is_reached_once():
    circle = [Relation("a", "depends_on", "b"), Relation("b", "depends_on", "a")]

    assert told(["a"], circle) == ["b depends on a"]


NAMES = st.sampled_from("abcdef")
RELATIONS = st.lists(
    st.builds(
        Relation, NAMES, st.sampled_from(["runs_on", "depends_on", "part_of", "backs_up"]), NAMES
    ).filter(lambda it: it.begins != it.ends),
    max_size=9,
)


def every_way(changed: set[str], relations: list[Relation]) -> dict[str, set[tuple[int, bool]]]:
    """For each thing, the length of every way to it and whether something on it is covered."""
    covered = {it.ends for it in relations if it.kind == "backs_up" and it.begins not in changed}
    found: dict[str, set[tuple[int, bool]]] = {}

    def walk(way: list[str]) -> None:
        for it in relations:
            below, above = (it.ends, it.begins) if it.kind != "part_of" else (it.begins, it.ends)
            if it.kind == "backs_up" or below != way[-1] or above in way or above in changed:
                continue
            longer = [*way, above]
            found.setdefault(above, set()).add((len(longer), bool(covered & set(way))))
            walk(longer)

    for name in changed:
        walk([name])
    return found


@settings(max_examples=400, deadline=None)
@given(st.sets(NAMES, min_size=1, max_size=3), RELATIONS)
def test_it_finds_what_a_search_of_every_way_finds(changed: set[str], relations: list[Relation]):
    ways = every_way(changed, relations)

    reached = {it.name: it for it in impact(changed, relations) if not it.loses_backup}

    assert reached.keys() == ways.keys()
    for name, it in reached.items():
        bare = [length for length, is_covered in ways[name] if not is_covered]
        assert it.is_covered is (not bare)
        assert len(it.way) == min(bare or [length for length, _ in ways[name]])
        assert is_a_way(it, changed, relations)


def is_a_way(reached: Reached, changed: set[str], relations: list[Relation]) -> bool:
    steps = reached.way
    if steps[0].name not in changed:
        return False
    for below, above in pairwise(steps):
        ends = (above.name, below.name) if above.kind != "part_of" else (below.name, above.name)
        if Relation(ends[0], above.kind, ends[1]) not in relations:
            return False
    return True


@settings(max_examples=100, deadline=None)
@given(st.sets(NAMES, min_size=1, max_size=3), RELATIONS, st.randoms())
def test_the_order_of_the_rows_says_nothing(
    changed: set[str], relations: list[Relation], random: Random
):
    shuffled = list(relations)
    random.shuffle(shuffled)

    assert impact(changed, shuffled) == impact(changed, relations)
