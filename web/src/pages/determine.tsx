// Determine: fill in a shipment, see the outcome, the clause that decides, the trace, and the same shipment on other days.
import { useState } from "preact/hooks";
import { determine, refusalOf } from "../api";
import type { Determined, DeterminedWords, Refusal, Shipment } from "../generated/api";
import { Problems } from "../parts/problems";
import { useWords, type Key } from "../words";

const FIELDS = ["item", "date", "control_code", "origin", "ship_from", "ship_to", "end_user", "end_use", "value_share_pct", "technology_origin", "exporter", "facts"] as const;
const TRUCES = ["ext_2027_01_10", "ext_1y", "lapse"] as const;
const EXAMPLE = { date: "2025-11-20", origin: "CN", ship_from: "CN", ship_to: "DE" };
const COMMON = ["item", "date", "origin", "ship_from", "ship_to", "end_user", "end_use"];

export function DeterminePage() {
  const { t, maybe, date, days, language } = useWords();
  const [given, setGiven] = useState<Partial<Shipment>>({});
  const [found, setFound] = useState<Determined | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const asked: Shipment = { ...EXAMPLE, item: t("example_item"), end_user: t("example_user"), end_use: t("example_use"), ...given };
  const ask = async (shipment: Shipment) => {
    try {
      setFound(await determine(shipment));
      setRefusal(null);
    } catch (error) {
      setRefusal(refusalOf(error));
    }
  };
  const field = (name: (typeof FIELDS)[number]) => {
    const attributes = { name, value: asked[name] ?? "", onInput: (event: { currentTarget: HTMLInputElement }) => setGiven({ ...given, [name]: event.currentTarget.value }) };
    return (
      <label key={name}>
        <span>{t(`field_${name}` as Key)}</span>
        {name === "date" ? <input type="date" required {...attributes} /> : <input type="text" required={name === "item"} {...attributes} />}
      </label>
    );
  };
  const said: DeterminedWords | null = found && (language === "zh" ? found.chinese : { ...found, clause: found.decided_by?.clause ?? "" });
  const list = (parts: string[] | undefined) => (parts ?? []).join(language === "zh" ? "；" : "; ");
  const colon = language === "zh" ? "：" : ": ";
  return (
    <div class="single">
      <h1>{t("page_determine")}</h1>
      <p class="what">{t("determine_what")}</p>
      <form class="shipment" onSubmit={(event) => (event.preventDefault(), void ask(asked))}>
        {FIELDS.filter((name) => COMMON.includes(name)).map(field)}
        <details>
          <summary>{t("more_facts")}</summary>
          {FIELDS.filter((name) => !COMMON.includes(name)).map(field)}
          <label>
            <span>{t("truce")}</span>
            <select value={asked.truce ?? TRUCES[0]} onChange={(event) => setGiven({ ...given, truce: event.currentTarget.value as Shipment["truce"] })}>
              {TRUCES.map((each) => <option key={each} value={each}>{t(`truce_${each}`)}</option>)}
            </select>
          </label>
        </details>
        <button type="submit" class="main">{t("determine_now")}</button>
      </form>
      {refusal && <Problems refusal={refusal} />}
      {found && said && (
        <section class="outcome" aria-live="polite">
          <h2>{maybe(`outcome_${found.outcome}`, found.code)}</h2>
          <p><code>{found.code}</code> · {date(found.on)}{found.until && ` · ${t("suspended_until", { date: date(found.until) })}`}</p>
          {found.decided_by ? <blockquote><strong>{found.decided_by.measure}/{found.decided_by.limb}</strong> {said.clause}</blockquote> : <p>{t("not_caught_note")}</p>}
          <dl class="facts">
            <Fact name={t("policy")} value={said.policy ?? ""} />
            <Fact name={t("delay")} value={found.expected_delay_days === null || found.expected_delay_days === undefined ? "" : days(found.expected_delay_days)} />
            <Fact name={t("missing")} value={list(said.missing?.slice(0, 8))} />
            <Fact name={t("documents")} value={list(said.documents)} />
            <Fact name={t("red_flags")} value={list(said.red_flags)} />
            <Fact name={t("understood")} value={list(Object.entries(said.understood ?? {}).map(([key, value]) => `${key}${colon}${value}`))} />
            <Fact name={t("status")} value={maybe(`status_of_${found.status}`, found.status)} />
            <Fact name={t("sources")} value={found.sources.join(" ")} />
          </dl>
          <h3>{t("other_dates")}</h3>
          <ol class="dates">
            {[...found.on_other_dates, { on: found.on, code: found.code }].sort((a, b) => a.on.localeCompare(b.on)).map((each) => (
              <li key={each.on} aria-current={each.on === found.on ? "date" : undefined}>
                <button type="button" class="quiet" onClick={() => (setGiven({ ...given, date: each.on }), void ask({ ...asked, date: each.on }))}>{date(each.on)}</button> {maybe(`outcome_${each.code.split("(")[0]}`, each.code)} <code>{each.code}</code>
              </li>
            ))}
          </ol>
          <details><summary>{t("trace")}</summary><ul>{(said.trace ?? []).map((line) => <li key={line}>{line}</li>)}</ul></details>
          <details><summary>{t("readings")}</summary><ul>{(said.readings ?? []).map((line) => <li key={line}>{line}</li>)}</ul></details>
          <p class="what">{t("not_advice")}</p>
        </section>
      )}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return value ? <><dt>{name}</dt><dd>{value}</dd></> : null;
}
