"""A ballot says whose vote it is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of older ballots the history says for whom they were cast."""
    op.add_column("ballot", sa.Column("instead_of", sa.Text))
