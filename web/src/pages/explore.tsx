// Explore: levers on the left, both sides on the right, all updated by every move.
import { useMemo, useState } from "preact/hooks";
import { download, outline as readOutline, refusalOf, uploadScenario, uploadWorld } from "../api";
import { request, withoutMeasures, type Ask } from "../ask";
import type { DownloadRequest, Refusal, Run, Start } from "../generated/api";
import { Calendar } from "../parts/calendar";
import { Flow } from "../parts/flow";
import { Ledgers } from "../parts/ledger";
import { Levers } from "../parts/levers";
import { Lines, type Series } from "../parts/lines";
import { WorldMap } from "../parts/map";
import { Numbers } from "../parts/numbers";
import { Problems } from "../parts/problems";
import { Upload } from "../parts/upload";
import { Uses } from "../parts/uses";
import { useBands, useMainRun, useRun, type History, type Names } from "../store";
import type { Bands } from "../api";
import { useWords, type Speech } from "../words";

interface Props {
  start: Start;
  names: Names;
  history: History;
}

export function ExplorePage({ start, names, history }: Props) {
  const { place, go, undo } = history;
  const { ask } = place;
  const words = useWords();
  const { t, of } = words;
  const [open, setOpen] = useState(false);
  const setAsk = (next: Ask, mark?: string) => go({ ...place, ask: next }, mark);
  const scenario = start.scenarios.find((each) => each.name === ask.scenario);
  const answered = useMainRun(ask);
  const { run, refusal } = answered;
  const published = useRun(run ? { scenario: ask.scenario, changes: {}, world: ask.world } : null).run;
  const without = useRun(run ? withoutMeasures(ask, run.scenario.world) : null).run;
  const banded = useBands(ask, answered);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const tell = (error: unknown) => setRefused(refusalOf(error));
  const bands = banded.bands;
  const failed = banded.refusal !== null;
  // Parts that only a run changes are not gone through again when a lever moves and when draws are counted.
  const top = useMemo(() => run && <Numbers run={run} published={published} names={names} bands={bands?.unmet ?? null} />, [run, published, names, bands]);
  const chain = useMemo(() => run && <Flow run={run} names={names} />, [run, names]);
  const ledgers = useMemo(() => run && <Ledgers run={run} published={published} />, [run, published]);
  const charts = useMemo(() => run && <Charts run={run} published={published} without={without} bands={bands} names={names} words={words} />, [run, published, without, bands, names, words]);
  const uses = useMemo(() => run && <Uses run={run} names={names} bands={bands} failed={failed} />, [run, names, bands, failed]);
  const take = (kind: DownloadRequest["kind"]) => void download({ ...request(ask), kind, language: words.language }).catch(tell);
  return (
    <div class="explore">
      <aside class={open ? "levers open" : "levers"} aria-label={t("levers")}>
        <label class="scenario">
          {t("scenario")}
          <select id="scenario" value={ask.scenario} onChange={(event) => setAsk({ scenario: event.currentTarget.value, changes: {}, world: ask.world })}>
            {start.scenarios.map((each) => <option key={each.name} value={each.name}>{of(each.title)}</option>)}
          </select>
        </label>
        <p class="what">{of(scenario?.summary)}</p>
        <div class="buttons">
          <button type="button" id="undo" disabled={!undo} onClick={() => undo?.()}>{t("undo")}</button>
          <button type="button" disabled={!Object.keys(ask.changes).length} onClick={() => setAsk({ ...ask, changes: {} })}>{t("reset_all")}</button>
          <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}>{t(open ? "hide_levers" : "show_levers")}</button>
        </div>
        <div class="folded">
          <Levers start={start} ask={ask} published={published ?? run} setAsk={setAsk} />
          <label class="scenario">
            {t("world")}
            <select value={ask.world || names.outline.world} onChange={(event) => setAsk({ ...ask, world: event.currentTarget.value === scenario?.world ? "" : event.currentTarget.value })}>
              {[...new Set([...start.worlds, names.outline.world, ...(ask.world ? [ask.world] : [])])].map((each) => <option key={each} value={each}>{each}</option>)}
            </select>
          </label>
          <Upload label={t("upload_scenario")} accept=".yaml,.yml" take={async (file) => {
            const found = await uploadScenario(file);
            setAsk({ scenario: found.scenario, changes: found.changes, world: found.world || ask.world });
            setRefused(null);
          }} fail={tell} />
          <Upload label={t("upload_world")} accept=".xlsx,.zip" take={async (file) => {
            const found = await uploadWorld(file);
            await readOutline(found.world);
            setAsk({ ...ask, world: found.world });
            setRefused(null);
          }} fail={tell} />
        </div>
      </aside>
      <div class="results" data-run={run?.id} aria-busy={!run}>
        <h1>{of(scenario?.title, ask.scenario)}</h1>
        <p class="honest">{t("honest", { sourced: words.percent(names.outline.shares.sourced ?? 0), assumed: words.percent(names.outline.shares.assumed ?? 0) })}</p>
        {(refused ?? refusal) && <Problems refusal={(refused ?? refusal) as Refusal} />}
        {!run ? <p class="waiting">{t("loading")}</p> : (
          <>
            {top}
            {banded.refusal && <Problems refusal={banded.refusal} />}
            <p class="progress" aria-live="polite">{failed ? t("bands_failed") : bands ? t("bands_done", { n: String(bands.draws), k: String(bands.ranges) }) : t("bands_running", { done: String(banded.done), n: String(banded.draws) })}</p>
            {chain}
            {ledgers}
            <Calendar run={run} ask={ask} setAsk={setAsk} />
            {charts}
            {uses}
            <section id="take" aria-labelledby="take-title">
              <h2 id="take-title">{t("take")}</h2>
              <div class="buttons">
                <button type="button" id="take-csv" onClick={() => take("csv")}>CSV</button>
                <button type="button" onClick={() => take("netcdf")}>netCDF</button>
                <button type="button" id="take-report" onClick={() => take("report")}>{t("download_report")}</button>
                <button type="button" onClick={() => take("scenario")}>{t("scenario_file")}</button>
                <CopyLink />
              </div>
              <p class="what">{t("run_id", { id: run.id })}</p>
            </section>
          </>
        )}
      </div>
    </div>
  );
}

interface ChartProps {
  run: Run;
  published: Run | null;
  without: Run | null;
  bands: Bands | null;
  names: Names;
  words: Speech;
}

function Charts({ run, published, without, bands, names, words }: ChartProps) {
  const { t, maybe, percent, money, date } = words;
  const behind = published && published.id !== run.id ? published : null;
  const sides = Object.keys(run.lines.unmet);
  const unmet = useMemo<Series[]>(
    () => sides.map((side) => ({
      key: side, label: maybe(`side_${side}`, side), values: run.lines.unmet[side] ?? [], behind: behind?.lines.unmet[side], without: without?.lines.unmet[side], band: bands?.lines.unmet[side],
    })),
    [run, behind, without, bands, words],
  );
  const usual = run.lines.controlled_usual;
  const share = (values: number[] | undefined, base = usual) => values?.map((value) => value / base);
  const controlled = useMemo<Series[]>(
    () => (usual > 0 ? [{
      key: "controlled", label: t("controlled"), values: share(run.lines.controlled) ?? [], behind: behind ? share(behind.lines.controlled, behind.lines.controlled_usual || 1) : undefined,
      without: run.lines.controlled.map(() => 1), band: bands?.lines.controlled_value.map((row) => share(row) ?? []),
    }] : []),
    [run, behind, bands, words],
  );
  const waiting = useMemo<Series[]>(
    () => (run.lines.waiting.length ? [{ key: "waiting", label: t("card_waiting_peak"), values: run.lines.waiting, behind: behind?.lines.waiting, without: run.lines.waiting.map(() => 0) }] : []),
    [run, behind, words],
  );
  const total = Object.entries(run.numbers.unmet).sort((a, b) => b[1] - a[1])[0];
  const worst = (values: number[], pick: (...all: number[]) => number) => values.indexOf(pick(...values));
  const stepDate = (step: number) => date(new Date(Date.parse(`${run.scenario.start}T00:00:00Z`) + step * run.scenario.step_days * 86_400_000).toISOString().slice(0, 10));
  const chart = { start: run.scenario.start, stepDays: run.scenario.step_days };
  const low = controlled[0]?.values ?? [];
  const lowest = worst(low, Math.min);
  return (
    <section class="charts" aria-label={t("charts")}>
      <Lines {...chart} graph="unmet" series={unmet} sentence={total && total[1] > 0 ? t("unmet_sentence", { side: maybe(`side_${total[0]}`, total[0]), value: money(total[1]) }) : t("unmet_nothing")} />
      {controlled.length > 0 && <Lines {...chart} graph="controlled" series={controlled} sentence={t("controlled_sentence", { value: percent(low[lowest] ?? 1), date: stepDate(lowest), last: percent(low[low.length - 1] ?? 1) })} />}
      {waiting.length > 0 && <Lines {...chart} graph="waiting" series={waiting} sentence={t("waiting_sentence", { value: percent(run.numbers.waiting?.share ?? 0), date: stepDate(run.numbers.waiting?.step ?? 0) })} />}
      <WorldMap run={run} names={names} />
    </section>
  );
}

function CopyLink() {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  return (
    <button type="button" id="copy-link" onClick={() => void navigator.clipboard.writeText(location.href).then(() => setCopied(true), () => setCopied(false))}>
      {t(copied ? "link_copied" : "copy_link")}
    </button>
  );
}
