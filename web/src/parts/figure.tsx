// One chart: title, a sentence made from its numbers, the picture, and the same numbers as a table.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { save } from "../api";
import { useWords } from "../words";

export interface Table {
  head: string[];
  rows: (string | number)[][];
}

interface Props {
  id: string;
  title: string;
  what?: string;
  sentence: string;
  table: () => Table;
  children: ComponentChildren;
  wide?: boolean;
}

export function Figure({ id, title, what, sentence, table, children, wide }: Props) {
  const { t } = useWords();
  const picture = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false); // a table that nobody looks at is not worked out with every move of a lever
  const svg = () => picture.current?.querySelector("svg") ?? null;
  return (
    <figure id={id} class={wide ? "wide" : undefined}>
      <figcaption>
        <h3>{title}</h3>
        {what && <p class="what">{what}</p>}
        <p class="sentence">{sentence}</p>
      </figcaption>
      <div ref={picture} class="picture">
        {children}
      </div>
      <div class="below">
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t("table")}</summary>
          {open && (
            <div class="scroll" tabIndex={0} role="region" aria-label={title}>
              <PlainTable table={table} caption={title} />
            </div>
          )}
        </details>
        <button type="button" class="quiet" onClick={() => saveSvg(svg(), id)} aria-label={`${title}: SVG`}>
          SVG
        </button>
        <button type="button" class="quiet" onClick={() => savePng(svg(), id)} aria-label={`${title}: PNG`}>
          PNG
        </button>
      </div>
    </figure>
  );
}

function PlainTable({ table, caption }: { table: () => Table; caption: string }) {
  const { head, rows } = table();
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>{head.map((name) => <th scope="col" key={name}>{name}</th>)}</tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>{row.map((cell, column) => (column ? <td key={column}>{cell}</td> : <th scope="row" key={column}>{cell}</th>))}</tr>
        ))}
      </tbody>
    </table>
  );
}

// A copy of the drawing that stands alone: the page's colours are written into it.
function alone(svg: SVGSVGElement): { text: string; width: number; height: number } {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const into = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  from.forEach((element, at) => {
    const style = getComputedStyle(element);
    for (const name of ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "fill-opacity", "font-size", "font-family", "font-weight", "text-anchor"])
      into[at]?.style.setProperty(name, style.getPropertyValue(name));
  });
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.style.background = getComputedStyle(document.body).backgroundColor;
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

export function saveSvg(svg: SVGSVGElement | null, name: string): void {
  if (svg) save(new Blob([alone(svg).text], { type: "image/svg+xml" }), `standoff-${name}.svg`);
}

export function savePng(svg: SVGSVGElement | null, name: string): void {
  if (!svg) return;
  const { text, width, height } = alone(svg);
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = width * 2;
    canvas.height = height * 2;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => blob && save(blob, `standoff-${name}.png`), "image/png");
  };
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
}
