"""A small table for tests: an amount decides a size."""

from html import escape


def size_table(
    *rules: tuple[str, str], policy: str = "UNIQUE", column: str = "record.amount"
) -> str:
    """A file with the table `size`: each rule is the test of an amount and its answer."""
    rows = "".join(
        f"<rule id='r{number}'><inputEntry><text>{escape(test)}</text></inputEntry>"
        f"<outputEntry><text>{escape(answer)}</text></outputEntry></rule>"
        for number, (test, answer) in enumerate(rules, 1)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="Size" '
        'namespace="urn:test"><decision id="size" name="Size"><variable name="size"/>'
        f'<decisionTable id="t" hitPolicy="{policy}"><input id="i" label="Amount">'
        f'<inputExpression typeRef="number"><text>{column}</text></inputExpression></input>'
        f'<output id="o" name="size" typeRef="string"/>{rows}</decisionTable></decision>'
        "</definitions>"
    )
