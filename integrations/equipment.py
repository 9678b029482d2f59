"""Equipment ordered from a supplier by mail, or remembered."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from integrations.smtp import Mail, Mailer


@dataclass(frozen=True)
class Order:
    """What is ordered; `number` is ours, and the same number again means the same order."""

    number: str
    item: str
    for_person: str
    deliver_to: str
    needed_by: str | None
    at: datetime


class Equipment(Protocol):
    """Orders and cancels. What it gives: at least once; the number tells repeats apart."""

    def order(self, order: Order) -> None:
        """Order it; raises MailError when the supplier cannot be told."""
        ...

    def cancel(self, number: str, at: datetime) -> None:
        """Call the order off; raises MailError when the supplier cannot be told."""
        ...


class MailedOrders:
    """Orders that go to a supplier's order desk as mails."""

    def __init__(self, mailer: Mailer, supplier: str) -> None:
        self._mailer, self._supplier = mailer, supplier

    def order(self, order: Order) -> None:
        lines = [
            f"Order number: {order.number}",
            f"Item: {order.item}",
            f"For: {order.for_person}",
            f"Deliver to: {order.deliver_to}",
            f"Needed by: {order.needed_by or 'as soon as possible'}",
            "",
            "If this order number reaches you twice, it is one order.",
        ]
        self._mail(f"order-{order.number}", f"Order {order.number}", lines, order.at)

    def cancel(self, number: str, at: datetime) -> None:
        lines = [f"Please cancel the order {number}.", "", "If it was delivered, take it back."]
        self._mail(f"cancel-{number}", f"Cancellation of order {number}", lines, at)

    def _mail(self, message_id: str, subject: str, lines: list[str], at: datetime) -> None:
        text = "\n".join(lines) + "\n"
        self._mailer.send(Mail((self._supplier,), subject, text, "", message_id, at))


@dataclass
class SilentEquipment:
    """Orders nothing and remembers what is on order: number -> order."""

    orders: dict[str, Order] = field(default_factory=dict[str, Order])
    not_connected: str = "no supplier is connected"

    def order(self, order: Order) -> None:
        self.orders.setdefault(order.number, order)

    def cancel(self, number: str, at: datetime) -> None:
        del at
        self.orders.pop(number, None)
