"""The decisions of a DMN file as plain tables, for people to read."""

from dataclasses import dataclass

from clearway.diagrams.source import Element, parse


@dataclass(frozen=True, slots=True)
class DecisionText:
    """One decision: its heads and rows, or one expression in a single cell."""

    name: str
    policy: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    documentation: str = ""
    needs: tuple[str, ...] = ()


def decisions_in(xml: bytes) -> list[DecisionText]:
    """Every decision of a file, in its order. Raises NotReadable."""
    root = parse(xml).root
    names = {it.get("id"): it.get("name") or it.get("id") for it in root.walk() if it.get("id")}
    return [_decision(it, names) for it in root.walk() if it.local == "decision"]


def _decision(decision: Element, names: dict[str, str]) -> DecisionText:
    name = decision.get("name") or decision.get("id")
    needs = tuple(
        names.get(it.get("href").lstrip("#"), it.get("href"))
        for it in decision.walk()
        if it.local in ("requiredInput", "requiredDecision", "requiredKnowledge")
    )
    said = [it for it in decision.children if it.local == "description"]
    documentation = said[0].text.strip() if said else ""
    table = next((it for it in decision.children if it.local == "decisionTable"), None)
    if table is not None:
        head, rows = _table(table)
        policy = " ".join((table.get("hitPolicy") or "UNIQUE", table.get("aggregation"))).strip()
        return DecisionText(name, policy.lower(), head, rows, documentation, needs)
    texts = [it.text.strip() for it in decision.walk() if it.local == "text"]
    row = ("\n".join(texts) or "not a table; see the file",)
    return DecisionText(name, "expression", ("Expression",), (row,), documentation, needs)


def _table(table: Element) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    head: list[str] = []
    rows: list[tuple[str, ...]] = []
    for it in table.children:
        if it.local == "input":
            head.append(it.get("label") or _text(it))
        elif it.local == "output":
            head.append(f"→ {it.get('label') or it.get('name') or 'answer'}")
        elif it.local == "annotation":
            head.append(it.get("name") or "note")
        elif it.local == "rule":
            cells = [_text(cell) for cell in it.children if cell.local.endswith("Entry")]
            told = next((c.text.strip() for c in it.children if c.local == "description"), "")
            rows.append((*cells, *([told] if told else [])))
    width = max([len(head), *map(len, rows)])
    head += ["note"] * (width - len(head))
    return tuple(head), tuple((*row, *[""] * (width - len(row))) for row in rows)


def _text(element: Element) -> str:
    return next((it.text.strip() for it in element.walk() if it.local == "text"), "")
