"""What an XML file says, whatever it looks like."""

from clearway.diagrams.source import XSI_TYPE, Element, parse


def infoset(xml: bytes) -> object:
    """What a file says, whatever its prefixes and the order of its attributes are."""

    def told(element: Element) -> object:
        values: list[tuple[str, object]] = []
        for key, value in element.values.items():
            if key == XSI_TYPE:
                prefix, _, name = value.rpartition(":")
                values.append((key, (element.scope.get(prefix), name)))
            else:
                values.append((key, value))
        inner = [told(it) for it in element.children]
        return element.tag, sorted(values), element.text, inner

    return told(parse(xml).root)
