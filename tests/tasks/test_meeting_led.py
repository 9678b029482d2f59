"""What a chair does with a meeting: what follows from it, and what is refused."""

from boards import open_item
from handy import drain, person, seen
from meetings import checked, event_of, invited, pages_of, planned

from clearway.service.cancel import cancel
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.meeting import MeetingView, meeting
from clearway.service.values import Done, Refusal
from integrations.silent import Silent
from tasks.dispatcher import Dispatcher


def test_invitation_and_pack_follow_the_agenda_of_the_chair(
    house: House, worker: Dispatcher, changes: tuple[str, str], silent: Silent
):
    soon, late = changes
    key = planned(house, worker)
    checked(house, worker, key, agenda=[late, soon])
    turned = silent.mailer.mails[-1]
    assert isinstance(send(house, person(house, "frank"), key, "change_agenda", {}, once="c"), Done)

    checked(house, worker, key, agenda=[late], agenda_note="Its owner is on leave")

    assert turned.text.index(late) < turned.text.index(soon)
    mail, pack = silent.mailer.mails[-1], pages_of(house, key, "pack.html")
    assert f"{late} Move the mail: It begins" in mail.text
    assert soon not in mail.text
    assert "2026-03-05 13:00 UTC" in mail.subject
    assert "T13:00" not in mail.subject + mail.text
    values = seen(house, person(house, "frank"), key).values
    off = f"{soon} New switch: Taken off by the chair. Its owner is on leave"
    assert values["not_on_agenda"] == [off]
    assert "Taken off by the chair. Its owner is on leave" in pack


def test_a_meeting_that_is_called_off_leaves_calendars_by_a_later_word(
    house: House, worker: Dispatcher, changes: tuple[str, str], silent: Silent
):
    soon, late = changes
    key = invited(house, worker, soon, late)
    asked = event_of(silent)
    frank = person(house, "frank")
    off = send(house, frank, key, "called_off", {"reason": "Nobody can"}, once="off")
    assert isinstance(off, Done), off

    drain(worker)

    taken_back = event_of(silent)
    assert (str(asked["status"]), str(taken_back["status"])) == ("CONFIRMED", "CANCELLED")
    assert str(asked["uid"]) == str(taken_back["uid"])
    assert int(taken_back["sequence"]) > int(asked["sequence"])


def test_a_decision_outside_of_the_meeting_is_told_on_its_page_at_once(
    house: House, worker: Dispatcher, changes: tuple[str, str]
):
    soon, late = changes
    key = invited(house, worker, soon, late)
    frank = person(house, "frank")
    assert isinstance(send(house, frank, key, "begin_now", {}, once="begin"), Done)
    before = meeting(house, frank, key)
    grace = person(house, "grace")

    assert isinstance(cancel(house, grace, late, "Not needed", once="cancel"), Done)

    after = meeting(house, frank, key)
    assert isinstance(before, MeetingView) and isinstance(after, MeetingView)
    assert before.stamp != after.stamp
    assert "Not decided: the round was ended" in str(after.items[1].asked)


def test_a_meeting_without_other_members_goes_on_and_says_which_seat_stays_empty(
    house: House, worker: Dispatcher, changes: tuple[str, str], rows
):
    soon, late = changes
    rows("UPDATE person SET active = false WHERE name IN ('dave', 'ivan', 'judy')")
    key = invited(house, worker, soon, late)

    view = seen(house, person(house, "frank"), key)
    assert view.state == "invited"
    assert view.values["invited"] == ["frank"]
    assert "stays empty" in str(view.values["forecast"])


def test_only_an_item_of_the_agenda_is_discussed_and_left_and_it_stands_once(
    house: House, worker: Dispatcher, changes: tuple[str, str]
):
    soon, late = changes
    key = invited(house, worker, soon, late)
    frank = person(house, "frank")

    def said(button: str, **values: object) -> Done | Refusal:
        return send(house, frank, key, button, values, once=f"{button} {values}")

    assert isinstance(said("begin_now"), Done)

    other = said("discuss", current_item="CHG-4040")
    first = said("leave_item", left_reason="Late")
    second = said("leave_item", left_reason="Nobody knows")
    values = seen(house, frank, key).values
    paused = said("pause")
    nothing = said("leave_item", left_reason="Why not")

    assert isinstance(other, Refusal)
    assert f"choose one of these: {soon}, {late}" in other.text
    assert values["current_item"] == soon
    assert isinstance(first, Done) and isinstance(second, Done) and isinstance(paused, Done)
    assert values["left"] == [f"{soon}: Nobody knows"]
    assert isinstance(nothing, Refusal)
    assert "Nothing stands at Is discussed" in nothing.fields["current_item"]
    assert isinstance(said("resume"), Done)
    assert isinstance(said("discuss", current_item=late), Done)


def test_a_follow_up_goes_only_to_who_can_do_it(
    house: House, worker: Dispatcher, changes: tuple[str, str]
):
    soon, late = changes
    key = invited(house, worker, soon, late)
    frank = person(house, "frank")
    for button in ("begin_now", "end_meeting"):
        assert isinstance(send(house, frank, key, button, {}, once=button), Done)
    drain(worker)
    item = open_item(house, "frank", key)
    asked = {"next_step": "add_follow_up", "follow_up": "Ring", "follow_up_owner": "alice"}
    asked |= {"follow_up_due": "2026-03-10T10:00:00Z"}

    refused = complete(house, frank, item, asked, once="alice")
    done = complete(house, frank, item, asked | {"follow_up_owner": "bob"}, once="bob")

    assert isinstance(refused, Refusal)
    assert "alice does not have the role resolver" in refused.fields["follow_up_owner"]
    assert isinstance(done, Done)
