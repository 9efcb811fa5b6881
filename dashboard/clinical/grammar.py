"""The grammar of criteria: a parsed expression, whitelisted, as nodes of a circuit."""

from __future__ import annotations

import ast

from dashboard.clinical.formulas import CriterionError, Formulas, Nameable, is_number, is_text, shown
from dashboard.clinical.vocabulary import Item

_COMPARED = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_LONGEST = 4000


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


class Grammar(Formulas):
    """Turns one parsed expression into a sentence, refusing everything not on the whitelist."""

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
        raise CriterionError(f"{shown(tree)} is not something that is met or not met.")

    def _named_sentence(self, name: str) -> int:
        if name in self.names.findings:
            return self.names.finding(name).place
        if name in self.names.items and self.names.items[name].type == "flag":
            return self._node("flag", item=name)
        raise CriterionError(f"{self._what(name)} cannot stand alone. {self._cure(name)}")

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
        if len(arguments) < 2 or not is_number(arguments[0], whole=True):
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
        if is_text(left) and isinstance(right, ast.Name):
            left, right = right, left
        if is_text(right):
            return self._choice(left, operator, right)
        return self._compared(self.number(left), operator, self.number(right))

    def _membership(self, left: ast.expr, right: ast.expr) -> int:
        if is_text(left):
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

    def _one_of(self, item: Item, codes: list[ast.expr]) -> int:
        return self._node("one_of", item=item.id, argument=frozenset(self._option(item, code) for code in codes))
