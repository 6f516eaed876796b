// Data: every number of a world with range, source and status.
import { useEffect, useState } from "preact/hooks";
import { outline as readOutline, tablePage } from "../api";
import type { Outline, TablePage } from "../generated/api";
import { useWords, type Key } from "../words";

const STEP = 200;

export function DataPage({ worlds, first }: { worlds: string[]; first: string }) {
  const { t, of, percent, maybe, number } = useWords();
  const [world, setWorld] = useState(first);
  const [table, setTable] = useState("uses");
  const [search, setSearch] = useState("");
  const [offset, setOffset] = useState(0);
  const [outline, setOutline] = useState<Outline | null>(null);
  const [found, setFound] = useState<TablePage | null>(null);
  useEffect(() => void readOutline(world).then(setOutline), [world]);
  useEffect(() => {
    let over = false;
    void tablePage(world, table, search, offset).then((page) => !over && setFound(page));
    return () => void (over = true);
  }, [world, table, search, offset]);
  return (
    <div class="single wide">
      <h1>{t("page_data")}</h1>
      <p class="what">{of(outline?.summary)}</p>
      {outline && <p>{t("data_shares", { sourced: percent(outline.shares.sourced ?? 0), claimed: percent(outline.shares.claimed ?? 0), assumed: percent(outline.shares.assumed ?? 0), year: String(outline.usd_year) })}</p>}
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>{t("world")} <select value={world} onChange={(event) => (setWorld(event.currentTarget.value), setOffset(0))}>{[...new Set([...worlds, first])].map((each) => <option key={each}>{each}</option>)}</select></label>
        <label>{t("which_table")} <select value={table} onChange={(event) => (setTable(event.currentTarget.value), setOffset(0))}>
          {Object.entries(outline?.tables ?? {}).map(([name, rows]) => <option key={name} value={name}>{maybe(`table_${name}`, name)} ({number(rows, 6)})</option>)}
        </select></label>
        <label>{t("search")} <input type="search" value={search} onInput={(event) => (setSearch(event.currentTarget.value), setOffset(0))} /></label>
      </form>
      {found && (
        <>
          <p aria-live="polite">{t("lines_found", { n: number(found.total, 7) })}</p>
          <div class="scroll tall" tabIndex={0} role="region" aria-label={maybe(`table_${table}`, table)}>
            <table class="data">
              <thead><tr>{found.columns.map((name) => <th scope="col" key={name}>{t(`column_${name}` as Key)}</th>)}</tr></thead>
              <tbody>{found.lines.map((line, at) => <tr key={at}>{line.map((cell, column) => <td key={column}>{column === 6 ? maybe(`status_of_${cell}`, cell) : cell}</td>)}</tr>)}</tbody>
            </table>
          </div>
          {found.total > STEP && (
            <div class="buttons">
              <button type="button" disabled={offset === 0} onClick={() => setOffset(Math.max(offset - STEP, 0))}>{t("previous")}</button>
              <button type="button" disabled={offset + STEP >= found.total} onClick={() => setOffset(offset + STEP)}>{t("next")}</button>
            </div>
          )}
        </>
      )}
    </div>
  );
}
