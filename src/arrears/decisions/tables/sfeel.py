"""What does the text of a cell mean? Text of the expression language in, syntax tree out.

Called by `parse` for every cell of a file. It must never evaluate, and never guess: text that it cannot read is refused
with the position of the first sign that does not fit. FEEL names may hold spaces, signs and even keywords, so there are
no tokens before there is a place: where a value may stand, the longest name that the file knows wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from arrears.decisions.tables import feel, scan, temporal
from arrears.decisions.tables.scan import UnreadableCell, normal_name

__all__ = ["UnreadableCell", "normal_name", "read_expression", "read_tests", "read_values"]


#: How tightly operators bind; what stands to their right must bind tighter.
BINDING = {"or": 1, "and": 2, "comparison": 3, "sum": 4, "product": 5, "power": 6}
COMPARISONS = ("<=", ">=", "!=", "<", ">", "=")
#: Expressions inside expressions: nobody writes more by hand, and deeper ones would exhaust the stack.
DEPTH = 100
#: The functions that spell a value out of a text.
SPELLED: Mapping[str, Callable[[str], feel.Scalar]] = {
    "date": temporal.read_date,
    "time": temporal.read_time,
    "date and time": temporal.read_date_time,
    "duration": temporal.read_duration,
}
#: A row of operators is a tree as high as it is long: `a + b + c …`.
HEIGHT = 200
#: Values and names in one cell.
MOST = 20_000


NONE = frozenset[str]()


def read_expression(text: str, *, names: frozenset[str] = NONE, parts: frozenset[str] = NONE) -> feel.Node:
    """The tree of an expression.

    text    : e.g. `Full Name + "!"`
    names   : names that it may speak of; only those with spaces or signs matter here
    parts   : names that may stand behind a point besides
    raises  : UnreadableCell
    example : read_expression("1 + 2") -> Binary("+", Constant(1), Constant(2))
    """
    reader = _Reader(scan.Scanner(text, names, parts))
    node = reader.expression()
    if reader.scanner.sign(".."):
        node = feel.Interval(node, True, reader.expression(), True)
    reader.scanner.finish()
    _measure(reader.scanner, (node,))
    return node


def _measure(scanner: scan.Scanner, nodes: tuple[feel.Node, ...]) -> None:
    """Refuse trees that are too high to be walked."""
    level, height = nodes, 0
    while level:
        height += 1
        if height > HEIGHT:
            raise scanner.refuse(f"nests more than {HEIGHT} operators")
        level = tuple(part for node in level for part in feel.parts(node))


def read_tests(text: str, *, names: frozenset[str] = NONE, parts: frozenset[str] = NONE) -> feel.UnaryTests:
    """The tests of a condition cell; an empty cell is `-`.

    raises  : UnreadableCell
    example : read_tests("<18, [60..70)") -> any of two tests
    """
    if text.strip() in ("", "-"):
        return feel.ALWAYS
    return _negated(scan.Scanner(text, names, parts)) or _any_of(scan.Scanner(text, names, parts))


def _any_of(scanner: scan.Scanner) -> feel.UnaryTests:
    reader = _Reader(scanner)
    tests = reader.tests()
    reader.scanner.finish()
    _measure(reader.scanner, feel.tested(feel.UnaryTests(tests)))
    return feel.UnaryTests(tests)


def _negated(scanner: scan.Scanner) -> feel.UnaryTests | None:
    """`not(…)` around the whole cell, or None."""
    if not (scanner.word("not") and scanner.sign("(")):
        return None
    try:
        tests = _Reader(scanner).tests()
        scanner.expect(")")
        scanner.finish()
    except UnreadableCell:
        return None
    _measure(scanner, feel.tested(feel.UnaryTests(tests)))
    return feel.UnaryTests(tests, negated=True)


def read_values(text: str, *, names: frozenset[str] = NONE, parts: frozenset[str] = NONE) -> tuple[feel.Node, ...]:
    """The listed values of an output clause, in their order; tests that list no single value are left out."""
    return tuple(test.to for test in read_tests(text, names=names, parts=parts).tests if isinstance(test, feel.Equal))


@dataclass
class _Reader:
    """A descent over one text. `depth` guards the stack, `count` the time."""

    scanner: scan.Scanner
    depth: int = 0
    count: int = 0

    # Tests.

    def tests(self) -> tuple[feel.Test, ...]:
        found = [self.test()]
        while self.scanner.sign(","):
            found.append(self.test())
        return tuple(found)

    def test(self) -> feel.Test:
        sign = self.scanner.one_of(COMPARISONS)
        if sign is None:
            node = self.expression()
            return node if isinstance(node, feel.Interval) else feel.Equal(node)
        to = self.expression(BINDING["sum"])
        if sign == "!=":
            return feel.Equal(feel.Binary("!=", feel.Name("?"), to))
        return feel.Equal(to) if sign == "=" else feel.Compare(sign, to)

    # Expressions.

    def expression(self, binding: int = 1) -> feel.Node:
        """An expression whose operators bind at least as tightly as `binding`."""
        self.depth += 1
        if self.depth > DEPTH:
            raise self.scanner.refuse(f"is nested more than {DEPTH} deep")
        left = self.operand()
        while (more := self.operator(left, binding)) is not None:
            left = more
        self.depth -= 1
        return left

    def operator(self, left: feel.Node, binding: int) -> feel.Node | None:
        """`left` with the next operator and its right side, or None when what follows does not bind so tightly."""
        scanner = self.scanner
        for name, signs in (("power", ("**",)), ("product", ("*", "/")), ("sum", ("+", "-"))):
            if binding <= BINDING[name] and (sign := scanner.one_of(signs)):
                return feel.Binary(sign, left, self.expression(BINDING[name] + 1))
        if binding <= BINDING["comparison"] and (found := self.comparison(left)) is not None:
            return found
        for word in ("and", "or"):
            if binding <= BINDING[word] and scanner.word(word):
                return feel.Binary(word, left, self.expression(BINDING[word] + 1))
        return None

    def comparison(self, left: feel.Node) -> feel.Node | None:
        scanner = self.scanner
        if sign := scanner.one_of(COMPARISONS):
            return feel.Binary(sign, left, self.expression(BINDING["sum"]))
        if scanner.word("between"):
            low = self.expression(BINDING["sum"])
            scanner.expect_word("and")
            high = self.expression(BINDING["sum"])
            return feel.In(left, feel.UnaryTests((feel.Interval(low, True, high, True),)))
        if scanner.word("instance"):
            scanner.expect_word("of")
            return feel.InstanceOf(left, scanner.type_name())
        if scanner.word("in"):
            return feel.In(left, feel.UnaryTests(self.wanted()))
        return None

    def wanted(self) -> tuple[feel.Test, ...]:
        """What follows `in`: one test, or several in brackets."""
        scanner = self.scanner
        if not scanner.sign("("):
            sign = scanner.one_of(COMPARISONS)
            if sign is not None:
                return (feel.Compare(sign, self.expression(BINDING["sum"])),)
            node = self.expression(BINDING["sum"])
            return (node if isinstance(node, feel.Interval) else feel.Equal(node),)
        tests = list(self.tests())
        if scanner.sign("..") and isinstance(tests[0], feel.Equal):
            return (self.interval(tests[0].to, low_closed=False),)
        scanner.expect(")")
        return tuple(tests)

    # Operands.

    def operand(self) -> feel.Node:
        if self.scanner.sign("-"):
            return self.negation()
        node = self.primary()
        while (more := self.postfix(node)) is not None:
            node = more
        return node

    def negation(self) -> feel.Node:
        self.depth += 1
        if self.depth > DEPTH:
            raise self.scanner.refuse(f"is nested more than {DEPTH} deep")
        of = self.operand()
        self.depth -= 1
        match of:
            case feel.Constant(Decimal() as number):
                return feel.Constant(-number)
        return feel.Negation(of)

    def postfix(self, node: feel.Node) -> feel.Node | None:
        scanner = self.scanner
        if scanner.path_dot():
            return feel.Path(node, scanner.part())
        if scanner.opens_filter():
            condition = self.expression()
            scanner.expect("]")
            return feel.Filter(node, condition)
        if not isinstance(node, feel.Constant) and scanner.sign("("):
            if isinstance(node, feel.Name):
                return self.call(node.name)
            return feel.Apply(node, self.arguments())
        return None

    def primary(self) -> feel.Node:
        scanner = self.scanner
        self.count += 1
        if self.count > MOST:
            raise scanner.refuse(f"holds more than {MOST} values")
        number = scanner.number()
        if number is not None:
            return feel.Constant(number)
        text = scanner.text()
        if text is not None:
            return feel.Constant(text)
        if scanner.sign("@"):
            return self.at()
        if scanner.sign("?"):
            return feel.Name("?")
        for sign, closed in (("[", True), ("]", False), ("(", False)):
            if scanner.sign(sign):
                return self.bracketed(sign, closed)
        if scanner.sign("{"):
            return self.structure()
        known = scanner.special_name()
        return feel.Name(known) if known is not None else self.worded()

    def worded(self) -> feel.Node:
        """What begins with a word: a keyword's construct, or a name."""
        scanner = self.scanner
        for word, value in (("true", True), ("false", False), ("null", None)):
            if scanner.word(word):
                return feel.Constant(value)
        if scanner.keyword("if"):
            condition = self.expression()
            scanner.expect_word("then")
            then = self.expression()
            scanner.expect_word("else")
            return feel.If(condition, then, self.expression())
        if scanner.keyword("for"):
            over = self.iterations("return")
            return feel.For(over, self.expression())
        for word in ("some", "every"):
            if scanner.keyword(word):
                over = self.iterations("satisfies")
                return feel.Quantified(word == "every", over, self.expression())
        if scanner.opens_function():
            return self.function()
        return feel.Name(scanner.function_name() or scanner.name())

    def at(self) -> feel.Constant:
        text = self.scanner.text()
        value = None if text is None else temporal.read(text)
        if value is None:
            raise self.scanner.refuse(f'@"{text}" is not a date, a time or a duration')
        return feel.Constant(value)

    def bracketed(self, sign: str, closed: bool) -> feel.Node:
        """`(a)`, `[a, b]`, or a range that opens with one of the three brackets."""
        scanner = self.scanner
        if sign == "[" and scanner.sign("]"):
            return feel.Sequence(())
        first = self.expression()
        if scanner.sign(".."):
            return self.interval(first, closed)
        if sign == "(":
            scanner.expect(")")
            return first
        if sign == "]":
            raise scanner.unexpected()
        items = [first]
        while scanner.sign(","):
            items.append(self.expression())
        scanner.expect("]")
        return feel.Sequence(tuple(items))

    def interval(self, low: feel.Node, low_closed: bool) -> feel.Interval:
        high = self.expression(BINDING["sum"])
        closes = self.scanner.one_of(("]", ")", "["))
        if closes is None:
            raise self.scanner.unexpected()
        return feel.Interval(low, low_closed, high, closes == "]")

    def structure(self) -> feel.Structure:
        scanner = self.scanner
        entries: list[tuple[str, feel.Node]] = []
        if scanner.sign("}"):
            return feel.Structure(())
        while True:
            key = scanner.key()
            entries.append((key, self.expression()))
            scanner.learn(key)
            if not scanner.sign(","):
                break
        scanner.expect("}")
        return feel.Structure(tuple(entries))

    def iterations(self, until: str) -> tuple[feel.Iteration, ...]:
        scanner = self.scanner
        found = []
        while True:
            name = scanner.name_before("in")
            domain = self.expression()
            if scanner.sign(".."):
                domain = feel.Interval(domain, True, self.expression(), True)
            found.append(feel.Iteration(name, domain))
            scanner.learn(name)
            if not scanner.sign(","):
                break
        scanner.expect_word(until)
        return tuple(found)

    def function(self) -> feel.Function:
        """The parameters and the body of `function(…) …`; the opening bracket is behind us."""
        scanner = self.scanner
        parameters: list[str] = []
        while not scanner.sign(")"):
            parameters.append(scanner.parameter())
            scanner.learn(parameters[-1])
            scanner.sign(",")
        if scanner.word("external"):
            raise scanner.refuse("calls an external function, which is not supported")
        return feel.Function(tuple(parameters), self.expression())

    def call(self, name: str) -> feel.Node:
        named = self.scanner.argument_name()
        if named is None:
            return _written(feel.Call(name, self.arguments()))
        names, arguments = [named], [self.expression()]
        while self.scanner.sign(","):
            more = self.scanner.argument_name()
            if more is None:
                raise self.scanner.unexpected()
            names.append(more)
            arguments.append(self.expression())
        self.scanner.expect(")")
        return feel.Call(name, tuple(arguments), tuple(names))

    def arguments(self) -> tuple[feel.Node, ...]:
        """Arguments by position, up to and including the closing bracket."""
        if self.scanner.sign(")"):
            return ()
        found = [self.expression()]
        while self.scanner.sign(","):
            found.append(self.expression())
        self.scanner.expect(")")
        return tuple(found)


def _written(call: feel.Call) -> feel.Node:
    """`date("2026-11-25")` and its kin are written values; what they do not spell stays a call, which gives null."""
    match call:
        case feel.Call(name, (feel.Constant(str() as text),)) if name in SPELLED:
            value = SPELLED[name](text)
            return call if value is None else feel.Constant(value)
    return call
