// Both sides' losses, always in one table. Lines are not added up.
import type { Run } from "../generated/api";
import { useWords, type Key } from "../words";

export function Ledgers({ run, published }: { run: Run; published: Run | null }) {
  const { t, money, maybe } = useWords();
  const sides = Object.keys(run.ledger);
  const lines = Object.keys(run.ledger[sides[0] ?? ""] ?? {});
  const before = published && published.id !== run.id ? published.ledger : null;
  return (
    <section id="ledgers" aria-labelledby="ledgers-title">
      <h2 id="ledgers-title">{t("ledgers")}</h2>
      <p class="what">{t("ledgers_what")}</p>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="ledgers-title">
        <table class="ledger">
          <thead>
            <tr>
              <th scope="col">{t("line")}</th>
              {sides.map((side) => <th scope="col" key={side}><i class={`key ${side}`} aria-hidden="true" />{maybe(`side_${side}`, side)}</th>)}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line}>
                <th scope="row">{maybe(`line_${line}`, line)}</th>
                {sides.map((side) => {
                  const value = run.ledger[side]?.[line] ?? 0;
                  const old = before?.[side]?.[line];
                  return (
                    <td key={side} class={Math.abs(value) < 0.5 ? "nothing" : undefined}>
                      {money(value)}
                      {value < -0.5 && <small>{t("gain")}</small>}
                      {old !== undefined && Math.abs(old - value) > 0.5 && <small class="change">{t("was", { value: money(old) })}</small>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="what">{t("ledgers_note" as Key)}</p>
    </section>
  );
}
