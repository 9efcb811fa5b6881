"""Criteria: Python-looking sentences of the knowledge files, read against a whitelist into three-valued logic."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from dashboard.clinical import measures, nodes
from dashboard.clinical.columns import Columns, Presences
from dashboard.clinical.nodes import NumberNode, Sentence
from dashboard.clinical.spelling import did_you_mean
from dashboard.clinical.vocabulary import Derived, Finding, Item, Presence

_COMPARED = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_CHOSEN = ("choice", "choices", "sites")
_MEASURED = ("integer", "decimal")
_LONGEST = 4000


class CriterionError(ValueError):
    """A criterion that cannot be used; the message says what is wrong and the cure."""


class Criterion:
    """A compiled criterion: its text, the items it depends on, and its value in any case."""

    def __init__(self, text: str, sentence: Sentence) -> None:
        self.text = text
        self.sentence = sentence
        self.items = sentence.items

    def values(self, view: Columns) -> Presences:
        """int8[N]: +1 met, -1 not met, 0 unknown."""
        return self.sentence.values(view)

    def presence(self, view: Columns, row: int = 0) -> Presence:
        """The value in one case."""
        return Presence(int(self.sentence.values(view)[row]))

    def value(self, view: Columns) -> Presence | Presences:
        """A presence for a view of one case, otherwise int8[N]."""
        return self.presence(view) if view.size == 1 else self.values(view)

    def because(self, view: Columns, row: int = 0) -> tuple[str, ...]:
        """The answers that made the value; while it is unknown, the unanswered items that leave it open."""
        return self.sentence.because(view, row)


class Names:
    """What a criterion may speak of. Findings and derived values are read when first named."""

    def __init__(
        self,
        items: Mapping[str, Item],
        derived: Mapping[str, Derived] | None = None,
        findings: Mapping[str, Finding] | None = None,
    ) -> None:
        self.items = items
        self.derived = derived or {}
        self.findings = findings or {}
        self._read: dict[tuple[str, str], Criterion | NumberNode] = {}
        self._reading: list[str] = []

    def criterion(self, text: str) -> Criterion:
        """The compiled criterion of a text, the same object every time."""
        return self._once("criterion", text, lambda: Criterion(text, _Reader(self).sentence(_parse(text))))

    def number(self, text: str) -> NumberNode:
        """The compiled formula of a text."""
        return self._once("number", text, lambda: _Reader(self).number(_parse(text)))

    def finding(self, id: str) -> Sentence:
        """A finding as a sentence."""
        finding = self.findings[id]
        return self._once("finding", id, lambda: self._guarded(id, lambda: self._finding(finding))).sentence

    def derived_number(self, id: str) -> NumberNode:
        """A derived value as a number."""
        return self._once("derived", id, lambda: self._guarded(id, lambda: self.number(self.derived[id].formula)))

    def known(self) -> list[str]:
        """Every name there is."""
        return [*self.items, *self.derived, *self.findings]

    def _finding(self, finding: Finding) -> Criterion:
        present = self.criterion(finding.present).sentence
        absent = self.criterion(finding.absent).sentence if finding.absent is not None else None
        return Criterion(finding.id, nodes.FindingSentence(present, absent))

    def _once(self, kind: str, key: str, make: Callable[[], object]) -> object:
        if (kind, key) not in self._read:
            self._read[kind, key] = make()
        return self._read[kind, key]

    def _guarded(self, id: str, make: Callable[[], object]) -> object:
        if id in self._reading:
            circle = " → ".join([*self._reading[self._reading.index(id) :], id])
            raise CriterionError(f"goes round in a circle: {circle}. Break it by naming items instead.")
        self._reading.append(id)
        try:
            return make()
        finally:
            self._reading.pop()


def compile_criterion(text: str, names: Names) -> Criterion:
    """Read a criterion; CriterionError says what is wrong with it and the cure."""
    return names.criterion(text)


def _parse(text: str) -> ast.expr:
    if len(text) > _LONGEST:
        raise CriterionError(f"is longer than {_LONGEST} characters. Split it into findings.")
    try:
        return ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f" near position {error.offset}" if isinstance(error, SyntaxError) and error.offset else ""
        reason = error.msg if isinstance(error, SyntaxError) else "too deep"
        raise CriterionError(f"does not read as a criterion{where} ({reason}).") from None


class _Reader:
    """Turns one parsed expression into sentences and numbers, refusing everything not on the whitelist."""

    def __init__(self, names: Names) -> None:
        self.names = names

    # Sentences

    def sentence(self, tree: ast.expr) -> Sentence:
        if isinstance(tree, ast.BoolOp):
            parts = tuple(self.sentence(part) for part in tree.values)
            return nodes.All(parts) if isinstance(tree.op, ast.And) else nodes.Any(parts)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
            return nodes.Not(self.sentence(tree.operand))
        if isinstance(tree, ast.Compare):
            return self._comparison(tree)
        if isinstance(tree, ast.Call):
            return self._sentence_call(tree)
        if isinstance(tree, ast.Name):
            return self._named_sentence(tree.id)
        raise CriterionError(f"{_shown(tree)} is not something that is met or not met.")

    def _named_sentence(self, name: str) -> Sentence:
        if name in self.names.findings:
            return self.names.finding(name)
        if name in self.names.items and self.names.items[name].type == "flag":
            return nodes.Flag(name)
        raise CriterionError(f"{self._what(name)} cannot stand alone. {self._cure(name)}")

    def _what(self, name: str) -> str:
        if name in self.names.derived:
            return f"the derived number '{name}'"
        if name in self.names.items:
            return f"the {self.names.items[name].type} item '{name}'"
        raise CriterionError(f"names '{name}', which there is not.{did_you_mean(name, self.names.known())}")

    def _cure(self, name: str) -> str:
        kind = self.names.items[name].type if name in self.names.items else "decimal"
        options = self.names.items[name].options if name in self.names.items else ()
        code = options[0].code if options else "option"
        return {
            "choice": f"Compare it, such as {name} == '{code}'.",
            "choices": f"Ask what it holds, such as '{code}' in {name}.",
            "sites": f"Ask what it holds, such as '{code}' in {name}.",
            "grid": f"Measure it, such as lowest({name}) < 4.",
            "mix": f"Measure it, such as share({name}, '{code}') > 50.",
            "text": "Words cannot be reasoned about; only answered(…) may name them.",
            "activities": f"Only answered({name}) may name it.",
        }.get(kind, f"Compare it with a number, such as {name} > 0.")

    def _sentence_call(self, tree: ast.Call) -> Sentence:
        function, arguments = self._call(tree)
        if function in ("yes", "no"):
            self._expect(function, arguments, 0)
            return nodes.Always(1 if function == "yes" else -1)
        if function in ("unknown", "known", "answered"):
            self._expect(function, arguments, 1)
            known = self._known(arguments[0])
            return nodes.Not(known) if function == "unknown" else known
        if function == "at_least":
            return self._at_least(arguments)
        raise CriterionError(f"{function}(…) is a number; compare it, such as {function}(…) > 0.")

    def _known(self, tree: ast.expr) -> Sentence:
        if isinstance(tree, ast.Name) and tree.id in self.names.items and tree.id not in self.names.findings:
            return nodes.Answered(tree.id)
        if isinstance(tree, ast.Name) and tree.id in self.names.derived:
            return nodes.KnownNumber(self.names.derived_number(tree.id))
        return nodes.Known(self.sentence(tree))

    def _at_least(self, arguments: list[ast.expr]) -> Sentence:
        if len(arguments) < 2 or not _is_number(arguments[0], whole=True):
            raise CriterionError("at_least(…) needs a whole number and then what to count: at_least(2, a, b, c).")
        wanted, parts = arguments[0].value, tuple(self.sentence(part) for part in arguments[1:])  # type: ignore[attr-defined]
        if not 1 <= wanted <= len(parts):
            raise CriterionError(f"at_least({wanted}, …) counts {len(parts)} things: ask for 1 to {len(parts)}.")
        return nodes.AtLeast(wanted, parts)

    # Comparisons

    def _comparison(self, tree: ast.Compare) -> Sentence:
        sides = [tree.left, *tree.comparators]
        links = zip(sides, tree.ops, sides[1:], strict=False)
        parts = tuple(self._link(left, _COMPARED.get(type(op), ""), right) for left, op, right in links)
        return parts[0] if len(parts) == 1 else nodes.All(parts)

    def _link(self, left: ast.expr, operator: str, right: ast.expr) -> Sentence:
        if not operator:
            raise CriterionError("'is' is not part of the language; use ==.")
        if operator in ("in", "not in"):
            found = self._membership(left, right)
            return nodes.Not(found) if operator == "not in" else found
        if _is_text(left) and isinstance(right, ast.Name):
            left, right = right, left
        if _is_text(right):
            return self._choice(left, operator, right)
        return nodes.Compare(self.number(left), operator, self.number(right))

    def _membership(self, left: ast.expr, right: ast.expr) -> Sentence:
        if _is_text(left):
            item = self._item(right, ("choices", "sites"), "'code' in …")
            return nodes.Holds(item, self._option(item, left))
        if not isinstance(right, ast.Tuple | ast.List | ast.Set):
            raise CriterionError("write 'code' in item, or item in ('a', 'b').")
        if isinstance(left, ast.Name) and left.id in self.names.items and self.names.items[left.id].options:
            return self._one_of(self._item(left, ("choice",), "… in ('a', 'b')"), right.elts)
        number = self.number(left)
        return nodes.Any(tuple(nodes.Compare(number, "==", self.number(value)) for value in right.elts))

    def _choice(self, left: ast.expr, operator: str, right: ast.expr) -> Sentence:
        if operator not in ("==", "!="):
            raise CriterionError(f"options have no order: use == or in, not {operator}.")
        found = self._one_of(self._item(left, ("choice",), "… == 'code'"), [right])
        return nodes.Not(found) if operator == "!=" else found

    def _item(self, tree: ast.expr, types: tuple[str, ...], form: str) -> Item:
        if not isinstance(tree, ast.Name):
            raise CriterionError(f"{_shown(tree)} cannot be used as {form}: name an item there.")
        item = self.names.items.get(tree.id)
        if item is None and tree.id not in self.names.findings:
            self._what(tree.id)  # complains of a name there is not
        if item is None or item.type not in types:
            kind = item.type if item else "finding"
            cure = "It stands alone." if kind in ("flag", "finding") else self._cure(tree.id)
            raise CriterionError(f"'{tree.id}' is a {kind} and cannot be used as {form}. {cure}")
        return item

    def _one_of(self, item: Item, codes: list[ast.expr]) -> Sentence:
        return nodes.OneOf(item, frozenset(self._option(item, code) for code in codes))

    def _option(self, item: Item, tree: ast.expr) -> str:
        if not _is_text(tree):
            raise CriterionError(f"{_shown(tree)} is not an option of {item.id}: options are words in quotes.")
        code = tree.value  # type: ignore[attr-defined]
        for option in item.options:
            if option.code == code and option.unknown:
                raise CriterionError(f"'{code}' of {item.id} means unknown: write unknown({item.id}).")
            if option.code == code:
                return code
        codes = [option.code for option in item.options]
        cure = did_you_mean(code, codes) or f" It has {', '.join(codes)}."
        raise CriterionError(f"'{code}' is not an option of {item.id}.{cure}")

    # Numbers

    def number(self, tree: ast.expr) -> NumberNode:
        if _is_number(tree):
            return measures.Constant(tree.value)  # type: ignore[attr-defined]
        if isinstance(tree, ast.Name):
            return self._named_number(tree.id)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub | ast.UAdd):
            part = self.number(tree.operand)
            return measures.Negative(part) if isinstance(tree.op, ast.USub) else part
        if isinstance(tree, ast.BinOp):
            return self._arithmetic(tree)
        if isinstance(tree, ast.Call):
            return self._number_call(tree)
        raise CriterionError(f"{_shown(tree)} is not a number.")

    def _named_number(self, name: str) -> NumberNode:
        if name in self.names.derived:
            return self.names.derived_number(name)
        if name in self.names.items and self.names.items[name].type in _MEASURED:
            return measures.NumberAnswer(name)
        if name in self.names.findings:
            raise CriterionError(f"the finding '{name}' is not a number. It stands alone.")
        what = self._what(name)
        kind = self.names.items[name].type
        raise CriterionError(f"{what} is not a number. {'It stands alone.' if kind == 'flag' else self._cure(name)}")

    def _arithmetic(self, tree: ast.BinOp) -> NumberNode:
        if isinstance(tree.op, ast.Pow):
            if not (_is_number(tree.right, whole=True) and 1 <= tree.right.value <= 4):  # type: ignore[attr-defined]
                raise CriterionError("a power must be a whole number from 1 to 4.")
            return measures.Power(self.number(tree.left), tree.right.value)  # type: ignore[attr-defined]
        operator = _ARITHMETIC.get(type(tree.op))
        if operator is None:
            raise CriterionError(f"{_shown(tree)} uses arithmetic that is not + - * / or **.")
        return measures.Arithmetic(self.number(tree.left), operator, self.number(tree.right))

    def _number_call(self, tree: ast.Call) -> NumberNode:
        function, arguments = self._call(tree)
        if function == "share":
            self._expect(function, arguments, 2)
            mix = self._item(arguments[0], ("mix",), "share(mix, 'option')")
            return measures.Share(mix.id, self._option(mix, arguments[1]))
        if function in ("lowest", "below", "rows_below", "sides_below"):
            return self._grid(function, arguments)
        raise CriterionError(f"{function}(…) is met or not met; it is not a number.")

    def _grid(self, function: str, arguments: list[ast.expr]) -> NumberNode:
        self._expect(function, arguments, 1 if function == "lowest" else 2)
        grid = self._item(arguments[0], ("grid",), f"{function}(grid …)")
        if function == "lowest":
            return measures.GridNumber("lowest", grid.id)
        if not _is_number(arguments[1]):
            raise CriterionError(f"{function}({grid.id}, …) needs a number written out.")
        return measures.GridNumber(function, grid.id, arguments[1].value)  # type: ignore[attr-defined, arg-type]

    def _call(self, tree: ast.Call) -> tuple[str, list[ast.expr]]:
        if not isinstance(tree.func, ast.Name) or tree.keywords or any(isinstance(a, ast.Starred) for a in tree.args):
            raise CriterionError(f"{_shown(tree)} is not a call of the language.")
        if tree.func.id not in FUNCTIONS:
            raise CriterionError(f"calls {tree.func.id}(…), which there is not.{did_you_mean(tree.func.id, FUNCTIONS)}")
        return tree.func.id, tree.args

    def _expect(self, function: str, arguments: list[ast.expr], wanted: int) -> None:
        if len(arguments) != wanted:
            raise CriterionError(f"{function}(…) takes {wanted} argument{'s' * (wanted != 1)}, not {len(arguments)}.")


FUNCTIONS = (
    "yes", "no", "unknown", "known", "answered", "at_least", "share", "lowest", "below", "rows_below", "sides_below",
)  # fmt: skip
"""Every function of the language."""


def _is_text(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and isinstance(tree.value, str)


def _is_number(tree: ast.expr, whole: bool = False) -> bool:
    kinds = (int,) if whole else (int, float)
    return isinstance(tree, ast.Constant) and isinstance(tree.value, kinds) and not isinstance(tree.value, bool)


def _shown(tree: ast.expr) -> str:
    text = ast.unparse(tree)
    return f"‘{text if len(text) <= 60 else text[:57] + '…'}’"
