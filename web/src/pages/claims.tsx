// Claims: what was said, what the model says where it has the mechanism, and what research found, side by side.
import { useEffect, useMemo, useState } from "preact/hooks";
import { beginAudit, cancelAudit, claims as readClaims, lookAtAudit, refusalOf } from "../api";
import type { AuditAnswer, AuditRow, ClaimAnswer, ModelAnswer, Refusal, WhereAnswer } from "../generated/api";
import { Problems } from "../parts/problems";
import { useWords, type Key, type Speech } from "../words";

const LOOK_SECONDS = 2;
const NOTHING = { text: "", kind: "", system: "", verdict: "", found: "", search: "" };
const slug = (text: string) => text.replaceAll(" ", "_").replaceAll("/", "_");

export function ClaimsPage() {
  const words = useWords();
  const { t, number, of } = words;
  const [claims, setClaims] = useState<ClaimAnswer[]>([]);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [wanted, setWanted] = useState(NOTHING);
  const { audit, stop, again } = useAudit((error) => setRefusal(refusalOf(error)));
  useEffect(() => void readClaims().then(setClaims, (error) => setRefusal(refusalOf(error))), []);
  const rows = useMemo(() => new Map(audit?.answers?.map((row) => [row.id, row])), [audit?.answers]);
  const verdictOf = (claim: ClaimAnswer) => claim.verdict || rows.get(claim.id)?.verdict || "";
  const shown = claims.filter((claim) => fits(claim, verdictOf(claim), wanted, of(claim.paraphrase)));
  return (
    <div class="single wide">
      <h1>{t("page_claims")}</h1>
      <p class="what">{t("claims_what")}</p>
      <p class="what">{t("claims_rule")}</p>
      {refusal && <Problems refusal={refusal} />}
      <p class="progress" aria-live="polite">
        {audit?.state === "done" ? finding(claims, [...rows.values()], words) : audit?.state === "running" ? t("audit_running", { done: number(audit.done), n: number(audit.draws) }) : audit ? t("audit_stopped") : t("loading")}{" "}
        {audit?.state === "running" && <button type="button" class="quiet" id="audit-stop" onClick={stop}>{t("stop")}</button>}
        {audit?.state === "idle" && <button type="button" class="quiet" id="audit-again" onClick={again}>{t("audit_again")}</button>}
      </p>
      {audit?.state === "done" && <Counts claims={claims} verdictOf={verdictOf} />}
      <Filters claims={claims} verdictOf={verdictOf} wanted={wanted} set={setWanted} />
      <p aria-live="polite">{t("claims_found", { n: number(shown.length), all: number(claims.length) })}</p>
      <ol class="claims">
        {shown.map((claim) => <Claim key={claim.id} claim={claim} row={rows.get(claim.id)} verdict={verdictOf(claim)} busy={audit?.state === "running"} words={words} />)}
      </ol>
    </div>
  );
}

function useAudit(fail: (error: unknown) => void) {
  const [audit, setAudit] = useState<AuditAnswer | null>(null);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let over = false;
    void (async () => {
      let found = await beginAudit();
      while (!over && found.state === "running") {
        setAudit(found);
        found = await lookAtAudit(LOOK_SECONDS);
      }
      if (!over) setAudit(found);
    })().catch((error) => {
      if (over) return;
      setAudit((before) => before && { ...before, state: "idle" });
      fail(error);
    });
    return () => void (over = true);
  }, [asked]);
  return { audit, stop: () => void cancelAudit().catch(fail), again: () => setAsked(asked + 1) };
}

type Wanted = typeof NOTHING;

function fits(claim: ClaimAnswer, verdict: string, wanted: Wanted, said: string): boolean {
  const word = wanted.search.trim().toLowerCase();
  return (
    (!wanted.text || claim.text === wanted.text) && (!wanted.kind || claim.kind === wanted.kind) && (!wanted.system || claim.system === wanted.system) &&
    (!wanted.found || claim.found === wanted.found) && (!wanted.verdict || verdict === wanted.verdict) &&
    (!word || [claim.id, said, claim.paraphrase.en, claim.quantity, claim.finding.en, claim.finding.zh].some((text) => text?.toLowerCase().includes(word)))
  );
}

interface FilterProps {
  claims: ClaimAnswer[];
  verdictOf: (claim: ClaimAnswer) => string;
  wanted: Wanted;
  set: (wanted: Wanted) => void;
}

function Filters({ claims, verdictOf, wanted, set }: FilterProps) {
  const { t, maybe, date } = useWords();
  const choice = (name: keyof Wanted, label: string, values: string[], say: (value: string) => string) => (
    <label>
      {label}{" "}
      <select id={`claims-${name}`} value={wanted[name]} onChange={(event) => set({ ...wanted, [name]: event.currentTarget.value })}>
        <option value="">{t("all")}</option>
        {[...new Set(values)].map((value) => <option key={value} value={value}>{say(value)}</option>)}
      </select>
    </label>
  );
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <label>{t("search")} <input type="search" value={wanted.search} onInput={(event) => set({ ...wanted, search: event.currentTarget.value })} /></label>
      {choice("verdict", t("claim_model"), claims.map(verdictOf).filter(Boolean), (value) => maybe(`verdict_${slug(value)}`, value))}
      {choice("found", t("claim_research"), claims.map((claim) => claim.found), (value) => maybe(`found_${value}`, value))}
      {choice("text", t("claim_text"), claims.map((claim) => claim.text), (value) => t("text_of", { text: value, date: date(claims.find((claim) => claim.text === value)?.date ?? "") }))}
      {choice("kind", t("claim_kind"), claims.map((claim) => claim.kind), (value) => maybe(`kind_${slug(value)}`, value))}
      {choice("system", t("claim_system"), claims.map((claim) => claim.system), (value) => maybe(`system_${slug(value)}`, value))}
    </form>
  );
}

function finding(claims: ClaimAnswer[], rows: AuditRow[], { t, number }: Speech): string {
  const count = (verdict: string) => number(rows.filter((row) => row.verdict === verdict).length);
  return t("audit_finding", { all: number(claims.length), n: number(rows.length), holds: count("holds"), some: count("holds only if"), fails: count("fails"), open: count("only data can tell"), rest: number(claims.length - rows.length) });
}

// How the model's verdicts and those of research fall together.
function Counts({ claims, verdictOf }: { claims: ClaimAnswer[]; verdictOf: (claim: ClaimAnswer) => string }) {
  const { t, maybe, number } = useWords();
  const found = [...new Set(claims.map((claim) => claim.found))];
  const verdicts = [...new Set(claims.map(verdictOf))];
  const count = (verdict: string, research: string) => claims.filter((claim) => claim.found === research && verdictOf(claim) === verdict).length;
  return (
    <details>
      <summary>{t("claims_counts")}</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={t("claims_counts")}>
        <table>
          <caption>{t("claims_counts")}</caption>
          <thead><tr><th scope="col">{t("claim_model")}</th>{found.map((each) => <th scope="col" key={each}>{maybe(`found_${each}`, each)}</th>)}</tr></thead>
          <tbody>{verdicts.map((verdict) => <tr key={verdict}><th scope="row">{maybe(`verdict_${slug(verdict)}`, verdict)}</th>{found.map((each) => <td key={each}>{number(count(verdict, each))}</td>)}</tr>)}</tbody>
        </table>
      </div>
    </details>
  );
}

interface ClaimProps {
  claim: ClaimAnswer;
  row: AuditRow | undefined;
  verdict: string;
  busy: boolean;
  words: Speech;
}

function Claim({ claim, row, verdict, busy, words }: ClaimProps) {
  const { t, of, maybe, date } = words;
  const notes = [claim.id, t("text_of", { text: claim.text, date: date(claim.date) }), maybe(`kind_${slug(claim.kind)}`, claim.kind), maybe(`system_${slug(claim.system)}`, claim.system)];
  return (
    <li class="claim" id={`claim-${claim.id}`}>
      <div>
        <p class="what">{notes.join(" · ")}</p>
        <h2>{of(claim.paraphrase)}</h2>
        <p class="what">{t("claim_said", { speaker: of(claim.speaker) })}{of(claim.cites) && ` · ${t("claim_cites", { document: of(claim.cites), found: maybe(`cited_${slug(claim.cites_found)}`, claim.cites_found) })}`}</p>
        <details><summary>{t("claim_test")}</summary><p>{of(claim.test)}</p></details>
      </div>
      <div>
        <h3>{t("claim_model")}</h3>
        <p class={verdict && !row ? "verdict none" : "verdict"}>{verdict ? maybe(`verdict_${slug(verdict)}`, verdict) : t(busy ? "claim_waiting" : "claim_not_asked")}</p>
        {row && <ModelSays id={claim.id} answer={row.answer} words={words} />}
      </div>
      <div>
        <h3>{t("claim_research")}</h3>
        <p class="verdict">{maybe(`found_${claim.found}`, claim.found)}</p>
        {of(claim.finding) && <p>{of(claim.finding)}</p>}
        <p class="what">{claim.document ? <a href={claim.document} rel="noreferrer">{t("claim_document", { host: hostOf(claim.document) })}</a> : t("claim_no_document")}{" · "}{t("claim_confidence", { level: maybe(`confidence_${claim.confidence}`, claim.confidence) })}</p>
      </div>
    </li>
  );
}

const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).hostname.replace(/^www\./, "") : address);

function ModelSays({ id, answer, words }: { id: string; answer: ModelAnswer; words: Speech }) {
  const { t, language, percent } = words;
  const value = (number: number) => measured(number, answer.unit, words);
  const region = answer.where.map((where) => conditionOf(where, answer.unit, words));
  return (
    <>
      <p>{t(answer.table ? "claim_range" : answer.scenario ? "claim_interval" : "claim_by_horizon", { median: value(answer.median), low: value(answer.low), high: value(answer.high) })}</p>
      <p class="what">{language === "zh" ? answer.measured_zh : answer.measured}</p>
      {answer.share_true !== null && answer.scenario && <p class="what">{t("claim_share_true", { share: percent(answer.share_true) })}</p>}
      {region.length > 0 && <p class="what">{t(answer.share_true === null ? "claim_depends" : "claim_where")} {region.join("; ")}</p>}
      <p class="what">
        {answer.scenario && <a href={`#/explore?scenario=${answer.scenario}&until=${answer.until}`}>{t("claim_run")}</a>}
        {answer.table && <a href="#/data">{t("claim_table", { table: words.maybe(`table_${answer.table}`, answer.table) })}</a>}
        {(answer.scenario || answer.table) && " · "}<code>standoff audit --claim {id}</code>
      </p>
    </>
  );
}

function measured(value: number, unit: string, { t, percent, number }: Speech): string {
  return unit === "share" ? percent(value) : t(`amount_${unit}` as Key, { n: number(value) });
}

function conditionOf({ kind, name, low, high }: WhereAnswer, unit: string, words: Speech): string {
  const { t, maybe, percent, number } = words;
  if (kind === "density") return t("where_density", { share: percent(low ?? 0) });
  if (kind === "span") return t("from_to", { low: measured(low ?? 0, unit, words), high: measured(high ?? 0, unit, words) });
  if (kind === "horizon") return t("where_horizon", { months: number(low ?? 0), left: number(high ?? 0) });
  const label = maybe(`moved_${name.split(":").pop()}`, name);
  return `${low === null ? "" : `${number(low)} ≤ `}${label}${high === null ? "" : ` ≤ ${number(high)}`}`;
}
