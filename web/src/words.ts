// Two languages at once: words from strings.csv, numbers and dates as each language writes them.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { words } from "./generated/words";

export type Language = "en" | "zh";
export type Key = keyof typeof words;
export const LOCALE: Record<Language, string> = { en: "en-GB", zh: "zh-CN" };
export const LanguageContext = createContext<Language>("en");

export interface Speech {
  language: Language;
  t: (key: Key, values?: Record<string, string>) => string;
  maybe: (key: string, otherwise: string) => string;
  of: (both: Record<string, string> | undefined, otherwise?: string) => string;
  number: (value: number, digits?: number) => string;
  percent: (share: number) => string;
  money: (usd: number) => string;
  axisMoney: (usd: number) => string;
  days: (days: number | null) => string;
  weeks: (weeks: number) => string;
  date: (iso: string) => string;
}

const MAGNITUDES: Record<Language, [number, Key][]> = {
  en: [[1e12, "magnitude_trillion"], [1e9, "magnitude_billion"], [1e6, "magnitude_million"]],
  zh: [[1e12, "magnitude_trillion"], [1e8, "magnitude_hundred_million"], [1e4, "magnitude_ten_thousand"]],
};
const NOTHING = 0.5; // money below half a dollar is rounding error of sums
const MINUS = "\u2212";
const COUNTED = 4; // from so many digits on a number is a count, written in full

const made: Partial<Record<Language, Speech>> = {};

export function speech(language: Language): Speech {
  return (made[language] ??= make(language));
}

export const useWords = (): Speech => speech(useContext(LanguageContext));

// Numbers are written as standoff/results/numbers.py writes them for the report; a test holds both against each other.
function make(language: Language): Speech {
  const t = (key: Key, values: Record<string, string> = {}) => words[key][language].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  const plain = (value: number): string => {
    const size = Math.abs(value);
    const [scale, key] = MAGNITUDES[language].find(([each]) => size >= each * 0.9995) ?? [1, null];
    const text = key ? t(key, { number: digits(size / scale) }) : digits(size);
    return value < 0 && size > 0 ? MINUS + text : text;
  };
  const dollars = (usd: number) => t("unit_usd", { number: plain(Math.abs(usd) < NOTHING ? 0 : usd) });
  const percent = (share: number): string => {
    const size = Math.abs(share) * 100;
    const whole = size >= 99.95 || Math.abs(size - Math.round(size)) < 1e-9;
    const text = size < 0.05 ? (size < 5e-4 ? "0" : "< 0.1") : whole ? grouped(even(size).toFixed(0)) : fixed(size, 1);
    return t("unit_percent", { number: (share < 0 && size >= 0.05 ? MINUS : "") + text });
  };
  const date = (iso: string) => {
    const [year, month, day] = iso.split("-").map(Number);
    return t("date_long", { year: String(year), month: t(`month_${month}` as Key), day: String(day) });
  };
  return {
    language,
    t,
    maybe: (key, otherwise) => (key in words ? words[key as Key][language] : otherwise),
    of: (both, otherwise = "") => both?.[language] || both?.en || otherwise,
    number: (value, most = 3) => (most >= COUNTED ? grouped(value.toFixed(0)) : plain(value)),
    percent,
    money: dollars,
    axisMoney: plain,
    days: (days) => (days === null ? t("never") : t(even(days) === 1 ? "unit_day" : "unit_days", { number: grouped(even(days).toFixed(0)).replace("-", MINUS) })),
    weeks: (weeks) => t("n_weeks", { n: plain(weeks) }),
    date,
  };
}

// A number of at least 0 with three significant digits, grouped by thousands.
function digits(value: number): string {
  if (value < 5e-7) return "0";
  const places = 2 - Math.floor(Math.log10(value) + 1e-12);
  if (places <= 0) return grouped((even(value / 10 ** -places) * 10 ** -places).toFixed(0));
  const text = fixed(Number(fixed(value, places)), Math.min(places, 6));
  const [whole = "", part = ""] = text.split(".");
  const left = part.replace(/0+$/, "");
  return grouped(whole) + (left ? `.${left}` : "");
}

// Halves go to the even neighbour, as in Python.
function even(value: number): number {
  const near = Math.round(value);
  return Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : near;
}

// Decimals as Python rounds them: where a number lies exactly between two, the even one.
function fixed(value: number, places: number): string {
  const scaled = value * 10 ** places;
  const between = Math.abs(scaled % 1) === 0.5 && Number.isInteger(value * 2 ** (places + 1));
  return (between ? even(scaled) / 10 ** places : value).toFixed(places);
}

const grouped = (text: string): string => text.replace(/\B(?=(\d{3})+$)/g, ",");
