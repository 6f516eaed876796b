// Words and graphs of the page from the package's tables: a key that is not in one of them does not compile.
// Terms and number forms that the report writes too stand in results/words.csv alone; here `side.china` is `side_china`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rows } from "./csv.mjs";

const SHARED = ["side", "stage", "line", "status_of", "state", "magnitude", "unit", "month", "date", "moved"];
const read = (path) => rows(readFileSync(new URL(`../../src/standoff/${path}`, import.meta.url), "utf8"));
const table = (name) => read(`web/${name}.csv`);
const shared = read("results/words.csv").filter((row) => SHARED.includes(row.key.split(".")[0]));
const spoken = [...shared.map((row) => ({ ...row, key: row.key.replace(".", "_") })), ...table("strings")];
const words = Object.fromEntries(spoken.map((row) => [row.key, { en: row.en, zh: row.zh }]));
if (Object.keys(words).length !== spoken.length) throw new Error("a key stands in strings.csv and in results/words.csv");
const graphs = Object.fromEntries(
  table("graphs").map((row) => [
    row.graph,
    {
      title: { en: row.title_en, zh: row.title_zh },
      what: { en: row.what_en, zh: row.what_zh },
      unit: { en: row.unit_en, zh: row.unit_zh },
      scale: row.scale,
    },
  ]),
);
mkdirSync(new URL("../src/generated/", import.meta.url), { recursive: true });
writeFileSync(
  new URL("../src/generated/words.ts", import.meta.url),
  `// Made by tools/words.mjs.\nexport const words = ${JSON.stringify(words, null, 1)} as const;\nexport const graphs = ${JSON.stringify(graphs, null, 1)} as const;\n`,
);
