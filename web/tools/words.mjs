// Words and graphs of the page from the package's tables: a key that is not in strings.csv does not compile.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rows } from "./csv.mjs";

const table = (name) => rows(readFileSync(new URL(`../../src/standoff/web/${name}.csv`, import.meta.url), "utf8"));
const words = Object.fromEntries(table("strings").map((row) => [row.key, { en: row.en, zh: row.zh }]));
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
