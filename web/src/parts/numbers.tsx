// The four big numbers, each with its definition and what changed against the scenario as published.
import type { Run } from "../generated/api";
import { dateAt } from "./lines";
import type { Names } from "../store";
import { useWords, type Key } from "../words";

interface Props {
  run: Run;
  published: Run | null;
  names: Names;
  bands: Record<string, number[]> | null;
}

export function Numbers({ run, published, names, bands }: Props) {
  const words = useWords();
  const { t, money, percent, number } = words;
  const now = run.numbers;
  const before = published && published.id !== run.id ? published.numbers : null;
  const sides = Object.keys(now.unmet);
  return (
    <section class="numbers" aria-label={t("numbers")}>
      <Card id="first_stop" value={now.first_stop ? number(now.first_stop.weeks) : t("none")} unit={now.first_stop ? t("weeks") : ""} definition="def_first_stop"
        note={now.first_stop ? words.of(names.consumer(now.first_stop.where)) : t("no_stop")}
        change={before && changeOf(before.first_stop?.weeks ?? null, now.first_stop?.weeks ?? null, (each) => words.weeks(each), t)} />
      <div class="card" id="unmet_sides">
        <h3>{t("card_unmet")}</h3>
        <dl class="sides">
          {sides.map((side) => (
            <div key={side}>
              <dt><i class={`key ${side}`} aria-hidden="true" />{words.maybe(`side_${side}`, side)}</dt>
              <dd>
                {money(now.unmet[side] ?? 0)}
                {(bands?.[side]?.[2] ?? 0) > 0.5 && <small>{t("band_of", { low: money(bands?.[side]?.[0] ?? 0), high: money(bands?.[side]?.[2] ?? 0) })}</small>}
                {before && before.unmet[side] !== now.unmet[side] && <small class="change">{t("was", { value: money(before.unmet[side] ?? 0) })}</small>}
              </dd>
            </div>
          ))}
        </dl>
        <Definition name="def_unmet" />
      </div>
      <Card id="unserved" value={now.unserved === null ? t("none") : percent(now.unserved)} unit="" definition="def_unserved" note={now.unserved === null ? t("no_controlled_magnets") : ""}
        change={before && changeOf(before.unserved, now.unserved, percent, t)} />
      <Card id="waiting_peak" value={now.waiting ? percent(now.waiting.share) : t("none")} unit="" definition="def_waiting"
        note={now.waiting ? t("at_worst", { date: words.date(dateAt(run.scenario.start, run.scenario.step_days, now.waiting.step).toISOString().slice(0, 10)) }) : t("no_licence")}
        change={before && changeOf(before.waiting?.share ?? null, now.waiting?.share ?? null, percent, t)} />
    </section>
  );
}

interface CardProps {
  id: string;
  value: string;
  unit: string;
  note: string;
  definition: Key;
  change: string | null;
}

function Card({ id, value, unit, note, definition, change }: CardProps) {
  const { t } = useWords();
  return (
    <div class="card" id={id}>
      <h3>{t(`card_${id}` as Key)}</h3>
      <p class="big">{value} <small>{unit}</small></p>
      {note && <p class="note">{note}</p>}
      {change && <p class="change">{change}</p>}
      <Definition name={definition} />
    </div>
  );
}

function Definition({ name }: { name: Key }) {
  const { t } = useWords();
  return (
    <details class="definition">
      <summary>{t("definition")}</summary>
      <p>{t(name)}</p>
    </details>
  );
}

function changeOf(before: number | null, now: number | null, show: (value: number) => string, t: (key: Key, values?: Record<string, string>) => string): string | null {
  if (before === now) return null;
  return t("was", { value: before === null ? t("none") : show(before) });
}

