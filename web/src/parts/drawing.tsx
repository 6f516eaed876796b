// Drawings that Python makes, the same marks as in report.html; how they look stands in the package's charts.css alone.
import "../../../src/standoff/results/charts/templates/charts.css";
import patterns from "../../../src/standoff/results/charts/templates/patterns.svg?raw";
import { h } from "preact";
import { useRef } from "preact/hooks";
import type { ChartAnswer, LegendAnswer, MarkAnswer, PictureAnswer, SectionAnswer, TableAnswer } from "../generated/api";
import { useWords } from "../words";
import { savePng, saveSvg } from "./figure";

const TAGS = new Set(["line", "text", "path", "rect", "circle"]);
const PANELS_OF_TWO = [2, 4];

export function Patterns() {
  return <svg class="patterns drawing" width="0" height="0" aria-hidden="true"><defs dangerouslySetInnerHTML={{ __html: patterns }} /></svg>;
}

// A section of a report: what was found, in a sentence, then pictures, tables and definitions.
export function Section({ section }: { section: SectionAnswer }) {
  const { t } = useWords();
  return (
    <section class="reported" id={section.name} aria-labelledby={`${section.name}-title`}>
      <h2 id={`${section.name}-title`}>{section.title}</h2>
      <p class="sentence">{section.sentence}</p>
      {section.pictures.map((picture, at) => <Picture key={at} name={`${section.name}-${at + 1}`} picture={picture} />)}
      {section.tables.map((table) => (table.open ? <Rows key={table.name} table={table} /> : (
        <details key={table.name}>
          <summary>{t("table_of", { title: table.title })}</summary>
          <Rows table={table} />
        </details>
      )))}
      {section.definitions.length > 0 && <ul class="definitions">{section.definitions.map((text) => <li key={text}>{text}</li>)}</ul>}
    </section>
  );
}

function Picture({ picture, name }: { picture: PictureAnswer; name: string }) {
  const host = useRef<HTMLDivElement>(null);
  const { charts } = picture;
  const look = charts.length === 1 ? "single" : PANELS_OF_TWO.includes(charts.length) ? "panels two" : "panels";
  const each = (take: (svg: SVGSVGElement, name: string) => void) =>
    host.current?.querySelectorAll<SVGSVGElement>("figure > svg").forEach((svg, at) => take(svg, charts.length > 1 ? `${name}-${at + 1}` : name));
  return (
    <div class="drawing" ref={host}>
      {picture.caption && <h3>{picture.caption}</h3>}
      <Legend items={picture.legend} />
      <div class={look} {...(look === "single" ? { tabIndex: 0, role: "region", "aria-label": picture.caption || name } : {})}>
        {charts.map((chart, at) => <Chart key={at} chart={chart} />)}
      </div>
      <div class="below">
        <button type="button" class="quiet" aria-label={`${picture.caption}: SVG`} onClick={() => each(saveSvg)}>SVG</button>
        <button type="button" class="quiet" aria-label={`${picture.caption}: PNG`} onClick={() => each(savePng)}>PNG</button>
      </div>
    </div>
  );
}

function Chart({ chart }: { chart: ChartAnswer }) {
  return (
    <figure>
      {chart.title && <p class="chart-title">{chart.title}</p>}
      {chart.note && <p class="chart-note">{chart.note}</p>}
      <Legend items={chart.legend} small />
      <svg viewBox={`0 0 ${chart.width} ${chart.height}`} role="img" aria-label={chart.description}>
        {chart.marks.map(drawn)}
      </svg>
    </figure>
  );
}

function drawn({ tag, attributes, text, tip }: MarkAnswer, at: number) {
  return TAGS.has(tag) ? h(tag, { ...attributes, key: at }, text, tip ? <title>{tip}</title> : null) : null;
}

function Legend({ items, small }: { items: LegendAnswer[]; small?: boolean }) {
  if (!items.length) return null;
  return (
    <ul class={small ? "legend small" : "legend"}>
      {items.map((item) => (
        <li key={item.style}>
          <svg viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">
            {item.kind === "area" ? (
              <><rect width="28" height="12" class={`area bar ${item.style}`} /><rect width="28" height="12" class={`pattern ${item.style}`} /></>
            ) : item.kind === "dot" ? <circle cx="14" cy="6" r="5" class={`dot ${item.style}`} /> : <path d="M0 6L28 6" class={`line ${item.style}`} />}
          </svg>
          {item.text}
        </li>
      ))}
    </ul>
  );
}

function Rows({ table }: { table: TableAnswer }) {
  return (
    <div class="scroll tall" tabIndex={0} role="region" aria-label={table.title}>
      <table>
        <caption>{table.title}</caption>
        <thead><tr>{table.head.map((name, at) => <th scope="col" key={at} class={table.plain[at] ? "words" : undefined}>{name}</th>)}</tr></thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={at}>{row.map((cell, column) => (column ? <td key={column} class={table.plain[column] ? "words" : undefined}>{cell}</td> : <th scope="row" key={column}>{cell}</th>))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
