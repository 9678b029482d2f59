"""The benchmarks' diagram `rounds` as viewflow has it: the same tasks, split, join, timer, loop."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from viewflow import this
from viewflow.workflow import act, flow, lock
from viewflow.workflow.models import Process


def _form(_request: HttpRequest) -> HttpResponse:
    """A page is asked of each user task; nothing here shows one."""
    return HttpResponse()


def _somebody(_activation: object) -> User:
    """Who has each task from its beginning: one object, so that viewflow need not look them up."""
    return SOMEBODY[0]


SOMEBODY: list[User] = []


class RoundsFlow(flow.Flow):
    """Work and check beside each other, then a review with a timer on it, again and again."""

    process_class = Process
    lock_impl = lock.select_for_update_lock

    opened = flow.StartHandle().Next(this.part)
    part = flow.Split().Next(this.work).Next(this.check)
    work = flow.View(_form).Assign(_somebody).Next(this.join)
    check = flow.View(_form).Assign(_somebody).Next(this.join)
    join = flow.Join().Next(this.review)
    review = (
        flow.View(_form)
        .Assign(_somebody)
        .OnTimeout(timedelta(days=7), this.reminded, interrupting=False)
        .Next(this.more)
    )
    reminded = flow.End()
    more = (
        flow.If(lambda activation: act.process.data(activation)["enough"])
        .Then(this.closed)
        .Else(this.part)
    )
    closed = flow.End()
