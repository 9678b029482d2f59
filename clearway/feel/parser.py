"""The grammar of expressions: tokens to a syntax tree."""

from collections.abc import Iterable

from clearway.feel.brackets import closes_range
from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.errors import FeelLimitError, FeelSyntaxError
from clearway.feel.lexer import Kind, Token
from clearway.feel.limits import MAX_NESTING
from clearway.feel.names import KnownNames, joined
from clearway.feel.syntax import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    For,
    FunctionOf,
    If,
    InstanceOf,
    Iterator,
    Logic,
    Membership,
    Negation,
    Node,
    Path,
    Quantified,
    Test,
)
from clearway.feel.types import Type
from clearway.feel.value_parser import ValueParser

OR, AND, COMPARE, ADD, MULTIPLY, POWER = 1, 2, 3, 4, 5, 6
POWERS = {
    "or": OR,
    "and": AND,
    "between": COMPARE,
    "in": COMPARE,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), COMPARE),
    "+": ADD,
    "-": ADD,
    "*": MULTIPLY,
    "/": MULTIPLY,
    "**": POWER,
}
BUILT_IN_NAMES = KnownNames(BUILTINS)
COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))


Known = Iterable[str] | KnownNames
"""Names with spaces or special characters; `known_names` are those of many texts, read once."""


def known_names(names: Iterable[str], more: KnownNames = BUILT_IN_NAMES) -> KnownNames:
    """Names that many texts may use, beside `more`."""
    return KnownNames(names, more)


def parse_expression(text: str, known: Known) -> Node:
    """The tree of one expression; raises FeelSyntaxError or FeelLimitError."""
    parser = Parser(text, known)
    node = parser.expression()
    parser.finish()
    return node


def parse_unary_tests(text: str, known: Known) -> tuple[bool, tuple[Test, ...]]:
    """Whether the tests are negated, and the tests; `-` is no test at all."""
    parser = Parser(text, known)
    if parser.is_dash():
        return False, ()
    negated = parser.negated_tests()
    tests = negated or parser.tests()
    parser.finish()
    return negated is not None, tests


class Parser(ValueParser):
    """Reads expressions by precedence, without one stack frame for each of them."""

    def __init__(self, text: str, known: Known) -> None:
        inner = KnownNames((), known) if isinstance(known, KnownNames) else known_names(known)
        super().__init__(text, inner)
        self._range_end = False

    def expression(self, range_end: bool = False) -> Node:
        """A whole expression; at the end of a range a `[` may close it."""
        self.deeper()
        before, self._range_end = self._range_end, range_end
        node = self.keyword_expression() or self._operators(OR)
        self._range_end = before
        self.depth -= 1
        return node

    def tests(self) -> tuple[Test, ...]:
        """Positive unary tests, parted by commas."""
        found = [self.test()]
        while self.take(","):
            found.append(self.test())
        return tuple(found)

    def is_dash(self) -> bool:
        """Whether `-` is all there is."""
        return self.is_operator("-") and self.tokens[self.at + 1].kind is Kind.END

    def negated_tests(self) -> tuple[Test, ...] | None:
        """Pass `not(...)` when it negates all there is, and not the argument of a call."""
        start = self.at
        if self.token.text != "not" or self.tokens[start + 1].text != "(":
            return None
        self.at += 2
        tests = self.tests()
        if self.take(")") and self.token.kind is Kind.END:
            return tests
        self.at = start
        return None

    # expressions that begin with a word of their own

    def keyword_expression(self) -> Node | None:
        """An expression that begins with a word of its own; None when none does."""
        token = self.token
        if token.kind is not Kind.WORD:
            return None
        if token.text == "if":
            return self._if()
        if token.text == "for":
            return self._for()
        if token.text in ("some", "every"):
            return self._quantified()
        if token.text == "function" and self.tokens[self.at + 1].text == "(":
            return self._function()
        return None

    def _if(self) -> Node:
        at = self.expect("if")
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return If(condition, then, self.expression(self._range_end), at)

    def _for(self) -> Node:
        at = self.expect("for")
        iterators = self._iterators()
        self.expect("return")
        return For(iterators, self.expression(self._range_end), at)

    def _quantified(self) -> Node:
        word = self.token
        self.at += 1
        iterators = self._iterators()
        self.expect("satisfies")
        return Quantified(word.text, iterators, self.expression(self._range_end), word.at)

    def _iterators(self) -> tuple[Iterator, ...]:
        found = [self._iterator()]
        while self.take(","):
            found.append(self._iterator())
        return tuple(found)

    def _iterator(self) -> Iterator:
        name = self.new_name("in")
        self.expect("in")
        source = self.expression()
        last = self.expression() if self.take("..") else None
        self.known.add(name)
        return Iterator(name, source, last)

    def _function(self) -> Node:
        at = self.expect("function")
        self.expect("(")
        parameters: list[tuple[str, Type | None]] = []
        while not self.take(")"):
            if parameters:
                self.expect(",")
            name = self.new_name(":", ",", ")")
            parameters.append((name, self.type() if self.take(":") else None))
            self.known.add(name)
        if self.token.text == "external":
            raise self.wrong("an expression (functions outside FEEL are not called)")
        body = self.expression(self._range_end)
        return FunctionOf(tuple(parameters), body, self.text[at : self.token.at].rstrip(), at)

    # operators

    def _operators(self, least: int) -> Node:
        left = self._negation()
        while True:
            token = self.token
            power = POWERS.get(token.text, 0) if token.kind in (Kind.OPERATOR, Kind.WORD) else 0
            if power < max(least, OR):
                return left
            if power == COMPARE:
                left = self._comparison(left, token)
            elif power < COMPARE:
                left = Logic(token.text, self._logic_items(left, token.text, power), token.at)
            else:
                left = Arithmetic(left, self._arithmetic_rest(power), token.at)

    def _logic_items(self, first: Node, word: str, power: int) -> tuple[Node, ...]:
        items = [first]
        while self.take(word):
            items.append(self._operators(power + 1))
        return tuple(items)

    def _arithmetic_rest(self, power: int) -> tuple[tuple[str, Node], ...]:
        rest: list[tuple[str, Node]] = []
        while self.token.kind is Kind.OPERATOR and POWERS.get(self.token.text) == power:
            operator = self.token.text
            self.at += 1
            rest.append((operator, self._operators(power + 1)))
        return tuple(rest)

    def _comparison(self, left: Node, token: Token) -> Node:
        self.at += 1
        if token.text == "between":
            low = self._operators(ADD)
            self.expect("and")
            node: Node = Between(left, low, self._operators(ADD), token.at)
        elif token.text == "in":
            node = Membership(left, self._in_tests(), token.at)
        else:
            node = Comparison(left, token.text, self._operators(ADD), token.at)
        if POWERS.get(self.token.text) == COMPARE and self.token.kind is not Kind.STRING:
            raise self.wrong("`and` between two comparisons, or brackets")
        return node

    def _negation(self) -> Node:
        if not self.is_operator("-"):
            return self._instance_of()
        at = self.expect("-")
        self.deeper()
        node = Negation(self._negation(), at)
        self.depth -= 1
        return node

    def _instance_of(self) -> Node:
        node = self._postfix()
        while self.token.text == "instance" and self.tokens[self.at + 1].text == "of":
            at = self.token.at
            self.at += 2
            node = InstanceOf(node, self.type(), at)
        return node

    def _postfix(self) -> Node:
        node = self.value()
        for _ in range(MAX_NESTING):
            token = self.token
            if self.is_operator("."):
                self.at += 1
                node = Path(node, self.property_name(), token.at)
            elif self.is_operator("[") and not self._closes_range():
                self.at += 1
                node = Filter(node, self.expression(), token.at)
                self.expect("]")
            elif self.is_operator("("):
                node = self._call(node)
            else:
                return node
        cause = f"more than {MAX_NESTING} links in one path"
        raise FeelLimitError(cause, self.text, self.place(self.token.at))

    def _closes_range(self) -> bool:
        return self._range_end and closes_range(self.tokens, self.at)

    def _call(self, function: Node) -> Node:
        at = self.expect("(")
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self.take(")"):
            if positional or named:
                self.expect(",")
            name = self._argument_name()
            value = self.expression()
            if name is None:
                positional.append(value)
            else:
                named.append((name, value))
        if positional and named:
            cause = "arguments are given either by position or by name"
            raise FeelSyntaxError(cause, self.text, self.place(at))
        return Call(function, tuple(positional), tuple(named), at)

    def _argument_name(self) -> str | None:
        end = self.at
        while self.tokens[end].kind is Kind.WORD:
            end += 1
        known = self.known.match(self.tokens, self.at)
        if known is not None:
            end = max(end, self.at + known[1])
        if end == self.at or self.tokens[end].text != ":":
            return None
        name = joined(self.tokens[self.at : end])
        self.at = end + 1
        return name

    # tests

    def test(self) -> Test:
        """A unary test that is no list of tests."""
        return self._test(OR)

    def _in_tests(self) -> tuple[Test, ...]:
        """Tests in brackets, or one operand, which may begin with a bracket, too: `(a + b) * c`."""
        start = self.at
        if not self.take("("):
            return (self._test(ADD),)
        first = self.test()
        if self.is_operator(",") or first.operator in ("=", "!="):
            others = self.tests() if self.take(",") else ()
            self.expect(")")
            return (first, *others)
        self.in_bracket = first, self.at
        self.at = start
        return (self._test(ADD),)

    def _test(self, least: int) -> Test:
        token = self.token
        if token.kind is Kind.OPERATOR and token.text in COMPARISONS:
            self.at += 1
            return Test(token.text, self._operators(ADD), token.at)
        if least > OR:
            return Test("", self._operators(least), token.at)
        return Test("", self.expression(), token.at)
