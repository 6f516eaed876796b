// Where final use is not met: circles on the world, as large as the loss.
import { geoEqualEarth, geoPath } from "d3-geo";
import { useEffect, useState } from "preact/hooks";
import { feature } from "topojson-client";
import type { Run } from "../generated/api";
import type { Names } from "../store";
import { useWords } from "../words";
import { Figure } from "./figure";

const WIDTH = 460;
const HEIGHT = 226;
const LARGEST = 34;
const projection = geoEqualEarth().fitSize([WIDTH, HEIGHT], { type: "Sphere" });
const path = geoPath(projection).digits(1);

export function WorldMap({ run, names }: { run: Run; names: Names }) {
  const { t, of, money } = useWords();
  const [land, setLand] = useState("");
  useEffect(() => {
    void import("world-atlas/land-110m.json").then(({ default: atlas }) => {
      const topology = atlas as unknown as Parameters<typeof feature>[0];
      setLand(path(feature(topology, topology.objects.land as never) as never) ?? "");
    });
  }, []);
  const lost: Record<string, number> = {};
  for (const row of run.uses) {
    const place = names.outline.use_places[row.use] ?? "";
    lost[place] = (lost[place] ?? 0) + row.lost;
  }
  const rows = Object.entries(lost).sort((a, b) => b[1] - a[1]);
  const largest = Math.max(...rows.map(([, value]) => value), 1);
  const worst = rows[0] && rows[0][1] > 0 ? t("map_sentence", { place: of(names.place(rows[0][0])), value: money(rows[0][1]) }) : t("map_nothing");
  return (
    <Figure id="map" title={t("map_title")} what={t("map_what")} sentence={worst} table={() => ({ head: [t("place"), t("lost")], rows: rows.map(([place, value]) => [of(names.place(place)), money(value)]) })}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} class="map" role="img" aria-label={`${t("map_title")}. ${worst}`}>
        <path d={land} class="land" />
        {rows.map(([place, value]) => {
          const spot = names.outline.places[place];
          const at = spot && spot.at[0] !== null && spot.at[1] !== null ? projection([spot.at[0], spot.at[1]]) : null;
          return (
            at && (
              <g key={place}>
                <circle cx={at[0]} cy={at[1]} r={Math.max(Math.sqrt(value / largest) * LARGEST, 2.5)} class={`spot ${spot?.side}`} />
                <text x={at[0]} y={at[1] + 4} class="place middle">{value > largest / 50 ? of(names.place(place)) : ""}</text>
              </g>
            )
          );
        })}
      </svg>
    </Figure>
  );
}
