"""Which prefixes a file uses for the names that come into it from another one."""

from clearway.diagrams.source import XSI_TYPE, Attribute, Element

_NAMES = frozenset((XSI_TYPE, "structureRef", "evaluatesToTypeRef"))
"""The attributes whose values are names with a prefix."""


class Naming:
    """Names of elements, attributes and types in the words of one file."""

    def __init__(self, root: Element) -> None:
        self.root = root

    def element(self, named: Element, place: Element) -> str:
        """How the name of an element of another file is written at a place of this one."""
        uri, local = _split(named.tag)
        for prefix, bound in _nearest_first(place):
            if bound == uri:
                return f"{prefix}:{local}" if prefix else local
        if not uri:
            return local
        return f"{self._declare(uri, named)}:{local}"

    def attribute(self, key: str, named: Element, place: Element) -> str:
        """How the name of an attribute is written; without a prefix it is in no namespace."""
        uri, local = _split(key)
        return f"{self._prefix(uri, named, place)}:{local}" if uri else local

    def value(self, key: str, value: str, named: Element, place: Element) -> str:
        """A value that is a name with a prefix gets the prefix that holds here."""
        prefix, colon, local = value.rpartition(":")
        uri = named.scope.get(prefix)
        if key not in _NAMES or uri is None or (not colon and key != XSI_TYPE):
            return value
        if place.scope.get("") == uri and key == XSI_TYPE:
            return local
        return f"{self._prefix(uri, named, place)}:{local}"

    def _prefix(self, uri: str, named: Element, place: Element) -> str:
        if place.scope.get(prefix := _bound(uri, named)) == uri and prefix:
            return prefix
        for known, bound in _nearest_first(place):
            if bound == uri and known:
                return known
        return self._declare(uri, named)

    def _declare(self, uri: str, named: Element) -> str:
        """A prefix for a namespace that this file did not have, declared at its root."""
        wanted = _bound(uri, named) or "ns"
        taken = {prefix for it in self.root.walk() for prefix in it.scope}
        prefix = next(
            it for it in [wanted, *(f"{wanted}{n}" for n in range(1, 1000))] if it not in taken
        )
        declare(self.root, prefix, uri)
        for scope in {id(it.scope): it.scope for it in self.root.walk()}.values():
            scope[prefix] = uri
        return prefix


def declare(root: Element, prefix: str, uri: str) -> None:
    """Write the declaration of a namespace behind the others of the root."""
    declared = [it for it in root.attributes if it.name.startswith("xmlns")]
    place = root.attributes.index(declared[-1]) + 1 if declared else 0
    added = Attribute(declared[-1].lead if declared else " ", f"xmlns:{prefix}", "=", '"', "", "")
    added.set(uri)
    root.attributes.insert(place, added)


def _nearest_first(place: Element) -> list[tuple[str, str]]:
    """Prefixes as the elements around use them: the parent's own one first."""
    own = place.parent.name.rpartition(":")[0] if place.parent is not None else ""
    return sorted(place.scope.items(), key=lambda it: it[0] != own)


def _split(key: str) -> tuple[str, str]:
    uri, _, local = key.rpartition("}")
    return uri[1:], local


def _bound(uri: str, named: Element) -> str:
    return next((it for it, bound in named.scope.items() if bound == uri and it), "")
