"""The numbers of the criteria language: names, arithmetic, grids and mixes, whitelisted, as measures of a circuit."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from dashboard.clinical.circuit import Circuit
from dashboard.clinical.nodes import JoinKind, LeafKind, Measure, MeasureKind, Node
from dashboard.clinical.spelling import did_you_mean
from dashboard.clinical.vocabulary import Derived, Finding, Item

FUNCTIONS = (
    "yes", "no", "unknown", "known", "answered", "at_least", "share", "first_known", "lowest", "below", "rows_below",
    "sides_below",
)  # fmt: skip
"""Every function of the language."""
_ARITHMETIC: dict[type[ast.operator], MeasureKind] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_MEASURED = ("integer", "decimal")


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


class Formulas:
    """Turns parsed expressions into numbers, refusing everything not on the whitelist."""

    def __init__(self, names: Nameable) -> None:
        self.names = names

    def _node(self, kind: LeafKind | JoinKind, parts: Sequence[int] = (), **given: Any) -> int:
        return self.names.circuit.add(Node(kind, tuple(parts), **given))

    def _measure(self, kind: MeasureKind, parts: Sequence[int] = (), **given: Any) -> int:
        return self.names.circuit.add_measure(Measure(kind, tuple(parts), **given))

    def number(self, tree: ast.expr) -> int:
        if is_number(tree):
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
        raise CriterionError(f"{shown(tree)} is not a number.")

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
            if not (is_number(tree.right, whole=True) and 1 <= tree.right.value <= 4):  # type: ignore[attr-defined]
                raise CriterionError("a power must be a whole number from 1 to 4.")
            return self._measure("power", [self.number(tree.left)], argument=tree.right.value)  # type: ignore[attr-defined]
        operator = _ARITHMETIC.get(type(tree.op))
        if operator is None:
            raise CriterionError(f"{shown(tree)} uses arithmetic that is not + - * / or **.")
        return self._measure(operator, [self.number(tree.left), self.number(tree.right)])

    def _number_call(self, tree: ast.Call) -> int:
        function, arguments = self._call(tree)
        if function == "share":
            self._expect(function, arguments, 2)
            mix = self._item(arguments[0], ("mix",), "share(mix, 'option')")
            return self._measure("share", item=mix.id, argument=self._option(mix, arguments[1]))
        if function == "first_known":
            self._expect(function, arguments, 2)
            return self._measure("first_known", [self.number(part) for part in arguments])
        if function in ("lowest", "below", "rows_below", "sides_below"):
            return self._grid(function, arguments)
        raise CriterionError(f"{function}(…) is met or not met; it is not a number.")

    def _grid(self, function: str, arguments: list[ast.expr]) -> int:
        self._expect(function, arguments, 1 if function == "lowest" else 2)
        grid = self._item(arguments[0], ("grid",), f"{function}(grid …)")
        if function == "lowest":
            return self._measure("lowest", item=grid.id)
        if not is_number(arguments[1]):
            raise CriterionError(f"{function}({grid.id}, …) needs a number written out.")
        threshold = float(arguments[1].value)  # type: ignore[attr-defined]
        return self._measure(cast(MeasureKind, function), item=grid.id, argument=threshold)

    def _call(self, tree: ast.Call) -> tuple[str, list[ast.expr]]:
        if not isinstance(tree.func, ast.Name) or tree.keywords or any(isinstance(a, ast.Starred) for a in tree.args):
            raise CriterionError(f"{shown(tree)} is not a call of the language.")
        if tree.func.id not in FUNCTIONS:
            raise CriterionError(f"calls {tree.func.id}(…), which there is not.{did_you_mean(tree.func.id, FUNCTIONS)}")
        return tree.func.id, tree.args

    def _expect(self, function: str, arguments: list[ast.expr], wanted: int) -> None:
        if len(arguments) != wanted:
            raise CriterionError(f"{function}(…) takes {wanted} argument{'s' * (wanted != 1)}, not {len(arguments)}.")

    # Names, items and options

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

    def _item(self, tree: ast.expr, types: tuple[str, ...], form: str) -> Item:
        if not isinstance(tree, ast.Name):
            raise CriterionError(f"{shown(tree)} cannot be used as {form}: name an item there.")
        item = self.names.items.get(tree.id)
        if item is None and tree.id not in self.names.findings:
            self._what(tree.id)  # complains of a name there is not
        if item is None or item.type not in types:
            kind = item.type if item else "finding"
            cure = "It stands alone." if kind in ("flag", "finding") else self._cure(tree.id)
            raise CriterionError(f"'{tree.id}' is a {kind} and cannot be used as {form}. {cure}")
        return item

    def _option(self, item: Item, tree: ast.expr) -> str:
        if not is_text(tree):
            raise CriterionError(f"{shown(tree)} is not an option of {item.id}: options are words in quotes.")
        code = str(tree.value)  # type: ignore[attr-defined]
        for option in item.options:
            if option.code == code and option.unknown:
                raise CriterionError(f"'{code}' of {item.id} means unknown: write unknown({item.id}).")
            if option.code == code:
                return code
        codes = [option.code for option in item.options]
        cure = did_you_mean(code, codes) or f" It has {', '.join(codes)}."
        raise CriterionError(f"'{code}' is not an option of {item.id}.{cure}")


def is_text(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and isinstance(tree.value, str)


def is_number(tree: ast.expr, whole: bool = False) -> bool:
    kinds = (int,) if whole else (int, float)
    return isinstance(tree, ast.Constant) and isinstance(tree.value, kinds) and not isinstance(tree.value, bool)


def shown(tree: ast.expr) -> str:
    text = ast.unparse(tree)
    return f"‘{text if len(text) <= 60 else text[:57] + '…'}’"
