// Measures as bars on a time line: move the beginning, suspend, end. Handles are sliders: drag them or use the arrow keys.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { measures as readMeasures } from "../api";
import { changed, type Ask } from "../ask";
import type { Bar, Json, MeasureName, Run } from "../generated/api";
import { useWords } from "../words";

const DAY = 86_400_000;
const STEP_DAYS = 7;
const NEW_PAUSE_DAYS = 182;

interface Dates {
  start?: string;
  end?: string;
  pauses?: { start: string; until: string }[];
}

interface Props {
  run: Run;
  ask: Ask;
  setAsk: (ask: Ask, mark?: string) => void;
}

const number = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / DAY;
const iso = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

export function Calendar({ run, ask, setAsk }: Props) {
  const { t, date, language, percent } = useWords();
  const rate = ([low, high]: [number, number]) => (low === high ? percent(low / 100) : t("from_to", { low: percent(low / 100), high: percent(high / 100) }));
  const [known, setKnown] = useState<MeasureName[]>([]);
  const [adding, setAdding] = useState("");
  useEffect(() => void readMeasures().then(setKnown), []);
  const [first, last] = [number(run.scenario.start), number(run.scenario.until)];
  const at = (day: number) => ((day - first) / (last - first)) * 100;
  const ids = [...new Set([...run.scenario.measures, ...run.calendar.map((bar) => bar.measure)])];
  const calendar = calendarOf(ask);
  const shownIds = ids.filter((id) => run.calendar.some((bar) => bar.measure === id) || calendar[id]);
  const idle = ids.filter((id) => !shownIds.includes(id));
  const addable = useMemo(
    () => known.filter((each) => !ids.includes(each.id)).map((each) => <option key={each.id} value={each.id}>{`${each.id} · ${each.title[language] || each.title.en}`}</option>),
    [known, ids.join(), language],
  );
  const titleOf = (id: string) => {
    const name = known.find((each) => each.id === id)?.title;
    return (name && (name[language] || name.en)) || id;
  };
  const set = (id: string, dates: Dates | null, mark?: string) => {
    const next = { ...calendar };
    if (dates) next[id] = dates;
    else delete next[id];
    setAsk(changed(ask, "calendar", Object.keys(next).length ? (next as unknown as Json) : undefined), mark);
  };
  const setMeasures = (list: string[]) => {
    const next = Object.fromEntries(Object.entries(calendar).filter(([id]) => list.includes(id)));
    setAsk(changed(changed(ask, "measures", list), "calendar", Object.keys(next).length ? (next as unknown as Json) : undefined));
  };
  return (
    <section id="calendar" aria-labelledby="calendar-title">
      <h2 id="calendar-title">{t("calendar")}</h2>
      <p class="what">{t("calendar_what")}</p>
      <div class="years" aria-hidden="true">{marks(first, last).map((day) => <span key={day} style={{ left: `${at(day)}%` }}>{iso(day).slice(0, 7)}</span>)}</div>
      {ids.length === 0 && <p>{t("no_measures")}</p>}
      {shownIds.map((id) => {
        const bars = run.calendar.filter((bar) => bar.measure === id);
        const title = (language === "zh" && bars[0]?.title_zh) || bars[0]?.title || titleOf(id);
        const dates = calendar[id] ?? {};
        const pauses = dates.pauses ?? pausesOf(bars);
        const begin = bars[0]?.start ?? run.scenario.start;
        const end = dates.end ?? bars[bars.length - 1]?.until ?? run.scenario.until;
        const pauseAt = (which: number, part: { start?: string; until?: string }) => pauses.map((pause, index) => (index === which ? { ...pause, ...part } : pause));
        const handle = (label: string, day: string, from: number, to: number, move: (day: string) => void) => (
          <Handle key={label} label={`${id}: ${label}`} day={number(day)} from={from} to={to} at={at} text={date(day)} move={(next) => move(iso(next))} />
        );
        return (
          <div class="measure" key={id}>
            <div class="name">
              <strong>{id}</strong> <span>{title}</span>
            </div>
            <div class="track">
              {bars.flatMap((bar) => stripesOf(bar).map((stripe) => (
                <span key={bar.start + stripe.look} class={`bar ${stripe.look}`} style={{ left: `${at(number(bar.start))}%`, width: `${at(number(bar.until)) - at(number(bar.start))}%` }}>
                  {stripe.rates && `${rate(stripe.rates)} `}{t(stripe.look.includes("paused") ? "state_suspended" : "state_in_force")}
                </span>
              )))}
              {bars.length > 0 && handle(t("begins"), begin, first, number(end) - STEP_DAYS, (day) => set(id, { ...dates, start: day }, `${id}-start`))}
              {pauses.flatMap((pause, which) => [
                handle(`${t("pause_begins")} ${which + 1}`, pause.start, first, number(pause.until) - STEP_DAYS, (day) => set(id, { ...dates, pauses: pauseAt(which, { start: day }) }, `${id}-p${which}`)),
                handle(`${t("pause_ends")} ${which + 1}`, pause.until, number(pause.start) + STEP_DAYS, last, (day) => set(id, { ...dates, pauses: pauseAt(which, { until: day }) }, `${id}-q${which}`)),
              ])}
              {dates.end && handle(t("ends"), dates.end, number(begin) + STEP_DAYS, last, (day) => set(id, { ...dates, end: day }, `${id}-end`))}
            </div>
            <div class="buttons">
              <p class="what">{bars.length ? bars.flatMap((bar) => stripesOf(bar).map((stripe) => (stripe.rates ? `${rate(stripe.rates)}: ` : "") + t(stripe.look.includes("paused") ? "bar_suspended" : "bar_in_force", { from: date(bar.start), until: date(bar.until) }))).join(" · ") : t("not_in_run")}</p>
              <button type="button" class="quiet" disabled={bars.length === 0} onClick={() => set(id, { ...dates, pauses: [...pauses, newPause(number(begin), last, pauses)] })}>{t("suspend")}</button>
              <button type="button" class="quiet" disabled={bars.length === 0 || Boolean(dates.end)} onClick={() => set(id, { ...dates, end: iso(Math.round((number(begin) + last) / 2)) })}>{t("end_it")}</button>
              <button type="button" class="quiet" disabled={!calendar[id]} onClick={() => set(id, null)}>{t("as_published")}</button>
              {run.scenario.measures.includes(id) && <button type="button" class="quiet" onClick={() => setMeasures(run.scenario.measures.filter((each) => each !== id))}>{t("remove")}</button>}
            </div>
          </div>
        );
      })}
      {idle.length > 0 && (
        <details class="idle">
          <summary>{t("idle_measures", { n: String(idle.length) })}</summary>
          <ul>
            {idle.map((id) => (
              <li key={id}>
                <strong>{id}</strong> {titleOf(id)} <button type="button" class="quiet" onClick={() => setMeasures(run.scenario.measures.filter((each) => each !== id))}>{t("remove")}</button>
              </li>
            ))}
          </ul>
        </details>
      )}
      <form class="add" onSubmit={(event) => (event.preventDefault(), adding && setMeasures([...run.scenario.measures, adding]), setAdding(""))}>
        <label>
          {t("add_measure")}{" "}
          <select value={adding} onChange={(event) => setAdding(event.currentTarget.value)}>
            <option value="">–</option>
            {addable}
          </select>
        </label>{" "}
        <button type="submit" class="quiet" disabled={!adding}>{t("add")}</button>
      </form>
    </section>
  );
}

interface Stripe {
  look: string;
  rates: [number, number] | null;
}

// What a bar is drawn as: a tariff that is paused in part is two stripes, one above the other.
function stripesOf(bar: Bar): Stripe[] {
  if (bar.rates && bar.paused_rates) return [{ look: "running upper", rates: bar.rates }, { look: "paused lower", rates: bar.paused_rates }];
  return [{ look: bar.state === "suspended" ? "paused" : "running", rates: bar.rates ?? bar.paused_rates }];
}

// Stretches in which a measure or a part of it is paused; two that touch are one.
function pausesOf(bars: Bar[]): { start: string; until: string }[] {
  const found: { start: string; until: string }[] = [];
  for (const bar of bars.filter((each) => each.state === "suspended" || each.paused_rates)) {
    const last = found[found.length - 1];
    if (last?.until === bar.start) last.until = bar.until;
    else found.push({ start: bar.start, until: bar.until });
  }
  return found;
}

const calendarOf = (ask: Ask): Record<string, Dates> => (ask.changes.calendar ?? {}) as unknown as Record<string, Dates>;

// A pause of half a year that begins in the largest free stretch.
function newPause(begin: number, last: number, pauses: { start: string; until: string }[]): { start: string; until: string } {
  const from = Math.max(begin, ...pauses.map((pause) => number(pause.until)));
  const start = Math.min(from + Math.round((last - from) / 3), last - STEP_DAYS);
  return { start: iso(start), until: iso(Math.min(start + NEW_PAUSE_DAYS, last)) };
}

function marks(first: number, last: number): number[] {
  const found: number[] = [];
  const day = new Date(first * DAY);
  for (let month = 0; month < 400; month += last - first > 1500 ? 12 : 3) {
    const next = Date.UTC(day.getUTCFullYear(), month, 1) / DAY;
    if (next > last - 20) break;
    if (next >= first) found.push(next);
  }
  return found;
}

interface HandleProps {
  label: string;
  text: string;
  day: number;
  from: number;
  to: number;
  at: (day: number) => number;
  move: (day: number) => void;
}

function Handle({ label, text, day, from, to, at, move }: HandleProps) {
  const button = useRef<HTMLDivElement>(null);
  const within = (next: number) => Math.min(Math.max(Math.round(next), from), to);
  const byKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -STEP_DAYS, ArrowRight: STEP_DAYS, ArrowDown: -STEP_DAYS, ArrowUp: STEP_DAYS, PageDown: -28, PageUp: 28 };
    const step = event.key === "Home" ? from - day : event.key === "End" ? to - day : steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(within(day + step));
  };
  const byPointer = (event: PointerEvent) => {
    const track = button.current?.parentElement?.getBoundingClientRect();
    if (!track || !event.buttons) return;
    const days = (at(1) - at(0)) / 100; // share of the track that a day takes
    const origin = day - at(day) / 100 / days;
    const next = within(origin + (event.clientX - track.left) / track.width / days);
    if (next !== day) move(next);
  };
  return (
    <div
      ref={button} role="slider" tabIndex={0} class="handle" aria-label={label} aria-valuemin={from} aria-valuemax={to} aria-valuenow={day} aria-valuetext={text} title={`${label}: ${text}`}
      style={{ left: `${Math.min(Math.max(at(day), 0), 100)}%` }} onKeyDown={byKey} onPointerDown={(event) => (event.currentTarget.setPointerCapture(event.pointerId), event.currentTarget.focus())} onPointerMove={byPointer}
    />
  );
}
