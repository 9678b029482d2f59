"""Early decisions held against every way in which the open seats could still speak."""

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from processes.approval import Ballot, Choice, Outcome, Quorum, Round, Seat
from processes.verdict import conclude, decide

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WAYS = ("yes", "no", "abstain", "defer", "silent")
WORDS = {
    "yes": Choice.APPROVE,
    "conditions": Choice.APPROVE_WITH_CONDITIONS,
    "no": Choice.REJECT,
    "abstain": Choice.ABSTAIN,
    "defer": Choice.DEFER,
}


def says(round_: Round, words: tuple[str, ...]) -> str:
    """What CAB practice says when the round ends with these words, told step by step."""
    spoken = [(s, w) for s, w in zip(round_.seats, words, strict=True) if w != "silent"]
    if any(seat.chair and word == "defer" for seat, word in spoken):
        return "deferred"
    if any(seat.veto and word == "no" for seat, word in spoken):
        return "rejected"
    present = {seat.id for seat, _ in spoken}
    for seat in round_.seats:
        if seat.id not in present and (seat.mandatory or (seat.chair and round_.quorum.chair)):
            return "undecided"
    if len(spoken) < round_.quorum.at_least:
        return "undecided"
    share = round_.quorum.more_than
    if share is not None and Fraction(len(spoken), len(round_.seats)) <= share:
        return "undecided"
    ayes = [seat for seat, word in spoken if word in ("yes", "conditions")]
    noes = [seat for seat, word in spoken if word == "no"]
    putting_off = sum(word == "defer" for _, word in spoken)
    if putting_off > len(spoken) - putting_off and not any(seat.chair for seat in round_.seats):
        return "deferred"
    carried = len(ayes) > len(noes) or (len(ayes) == len(noes) and any(seat.chair for seat in ayes))
    if carried and len(ayes) >= round_.quorum.yes:
        return "approved"
    refused = len(noes) > len(ayes) or (len(noes) == len(ayes) and any(seat.chair for seat in noes))
    return "rejected" if refused or "silent" not in words else "undecided"


@st.composite
def rounds(draw: st.DrawFn) -> Round:
    size = draw(st.integers(1, 5))
    chair = draw(st.one_of(st.none(), st.integers(0, size - 1)))
    seats = tuple(
        Seat(
            f"seat{i}",
            holder=f"person{i}",
            mandatory=draw(st.booleans()),
            veto=draw(st.integers(0, 3)) == 0,
            chair=i == chair,
        )
        for i in range(size)
    )
    quorum = Quorum(
        at_least=draw(st.integers(1, size)),
        more_than=draw(st.sampled_from([None, Fraction(0), Fraction(1, 3), Fraction(1, 2)])),
        chair=chair is not None and draw(st.booleans()),
        yes=draw(st.integers(1, size)),
    )
    return Round(7, seats, quorum, NOW, may_defer=draw(st.booleans()))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Round, tuple[str, ...]]:
    round_ = draw(rounds())
    open_to_all = [word for word in WORDS if word != "defer" or round_.may_defer]
    words = st.sampled_from([*open_to_all, "silent", "silent"])
    return round_, tuple(draw(words) for _ in round_.seats)


def ballots(round_: Round, words: tuple[str, ...]) -> list[Ballot]:
    return [
        Ballot(seat.id, str(seat.holder), WORDS[word], 7, NOW)
        for seat, word in zip(round_.seats, words, strict=True)
        if word != "silent"
    ]


def is_for_the_chair(round_: Round, words: tuple[str, ...]) -> bool:
    """Whether the chair may put it off and has not said anything yet."""
    chair = next((i for i, seat in enumerate(round_.seats) if seat.chair), None)
    return round_.may_defer and chair is not None and words[chair] == "silent"


@given(situations())
@settings(max_examples=400, deadline=None)
def test_a_round_is_decided_exactly_when_no_open_seat_can_change_it(
    situation: tuple[Round, tuple[str, ...]],
):
    round_, words = situation
    ways = tuple(way for way in WAYS if way != "defer" or round_.may_defer)
    every = list(product(*(ways if w == "silent" else (w,) for w in words)))
    ends = {says(round_, end) for end in every}
    if is_for_the_chair(round_, words):
        expected = Outcome.OPEN
    elif {says(round_, end) for end in every if "silent" not in end} == {"deferred"}:
        expected = Outcome.DEFERRED
    elif says(round_, words) == "rejected" and any(
        seat.veto and word == "no" for seat, word in zip(round_.seats, words, strict=True)
    ):
        expected = Outcome.REJECTED
    elif ends == {"approved"}:
        expected = Outcome.APPROVED
    elif "silent" not in words:
        expected = Outcome.REJECTED
    elif not ends & {"approved", "deferred"}:
        expected = Outcome.UNREACHABLE
    else:
        expected = Outcome.OPEN

    assert decide(round_, ballots(round_, words)).outcome is expected


@given(situations())
@settings(max_examples=300, deadline=None)
def test_a_round_that_ends_says_what_practice_says(situation: tuple[Round, tuple[str, ...]]):
    round_, words = situation
    outcomes = {
        "approved": Outcome.APPROVED,
        "rejected": Outcome.REJECTED,
        "deferred": Outcome.DEFERRED,
        "undecided": Outcome.UNDECIDED,
    }

    before = decide(round_, ballots(round_, words))

    verdict = conclude(round_, ballots(round_, words))

    assert verdict.outcome is (before.outcome if before.decided else outcomes[says(round_, words)])


@given(situations(), st.sampled_from(list(WORDS)), st.data())
@settings(max_examples=400, deadline=None)
def test_what_was_decided_stays_whatever_an_open_seat_says(
    situation: tuple[Round, tuple[str, ...]], word: str, data: st.DataObject
):
    round_, words = situation
    before = decide(round_, ballots(round_, words))
    silent = [i for i, w in enumerate(words) if w == "silent"]
    if not before.decided or not silent:
        return
    i = data.draw(st.sampled_from(silent))

    after = decide(round_, ballots(round_, (*words[:i], word, *words[i + 1 :])))

    assert result(after.outcome) == result(before.outcome)


def result(outcome: Outcome) -> str:
    """What the record is told: what cannot be approved any more is rejected."""
    return "rejected" if outcome is Outcome.UNREACHABLE else outcome.value


@given(rounds(), st.data())
@settings(max_examples=150, deadline=None)
def test_the_decision_is_the_same_in_any_order_of_arrival(round_: Round, data: st.DataObject):
    open_to_all = [word for word in WORDS if word != "defer" or round_.may_defer]
    words = tuple(data.draw(st.sampled_from(open_to_all)) for _ in round_.seats)
    cast = ballots(round_, words)
    one, other = (data.draw(st.permutations(cast)) for _ in range(2))

    assert ends_as(round_, one) == ends_as(round_, other) == says(round_, words)


def ends_as(round_: Round, arriving: Sequence[Ballot]) -> str:
    """What the record is told when ballots come one by one, and none after the decision."""
    for many in range(len(arriving) + 1):
        verdict = decide(round_, arriving[:many])
        if verdict.decided:
            return result(verdict.outcome)
    raise AssertionError("every seat has cast, and nothing is decided")
