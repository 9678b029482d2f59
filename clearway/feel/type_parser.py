"""The grammar of types, as in `list<number>`."""

from clearway.feel.names import joined, plain_run
from clearway.feel.reader import Reader
from clearway.feel.types import ANY, ContextType, FunctionType, ListType, Named, RangeType, Type

LONG_NAMES = ("date and time", "days and time duration", "years and months duration")


class TypeParser(Reader):
    """Reads a type wherever an expression may name one."""

    def type(self) -> Type:
        """A type; raises FeelSyntaxError."""
        self.deeper()
        found = self._parameters_of(self._type_name())
        self.depth -= 1
        return found

    def _type_name(self) -> str:
        parts: list[str] = []
        while True:
            length = self._word_count()
            parts.append(joined(self.tokens[self.at : self.at + length]))
            self.at += length
            if not self.take("."):
                return ".".join(parts)

    def _word_count(self) -> int:
        for name in LONG_NAMES:
            length = len(name.split())
            if joined(self.tokens[self.at : self.at + length]) == name:
                return length
        known = self.known.match(self.tokens, self.at)
        length = max(known[1] if known else 0, plain_run(self.tokens, self.at))
        if not length:
            raise self.wrong("a type")
        return length

    def _parameters_of(self, name: str) -> Type:
        if name not in ("list", "range", "context", "function") or not self.take("<"):
            return Named(name)
        if name == "context":
            return self._context_type()
        if name == "function":
            return self._function_type()
        item = self.type()
        self.expect(">")
        return ListType(item) if name == "list" else RangeType(item)

    def _context_type(self) -> Type:
        fields: list[tuple[str, Type]] = []
        while not self.take(">"):
            if fields:
                self.expect(",")
            name = self.new_name(":")
            self.expect(":")
            fields.append((name, self.type()))
        return ContextType(tuple(fields))

    def _function_type(self) -> Type:
        parameters: list[Type] = []
        while not self.take(">"):
            if parameters:
                self.expect(",")
            parameters.append(self.type())
        return FunctionType(tuple(parameters), self.type() if self.take("->") else ANY)
