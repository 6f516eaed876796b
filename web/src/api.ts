// Calls of the server. A refusal carries the same report of problems that the command line prints.
import type {
  AuditAnswer, BacktestAnswer, BandRequest, BandsAnswer, ClaimAnswer, Determined, DownloadRequest, EpisodeAnswer, JobAnswer, MeasureName, Outline, Refusal, Run, RunRequest, Shipment, Start, TablePage, Uploaded,
} from "./generated/api";

export class Refused extends Error {
  constructor(readonly report: Refusal) {
    super(report.error);
  }
}

export const refusalOf = (error: unknown): Refusal => (error instanceof Refused ? error.report : { error: String(error), problems: [] });

async function call(path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<Response> {
  const binary = body instanceof Blob;
  const answer = await fetch(`api/${path}`, {
    method,
    body: body === undefined ? undefined : binary ? body : JSON.stringify(body),
    headers: body === undefined || binary ? {} : { "content-type": "application/json" },
  });
  if (answer.ok || answer.status === 409) return answer;
  const report = (await answer.json().catch(() => ({ error: `HTTP ${answer.status}`, problems: [] }))) as Refusal;
  throw new Refused(report);
}

const json = async <T>(path: string, body?: unknown): Promise<T> => (await call(path, body)).json() as Promise<T>;

export const start = () => json<Start>("start");
export const outline = (world: string) => json<Outline>(`worlds/${encodeURIComponent(world)}`);
export const measures = () => json<MeasureName[]>("measures");
export const determine = (shipment: Shipment) => json<Determined>("determine", shipment);
export const claims = () => json<ClaimAnswer[]>("claims");
export const beginAudit = () => json<AuditAnswer>("claims/audit", {});
export const lookAtAudit = (wait: number) => json<AuditAnswer>(`claims/audit?wait=${wait}`);
export const cancelAudit = () => call("claims/audit", undefined, "DELETE");
export const backtests = () => json<EpisodeAnswer[]>("backtests");
export const backtest = (name: string) => json<BacktestAnswer>(`backtests/${encodeURIComponent(name)}`);
export const uploadObserved = (episode: string, file: Blob) => json<BacktestAnswer>(`upload/observed?${new URLSearchParams({ episode })}`, file);
export const uploadScenario = (file: Blob) => json<Uploaded>("upload/scenario", file);
export const uploadWorld = (file: Blob) => json<Outline>("upload/world", file);

export function tablePage(world: string, table: string, search: string, offset: number) {
  const query = new URLSearchParams({ search, offset: String(offset) });
  return json<TablePage>(`worlds/${encodeURIComponent(world)}/tables/${encodeURIComponent(table)}?${query}`);
}

// Null: a newer request of this page has overtaken this one.
export async function run(request: RunRequest): Promise<Run | null> {
  const answer = await call("run", request);
  return answer.status === 409 ? null : (answer.json() as Promise<Run>);
}

export const beginBands = (request: BandRequest) => json<JobAnswer>("bands", request);
export const lookAtBands = (job: number, wait: number) => json<JobAnswer>(`bands/${job}?wait=${wait}`);
export const cancelBands = (job: number) => call(`bands/${job}`, undefined, "DELETE");

export async function download(request: DownloadRequest): Promise<void> {
  const answer = await call("download", request);
  const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "standoff";
  save(await answer.blob(), name);
}

export function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export type Bands = BandsAnswer;
