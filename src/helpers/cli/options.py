"""Options that several commands take, and what is read from them."""

from collections.abc import Iterable
from typing import Annotated

import typer

AsOf = Annotated[str, typer.Option(help="Knowledge date (ISO), or latest.")]
Scenario = Annotated[str, typer.Option(help="A scenario of data/scenarios.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="A notebook parameter, or page.NAME=VALUE."),
]


def named_values(texts: Iterable[str] | None) -> dict[str, str]:
    """The values of `-p NAME=VALUE` by name. Raises ParameterError for a text without a name or without `=`."""
    values = {}
    for text in texts or ():
        name, found, value = text.partition("=")
        if not found or not name.strip():
            from helpers.parameters import ParameterError  # with pandas: only where it is wanted

            raise ParameterError(f"-p {text}: expected NAME=VALUE")
        values[name.strip()] = value.strip()
    return values
