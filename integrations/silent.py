"""All integrations at once, each remembering what it was told: for laptops, scenarios and tests."""

from dataclasses import dataclass, field

from integrations.accounts import SilentAccounts
from integrations.equipment import SilentEquipment
from integrations.smtp import SilentMailer


@dataclass(frozen=True)
class Silent:
    """The silent integrations, to be looked into afterwards."""

    mailer: SilentMailer = field(default_factory=SilentMailer)
    accounts: SilentAccounts = field(default_factory=SilentAccounts)
    equipment: SilentEquipment = field(default_factory=SilentEquipment)

    def by_name(self) -> dict[str, object]:
        """The integrations by the names that steps need."""
        return {"mailer": self.mailer, "accounts": self.accounts, "equipment": self.equipment}
