// Levers: rows of levers.csv. Numbers of how a measure is run stand once for each measure of the scenario.
import type { ComponentChildren } from "preact";
import { changed, type Ask } from "../ask";
import type { Json, Lever, Run, Start } from "../generated/api";
import { useWords, type Key, type Speech } from "../words";

interface Props {
  start: Start;
  ask: Ask;
  published: Run | null;
  setAsk: (ask: Ask, mark?: string) => void;
}

const GROUPS = ["buyers", "routes", "rules", "law", "definitions"];

export function Levers({ start, ask, published, setAsk }: Props) {
  const levers = start.levers;
  const words = useWords();
  const { t } = words;
  const set = (key: string, value: Json | undefined) => setAsk(changed(ask, key, value), key);
  const run = levers.filter((lever) => lever.kind === "administration");
  // A rule that is not chosen by hand is that of the rule set.
  const ruled = start.rule_sets[String(ask.changes.rules ?? "standoff")] ?? {};
  const measures = [...new Set((published?.administration ?? []).map((regime) => regime.measure))];
  const one = (lever: Lever, key: string, found: Fact) => <One key={key} lever={lever} id={key} value={ask.changes[key]} fact={found} set={(value) => set(key, value)} />;
  return (
    <>
      {measures.map((measure, index) => (
        <Group key={measure} title={`${t("group_licensing")}: ${measure}`} open={index === 0}>
          {run.map((lever) => {
            const found = factOf(lever, measure, published as Run);
            return found && one(lever, `${measure}.${lever.key}`, found);
          })}
        </Group>
      ))}
      {GROUPS.map((group) => (
        <Group key={group} title={t(`group_${group}` as Key)} open={group === "buyers"}>
          {levers.filter((lever) => lever.group === group).map((lever) => one(lever, lever.key, { value: ruled[lever.key] ?? lever.default ?? "", range: lever.range, status: lever.status, source: lever.source }))}
        </Group>
      ))}
    </>
  );
}

interface Fact {
  value: number | string;
  range: [number, number] | null;
  status: string;
  source: string;
}

// The published number of a measure: that of its licences; for look-alikes that of its holds.
function factOf(lever: Lever, measure: string, run: Run): Fact | null {
  const hold = lever.key.startsWith("hold_");
  const regime = run.administration.find((each) => each.measure === measure && (each.outcome === "HOLD") === hold && each.outcome !== "LICENCE_DENY");
  const number = regime?.numbers[lever.key];
  return number ? { value: number[0], range: [number[1], number[2]], status: number[3], source: number[4] } : null;
}

function Group({ title, open, children }: { title: string; open: boolean; children: ComponentChildren }) {
  return (
    <details class="group" open={open}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

export function shownValue(lever: Lever, value: number | string, words: Speech): string {
  if (typeof value === "string") return words.of(lever.names.find((each) => each.value === value) as unknown as Record<string, string>, value);
  if (lever.shown === "percent") return words.percent(value);
  if (lever.shown === "days") return words.days(value);
  return lever.shown === "times" ? `${words.number(value)} ×` : words.number(value);
}

interface OneProps {
  lever: Lever;
  id: string;
  value: Json | undefined;
  fact: Fact;
  set: (value: Json | undefined) => void;
}

function One({ lever, id, value, fact, set }: OneProps) {
  const words = useWords();
  const { t, of } = words;
  const moved = value !== undefined;
  const name = of(lever.label);
  const range = fact.range && t("range", { low: shownValue(lever, fact.range[0], words), high: shownValue(lever, fact.range[1], words) });
  return (
    <div class={moved ? "lever moved" : "lever"}>
      <label for={id}>{name}</label>
      {lever.reach ? (
        <>
          <output for={id}>{shownValue(lever, Number(value ?? fact.value), words)}</output>
          <input id={id} type="range" min={lever.reach[0]} max={lever.reach[1]} step={lever.reach[2]} value={Number(value ?? fact.value)} aria-valuetext={shownValue(lever, Number(value ?? fact.value), words)}
            onInput={(event) => set(Number(event.currentTarget.value))} />
          {lever.names.length > 0 && (
            <span class="names">
              {lever.names.map((each) => (
                <button key={each.value} type="button" class="quiet" onClick={() => set(Number(each.value))}>{of(each as unknown as Record<string, string>)}</button>
              ))}
            </span>
          )}
        </>
      ) : (
        <select id={id} value={String(value ?? fact.value)} onChange={(event) => set(event.currentTarget.value === String(fact.value) ? undefined : choice(event.currentTarget.value))}>
          {lever.names.map((each) => <option key={each.value} value={each.value}>{of(each as unknown as Record<string, string>)}</option>)}
        </select>
      )}
      <details class="help">
        <summary>{t("about_lever")}</summary>
        <p>{of(lever.help)}</p>
        {lever.reach && <p>{t("published_value", { value: shownValue(lever, Number(fact.value), words) })} {range}. {words.maybe(`status_of_${fact.status}`, fact.status)}{fact.source && `: ${fact.source}`}</p>}
      </details>
      {moved && <button type="button" class="quiet reset" aria-label={`${t("reset")}: ${name}`} onClick={() => set(undefined)}>{t("reset")}</button>}
    </div>
  );
}

const choice = (text: string): Json => (text === "true" ? true : text === "false" ? false : text);
