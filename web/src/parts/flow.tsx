// The chain, stage by stage: a ribbon's outline is the base year, its filled part what arrived in the quarter.
import { useMemo, useState } from "preact/hooks";
import type { Run } from "../generated/api";
import type { Names } from "../store";
import { useWords } from "../words";
import { Figure } from "./figure";
import { dateAt } from "./lines";

const WIDTH = 960;
const HEIGHT = 330;
const TOP = 46;
const BAR = 12;
const GAP = 5;
const LABEL = 11;
const QUARTER_DAYS = 91;

interface Node {
  stage: string;
  place: string;
  x: number;
  y: number;
  height: number;
  out: number;
  into: number;
}

export function Flow({ run, names }: { run: Run; names: Names }) {
  const words = useWords();
  const { t, of, maybe, percent } = words;
  const quarters = run.flow.low.length;
  const worst = run.flow.low.reduce((best, each, at) => ((each?.[1] ?? 0) > (run.flow.low[best]?.[1] ?? 0) ? at : best), 0);
  const [chosen, setChosen] = useState<number | null>(null);
  const quarter = Math.min(chosen ?? worst, quarters - 1);
  const nodes = useMemo(() => layout(run), [run.flow]);
  const stages = [...new Set(nodes.map((node) => node.stage))];
  const low = run.flow.low[quarter];
  const from = words.date(dateAt(run.scenario.start, QUARTER_DAYS, quarter).toISOString().slice(0, 10));
  const sentence = low
    ? t("flow_sentence", { stage: maybe(`stage_${low[0]}`, low[0]), missing: percent(low[1]), from })
    : t("flow_full", { from });
  const label = (node: Node) => of(names.place(node.place));
  const ratioOf = (ratios: number[]) => ratios[quarter] ?? 1;
  return (
    <Figure id="flow" wide title={t("flow_title")} what={t("flow_what")} sentence={sentence}
      table={() => ({
        head: [t("from"), t("to"), t("usual_year"), t("arrived")],
        rows: run.flow.links.map(([source, target, usual, ratios]) => [title(nodes[source], maybe, label), title(nodes[target], maybe, label), words.money(usual), percent(ratioOf(ratios))]),
      })}>
      <label class="quarter">
        {t("quarter_from", { from })}
        <input type="range" min={0} max={quarters - 1} step={1} value={quarter} aria-valuetext={from} onInput={(event) => setChosen(Number(event.currentTarget.value))} />
      </label>
      <div class="scroll plain" tabIndex={0} role="img" aria-label={`${t("flow_title")}. ${sentence}`}>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} class="flow" aria-hidden="true">
          {stages.map((stage) => {
            const x = nodes.find((node) => node.stage === stage)?.x ?? 0;
            const lit = low?.[0] === stage;
            return (
              <g key={stage}>
                {lit && <rect x={x - 10} y={2} width={stageWidth(stages.length) - 6} height={HEIGHT - 4} rx={6} class="lit" />}
                <text x={x} y={18} class="stage">{maybe(`stage_${stage}`, stage)}</text>
                {lit && <text x={x} y={33} class="short">▼ {percent(-(low?.[1] ?? 0))}</text>}
              </g>
            );
          })}
          {ribbons(run, nodes, quarter).map((each) => (
            <g key={each.key}>
              <path d={each.outline} class="usual" />
              <path d={each.filled} class={each.ratio < 0.9 ? "arrived low" : "arrived"} />
            </g>
          ))}
          {nodes.map((node, at) => (
            <g key={at}>
              <rect x={node.x} y={node.y} width={BAR} height={node.height} class={`bar ${names.outline.places[node.place]?.side ?? ""}`} />
              {node.height >= LABEL - 1 && <text x={node.x + BAR + 4} y={node.y + Math.min(node.height / 2 + 4, node.height)} class="place">{label(node)}</text>}
            </g>
          ))}
        </svg>
      </div>
    </Figure>
  );
}

const title = (node: Node | undefined, maybe: (key: string, otherwise: string) => string, label: (node: Node) => string): string =>
  node ? `${maybe(`stage_${node.stage}`, node.stage)}, ${label(node)}` : "";

const stageWidth = (stages: number): number => (WIDTH - 20) / stages;

// Bars of a stage share its height by the value of what they deliver (uses: of what they receive).
function layout(run: Run): Node[] {
  const nodes: Node[] = run.flow.nodes.map(([stage, place]) => ({ stage, place, x: 0, y: 0, height: 0, out: 0, into: 0 }));
  for (const [source, target, usual] of run.flow.links) {
    (nodes[source] as Node).out += usual;
    (nodes[target] as Node).into += usual;
  }
  const stages = [...new Set(nodes.map((node) => node.stage))];
  stages.forEach((stage, column) => {
    const members = nodes.filter((node) => node.stage === stage && node.out + node.into > 0);
    const size = (node: Node) => node.out || node.into;
    const total = members.reduce((sum, node) => sum + size(node), 0);
    const room = HEIGHT - TOP - 8 - GAP * Math.max(members.length - 1, 0);
    let y = TOP;
    for (const node of members.sort((a, b) => size(b) - size(a))) {
      node.x = 10 + column * stageWidth(stages.length);
      node.y = y;
      node.height = Math.max((size(node) / total) * room, 1.5);
      y += node.height + GAP;
    }
  });
  return nodes;
}

interface Ribbon {
  key: string;
  outline: string;
  filled: string;
  ratio: number;
}

function ribbons(run: Run, nodes: Node[], quarter: number): Ribbon[] {
  const left = nodes.map((node) => node.y);
  const right = nodes.map((node) => node.y);
  const order = [...run.flow.links].sort((a, b) => (nodes[a[1]]?.y ?? 0) - (nodes[b[1]]?.y ?? 0) || (nodes[a[0]]?.y ?? 0) - (nodes[b[0]]?.y ?? 0));
  return order.map(([source, target, usual, ratios]) => {
    const [a, b] = [nodes[source] as Node, nodes[target] as Node];
    const [thick, thin] = [(usual / a.out) * a.height, (usual / b.into) * b.height];
    const [y0, y1] = [left[source] as number, right[target] as number];
    left[source] = y0 + thick;
    right[target] = y1 + thin;
    const ratio = ratios[quarter] ?? 1;
    const share = Math.min(ratio, 1);
    const path = (part: number) => band(a.x + BAR, y0, thick * part, b.x, y1, thin * part, a.x >= b.x);
    return { key: `${source}-${target}`, outline: path(1), filled: path(share), ratio };
  });
}

// A ribbon between two bars; one that stays in its stage or goes back is a short stub.
function band(x0: number, y0: number, h0: number, x1: number, y1: number, h1: number, stub: boolean): string {
  if (stub) return `M${x0},${y0}h10v${h0}h-10z`;
  const middle = (x0 + x1) / 2;
  return `M${x0},${y0}C${middle},${y0} ${middle},${y1} ${x1},${y1}v${h1}C${middle},${y1 + h1} ${middle},${y0 + h0} ${x0},${y0 + h0}z`;
}
