"""The grammar of criteria: a parsed expression, whitelisted, as nodes and measures of a circuit."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dashboard.clinical.circuit import Circuit
from dashboard.clinical.nodes import JoinKind, LeafKind, Measure, MeasureKind, Node
from dashboard.clinical.spelling import did_you_mean
from dashboard.clinical.vocabulary import Derived, Finding, Item

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


class Placed(Protocol):
    """Something with a place among the nodes."""

    place: int


class Nameable(Protocol):
    """What a criterion may name, and the circuit it becomes part of."""

    circuit: Circuit
    items: Mapping[str, Item]
    derived: Mapping[str, Derived]
    findings: Mapping[str, Finding]

    def finding(self, id: str) -> Placed: ...

    def derived_number(self, id: str) -> int: ...

    def known(self) -> list[str]: ...


def read_sentence(names: Nameable, text: str) -> int:
    """The place of a criterion's node; CriterionError says what is wrong with the text and the cure."""
    try:
        return Grammar(names).sentence(_parse(text))
    except RecursionError:
        raise CriterionError("is nested too deeply. Split it into findings.") from None


def read_number(names: Nameable, text: str) -> int:
    """The place of a formula's measure."""
    try:
        return Grammar(names).number(_parse(text))
    except RecursionError:
        raise CriterionError("is nested too deeply. Split it into derived values.") from None


def _parse(text: str) -> ast.expr:
    if len(text) > _LONGEST:
        raise CriterionError(f"is longer than {_LONGEST} characters. Split it into findings.")
    try:
        return ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f" near position {error.offset}" if isinstance(error, SyntaxError) and error.offset else ""
        reason = error.msg if isinstance(error, SyntaxError) else "too deep"
        raise CriterionError(f"does not read as a criterion{where} ({reason}).") from None


class Grammar:
    """Turns one parsed expression into sentences and numbers, refusing everything not on the whitelist."""

    def __init__(self, names: Nameable) -> None:
        self.names = names

    def _node(self, kind: LeafKind | JoinKind, parts: Sequence[int] = (), **given: Any) -> int:
        return self.names.circuit.add(Node(kind, tuple(parts), **given))

    def _measure(self, kind: MeasureKind, parts: Sequence[int] = (), **given: Any) -> int:
        return self.names.circuit.add_measure(Measure(kind, tuple(parts), **given))

    # Sentences

    def sentence(self, tree: ast.expr) -> int:
        if isinstance(tree, ast.BoolOp):
            parts = [self.sentence(part) for part in tree.values]
            return self._node("all" if isinstance(tree.op, ast.And) else "any", parts)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
            return self._node("not", [self.sentence(tree.operand)])
        if isinstance(tree, ast.Compare):
            return self._comparison(tree)
        if isinstance(tree, ast.Call):
            return self._sentence_call(tree)
        if isinstance(tree, ast.Name):
            return self._named_sentence(tree.id)
        raise CriterionError(f"{_shown(tree)} is not something that is met or not met.")

    def _named_sentence(self, name: str) -> int:
        if name in self.names.findings:
            return self.names.finding(name).place
        if name in self.names.items and self.names.items[name].type == "flag":
            return self._node("flag", item=name)
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

    def _sentence_call(self, tree: ast.Call) -> int:
        function, arguments = self._call(tree)
        if function in ("yes", "no"):
            self._expect(function, arguments, 0)
            return self._node("always", argument=1 if function == "yes" else -1)
        if function in ("unknown", "known", "answered"):
            self._expect(function, arguments, 1)
            known = self._known(arguments[0])
            return self._node("not", [known]) if function == "unknown" else known
        if function == "at_least":
            return self._at_least(arguments)
        raise CriterionError(f"{function}(…) is a number; compare it, such as {function}(…) > 0.")

    def _known(self, tree: ast.expr) -> int:
        if isinstance(tree, ast.Name) and tree.id in self.names.items and tree.id not in self.names.findings:
            return self._node("answered", item=tree.id)
        if isinstance(tree, ast.Name) and tree.id in self.names.derived:
            return self._node("known_number", measures=(self.names.derived_number(tree.id),))
        return self._node("known", [self.sentence(tree)])

    def _at_least(self, arguments: list[ast.expr]) -> int:
        if len(arguments) < 2 or not _is_number(arguments[0], whole=True):
            raise CriterionError("at_least(…) needs a whole number and then what to count: at_least(2, a, b, c).")
        wanted = arguments[0].value  # type: ignore[attr-defined]
        parts = [self.sentence(part) for part in arguments[1:]]
        if not 1 <= wanted <= len(parts):
            raise CriterionError(f"at_least({wanted}, …) counts {len(parts)} things: ask for 1 to {len(parts)}.")
        return self._node("at_least", parts, argument=wanted)

    # Comparisons

    def _comparison(self, tree: ast.Compare) -> int:
        sides = [tree.left, *tree.comparators]
        links = zip(sides, tree.ops, sides[1:], strict=False)
        parts = [self._link(left, _COMPARED.get(type(op), ""), right) for left, op, right in links]
        return parts[0] if len(parts) == 1 else self._node("all", parts)

    def _link(self, left: ast.expr, operator: str, right: ast.expr) -> int:
        if not operator:
            raise CriterionError("'is' is not part of the language; use ==.")
        if operator in ("in", "not in"):
            found = self._membership(left, right)
            return self._node("not", [found]) if operator == "not in" else found
        if _is_text(left) and isinstance(right, ast.Name):
            left, right = right, left
        if _is_text(right):
            return self._choice(left, operator, right)
        return self._compared(self.number(left), operator, self.number(right))

    def _membership(self, left: ast.expr, right: ast.expr) -> int:
        if _is_text(left):
            item = self._item(right, ("choices", "sites"), "'code' in …")
            return self._node("holds", item=item.id, argument=self._option(item, left))
        if not isinstance(right, ast.Tuple | ast.List | ast.Set):
            raise CriterionError("write 'code' in item, or item in ('a', 'b').")
        if isinstance(left, ast.Name) and left.id in self.names.items and self.names.items[left.id].options:
            return self._one_of(self._item(left, ("choice",), "… in ('a', 'b')"), right.elts)
        number = self.number(left)
        return self._node("any", [self._compared(number, "==", self.number(value)) for value in right.elts])

    def _compared(self, left: int, operator: str, right: int) -> int:
        return self._node("compare", argument=operator, measures=(left, right))

    def _choice(self, left: ast.expr, operator: str, right: ast.expr) -> int:
        if operator not in ("==", "!="):
            raise CriterionError(f"options have no order: use == or in, not {operator}.")
        found = self._one_of(self._item(left, ("choice",), "… == 'code'"), [right])
        return self._node("not", [found]) if operator == "!=" else found

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

    def _one_of(self, item: Item, codes: list[ast.expr]) -> int:
        return self._node("one_of", item=item.id, argument=frozenset(self._option(item, code) for code in codes))

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

    def number(self, tree: ast.expr) -> int:
        if _is_number(tree):
            return self._measure("constant", argument=float(tree.value))  # type: ignore[attr-defined]
        if isinstance(tree, ast.Name):
            return self._named_number(tree.id)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub | ast.UAdd):
            part = self.number(tree.operand)
            return self._measure("negative", [part]) if isinstance(tree.op, ast.USub) else part
        if isinstance(tree, ast.BinOp):
            return self._arithmetic(tree)
        if isinstance(tree, ast.Call):
            return self._number_call(tree)
        raise CriterionError(f"{_shown(tree)} is not a number.")

    def _named_number(self, name: str) -> int:
        if name in self.names.derived:
            return self.names.derived_number(name)
        if name in self.names.items and self.names.items[name].type in _MEASURED:
            return self._measure("answer", item=name)
        if name in self.names.findings:
            raise CriterionError(f"the finding '{name}' is not a number. It stands alone.")
        what = self._what(name)
        kind = self.names.items[name].type
        raise CriterionError(f"{what} is not a number. {'It stands alone.' if kind == 'flag' else self._cure(name)}")

    def _arithmetic(self, tree: ast.BinOp) -> int:
        if isinstance(tree.op, ast.Pow):
            if not (_is_number(tree.right, whole=True) and 1 <= tree.right.value <= 4):  # type: ignore[attr-defined]
                raise CriterionError("a power must be a whole number from 1 to 4.")
            return self._measure("power", [self.number(tree.left)], argument=tree.right.value)  # type: ignore[attr-defined]
        operator = _ARITHMETIC.get(type(tree.op))
        if operator is None:
            raise CriterionError(f"{_shown(tree)} uses arithmetic that is not + - * / or **.")
        return self._measure(operator, [self.number(tree.left), self.number(tree.right)])

    def _number_call(self, tree: ast.Call) -> int:
        function, arguments = self._call(tree)
        if function == "share":
            self._expect(function, arguments, 2)
            mix = self._item(arguments[0], ("mix",), "share(mix, 'option')")
            return self._measure("share", item=mix.id, argument=self._option(mix, arguments[1]))
        if function in ("lowest", "below", "rows_below", "sides_below"):
            return self._grid(function, arguments)
        raise CriterionError(f"{function}(…) is met or not met; it is not a number.")

    def _grid(self, function: str, arguments: list[ast.expr]) -> int:
        self._expect(function, arguments, 1 if function == "lowest" else 2)
        grid = self._item(arguments[0], ("grid",), f"{function}(grid …)")
        if function == "lowest":
            return self._measure("lowest", item=grid.id)
        if not _is_number(arguments[1]):
            raise CriterionError(f"{function}({grid.id}, …) needs a number written out.")
        return self._measure(function, item=grid.id, argument=float(arguments[1].value))  # type: ignore[attr-defined]

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
