// Lines over time with bands: the run, the scenario as published behind it, and the world without measures behind both.
import * as Plot from "@observablehq/plot";
import { useLayoutEffect, useRef } from "preact/hooks";
import { graphs } from "../generated/words";
import { useWords, type Speech } from "../words";
import { Figure, type Table } from "./figure";

export interface Series {
  key: string;
  label: string;
  values: number[];
  behind?: number[];
  without?: number[];
  band?: number[][];
}

interface Props {
  graph: keyof typeof graphs;
  start: string;
  stepDays: number;
  series: Series[];
  sentence: string;
}

interface Point {
  date: Date;
  value: number;
  key: string;
}

export function dateAt(start: string, stepDays: number, step: number): Date {
  return new Date(Date.parse(`${start}T00:00:00Z`) + Math.floor(step * stepDays) * 86_400_000);
}

// Keys with a colour of their own in style.css; dashes tell them apart where colours do not.
const DASH: Record<string, string> = { china: "", usa: "7 3", allies: "2 3", third: "9 3 2 3", a: "", b: "7 3", c: "2 3", d: "9 3 2 3" };
const colourOf = (key: string): string => (key in DASH ? `var(--${key})` : "var(--ink)");

export function Lines({ graph, start, stepDays, series, sentence }: Props) {
  const words = useWords();
  const { of, t } = words;
  const host = useRef<HTMLDivElement>(null);
  const { title, what, unit, scale } = graphs[graph];
  useLayoutEffect(() => {
    host.current?.replaceChildren(draw(series, start, stepDays, scale, words));
  }, [series, start, stepDays, words]);
  const drawn = (pick: (each: Series) => number[] | undefined) => series.some((each) => pick(each)?.length);
  const table = (): Table => ({
    head: [t("date"), ...series.map((each) => each.label)],
    rows: (series[0]?.values ?? []).map((_, step) => [
      words.date(dateAt(start, stepDays, step).toISOString().slice(0, 10)),
      ...series.map((each) => show(each.values[step] ?? 0, scale, words)),
    ]),
  });
  return (
    <Figure id={graph} title={`${of(title)}`} what={`${of(what)} (${of(unit)})`} sentence={sentence} table={table}>
      <div ref={host} class="plot" role="img" aria-label={`${of(title)}. ${sentence}`} />
      <p class="legend" aria-hidden="true">
        {drawn((each) => each.behind ?? each.without ?? each.band?.[0]) && <span class="now">{t("legend_now")}</span>}
        {drawn((each) => each.behind) && <span class="behind">{t("legend_published")}</span>}
        {drawn((each) => each.without) && <span class="without">{t("legend_without")}</span>}
        {drawn((each) => each.band?.[0]) && <span class="band">{t("legend_band")}</span>}
      </p>
    </Figure>
  );
}

const show = (value: number, scale: string, words: Speech): string => (scale === "money" ? words.money(value) : words.percent(value));

function draw(series: Series[], start: string, stepDays: number, scale: string, words: Speech): Element {
  const points = (pick: (each: Series) => number[] | undefined): Point[] =>
    series.flatMap((each) => (pick(each) ?? []).map((value, step) => ({ date: dateAt(start, stepDays, step), value, key: each.key })));
  const dash = (key: string) => DASH[key] ?? "";
  const last = (each: Series) => each.values.length - 1;
  const ends = series.filter((each) => each.values.length && series.length > 1 && Math.max(...each.values) > 0);
  const marks: Plot.Markish[] = [Plot.ruleY([0], { stroke: "var(--line)" })];
  for (const each of series) {
    if (each.band?.[0]?.length)
      marks.push(
        Plot.areaY(each.band[0].map((low, step) => ({ date: dateAt(start, stepDays, step), low, high: each.band?.[2]?.[step] ?? low })), {
          x: "date", y1: "low", y2: "high", fill: colourOf(each.key), fillOpacity: 0.16,
        }),
      );
  }
  marks.push(Plot.line(points((each) => each.without), { x: "date", y: "value", z: "key", stroke: "var(--soft)", strokeWidth: 1, strokeDasharray: "1 3" }));
  marks.push(Plot.line(points((each) => each.behind), { x: "date", y: "value", z: "key", stroke: "var(--soft)", strokeWidth: 1.4, strokeDasharray: "5 3" }));
  for (const each of series)
    marks.push(
      Plot.line(each.values.map((value, step) => ({ date: dateAt(start, stepDays, step), value })), {
        x: "date", y: "value", stroke: colourOf(each.key), strokeWidth: 2, strokeDasharray: dash(each.key),
      }),
    );
  marks.push(
    Plot.text(ends.map((each) => {
      const top = each.values.indexOf(Math.max(...each.values));
      return { date: dateAt(start, stepDays, Math.min(top, last(each))), value: each.values[top], label: each.label, key: each.key };
    }), { x: "date", y: "value", text: "label", dy: -8, fill: "var(--ink)", fontWeight: 600, stroke: "var(--paper)", strokeWidth: 3 }),
  );
  const axis = new Intl.DateTimeFormat(words.language === "zh" ? "zh-CN" : "en-GB", { month: "short", year: "2-digit", timeZone: "UTC" });
  const svg = Plot.plot({
    width: 460, height: 210, marginLeft: 82, marginRight: 18, marginTop: 16, marginBottom: 26,
    style: { background: "transparent", color: "var(--ink)", fontSize: "12px" },
    x: { type: "utc", label: null, ticks: 4, tickFormat: (day: Date) => axis.format(day), domain: series[0]?.values.length ? [dateAt(start, stepDays, 0), dateAt(start, stepDays, series[0].values.length)] : undefined },
    y: { label: null, grid: true, ticks: 5, zero: true, tickFormat: (value: number) => (scale === "money" ? words.axisMoney(value) : words.percent(value)) },
    marks,
  });
  svg.setAttribute("aria-hidden", "true");
  svg.removeAttribute("aria-label");
  return svg;
}
