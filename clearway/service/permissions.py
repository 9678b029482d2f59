"""Who may do what: one table of commands and questions, and who may see a record."""

from collections.abc import Collection, Mapping

from clearway.service.values import Actor, Refusal

EVERYBODY = frozenset({"*"})
"""Anybody who is signed in, and every channel with a token."""

ADMIN = "admin"
PROCESS_OWNER = "process_owner"
AUDITOR = "auditor"
REQUESTER = "requester"
COMPLIANCE_OWNER = "compliance_owner"
SERVICE_MANAGER = "service_manager"
CHANGE_MANAGER = "change_manager"
SYSTEM_ROLE = "system"

BUILT_IN_ROLES = frozenset({ADMIN, PROCESS_OWNER, AUDITOR, REQUESTER})
"""Roles with a meaning of their own; all others are what lanes and groups say."""

_OWNERS = frozenset({PROCESS_OWNER, ADMIN})
_ADMINS = frozenset({ADMIN})
_WINDOWS = frozenset({ADMIN, CHANGE_MANAGER})

WHO_MAY: Mapping[str, frozenset[str]] = {
    # Work on records: the lane's role, the assignee and the record decide further.
    "start": EVERYBODY,
    "claim": EVERYBODY,
    "unclaim": EVERYBODY,
    "assign": EVERYBODY,
    "complete": EVERYBODY,
    "vote": EVERYBODY,
    "comment": EVERYBODY,
    "attach": EVERYBODY,
    "attachment": EVERYBODY,
    "send": EVERYBODY,
    "link": EVERYBODY,
    "inbox": EVERYBODY,
    "task": EVERYBODY,
    "record": EVERYBODY,
    "history": EVERYBODY,
    "instance_view": EVERYBODY,
    "search": EVERYBODY,
    # With a record: who may see that record. Its tables are read by who may read the files.
    "evaluate": EVERYBODY,
    "evaluations": EVERYBODY,
    # Processes are open to their organisation: they are its documentation.
    "processes": EVERYBODY,
    "process": EVERYBODY,
    "versions": EVERYBODY,
    "diagram": EVERYBODY,
    # Of the diagrams; what changes in the other files is told to who may `pull`.
    "changes_between": EVERYBODY,
    "check": EVERYBODY,
    "pull": _OWNERS | {AUDITOR},
    # A run in memory sends nothing, but shows what the files say.
    "try": _OWNERS | {AUDITOR},
    "coverage": _OWNERS | {AUDITOR},
    # Whoever may ask a table anything can find out all that it says.
    "evaluate_anything": _OWNERS | {AUDITOR},
    "deploy": _OWNERS,
    # The workshop. Who saved something in a draft does not review it; that is asked besides.
    "drafts": _OWNERS | {AUDITOR},
    "make_draft": _OWNERS,
    "edit_draft": _OWNERS,
    "discard_draft": _OWNERS,
    "bring_back_draft": _OWNERS,
    "ask_review": _OWNERS,
    "withdraw_review": _OWNERS,
    "review_draft": frozenset({PROCESS_OWNER}),
    "release_draft": _OWNERS,
    "withdraw_release": _OWNERS,
    "roll_back": _OWNERS,
    "move_records": _OWNERS,
    "migrate": _OWNERS,
    "undo_migration": _OWNERS,
    # The end of a record beside its diagram; what a diagram draws is sent as any other message.
    "cancel": _OWNERS,
    "retry": _OWNERS,
    "faults": _OWNERS | {AUDITOR},
    # Figures of all records together; the records behind them are for who may see each.
    "heat": _OWNERS | {AUDITOR, SERVICE_MANAGER},
    # What runs by itself, and the proof that it did.
    "schedules": frozenset({ADMIN, AUDITOR, COMPLIANCE_OWNER}),
    # The registry.
    "people": EVERYBODY,
    "groups": EVERYBODY,
    "absences": EVERYBODY,
    "services": EVERYBODY,
    "assets": EVERYBODY,
    "relations": EVERYBODY,
    "impact": EVERYBODY,
    # Who may not read a record sees its time only.
    "collisions": EVERYBODY,
    "calendar": EVERYBODY,
    "windows": EVERYBODY,
    "save_window": _WINDOWS,
    "remove_window": _WINDOWS,
    "import_csv": _ADMINS,
    "set_absence": _ADMINS,
    "remove_from_registry": _ADMINS,
    # Signing in: everybody for themselves, admins for others.
    "set_password": _ADMINS,
    "issue_token": _ADMINS,
    "revoke_token": _ADMINS,
}

_DOING: Mapping[str, str] = {
    "pull": "Reading the files of a version",
    "try": "Trying a process",
    "coverage": "Seeing what scenarios pass",
    "evaluate_anything": "Asking a decision without a record",
    "deploy": "Deploying a process",
    "drafts": "Seeing the drafts of a process",
    "make_draft": "Making a draft of a process",
    "edit_draft": "Changing a draft",
    "discard_draft": "Discarding a draft",
    "bring_back_draft": "Bringing a draft back",
    "ask_review": "Asking for a review",
    "withdraw_review": "Taking a review back",
    "review_draft": "Reviewing a draft",
    "release_draft": "Releasing a draft",
    "withdraw_release": "Taking a planned release back",
    "roll_back": "Rolling back to an earlier version",
    "move_records": "Moving the records of a process",
    "migrate": "Moving records to another version",
    "undo_migration": "Taking the move of a record back",
    "cancel": "Cancelling a record",
    "retry": "Trying again what has failed",
    "faults": "Seeing the list of faults",
    "heat": "Seeing the heat map of a process",
    "schedules": "Seeing the scheduled runs",
    "save_window": "Declaring a window",
    "remove_window": "Taking a window back",
    "import_csv": "Importing a CSV file",
    "set_absence": "Saying when somebody else is away",
    "remove_from_registry": "Removing a row from the registry",
    "set_password": "Setting a password",
    "issue_token": "Making a token for somebody else",
    "revoke_token": "Revoking the token of somebody else",
}
"""What is not for everybody, as the beginning of the sentence that refuses it."""


def refuse_unless(actor: Actor, name: str) -> Refusal | None:
    """None when the actor may run this command or question at all."""
    allowed = WHO_MAY[name]
    if allowed is EVERYBODY or SYSTEM_ROLE in actor.roles or actor.roles & allowed:
        return None
    roles = " or ".join(sorted(allowed))
    return Refusal(
        "not_allowed",
        f"{_DOING[name]} needs the role {roles}.",
        "Ask somebody with that role, or an administrator to give it to you.",
    )


def refuse_channel(actor: Actor, channels: Collection[str], label: str) -> Refusal | None:
    """None when the actor may send from outside what records otherwise tell each other.

    `channels` are the roles that the diagram gives to the tokens for it (`clearway:channel`).
    Where it names none, nobody but our own records sends it.
    """
    if SYSTEM_ROLE in actor.roles or (not actor.is_person and actor.roles & {*channels}):
        return None
    if actor.is_person:
        remedy = "Use a form or a button that the process has for people."
        return Refusal("not_allowed", f"{label} does not come from people.", remedy)
    if not channels:
        return Refusal(
            "not_allowed",
            f"{label} does not come from outside: only another record tells it.",
            "Let the process that it belongs to tell it.",
        )
    roles = " or ".join(sorted(channels))
    return Refusal(
        "not_allowed",
        f"{label} comes from a channel with the role {roles}.",
        "Use the token of that channel.",
    )


def sees_all_records(actor: Actor) -> bool:
    """Whether the actor may read the records of every process."""
    return bool(actor.roles & {ADMIN, AUDITOR, PROCESS_OWNER, SYSTEM_ROLE})


def staff_roles(process_roles: Collection[str]) -> frozenset[str]:
    """The roles that work in a process; asking for something is not working in it."""
    return frozenset(process_roles) - {REQUESTER}


def may_read(
    actor: Actor,
    *,
    process_roles: Collection[str],
    requester: str | None,
    involved: Collection[str] = (),
) -> bool:
    """Whether the actor may read a record.

    Those who may: its requester, who works in its process by role, and who has or had a work item
    or a seat in it (`involved`).
    """
    return (
        sees_all_records(actor)
        or (actor.is_person and actor.name == requester)
        or bool(actor.roles & staff_roles(process_roles))
        or (actor.is_person and actor.name in involved)
    )


def may_change(actor: Actor, process_roles: Collection[str]) -> bool:
    """Whether the actor may link it and comment internally: those who work in its process."""
    return bool(actor.roles & (staff_roles(process_roles) | {ADMIN, PROCESS_OWNER, SYSTEM_ROLE}))


def cannot_see(what: str) -> Refusal:
    """The one answer for what does not exist and for what the reader may not know of."""
    return Refusal(
        "not_found", f"There is no {what} that you may see.", "Check the number, or ask its owner."
    )
