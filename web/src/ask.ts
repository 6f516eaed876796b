// What is asked, and the link that holds it: only what differs from the scenario that ships stands in the address.
import type { Json, RunRequest } from "./generated/api";

export interface Ask {
  scenario: string;
  changes: Record<string, Json>;
  world: string;
}

export const FIRST: Ask = { scenario: "april-2025", changes: {}, world: "" };
export const PAGES = ["explore", "compare", "determine", "claims", "backtests", "data", "about"] as const;
export type PageName = (typeof PAGES)[number];

export interface Place {
  page: PageName;
  ask: Ask;
  others: string[];
}

export function readAddress(hash: string): Place {
  const [path, query] = hash.replace(/^#\/?/, "").split("?", 2);
  const given = new URLSearchParams(query ?? "");
  const ask: Ask = { scenario: given.get("scenario") ?? FIRST.scenario, world: given.get("world") ?? "", changes: {} };
  for (const [key, text] of given) if (!["scenario", "world", "with"].includes(key)) ask.changes[key] = plain(text);
  const page = PAGES.find((name) => name === path) ?? "explore";
  return { page, ask, others: (given.get("with") ?? "").split(",").filter(Boolean) };
}

export function writeAddress({ page, ask, others }: Place): string {
  const query = new URLSearchParams();
  if (ask.scenario !== FIRST.scenario) query.set("scenario", ask.scenario);
  if (ask.world) query.set("world", ask.world);
  for (const key of Object.keys(ask.changes).sort()) query.set(key, text(ask.changes[key] as Json));
  if (others.length) query.set("with", others.join(","));
  const tail = query.toString();
  return `#/${page}${tail ? `?${tail}` : ""}`;
}

export const keyOf = (ask: Ask): string => writeAddress({ page: "explore", ask, others: [] });

export function request(ask: Ask, client = ""): RunRequest {
  return { scenario: ask.scenario, changes: ask.changes, world: ask.world, client };
}

export function changed(ask: Ask, key: string, value: Json | undefined): Ask {
  const changes = { ...ask.changes };
  if (value === undefined) delete changes[key];
  else changes[key] = value;
  return { ...ask, changes };
}

// The run behind the current one: the same world and time without any measure.
export function withoutMeasures(ask: Ask, world: string): Ask {
  const changes: Record<string, Json> = {};
  for (const key of ["start", "until", "step_days", "demand", "stop_share", "parameters"]) if (ask.changes[key] !== undefined) changes[key] = ask.changes[key] as Json;
  return { scenario: "baseline", changes, world: ask.world || world };
}

const text = (value: Json): string => (typeof value === "string" && plain(value) === value ? value : JSON.stringify(value));

function plain(value: string): Json {
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
