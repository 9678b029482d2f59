"""The page of one task: its form with the record's values, or its round with the seats."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clearway.service.deployed import Deployed
from clearway.service.entitled import (
    UNASKED,
    Holding,
    refuse_claim,
    refuse_closed,
    refuse_completion,
    refuse_giving,
)
from clearway.service.holding import holding_of
from clearway.service.house import House
from clearway.service.permissions import cannot_see
from clearway.service.plan_vote import chair_rules, seat_round, standing, vacancies, why_not
from clearway.service.reading import item_view, may_see
from clearway.service.sentences import in_words
from clearway.service.values import (
    Actor,
    BallotView,
    Refusal,
    RoundView,
    SeatView,
    TaskView,
)
from clearway.store import candidates, loading, rows
from clearway.store.candidates import NeededSeat
from clearway.store.database import Transaction
from clearway.store.loading import Asking
from clearway.store.rows import Snapshot, WorkItem


def task(house: House, actor: Actor, work_item_id: int) -> TaskView | Refusal:
    """All that the page of this work item shows to the actor; closed ones say who was first."""
    asking = Asking(actor.name, house.now())

    def look(transaction: Transaction) -> tuple[Snapshot | None, Holding, Sequence[NeededSeat]]:
        found = loading.look_by_work_item(transaction, asking, work_item_id)
        if found is None:
            return None, UNASKED, ()
        holding = holding_of(transaction, actor, found, work_item_id)
        return found, holding, _needed_seats(house, transaction, found, work_item_id)

    snapshot, holding, seats = house.store.look(look)
    if snapshot is None or not may_see(house, actor, snapshot):
        return cannot_see("task")
    item = snapshot.work_item(work_item_id)
    if item is None:
        return cannot_see("task")
    deployed = house.version(snapshot.version_id)
    closed = refuse_closed(item)
    claiming = closed or refuse_claim(actor, snapshot, item, holding)
    completing = closed or refuse_completion(actor, snapshot, item, deployed.name_of)
    giving = closed or refuse_giving(actor, snapshot, item, holding)
    is_form = item.rule is None
    form = deployed.form(item.form)
    element = deployed.elements.get(item.element)
    return TaskView(
        item=item_view(deployed, snapshot, item, actor),
        schema=form.schema if form else None,
        values=_values(deployed, item, snapshot.record),
        documentation=element.documentation if element else "",
        may_claim=is_form and claiming is None and item.assignee != actor.name,
        may_complete=is_form and completing is None,
        may_assign=is_form and giving is None,
        why_not=completing.text if is_form and completing else closed and closed.text,
        round=_round(house, snapshot, item, actor, vacancies(seats)),
        closed_by=item.closed_by,
        closed_at=item.closed_at,
    )


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
    return [replace(seat, name=in_words(seat.name)) for seat in seats]


def _round(
    house: House, snapshot: Snapshot, item: WorkItem, actor: Actor, vacant: Sequence[str]
) -> RoundView | None:
    round_ = item.round
    if round_ is None:
        return None
    told = _in_words(round_)
    asked = seat_round(told, house.rules, snapshot, actor)
    ballots = {it.seat_id: it for it in round_.ballots}
    views: list[SeatView] = []
    for seat in round_.seats:
        name = in_words(seat.name)
        refusal = why_not(asked, told, snapshot, actor, name, house.now())
        views.append(_seat(seat, ballots.get(seat.id), refusal))
    reasons = " ".join([standing(told, house.rules).reason, *vacant])
    return RoundView(round_.revision, round_.rule, round_.deadline, views, reasons, None)


def _in_words(round_: rows.Round) -> rows.Round:
    """The round with its seats called as its reader is told of them."""
    return replace(round_, seats=[replace(it, name=in_words(it.name)) for it in round_.seats])


def _seat(seat: rows.Seat, ballot: rows.Ballot | None, refusal: Refusal | None) -> SeatView:
    cast = ballot and BallotView(
        seat.name, ballot.person, ballot.choice, ballot.reason, ballot.conditions, ballot.cast_at
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
    )
