// About: what it is, what it cannot say, how to cite.
import type { Outline } from "../generated/api";
import { useWords, type Key } from "../words";

const PARTS: [Key, Key[]][] = [
  ["about_what", ["about_what_1", "about_what_2"]],
  ["about_use", ["about_use_1", "about_use_2"]],
  ["about_cannot", ["about_cannot_1", "about_cannot_2", "about_cannot_3", "about_cannot_4"]],
  ["about_fair", ["about_fair_1", "about_fair_2"]],
  ["about_data", ["about_data_1", "about_data_2"]],
];

export function AboutPage({ version, outline }: { version: string; outline: Outline }) {
  const { t, of } = useWords();
  return (
    <div class="single">
      <h1>{t("page_about")}</h1>
      {PARTS.map(([title, lines]) => (
        <section key={title}>
          <h2>{t(title)}</h2>
          {lines.map((line) => <p key={line}>{t(line)}</p>)}
        </section>
      ))}
      <section>
        <h2>{t("about_cite")}</h2>
        <p>{t("about_cite_1")}</p>
        <p><code>{t("cite", { version, world: `${of(outline.title)} (${outline.world})` })}</code></p>
        <p><a href="api/openapi.json">{t("about_api")}</a></p>
      </section>
    </div>
  );
}
