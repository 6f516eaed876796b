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

const made: Partial<Record<Language, Speech>> = {};

export function speech(language: Language): Speech {
  return (made[language] ??= make(language));
}

export const useWords = (): Speech => speech(useContext(LanguageContext));

function make(language: Language): Speech {
  const locale = LOCALE[language];
  const plains: Record<number, Intl.NumberFormat> = {}; // a formatter takes far longer to make than to use
  const plain = (digits: number) => (plains[digits] ??= new Intl.NumberFormat(locale, { maximumSignificantDigits: digits }));
  const long = new Intl.NumberFormat(locale, { notation: "compact", compactDisplay: language === "en" ? "long" : "short", maximumSignificantDigits: 3 });
  const short = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });
  const t = (key: Key, values: Record<string, string> = {}) => words[key][language].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  const dollars = (text: string, usd: number) => (language === "zh" ? `${text}美元` : `${usd < 0 ? "−" : ""}$${text.replace("-", "")}`);
  return {
    language,
    t,
    maybe: (key, otherwise) => (key in words ? words[key as Key][language] : otherwise),
    of: (both, otherwise = "") => both?.[language] || both?.en || otherwise,
    number: (value, digits = 3) => plain(digits).format(value),
    percent: (value) => share.format(Math.abs(value) < 0.0005 ? 0 : value),
    money: (usd) => (Math.abs(usd) < 0.5 ? dollars("0", 0) : dollars(long.format(usd), usd)),
    axisMoney: (usd) => dollars(short.format(usd), usd),
    days: (days) => (days === null ? t("never") : t("n_days", { n: plain(3).format(Math.round(days)) })),
    weeks: (weeks) => t("n_weeks", { n: plain(3).format(weeks) }),
    date: (iso) => day.format(new Date(`${iso}T00:00:00Z`)),
  };
}
