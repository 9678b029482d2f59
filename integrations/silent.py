"""All integrations at once, each remembering what it was told: for laptops, scenarios and tests."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from integrations.accounts import SilentAccounts
from integrations.equipment import SilentEquipment
from integrations.smtp import SilentMailer


@runtime_checkable
class NotConnected(Protocol):
    """An integration behind which there is nothing; history tells the readers so.

    `not_connected` says what is missing, as the end of a sentence.
    """

    not_connected: str


@dataclass(frozen=True)
class Silent:
    """The silent integrations, to be looked into afterwards."""

    mailer: SilentMailer = field(default_factory=SilentMailer)
    accounts: SilentAccounts = field(default_factory=SilentAccounts)
    equipment: SilentEquipment = field(default_factory=SilentEquipment)

    def by_name(self) -> dict[str, object]:
        """The integrations by the names that steps need."""
        return {"mailer": self.mailer, "accounts": self.accounts, "equipment": self.equipment}
