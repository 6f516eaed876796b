// End uses with what they lost and the time until they stop.
import type { Run } from "../generated/api";
import type { Bands } from "../api";
import type { Names } from "../store";
import { useWords } from "../words";

const SHOWN = 24;

export function Uses({ run, names, bands, failed }: { run: Run; names: Names; bands: Bands | null; failed: boolean }) {
  const { t, of, money, percent, days, number } = useWords();
  const rows = [...run.uses].sort((a, b) => b.lost - a.lost || (a.first_stop_days ?? Infinity) - (b.first_stop_days ?? Infinity)).slice(0, SHOWN);
  return (
    <section id="uses" aria-labelledby="uses-title">
      <h2 id="uses-title">{t("uses")}</h2>
      <p class="what">{t("uses_what")}</p>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="uses-title">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("use")}</th>
              <th scope="col">{t("first_stop")}</th>
              <th scope="col">{t("half_stop")}</th>
              <th scope="col">{t("stock_days")}</th>
              <th scope="col">{t("lowest")}</th>
              <th scope="col">{t("lost")}</th>
              <th scope="col">{t("share_lost")}</th>
              <th scope="col">{t("chance_year")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const chance = bands?.stops[row.use];
              return (
                <tr key={row.use}>
                  <th scope="row">{of(names.outline.uses[row.use], row.use)}</th>
                  <td>{row.first_stop_days === null ? "–" : days(row.first_stop_days)}</td>
                  <td>{row.half_stop_days === null ? "–" : days(row.half_stop_days)}</td>
                  <td>{row.stock_days === null ? "–" : days(row.stock_days)}</td>
                  <td>{percent(row.lowest)}</td>
                  <td>{money(row.lost)}</td>
                  <td>{percent(row.share)}</td>
                  <td>{chance !== undefined ? percent(chance) : failed ? "–" : "…"}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {run.uses.length > SHOWN && <p class="what">{t("more_uses", { n: number(run.uses.length - SHOWN) })}</p>}
    </section>
  );
}
