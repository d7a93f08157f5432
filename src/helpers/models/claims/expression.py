"""The safe evaluator of checks: Python's expression syntax, read by `ast`, with an allow-list and no `eval`.

Allowed: numbers and texts, + - * / **, comparisons, and / or / not, and calls by name of the functions given.
Nothing else exists in a check: no attributes, indices, loops, lambdas, names of the program.
"""

import ast

from helpers.models.claims import intervals
from helpers.models.claims.values import CheckError, NotYetKnown, Truth, Word, exactly, kind_of
from helpers.models.claims.wording import COMPARED_NUMBERS

LONGEST = 600
MOST_NODES = 120
LARGEST = 1e30
OPERATORS = ("Add", "Sub", "Mult", "Div", "Pow")
# Functions that take what is known of their arguments and go without the rest.
TOLERANT = ("spread", "first_known", "known_parts")


def parse(text: str) -> ast.expr:
    """The tree of a check; CheckError when it is too long, not an expression, or not a text at all."""
    if not isinstance(text, str) or not text.strip():
        raise CheckError("an expression is expected, found nothing")
    if len(text) > LONGEST:
        raise CheckError(f"at most {LONGEST} characters are allowed, found {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise CheckError(f"not an expression: {text!r} ({fault})") from None
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise CheckError(f"at most {MOST_NODES} parts are allowed")
    return tree.body


def evaluate(text: str, functions: dict):
    """The value of a check: a Quantity, Day, Word or Truth.

    functions: what a check may call, by name. Raises CheckError for a check that cannot run, NotYetKnown when it
    is sound and nothing published by then answers it.
    """
    return _value(parse(text), functions)


def names_called(text: str) -> set[str]:
    """The functions that a check calls."""
    return {
        node.func.id
        for node in ast.walk(parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _value(node: ast.expr, functions: dict):
    handler = _HANDLERS.get(type(node))
    if handler is None:
        raise CheckError(
            f"{type(node).__name__.lower()} is not allowed in a check: {ast.unparse(node)[:60]!r}"
        )
    return handler(node, functions)


def _constant(node: ast.Constant, functions: dict):
    if isinstance(node.value, bool):
        return Truth(node.value)
    if isinstance(node.value, int | float):
        if abs(node.value) > LARGEST:
            raise CheckError(f"a number beyond {LARGEST:g}")
        return exactly(node.value)
    if isinstance(node.value, str):
        return Word(node.value)
    raise CheckError(f"{type(node.value).__name__} is not allowed in a check: {node.value!r}")


def _unary(node: ast.UnaryOp, functions: dict):
    value = _value(node.operand, functions)
    if isinstance(node.op, ast.Not):
        return intervals.negate(_as_truth(value, "not"))
    if isinstance(node.op, ast.USub):
        return intervals.combine("Mult", value, exactly(-1))
    raise CheckError(f"{type(node.op).__name__} is not allowed in a check")


def _binary(node: ast.BinOp, functions: dict):
    operator = type(node.op).__name__
    if operator not in OPERATORS:
        raise CheckError(f"{operator} is not allowed in a check")
    return intervals.combine(operator, _value(node.left, functions), _value(node.right, functions))


def _comparison(node: ast.Compare, functions: dict) -> Truth:
    values = [_value(part, functions) for part in (node.left, *node.comparators)]
    truths = []
    for operator, left, right in zip(node.ops, values, values[1:], strict=False):
        name = type(operator).__name__
        if name not in COMPARED_NUMBERS:
            raise CheckError(f"{name} is not allowed in a check")
        truths.append(intervals.compare(name, left, right))
    return truths[0] if len(truths) == 1 else intervals.both(truths)


def _boolean(node: ast.BoolOp, functions: dict) -> Truth:
    join, word = (intervals.both, "and") if isinstance(node.op, ast.And) else (intervals.either, "or")
    return join([_as_truth(_value(part, functions), word) for part in node.values])


def _call(node: ast.Call, functions: dict):
    if not isinstance(node.func, ast.Name):
        raise CheckError(f"only functions can be called, by name: {ast.unparse(node.func)[:60]!r}")
    name = node.func.id
    if name not in functions:
        raise CheckError(f"unknown function {name!r}; there are: {', '.join(sorted(functions))}")
    if any(isinstance(part, ast.Starred) for part in node.args) or any(
        part.arg is None for part in node.keywords
    ):
        raise CheckError(f"{name}: arguments are written out one by one")
    arguments = (
        _known(node, functions) if name in TOLERANT else [_value(part, functions) for part in node.args]
    )
    named = {part.arg: _value(part.value, functions) for part in node.keywords}
    try:
        return functions[name](*arguments, **named)
    except TypeError as fault:
        raise CheckError(f"{name}: {str(fault).split(') ')[-1].replace('<lambda>', name)}") from None
    except CheckError:
        raise
    except ValueError as fault:
        raise CheckError(f"{name}: {fault}") from None


def _known(node: ast.Call, functions: dict) -> list:
    known, missing = [], []
    for part in node.args:
        try:
            known.append(_value(part, functions))
        except NotYetKnown as fault:
            missing.append(fault)
    if not known and missing:
        days = [fault.known_from for fault in missing if fault.known_from]
        raise NotYetKnown(str(missing[0]), min(days) if days else None)
    return known


def _as_truth(value, word: str) -> Truth:
    if not isinstance(value, Truth):
        raise CheckError(f"`{word}` needs a comparison, found {kind_of(value)}")
    return value


_HANDLERS = {
    ast.Constant: _constant,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _comparison,
    ast.BoolOp: _boolean,
    ast.Call: _call,
}
