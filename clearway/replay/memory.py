"""Whether the replay's own server still has all that it acknowledged.

Its commits do not wait for the disk, so a crash of the server loses the last of them, and the
server goes on by itself a moment later. A table that is not logged is empty after a crash: that
tells.
"""

from clearway.replay.drive import ReplayError
from clearway.service.house import House

_BEGIN = (
    "CREATE UNLOGGED TABLE IF NOT EXISTS replay_memory (kept boolean NOT NULL)",
    "TRUNCATE replay_memory",
    "INSERT INTO replay_memory VALUES (true)",
)
_LASTING = """SELECT set_config('synchronous_commit', 'on', true),
    pg_logical_emit_message(true, 'clearway replay', '')::text,
    EXISTS (SELECT FROM replay_memory)"""
_FORGOTTEN = (
    "The database ended in the midst of a row and may have lost the last commands: "
    "run the same command again to go on from there."
)


def begin(house: House) -> None:
    """Remember from here on."""
    for statement in _BEGIN:
        house.store.change(lambda connection, it=statement: connection.exec_driver_sql(it))


def come_to_the_disk(house: House) -> None:
    """All that was acknowledged is on the disk now; raises ReplayError when some of it is lost."""
    # A commit that has written nothing would not wait for the disk: it writes a message.
    row = house.store.command(lambda it: it.one(_LASTING, {}), changed=lambda _: [])
    if row is None or not row[2]:
        raise ReplayError(_FORGOTTEN)
