"""The grammar of the smallest parts: literals, names, brackets, lists, ranges and contexts."""

from clearway.feel.errors import FeelEvaluationError, FeelSyntaxError
from clearway.feel.lexer import Kind, Token
from clearway.feel.names import CONSTANTS, is_keyword, joined, plain_run
from clearway.feel.syntax import ContextOf, ListOf, Literal, Name, Node, RangeOf, Test
from clearway.feel.temporal import at_literal
from clearway.feel.type_parser import TypeParser
from clearway.feel.values import number_of

# Built-in names that could also be two booleans joined by `and`.
AMBIGUOUS = frozenset(("date and time", "years and months duration"))


class ValueParser(TypeParser):
    """Reads what an operator or a path may stand beside."""

    in_bracket: tuple[Test, int] | None = None
    """What was read already of the bracket that comes next, and where it ended."""

    def expression(self, range_end: bool = False) -> Node:
        """A whole expression; at the end of a range a `[` may close it."""
        raise NotImplementedError

    def test(self) -> Test:
        """A unary test that is no list of tests."""
        raise NotImplementedError

    def keyword_expression(self) -> Node | None:
        """An expression that begins with a word of its own, such as `if`."""
        raise NotImplementedError

    def value(self) -> Node:
        """One smallest part."""
        token = self.token
        if token.kind is Kind.NUMBER:
            self.at += 1
            return Literal(self._number(token), token.at)
        if token.kind is Kind.STRING:
            self.at += 1
            return Literal(token.value, token.at)
        if token.kind in (Kind.WORD, Kind.SYMBOL):
            return self._name_or_constant(token)
        if token.text == "(":
            return self._parenthesis()
        if token.text == "[":
            return self._bracket()
        if token.text == "{":
            return self._context()
        if token.text == "]":
            return self._open_bracket()
        if token.text == "@":
            return self._at_literal()
        raise self.wrong("a value")

    def property_name(self) -> str:
        """What follows a dot."""
        known = self.known.match(self.tokens, self.at)
        length = max(known[1] if known else 0, plain_run(self.tokens, self.at))
        if not length:
            raise self.wrong("a name")
        self.at += length
        return joined(self.tokens[self.at - length : self.at])

    def _number(self, token: Token) -> object:
        try:
            return number_of(token.text)
        except ArithmeticError as error:
            cause = "the number is too large"
            raise FeelSyntaxError(cause, self.text, self.place(token.at)) from error

    def _at_literal(self) -> Node:
        at = self.expect("@")
        token = self.token
        if token.kind is not Kind.STRING:
            raise self.wrong("a date, time or duration in quotes")
        self.at += 1
        try:
            value = at_literal(token.value)
        except FeelEvaluationError as error:
            raise FeelSyntaxError(error.cause, self.text, self.place(at)) from error
        if value is None:
            # The standard has null here, which nobody means who writes a date.
            cause = f'`@"{token.value[:40]}"` is no date, time or duration that there is'
            raise FeelSyntaxError(cause, self.text, self.place(at))
        return Literal(value, at)

    def _name_or_constant(self, token: Token) -> Node:
        length = self._name_length()
        if length > 1 and token.text == "not":
            self.at += 1
            raise self.wrong("`(` after `not`")
        if length:
            self.at += length
            return Name(joined(self.tokens[self.at - length : self.at]), token.at)
        if token.text in CONSTANTS:
            self.at += 1
            return Literal(CONSTANTS[token.text], token.at)
        nested = self.keyword_expression()
        if nested is None:
            raise self.wrong("a value")
        return nested

    def _name_length(self) -> int:
        known = self.known.match(self.tokens, self.at)
        run = 0 if is_keyword(self.tokens, self.at) else plain_run(self.tokens, self.at)
        if not known or known[1] < run:
            return run
        if known[0] in AMBIGUOUS and self.tokens[self.at + known[1]].text != "(":
            return run
        return known[1]

    def _parenthesis(self) -> Node:
        at = self.expect("(")
        if self.in_bracket is not None:
            (test, self.at), self.in_bracket = self.in_bracket, None
        elif self.is_operator("!="):
            raise self.wrong("a value")
        else:
            test = self.test()
        if not test.operator and self.take(".."):
            return self._range(test.operand, False, at)
        self.expect(")")
        return open_range(test.operator, test.operand, at) if test.operator else test.operand

    def _bracket(self) -> Node:
        at = self.expect("[")
        if self.take("]"):
            return ListOf((), at)
        items = [self.expression()]
        if self.take(".."):
            return self._range(items[0], True, at)
        while self.take(","):
            items.append(self.expression())
        self.expect("]")
        return ListOf(tuple(items), at)

    def _open_bracket(self) -> Node:
        at = self.expect("]")
        low = self.expression()
        self.expect("..")
        return self._range(low, False, at)

    def _range(self, low: Node, low_included: bool, at: int) -> Node:
        high = self.expression(range_end=True)
        token = self.token
        if token.text not in ("]", ")", "[") or token.kind is not Kind.OPERATOR:
            raise self.wrong("`]` or `)`")
        self.at += 1
        return RangeOf(low, high, low_included, token.text == "]", at)

    def _context(self) -> Node:
        at = self.expect("{")
        entries: list[tuple[str, Node]] = []
        while not self.take("}"):
            if entries:
                self.expect(",")
            key = self._key()
            self.expect(":")
            entries.append((key, self.expression()))
            self.known.add(key)
        return ContextOf(tuple(entries), at)

    def _key(self) -> str:
        token = self.token
        if token.kind is not Kind.STRING:
            return self.new_name(":")
        self.at += 1
        return token.value


def open_range(operator: str, operand: Node, at: int) -> RangeOf:
    """The range of a comparison: `< 5` is everything below 5, `= 5` only 5."""
    if operator == "=":
        return RangeOf(operand, operand, True, True, at)
    included = operator.endswith("=")
    if operator.startswith("<"):
        return RangeOf(None, operand, False, included, at)
    return RangeOf(operand, None, included, False, at)
