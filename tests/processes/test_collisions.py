"""What collides with planned work, by hand and against a search hour by hour."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from processes.collisions import Ground, collisions, line_of, strongest
from processes.impact import Network, Relation, impact
from processes.planned import Away, Occurrence, Planned, fields_of, problem_of
from processes.slots import free_slots

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
NETWORK = Network(
    [
        Relation("payroll", "runs_on", "db01"),
        Relation("db01", "depends_on", "switch"),
        Relation("db02", "backs_up", "db01"),
    ]
)


def hour(number: int) -> datetime:
    return MONDAY + timedelta(hours=number)


def work(key: str, begins: int, ends: int, things: str = "", people: str = "") -> Planned:
    title = f"Work {key}"
    return Planned(key, title, hour(begins), hour(ends), tuple(things.split()), (*people.split(),))


def window(kind: str, begins: int, ends: int, things: str = "", strength: str = "none"):
    name = f"{kind}-{begins}"
    return Occurrence(
        name, kind, name, hour(begins), hour(ends), frozenset(things.split()), strength
    )


def told(mine: Planned, **ground) -> list[tuple[str, str, str]]:
    found = collisions(mine, Ground(**{"network": NETWORK, **ground}))
    return [(it.kind, it.other, it.why) for it in found]


def test_two_works_on_one_thing_by_one_person_collide_twice():
    mine, other = work("A", 8, 10, "db01", "alice"), work("B", 9, 12, "db01", "alice bob")

    assert told(mine, others=[other]) == [
        ("same_person", "B", "alice would have to do both."),
        ("same_thing", "B", "Both touch db01."),
    ]


def test_a_related_thing_is_told_with_the_way_in_either_direction():
    upper, lower = work("A", 8, 10, "payroll"), work("B", 8, 10, "switch")
    way = "payroll runs on db01, which depends on switch; covered: db01 by db02."

    assert told(upper, others=[lower]) == [("related_thing", "B", way)]
    assert told(lower, others=[upper]) == [("related_thing", "A", way)]


def test_a_thing_and_its_backup_are_not_worked_on_at_once():
    mine, other = work("A", 8, 10, "db02"), work("B", 8, 10, "db01")

    assert told(mine, others=[other]) == [("related_thing", "B", "db01 is backed up by db02.")]
    assert told(other, others=[mine]) == [("related_thing", "A", "db01 is backed up by db02.")]


def test_a_meeting_is_neither_frozen_nor_held_to_a_window_for_maintenance():
    frozen, open_time = window("freeze", 0, 24, "", "hard"), window("maintenance", 9, 12)
    said = {"starts": hour(8).isoformat(), "ends": hour(10).isoformat(), "chair": "alice"}
    fields = fields_of({"from": "starts", "until": "ends", "people": "chair"})
    assert fields
    meeting = fields.read("CAB-1", "Board", said)
    assert meeting

    ground = {"windows": [frozen, open_time], "others": [work("A", 9, 10, "db01", "alice")]}

    assert told(meeting, **ground) == [("same_person", "A", "alice would have to do both.")]


def test_work_that_ends_as_the_other_begins_does_not_collide():
    assert told(work("A", 8, 10, "db01"), others=[work("B", 10, 12, "db01")]) == []


def test_a_freeze_of_what_the_work_reaches_holds_for_the_work():
    freezes = [window("freeze", 0, 24, "payroll", "soft"), window("freeze", 9, 24, "", "hard")]

    found = collisions(work("A", 8, 10, "db01"), Ground(windows=freezes, network=NETWORK))

    assert [it.why for it in found] == [
        "A soft freeze of what it reaches: payroll runs on db01; covered: db01 by db02.",
        "A hard freeze of everything.",
    ]
    assert strongest(found) == "hard"


def test_a_thing_with_maintenance_windows_is_worked_on_inside_of_one():
    windows = [window("maintenance", 20, 24, "db01"), window("maintenance", 24, 26, "db01")]

    assert told(work("A", 21, 25, "db01"), windows=windows) == []
    assert told(work("A", 19, 25, "db01"), windows=windows) == [
        (
            "outside_maintenance",
            "db01",
            "It is not inside of a maintenance window of db01; the next begins 2026-03-02 20:00 "
            "UTC.",
        )
    ]


def test_works_on_other_things_in_one_window_stand_in_the_same_window():
    windows = [window("maintenance", 20, 24)]

    found = told(work("A", 20, 21, "db01"), others=[work("B", 22, 23, "web")], windows=windows)

    assert found == [
        ("same_window", "B", "Both are planned in the maintenance window maintenance-20.")
    ]


def test_who_is_away_collides_and_a_line_says_when():
    away = Away("bob", hour(0), hour(9))

    [found] = collisions(work("A", 8, 10, "", "alice bob"), Ground(away=[away]))

    assert line_of(found, lambda it: f"{it:%H:%M}") == (
        "Person away: bob, 00:00 to 09:00. bob is away then."
    )


def test_slots_lie_in_windows_outside_of_freezes_and_without_collisions():
    ground = Ground(
        others=[work("B", 44, 46, "", "alice")],
        windows=[
            window("maintenance", 20, 24, "db01"),
            window("maintenance", 44, 48, "db01"),
            window("freeze", 0, 22, "", "hard"),
        ],
    )

    slots = free_slots(
        work("A", 8, 10, "db01", "alice"), ground, after=hour(0), until=hour(24 * 30)
    )

    assert slots == [(hour(22), hour(24)), (hour(46), hour(48))]


def test_a_long_gap_offers_the_same_local_time_day_by_day():
    lisbon = ZoneInfo("Europe/Lisbon")
    after = datetime(2026, 3, 28, 22, 7, tzinfo=UTC)
    mine = Planned("A", "", after, after + timedelta(hours=1))

    slots = free_slots(
        mine, Ground(), after=after, until=after + timedelta(days=9), zone=lisbon, count=2
    )

    assert [it[0].astimezone(lisbon).time() for it in slots] == [time(22, 15), time(22, 15)]
    assert slots[1][0] - slots[0][0] == timedelta(hours=23)  # clocks go forward that night


def test_a_time_is_refused_with_the_remedy():
    assert problem_of(hour(8), hour(8), hour(0)) == (
        "It ends before it begins: swap the two times, or give a later end."
    )
    assert "in the past" in (problem_of(hour(8), hour(9), hour(10)) or "")
    assert problem_of(hour(8), hour(9), hour(8)) is None
    assert "years ahead" in (problem_of(hour(8), hour(9).replace(year=9999), hour(8)) or "")


def test_a_record_without_a_time_is_not_planned_yet():
    fields = fields_of(
        {"from": "begin", "until": "end", "things": ["service", "assets"], "people": ["who"]}
    )
    assert fields is not None

    whole = {"begin": "2026-03-02T08:00:00Z", "end": "2026-03-02T09:00:00Z", "service": "payroll"}

    assert fields.read("A", "", {**whole, "assets": ["db01", "payroll"], "who": "alice"}) == (
        Planned("A", "", hour(8), hour(9), ("payroll", "db01"), ("alice",))
    )
    assert fields.read("A", "", {**whole, "end": None}) is None
    assert fields.read("A", "", {**whole, "end": "2026-03-02T08:00:00Z"}) is None


# --- an oracle that looks hour by hour ------------------------------------------------------------

THINGS, PEOPLE = ("p", "q", "r"), ("x", "y")
MOST = 12


@st.composite
def grounds(draw: st.DrawFn) -> tuple[Planned, Ground, list[Relation]]:
    pick = Random(draw(st.integers(0, 10**9)))

    def some(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(it for it in names if pick.random() < 0.4)

    def span() -> tuple[datetime, datetime]:
        begin = pick.randrange(MOST - 1)
        return hour(begin), hour(pick.randrange(begin + 1, MOST))

    kinds = ("runs_on", "depends_on", "part_of", "backs_up")
    relations = [
        Relation(*pair)
        for pair in {
            (one, pick.choice(kinds), other)
            for one, other in [pick.sample(THINGS, 2) for _ in range(pick.randrange(3))]
        }
    ]
    works = [Planned(key, key, *span(), some(THINGS), some(PEOPLE)) for key in "ABC"]
    windows = [
        Occurrence(
            str(number),
            pick.choice(("freeze", "maintenance")),
            "",
            *span(),
            frozenset(some(THINGS)),
            pick.choice(("soft", "hard")),
        )
        for number in range(pick.randrange(4))
    ]
    away = [Away(pick.choice(PEOPLE), *span()) for _ in range(pick.randrange(2))]
    ground = Ground(works[1:], windows, away, Network(relations))
    return works[0], ground, relations


def hours_of(it) -> set[int]:
    return {at for at in range(MOST * 3) if it.starts <= hour(at) < it.ends}


def reached(things, relations) -> set[str]:
    return {it.name for it in impact(things, relations)}


def hinders(mine: Planned, other: Planned, relations: list[Relation]) -> set[str]:
    """Kinds of reasons, one by one: from each thing of each on its own."""
    found: set[str] = set()
    if set(mine.things) & set(other.things):
        found.add("same_thing")
    else:
        ours, theirs = set(mine.things), set(other.things)
        if reached(ours, relations) & theirs or any(
            reached([it], relations) & ours for it in theirs
        ):
            found.add("related_thing")
    if set(mine.people) & set(other.people):
        found.add("same_person")
    return found


def expected(mine: Planned, ground: Ground, relations: list[Relation]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    touched = {*mine.things, *reached(mine.things, relations)}
    for other in ground.others:
        kinds = hinders(mine, other, relations) if hours_of(mine) & hours_of(other) else set()
        if not kinds and any(
            it.kind == "maintenance"
            and hours_of(it) & hours_of(one)
            and hours_of(it) & hours_of(two)
            and (not it.things or (it.things & set(one.things) and it.things & set(two.things)))
            for it in ground.windows
            for one, two in [(mine, other)]
        ):
            kinds = {"same_window"}
        found |= {(kind, other.key) for kind in kinds}
    for it in ground.windows:
        concerns = not it.things or it.things & touched
        if it.kind == "freeze" and concerns and hours_of(it) & hours_of(mine):
            found.add(("freeze", it.name))
    for it in ground.away:
        if it.person in mine.people and hours_of(it) & hours_of(mine):
            found.add(("absent_person", it.person))
    found |= {
        ("outside_maintenance", thing)
        for thing in mine.things or ("",)
        if (allowed := open_hours(thing, ground)) is not None and not hours_of(mine) <= allowed
    }
    return found


def open_hours(thing: str, ground: Ground) -> set[int] | None:
    windows = [
        it
        for it in ground.windows
        if it.kind == "maintenance" and (not it.things or thing in it.things)
    ]
    return set().union(*(hours_of(it) for it in windows)) if windows else None


@given(grounds())
@settings(max_examples=150, deadline=None)
def test_collisions_are_what_a_look_hour_by_hour_finds(drawn):
    mine, ground, relations = drawn

    found = {(it.kind, it.other) for it in collisions(mine, ground)}

    assert found == expected(mine, ground, relations)


@given(grounds())
@settings(max_examples=100, deadline=None)
def test_slots_are_the_first_hours_at_which_nothing_hinders(drawn):
    mine, ground, relations = drawn
    length, until = len(hours_of(mine)), MOST * 2

    def fits(begin: int) -> bool:
        moved = Planned(mine.key, "", hour(begin), hour(begin + length), mine.things, mine.people)
        return {kind for kind, _ in expected(moved, ground, relations)} <= {"same_window"}

    slots = free_slots(mine, ground, after=hour(0), until=hour(until), count=1)

    first = next((at for at in range(until - length + 1) if fits(at)), None)
    assert [it[0] for it in slots] == ([] if first is None else [hour(first)])
