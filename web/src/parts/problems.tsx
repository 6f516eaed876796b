// The report of everything that is wrong, as the command line prints it.
import type { Refusal } from "../generated/api";
import { useWords } from "../words";

export function Problems({ refusal }: { refusal: Refusal }) {
  const { t } = useWords();
  return (
    <section class="problems" role="alert">
      <h2>{t("problems", { n: String(refusal.problems.length) })}</h2>
      <p>{refusal.error}</p>
      <ul>
        {refusal.problems.slice(0, 50).map((each, at) => (
          <li key={at}>
            {[each.file, each.row === null ? "" : t("row", { n: String(each.row) }), each.column].filter(Boolean).join(", ")} {each.why}
            {each.value && <> (<code>{each.value}</code>)</>}. <em>{each.cure}</em>
          </li>
        ))}
      </ul>
    </section>
  );
}
