"""``standoff determine``: may this shipment go on this day, by which rule, and what fact is missing."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from standoff.measures.cases import Answered
    from standoff.measures.register import Register
    from standoff.measures.settings import Settings


def determine(
    item: Annotated[str | None, typer.Option(help="What goes, in words: 'NdFeB magnets with dysprosium'.")] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of export, re-export or transfer.")
    ] = None,
    code: Annotated[str, typer.Option(help="Control code: 1C905, 3A090.a ...")] = "",
    origin: Annotated[str, typer.Option(help="Where it was made: CN, KR ...")] = "",
    content_percent: Annotated[
        str,
        typer.Option(
            help="Value share of listed Chinese content (with a US regime: of controlled US content), per cent."
        ),
    ] = "",
    technology: Annotated[str, typer.Option(help="Technology that it was made with: 'CN magnet making'.")] = "",
    exporter: Annotated[str, typer.Option(help="Who sends it.")] = "",
    ship_from: Annotated[str, typer.Option("--from", help="Place of dispatch.")] = "",
    ship_to: Annotated[str, typer.Option("--to", help="Destination.")] = "",
    end_user: Annotated[str, typer.Option(help="Who uses it: a name, or words such as 'civil manufacturer'.")] = "",
    end_use: Annotated[str, typer.Option(help="What for: civil, military, 'logic 14 nm' ...")] = "",
    facts: Annotated[str, typer.Option(help="Anything else: ownership, licence held, stages of making.")] = "",
    regime: Annotated[
        str, typer.Option(help="Answer for one regime: 'CN No.18/2025', 'US EAR' ... Empty: all together.")
    ] = "",
    cases: Annotated[Path | None, typer.Option(help="A CSV file of cases: prints expected against got.")] = None,
    truce: Annotated[str | None, typer.Option(help="lapse, ext_2027_01_10 (default) or ext_1y.")] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SWITCH=CHOICE", help="A reading of an open text, e.g. S2=text."),
    ] = None,
    file: Annotated[
        list[Path] | None, typer.Option("--measures", help="A measure file or folder of your own. May be repeated.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Keep only this measure. May be repeated.")] = None,
    information_date: Annotated[
        datetime | None,
        typer.Option("--as-of", "--information-date", formats=["%Y-%m-%d"], help="Hide what was announced later."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Determine one transaction, or a file of cases. Not legal advice."""
    from standoff.errors import refuse
    from standoff.measures.cases import answer_cases, read_cases, read_question, settings_from
    from standoff.measures.register import load_register

    register = load_register(ids=only or None, extra_paths=file or ())
    if information_date is not None:
        register = register.known_by(information_date.date())
    settings = settings_from(setting or (), truce)
    if cases is not None:
        _print_cases(answer_cases(read_cases(cases), register, settings, file=cases.name), as_json=as_json)
        return
    if item is None or on is None:
        raise refuse("determine", why="nothing to determine", cure="Give --item and --on, or --cases FILE.csv")
    row = {
        "date": on.date().isoformat(), "item": item, "control_code": code, "origin": origin, "value_share_pct": content_percent,
        "technology_origin": technology, "exporter": exporter, "ship_from": ship_from, "ship_to": ship_to, "end_user": end_user,
        "end_use": end_use, "facts": facts, "regime": regime,
    }  # fmt: skip
    content = _one(read_question(row), register, settings)
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        _print_one(content)


def _one(question: Any, register: Register, settings: Settings) -> dict[str, Any]:
    from dataclasses import replace

    from standoff.measures.cases import answer_question
    from standoff.measures.outlook import other_dates
    from standoff.measures.reading.report import understood

    answered = answer_question(question, register, settings)
    change_dates = register.rulebook(settings).change_dates
    dates = other_dates(
        question.on, change_dates, lambda day: answer_question(replace(question, on=day), register, settings).got
    )
    found = answered.determination
    content = found.as_dict() if found else {"on": question.on.isoformat()}
    decided = answered.decided_by
    if answered.about_jurisdiction and decided is not None:
        content["decided_by"] = {"measure": decided.measure, "limb": decided.limb, "clause": decided.clause}
        content["policy"] = ""
    return {
        **content,
        "code": answered.got,
        "missing": list(answered.missing),
        "understood": understood(question.transaction),
        "on_other_dates": [{"on": day.isoformat(), "code": code} for day, code in dates],
        "readings": list(settings.notes()),
    }


def _print_one(content: dict[str, Any]) -> None:
    typer.echo(f"{content['code']} on {content['on']}" + (f" ({content['policy']})" if content.get("policy") else ""))
    decided = content.get("decided_by")
    if decided:
        typer.echo(f"decided by {decided['measure']}, {decided['limb']}: {decided['clause']}")
    lines = {
        "understood as": "; ".join(f"{key}: {value}" for key, value in content["understood"].items()),
        "missing facts": ", ".join(content.get("missing", ())),
        "expected delay": _delay(content),
        "documents": "; ".join(content.get("documents", ())),
        "could be lighter": "; ".join(
            f"{each['rule']} ({', '.join(each['missing'])})" for each in content.get("could_lighten", ())
        ),
        "rests on the truce scenario": "yes" if content.get("rests_on_truce") else "",
        "red flags": "; ".join(content.get("red_flags", ())),
        "other dates": ", ".join(f"{each['on']}: {each['code']}" for each in content["on_other_dates"]),
        "all rules": "; ".join(f"{measure}: {code}" for measure, code in content.get("by_measure", {}).items()),
        "sources": " ".join(content.get("sources", ())),
        "status of the rule": content.get("status", ""),
    }
    for name, text in lines.items():
        if text:
            typer.echo(f"{name}: {text}")
    for reading in content["readings"]:
        typer.echo(f"reading: {reading}")
    typer.echo(content.get("disclaimer", ""))


def _delay(content: dict[str, Any]) -> str:
    working, days = content.get("expected_delay_working_days"), content.get("expected_delay_days")
    return f"{working} working days, about {days} days; the clock may stop" if days else ""


def _print_cases(answers: list[Answered], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"cases": [each.as_dict() for each in answers]}, ensure_ascii=False, indent=2))
        return
    for each in answers:
        mark = {True: "agree", False: "DIFFER", None: "open"}[each.agree]
        row = each.as_dict()
        typer.echo(
            f"{mark:<7} {row['case_id']:<6} {row['expected'] or '-':<34} {row['got']:<34} {row['decided_by'] or ''}"
        )
    scored = [each for each in answers if each.agree is not None]
    agreed = sum(each.agree is True for each in scored)
    typer.echo(
        f"{agreed} of {len(scored)} scored rows agree; {len(answers) - len(scored)} rows are open law. Not legal advice."
    )
