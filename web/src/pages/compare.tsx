// Compare: two to four scenarios beside each other. The first is the one on Explore, with its levers.
import { useMemo } from "preact/hooks";
import type { Place } from "../ask";
import type { Run, Start } from "../generated/api";
import { Lines, type Series } from "../parts/lines";
import { Problems } from "../parts/problems";
import { useRun, type Names } from "../store";
import { useWords } from "../words";

interface Props {
  start: Start;
  names: Names;
  place: Place;
  go: (place: Place) => void;
}

const MOST = 3;
const LETTERS = ["A", "B", "C", "D"];

export function ComparePage({ start, names, place, go }: Props) {
  const words = useWords();
  const { t, of, money, percent, maybe } = words;
  const others = place.others.length ? place.others.slice(0, MOST) : start.scenarios.map((each) => each.name).filter((name) => name !== place.ask.scenario).slice(0, 1);
  const asks = [place.ask, ...others.map((name) => ({ scenario: name, changes: {}, world: place.ask.world }))];
  const answers = [useRun(asks[0] ?? null), useRun(asks[1] ?? null), useRun(asks[2] ?? null), useRun(asks[3] ?? null)].slice(0, asks.length);
  const runs = answers.map((answer) => answer.run).filter((run): run is Run => run !== null);
  const set = (next: string[]) => go({ ...place, others: next });
  const titles = asks.map((ask, at) => `${LETTERS[at]}: ${of(start.scenarios.find((each) => each.name === ask.scenario)?.title, ask.scenario)}${Object.keys(ask.changes).length ? ` (${t("with_levers")})` : ""}`);
  const ready = runs.length === asks.length;
  const sum = (run: Run) => Object.values(run.lines.unmet).reduce<number[]>((total, values) => values.map((value, step) => value + (total[step] ?? 0)), []);
  const series = useMemo<Series[]>(() => runs.map((run, at) => ({ key: LETTERS[at]?.toLowerCase() ?? "", label: LETTERS[at] ?? "", values: sum(run) })), [runs.map((run) => run.id).join(), titles.join(), words]);
  const refusal = answers.find((answer) => answer.refusal)?.refusal;
  const sides = [...new Set(runs.flatMap((run) => Object.keys(run.numbers.unmet)))];
  const rows: Row[] = [
    [t("card_first_stop"), (run) => (run.numbers.first_stop ? `${words.weeks(run.numbers.first_stop.weeks)} (${of(names.consumer(run.numbers.first_stop.where))})` : t("no_stop"))],
    ...sides.map((side): Row => [`${t("card_unmet")}: ${maybe(`side_${side}`, side)}`, (run) => money(run.numbers.unmet[side] ?? 0)]),
    [t("card_unserved"), (run) => (run.numbers.unserved === null ? t("none") : percent(run.numbers.unserved))],
    [t("card_waiting_peak"), (run) => (run.numbers.waiting ? percent(run.numbers.waiting.share) : t("none"))],
  ];
  const lines = Object.keys(runs[0]?.ledger[sides[0] ?? ""] ?? {});
  const touched = (side: string, line: string) => runs.some((run) => Math.abs(run.ledger[side]?.[line] ?? 0) > 0.5);
  const ledgerOf = (side: string): Row[] =>
    lines.filter((line) => touched(side, line)).map((line) => [maybe(`line_${line}`, line), (run) => money(run.ledger[side]?.[line] ?? 0)]);
  return (
    <div class="single wide">
      <h1>{t("page_compare")}</h1>
      <p class="what">{t("compare_what")}</p>
      <ol class="compared">
        <li>{titles[0]?.slice(3)}</li>
        {others.map((name, at) => (
          <li key={at}>
            <label>
              <span class="hidden">{t("scenario")} {LETTERS[at + 1]}</span>
              <select value={name} onChange={(event) => set(others.map((each, index) => (index === at ? event.currentTarget.value : each)))}>
                {start.scenarios.map((each) => <option key={each.name} value={each.name}>{of(each.title)}</option>)}
              </select>
            </label>{" "}
            {others.length > 1 && <button type="button" class="quiet" onClick={() => set(others.filter((_, index) => index !== at))}>{t("remove")}</button>}
          </li>
        ))}
      </ol>
      {others.length < MOST && <button type="button" onClick={() => set([...others, start.scenarios[0]?.name ?? ""])}>{t("add_scenario")}</button>}
      {refusal && <Problems refusal={refusal} />}
      {ready && runs[0] && (
        <>
          <Rows caption={t("numbers")} head={titles} rows={rows} runs={runs} />
          <Lines graph="unmet" start={runs[0].scenario.start} stepDays={runs[0].scenario.step_days} series={series} sentence={t("compare_sentence", { list: runs.map((run, at) => `${LETTERS[at]} ${money(Object.values(run.numbers.unmet).reduce((a, b) => a + b, 0))}`).join(", ") })} />
          <h2>{t("ledgers")}</h2>
          {sides.map((side) => <Rows key={side} caption={t("ledger_of", { side: maybe(`side_${side}`, side) })} head={titles} rows={ledgerOf(side)} runs={runs} />)}
          <p class="what">{t("ledgers_note")}</p>
        </>
      )}
    </div>
  );
}

type Row = [string, (run: Run) => string];

function Rows({ caption, head, rows, runs }: { caption: string; head: string[]; rows: Row[]; runs: Run[] }) {
  const { t } = useWords();
  if (!rows.length) return <p><strong>{caption}</strong><br />{t("no_loss")}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead><tr><th scope="col">{t("line")}</th>{head.map((title, at) => <th scope="col" key={at}>{LETTERS[at]}<span class="roomy">{title.slice(1)}</span></th>)}</tr></thead>
        <tbody>{rows.map(([name, show]) => <tr key={name}><th scope="row">{name}</th>{runs.map((run, at) => <td key={at}>{show(run)}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}
