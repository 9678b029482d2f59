"""The page of one task: its form with the record's values, or its round with the seats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clearway.service.asked_round import ballots_of, seat_round, standing
from clearway.service.deployed import Deployed
from clearway.service.entitled import (
    Holding,
    refuse_claim,
    refuse_closed,
    refuse_completion,
    refuse_giving,
)
from clearway.service.holding import holding_of, those_meant
from clearway.service.house import House
from clearway.service.permissions import cannot_see
from clearway.service.plan_vote import choices_of, whose_vote, why_not
from clearway.service.reading import item_view, may_see
from clearway.service.vacancies import chair_rules, vacancies
from clearway.service.values import (
    Actor,
    BallotView,
    Refusal,
    RoundView,
    SeatView,
    TaskView,
)
from clearway.service.wording import seat_words
from clearway.store import candidates, loading, rows
from clearway.store.candidates import NeededSeat
from clearway.store.database import Transaction
from clearway.store.loading import Asking
from clearway.store.rows import Snapshot, WorkItem
from processes.catalogue import Rule
from processes.verdict import progress


@dataclass(frozen=True)
class _Seen:
    snapshot: Snapshot
    item: WorkItem
    holding: Holding
    seats: Sequence[NeededSeat]
    meant: Mapping[str, str] | None


def task(
    house: House, actor: Actor, work_item_id: int, *, names_people: bool = False
) -> TaskView | Refusal:
    """All that the page of this work item shows to the actor; closed ones say who was first.

    `names_people`: with whom it may be assigned to, when the actor may do that.
    """
    asking = Asking(actor.name, house.now())

    def look(transaction: Transaction) -> _Seen | None:
        found = loading.look_by_work_item(transaction, asking, work_item_id)
        item = found and found.work_item(work_item_id)
        if found is None or item is None:
            return None
        holding = holding_of(transaction, actor, found, work_item_id, house.now())
        is_asked = names_people and _may_assign(actor, found, item, holding)
        meant = those_meant(transaction, found, item, house.now()) if is_asked else None
        seats = _needed_seats(house, transaction, found, work_item_id)
        return _Seen(found, item, holding, seats, meant)

    seen = house.store.look(look)
    if seen is None or not may_see(house, actor, seen.snapshot):
        return cannot_see("task")
    return _view(house, actor, seen)


def _view(house: House, actor: Actor, seen: _Seen) -> TaskView:
    snapshot, item, holding = seen.snapshot, seen.item, seen.holding
    deployed = house.version(snapshot.version_id)
    closed = refuse_closed(item)
    claiming = closed or refuse_claim(actor, snapshot, item, holding)
    completing = closed or refuse_completion(actor, snapshot, item, deployed.name_of)
    is_form = item.rule is None
    form = deployed.form(item.form)
    element = deployed.elements.get(item.element)
    may_claim = is_form and claiming is None and item.assignee != actor.name
    return TaskView(
        item=replace(item_view(deployed, snapshot, item, actor), may_claim=may_claim),
        schema=form.schema if form else None,
        values=_values(deployed, item, snapshot.record),
        documentation=element.documentation if element else "",
        may_claim=may_claim,
        may_complete=is_form and completing is None,
        may_assign=_may_assign(actor, snapshot, item, holding),
        assignable=seen.meant,
        why_not=completing.text if is_form and completing else closed and closed.text,
        round=round_view(
            house.rules, deployed, snapshot, item, actor, house.now(), vacancies(seen.seats)
        ),
        closed_by=item.closed_by,
        closed_at=item.closed_at,
        brief=deployed.brief,
    )


def _may_assign(actor: Actor, snapshot: Snapshot, item: WorkItem, holding: Holding) -> bool:
    is_open_form = item.rule is None and item.closed_at is None
    return is_open_form and refuse_giving(actor, snapshot, item, holding) is None


def _values(
    deployed: Deployed, item: WorkItem, record: Mapping[str, object]
) -> Mapping[str, object]:
    form = deployed.form(item.form)
    names = form.fields if form else ()
    return {name: record[name] for name in names if name in record}


def _needed_seats(
    house: House, transaction: Transaction, snapshot: Snapshot, work_item_id: int
) -> Sequence[NeededSeat]:
    """Nothing is asked when it is no approval, or is over."""
    item = snapshot.work_item(work_item_id)
    if item is None or item.round is None:
        return ()
    needing = chair_rules(house.rules)
    seats = candidates.needed_seats(transaction, house.now(), needing, 1, work_item_id)
    return [replace(seat, name=seat_words(seat.name)) for seat in seats]


def round_view(
    rules: Mapping[str, Rule],
    deployed: Deployed,
    snapshot: Snapshot,
    item: WorkItem,
    actor: Actor,
    now: datetime,
    vacant: Sequence[str] = (),
) -> RoundView | None:
    """How the round of an approval stands, for this reader; None for any other task."""
    round_ = item.round
    if round_ is None:
        return None
    told = _in_words(round_)
    rule, info = rules[round_.rule], deployed.elements.get(item.element)
    may_defer = info is not None and info.may_defer
    asked = seat_round(told, rule, snapshot, actor, may_defer=may_defer)
    ballots = {it.seat_id: it for it in round_.ballots}
    views: list[SeatView] = []
    for seat in round_.seats:
        name = seat_words(seat.name)
        refusal = why_not(asked, told, snapshot, actor, name, now)
        whose = None if refusal else whose_vote(told, name, snapshot, actor)
        views.append(_seat(seat, ballots.get(seat.id), refusal, whose))
    stands = standing(told, rules, may_defer=may_defer)
    return RoundView(
        revision=round_.revision,
        rule=round_.rule,
        deadline=round_.deadline,
        seats=views,
        standing=" ".join([stands.reason, *vacant]),
        outcome=None,
        choices=[it.value for it in choices_of(may_defer=may_defer)],
        progress=progress(asked, ballots_of(told)),
        asks_interest=bool(round_.excluded),
    )


def _in_words(round_: rows.Round) -> rows.Round:
    """The round with its seats called as its reader is told of them."""
    return replace(round_, seats=[replace(it, name=seat_words(it.name)) for it in round_.seats])


def _seat(
    seat: rows.Seat, ballot: rows.Ballot | None, refusal: Refusal | None, whose: str | None
) -> SeatView:
    cast = ballot and BallotView(
        seat.name,
        ballot.person,
        ballot.choice,
        ballot.reason,
        ballot.conditions,
        ballot.cast_at,
        ballot.instead_of,
        ballot.independent,
    )
    return SeatView(
        seat.name,
        seat.role,
        seat.person,
        seat.mandatory,
        seat.veto,
        seat.chair,
        cast,
        refusal is None,
        refusal and refusal.text,
        whose,
    )
