"""The inbox finds each kind of work along an index, however much there is."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")
_DUE_FIRST = sa.text("coalesce(due_at, 'infinity'::timestamptz)")


def upgrade() -> None:
    """Add what is open to each seat, and the indexes; the release before works with them."""
    op.add_column(
        "seat", sa.Column("is_open", sa.Boolean, nullable=False, server_default=sa.text("true"))
    )
    op.execute(
        "UPDATE seat s SET is_open = false FROM round r"
        " WHERE r.id = s.round_id AND r.closed_at IS NOT NULL"
    )
    op.drop_index("ix_seat_person")
    op.create_index("ix_seat_person", "seat", ["person"], postgresql_where=sa.text("is_open"))
    op.create_index(
        "ix_seat_role", "seat", ["role"], postgresql_where=sa.text("is_open AND person IS NULL")
    )
    op.create_index(
        "ix_instance_asked", "instance", ["requester"], postgresql_where=sa.text("ended_at IS NULL")
    )
    for name in ("assignee", "role"):
        op.drop_index(f"ix_work_item_{name}")
        op.create_index(
            f"ix_work_item_{name}",
            "work_item",
            [name, _DUE_FIRST, "id"],
            postgresql_where=_OPEN,
        )
    op.create_index(
        "ix_work_item_free",
        "work_item",
        [
            sa.text("coalesce(role, '')"),
            sa.text("coalesce(group_name, '')"),
            _DUE_FIRST,
            "id",
        ],
        postgresql_where=sa.text("closed_at IS NULL AND assignee IS NULL AND rule IS NULL"),
    )
