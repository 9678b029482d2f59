"""Products that are broken on purpose, so that a test shows that it would see it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from clearway.service import commands, jobs, plan_events
from clearway.service.house import House
from clearway.service.values import Done, Refusal
from clearway.store import database
from clearway.store import jobs as job_rows
from clearway.store.database import Transaction
from clearway.store.effect import Effect, JobChange
from clearway.store.rows import Job, Snapshot
from clearway.store.writing import write
from tasks import dispatcher


def apply(name: str) -> None:
    """Break this process's product in this way; empty: leave it whole."""
    if name:
        VARIANTS[name]()


# --- commands -------------------------------------------------------------------------------------


def _history_afterwards() -> None:
    """What happened is written in one transaction, its history and its answer in the next."""

    def write_in_two(transaction: Transaction, effect: Effect) -> int:
        number = write(transaction, replace(effect, lines=(), answer=None))
        _commit_between(transaction)
        change = replace(effect.instance, engine_state=None, record=None)
        _undo_revision(transaction, effect)
        only = Effect(
            effect.actor,
            effect.command,
            effect.at,
            change,
            effect.key,
            instance_id=number,
            lines=effect.lines,
            answer=effect.answer,
        )
        return write(transaction, only)

    commands.write = write_in_two


def _undo_revision(transaction: Transaction, effect: Effect) -> None:
    """So that the second half finds the revision that it expects."""
    transaction.run(
        "UPDATE instance SET revision = revision - 1 WHERE id = %(id)s", {"id": effect.instance_id}
    )


def _job_first() -> None:
    """The job is done in one transaction, and the record goes on in the next."""

    def write_in_two(transaction: Transaction, effect: Effect) -> int:
        if effect.job is None:
            return write(transaction, effect)
        transaction.run(
            "UPDATE job SET status = 'done', lease_until = NULL WHERE id = %(id)s",
            {"id": effect.job.id},
        )
        _commit_between(transaction)
        return write(transaction, replace(effect, job=None))

    commands.write = write_in_two


def _commit_between(transaction: Transaction) -> None:
    transaction.run("COMMIT", {})
    transaction.run("BEGIN", {})


def _without_key() -> None:
    """No answer is kept under an idempotency key."""

    def write_without(transaction: Transaction, effect: Effect) -> int:
        return write(transaction, replace(effect, answer=None))

    commands.write = write_without


# --- workers --------------------------------------------------------------------------------------


def _unfenced() -> None:
    """A worker's answer is taken though another has its job by now."""
    finish = dispatcher.finish_job

    def finish_anyhow(
        house: House, job: int, _fence: int, result: Mapping[str, object]
    ) -> Done | Refusal:
        now = house.store.command(lambda it: job_rows.one(it, job), changed=lambda _: [])
        return finish(house, job, now.fence if now else 0, result)

    dispatcher.finish_job = finish_anyhow


def _regardless() -> None:
    """A worker's answer is taken whatever has become of its job."""

    def mine(snapshot: Snapshot, _fence: int) -> Job | None:
        return snapshot.job

    def change(job: int, _fence: int, status: str, **more: object) -> JobChange:
        return JobChange(job, None, status, **more)

    jobs._mine = mine
    plan_events.JobChange = change


# --- time -----------------------------------------------------------------------------------------


def _impatient() -> None:
    """Not broken: seconds are long. The server waits one for who stands still, not twenty, and a
    command waits half of one for the server, not ten.
    """
    patient, impatient = (f"idle_in_transaction_session_timeout={it}" for it in ("20s", "1s"))
    if patient not in database._SETTINGS:
        raise AssertionError(database._SETTINGS)
    database._SETTINGS = database._SETTINGS.replace(patient, impatient)
    defaults = database.Store.__init__.__kwdefaults__
    defaults["patience"] = 0.5


VARIANTS: dict[str, Callable[[], None]] = {
    "history afterwards": _history_afterwards,
    "job first": _job_first,
    "without key": _without_key,
    "unfenced": _unfenced,
    "regardless": _regardless,
    "impatient": _impatient,
}
