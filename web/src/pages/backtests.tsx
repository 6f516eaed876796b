// Back-tests: what was frozen of a past episode beside what came, and the same with a file of later rows.
import { useEffect, useState } from "preact/hooks";
import { backtest, backtests, refusalOf, uploadObserved } from "../api";
import type { BacktestAnswer, EpisodeAnswer, Refusal } from "../generated/api";
import { Patterns, Section } from "../parts/drawing";
import { Problems } from "../parts/problems";
import { Upload } from "../parts/upload";
import { useWords } from "../words";

export function BacktestsPage() {
  const { t, of, language } = useWords();
  const [episodes, setEpisodes] = useState<EpisodeAnswer[]>([]);
  const [name, setName] = useState("");
  const [shown, setShown] = useState<BacktestAnswer | null>(null);
  const [brought, setBrought] = useState("");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const fail = (error: unknown) => setRefusal(refusalOf(error));
  useEffect(() => void backtests().then((found) => (setEpisodes(found), setName(found[0]?.name ?? "")), fail), []);
  const read = () => {
    if (!name) return;
    setBrought("");
    setRefusal(null);
    void backtest(name).then(setShown, fail);
  };
  useEffect(read, [name]);
  return (
    <div class="single wide">
      <h1>{t("page_backtests")}</h1>
      <p class="what">{t("backtests_what")}</p>
      {episodes.length > 1 && (
        <label>{t("episode")} <select value={name} onChange={(event) => setName(event.currentTarget.value)}>{episodes.map((each) => <option key={each.name} value={each.name}>{of(each.title)}</option>)}</select></label>
      )}
      {refusal && <Problems refusal={refusal} />}
      {!shown ? <p class="waiting">{t("loading")}</p> : (
        <>
          <h2>{of(shown.title)}</h2>
          <p>{of(shown.summary)}</p>
          <section class="card observed" aria-labelledby="observed-title">
            <h2 id="observed-title">{t("observed_title")}</h2>
            <p class="what">{t("observed_what")} <code>month, period_end, product, destination, value, unit</code></p>
            <Upload label={t("upload_observed")} accept=".csv" fail={fail} take={async (file) => {
              setShown(await uploadObserved(shown.episode, file));
              setBrought(file.name);
              setRefusal(null);
            }} />
            <div aria-live="polite">
              {shown.observed && (
                <>
                  <p>{t("observed_used", { used: String(shown.observed.used), rows: String(shown.observed.rows) })}</p>
                  <ul lang="en">{shown.observed.left_out.map((left) => <li key={left.why + left.value}>{left.why}{left.value && ` (${left.value})`}: {left.rows.join(", ")}</li>)}</ul>
                </>
              )}
              {brought && <p>{t("observed_scored", { file: brought, n: String(shown.scored) })} <button type="button" class="quiet" onClick={read}>{t("observed_away")}</button></p>}
            </div>
          </section>
          <Patterns />
          {(shown.sections[language] ?? []).map((section) => <Section key={section.name} section={section} />)}
          <p class="what" lang="en">{shown.terms}</p>
        </>
      )}
    </div>
  );
}
