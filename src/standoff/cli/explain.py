"""``standoff explain``: the terms of any number of a run, the rule that set it, and what bound it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from standoff.results.explain_terms import Explanation
    from standoff.results.result import Result

SIGNS = {
    "en": {"plus": "+", "minus": "-", "times": "x", "over": "/", "at most": "at most", "at least": "at least"},
    "zh": {"plus": "+", "minus": "-", "times": "x", "over": "/", "at most": "至多", "at least": "至少"},
}
HEADINGS = {
    "en": {"rule": "rule", "bound": "<- bound it", "next": "next", "source": "source"},
    "zh": {"rule": "规则", "bound": "<- 约束项", "next": "下一步", "source": "来源"},
}
MOST_ROOTS = 15
"""Lines of a table that are printed; ``--json`` has all."""


def explain(
    result: Annotated[str, typer.Argument(metavar="RESULT", help="A result.nc, or the name of a scenario to run.")],
    variable: Annotated[
        str,
        typer.Argument(
            metavar="VARIABLE", help="A variable of the result, such as unmet; none for what losses go back to."
        ),
    ] = "",
    label: Annotated[str, typer.Argument(metavar="LABEL", help="Whose number; two labels are joined by ' @ '.")] = "",
    when: Annotated[str, typer.Argument(metavar="WHEN", help="A day within the run.")] = "",
    world: Annotated[str, typer.Option("--world", metavar="NAME|PATH", help="Another world than the scenario's.")] = "",
    trace: Annotated[bool, typer.Option("--trace", help="Follow what bound it upstream, in words.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else.")] = False,
    lang: Annotated[str, typer.Option("--lang", help="Language of the words: en or zh.")] = "en",
) -> None:
    """Say where a number comes from: its terms, the rule that set it, and what bound it. With RESULT alone: what all losses go back to."""
    from standoff.errors import nearest, refuse
    from standoff.results.explain import Explainer, as_plain, in_words

    if lang not in HEADINGS:
        raise refuse("--lang", why="there is no such language here", cure=nearest(lang, HEADINGS), value=lang)
    if not variable:
        _tell_losses(_result(result, world), lang=lang, as_json=as_json)
        return
    if not (label and when):
        raise refuse(
            "explain", why="whose number and when are missing", cure=f"Write: explain {result} {variable} LABEL WHEN"
        )
    explainer = Explainer(_result(result, world))
    chain = explainer.trace(variable, label, when) if trace else [explainer.explain(variable, label, when)]
    if as_json:
        plain = [as_plain(each, lang=lang) for each in chain]
        content = {"chain": plain} if trace else plain[0]
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
    elif trace:
        for each in chain:
            typer.echo(in_words(each, lang=lang))
    else:
        for line in _lines(
            chain[0], result=f"{result} --world {world}" if world else result, dates=explainer.result.dates, lang=lang
        ):
            typer.echo(line)


def _result(name: str, world: str) -> Result:
    """The result in a file, done again, or a scenario run."""
    from standoff.simulate.api import rerun, run

    chosen = world or None
    return rerun(name, world=chosen) if Path(name).suffix == ".nc" else run(name, world=chosen)


def wide(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese characters take two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


def _tell_losses(result: Result, *, lang: str, as_json: bool) -> None:
    """What unmet use and lost output go back to, as tables or as one JSON object."""
    from dataclasses import asdict

    found = {
        name: result.attribution.parts(producers=producers)
        for name, producers in (("loss_roots", False), ("output_roots", True))
    }
    if as_json:
        typer.echo(json.dumps({name: [asdict(part) for part in parts] for name, parts in found.items()}, indent=2))
        return
    from standoff.results.numbers import Numbers
    from standoff.results.words import read_words

    words = read_words(lang)
    numbers = Numbers(words)
    for name, parts in found.items():
        typer.echo(f"{words.say(f'use.{name}')}: {numbers.money(sum(part.usd for part in parts))}")
        for part in parts[:MOST_ROOTS]:
            border = f"{part.origin} > {part.destination}" if part.origin else ""
            what = "  ".join(each for each in (part.measure, part.product, border) if each)
            share = numbers.percent(part.share)
            typer.echo(f"  {share:>8}  {numbers.usd(part.usd):>18}  {words.family('cause', part.cause)}  {what}")
        if len(parts) > MOST_ROOTS:
            typer.echo("  ...")


def _lines(explanation: Explanation, *, result: str, dates: object, lang: str) -> list[str]:
    from standoff.results.explain import in_words, term_name

    heading, signs = HEADINGS[lang], SIGNS[lang]
    names = [term_name(term.name, lang=lang) for term in explanation.terms]
    width = max(map(wide, names))
    lines = [in_words(explanation, lang=lang), f"  {heading['rule']}: {explanation.rule}"]
    for name, term in zip(names, explanation.terms, strict=True):
        mark = f"  {heading['bound']}" if term is explanation.binding else ""
        sign = " " * (8 - wide(signs[term.enters])) + signs[term.enters]
        lines.append(f"  {sign}  {name}{' ' * (width - wide(name))}  {term.value:>14.6g}{mark}")
    lines.append(f"  {'=':>8}  {'':<{width}}  {explanation.recombine():>14.6g}")
    lines += [f"  {heading['source']}: {source}" for source in explanation.sources]
    if explanation.upstream is not None:
        asked = explanation.upstream
        day = dates[asked.step]  # type: ignore[index]
        lines.append(f'  {heading["next"]}: standoff explain {result} {asked.variable} "{asked.label}" {day}')
    return lines
