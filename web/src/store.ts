// The page's state: what is asked, what was asked before (undo), and the runs that answer.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { beginBands, cancelBands, lookAtBands, refusalOf, run, type Bands } from "./api";
import { keyOf, readAddress, request, writeAddress, type Ask, type Place } from "./ask";
import type { Outline, Refusal, Run } from "./generated/api";

const CLIENT = crypto.randomUUID();
const REST_MS = 150; // a lever rests this long after its last move, and at least SEEN_MS after the run is there: the band is asked for
const SEEN_MS = 80;
const ONE_MOVE_MS = 800; // changes of one number within this time are one step of undo
const DRAWS = 64;

export interface History {
  place: Place;
  go: (place: Place, mark?: string) => void;
  undo: (() => void) | null;
}

export function useHistory(): History {
  const [place, setPlace] = useState(() => readAddress(location.hash));
  const [past, setPast] = useState<Place[]>([]);
  const last = useRef({ mark: "", at: 0 });
  const go = useCallback(
    (next: Place, mark = "") => {
      const now = performance.now();
      const same = mark !== "" && mark === last.current.mark && now - last.current.at < ONE_MOVE_MS;
      last.current = { mark, at: now };
      if (!same && keyOf(next.ask) !== keyOf(place.ask)) setPast((before) => [...before.slice(-99), place]);
      setPlace(next);
    },
    [place],
  );
  useEffect(() => {
    const address = writeAddress(place);
    if (location.hash !== address) history.replaceState(null, "", address);
  }, [place]);
  useEffect(() => {
    const moved = () => setPlace(readAddress(location.hash));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const previous = past[past.length - 1];
  const undo = previous
    ? () => {
        setPast((before) => before.slice(0, -1));
        setPlace((now) => ({ ...now, ask: previous.ask }));
      }
    : null;
  return { place, go, undo };
}

export interface Answered {
  run: Run | null;
  key: string; // of the ask that the run answers
  refusal: Refusal | null;
  busy: boolean;
}

const kept = new Map<string, Run>();

// The run that answers an ask. While one is under way only the newest further ask waits.
export function useRun(ask: Ask | null, client = ""): Answered {
  const [state, setState] = useState<Answered>({ run: null, key: "", refusal: null, busy: false });
  const busy = useRef(false);
  const wanted = useRef<Ask | null>(null);
  const key = ask ? keyOf(ask) : "";
  const work = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    while (wanted.current) {
      const next = wanted.current;
      wanted.current = null;
      const nextKey = keyOf(next);
      try {
        const found = kept.get(nextKey) ?? (await run(request(next, client)));
        if (!found) continue;
        kept.set(nextKey, found);
        if (kept.size > 100) kept.delete(kept.keys().next().value as string);
        setState({ run: found, key: nextKey, refusal: null, busy: wanted.current !== null });
      } catch (error) {
        setState((before) => ({ ...before, refusal: refusalOf(error), busy: false }));
      }
    }
    busy.current = false;
  }, [client]);
  useLayoutEffect(() => {
    if (!ask) return;
    wanted.current = ask;
    void work();
  }, [key]);
  return state;
}

export const useMainRun = (ask: Ask): Answered => useRun(ask, CLIENT);

export interface Banded {
  bands: Bands | null;
  done: number;
  draws: number;
  refusal: Refusal | null;
}

// Bands over draws, once the levers rest and the run is there. A newer ask cancels them.
export function useBands(ask: Ask, { run, key }: Answered): Banded {
  const [state, setState] = useState<Banded>({ bands: null, done: 0, draws: DRAWS, refusal: null });
  const moved = useRef(0);
  const id = run?.id ?? "";
  const asked = keyOf(ask);
  useLayoutEffect(() => void (moved.current = performance.now()), [asked]);
  useEffect(() => {
    if (!id || key !== asked) return;
    let over = false;
    let job = 0;
    const timer = setTimeout(async () => {
      try {
        let answer = await beginBands({ ...request(ask, CLIENT), draws: DRAWS });
        job = answer.job;
        if (over) void cancelBands(job).catch(() => undefined);
        while (!over && answer.state === "running") {
          setState((before) => ({ ...before, done: answer.done }));
          answer = await lookAtBands(job, 2);
        }
        if (!over) setState({ bands: answer.bands, done: answer.done, draws: DRAWS, refusal: null });
      } catch (error) {
        if (!over) setState({ bands: null, done: 0, draws: DRAWS, refusal: refusalOf(error) });
      }
    }, Math.max(REST_MS - (performance.now() - moved.current), SEEN_MS));
    return () => {
      over = true;
      clearTimeout(timer);
      setState((before) => (before.done || before.refusal ? { ...before, done: 0, refusal: null } : before));
      if (job) void cancelBands(job).catch(() => undefined);
    };
  }, [id, key, asked]);
  return { ...state, bands: state.bands?.id === id ? state.bands : null };
}

export interface Names {
  outline: Outline;
  place: (code: string) => Record<string, string>;
  consumer: (label: string) => Record<string, string>;
}

export function namesOf(outline: Outline): Names {
  const either = (label: string) => outline.uses[label] ?? outline.producers[label] ?? { en: label, zh: label };
  return { outline, place: (code) => ({ en: outline.places[code]?.en ?? code, zh: outline.places[code]?.zh ?? code }), consumer: either };
}
