import { useEffect, useMemo, useState } from "preact/hooks";
import { outline as readOutline, start as readStart } from "./api";
import { PAGES, type Place } from "./ask";
import type { Outline, Start } from "./generated/api";
import { AboutPage } from "./pages/about";
import { BacktestsPage } from "./pages/backtests";
import { ClaimsPage } from "./pages/claims";
import { ComparePage } from "./pages/compare";
import { DataPage } from "./pages/data";
import { DeterminePage } from "./pages/determine";
import { ExplorePage } from "./pages/explore";
import { namesOf, useHistory } from "./store";
import { LanguageContext, LOCALE, speech, type Language } from "./words";

type Theme = "auto" | "light" | "dark";
const THEMES: Theme[] = ["auto", "light", "dark"];

function useKept<T extends string>(name: string, first: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => (localStorage.getItem(name) as T | null) ?? first);
  return [value, (next) => (localStorage.setItem(name, next), setValue(next))];
}

export function App() {
  const [language, setLanguage] = useKept<Language>("language", navigator.language.startsWith("zh") ? "zh" : "en");
  const [theme, setTheme] = useKept<Theme>("theme", "auto");
  const [start, setStart] = useState<Start | null>(null);
  const [outlines, setOutlines] = useState<Record<string, Outline>>({});
  const history = useHistory();
  const { place, go } = history;
  const words = speech(language);
  const { t } = words;

  useEffect(() => void readStart().then(setStart), []);
  useEffect(() => {
    document.documentElement.lang = LOCALE[language];
    document.title = `standoff · ${t(`page_${place.page}`)}`;
  }, [language, place.page]);
  useEffect(() => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);

  const world = place.ask.world || start?.scenarios.find((each) => each.name === place.ask.scenario)?.world || "";
  useEffect(() => {
    if (world && !outlines[world]) void readOutline(world).then((found) => setOutlines((before) => ({ ...before, [world]: found })), () => go({ ...place, ask: { ...place.ask, world: "" } }));
  }, [world]);
  const outline = outlines[world];
  const names = useMemo(() => outline && namesOf(outline), [outline]);
  const to = (page: Place["page"]) => ({ ...place, page });

  return (
    <LanguageContext.Provider value={language}>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        {t("skip")}
      </a>
      <header class="top">
        <span class="mark">standoff</span>
        <nav aria-label={t("pages")}>
          {PAGES.map((page) => (
            <a key={page} href={`#/${page}`} aria-current={page === place.page ? "page" : undefined} onClick={(event) => (event.preventDefault(), go(to(page)))}>
              {t(`page_${page}`)}
            </a>
          ))}
        </nav>
        <span class="tools">
          <button type="button" id="language" lang={language === "en" ? "zh-CN" : "en"} onClick={() => setLanguage(language === "en" ? "zh" : "en")}>
            {language === "en" ? "中文" : "English"}
          </button>
          <button type="button" id="theme" onClick={() => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme)}>
            {t(`theme_${theme}`)}
          </button>
        </span>
      </header>
      <main id="main" tabIndex={-1}>
        {!start || !names ? (
          <p class="waiting">{t("loading")}</p>
        ) : place.page === "explore" ? (
          <ExplorePage start={start} names={names} history={history} />
        ) : place.page === "compare" ? (
          <ComparePage start={start} names={names} place={place} go={go} />
        ) : place.page === "determine" ? (
          <DeterminePage />
        ) : place.page === "claims" ? (
          <ClaimsPage />
        ) : place.page === "backtests" ? (
          <BacktestsPage />
        ) : place.page === "data" ? (
          <DataPage worlds={start.worlds} first={world} />
        ) : (
          <AboutPage version={start.version} outline={names.outline} />
        )}
      </main>
    </LanguageContext.Provider>
  );
}
