// Types of the API from its OpenAPI description (openapi.json, written by `python -m standoff.web.describe`).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const api = JSON.parse(readFileSync(new URL("../openapi.json", import.meta.url), "utf8"));

function type(schema) {
  if (!schema || Object.keys(schema).length === 0) return "Json";
  if (schema.$ref) return schema.$ref.split("/").pop().replace(/\W/g, "_");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const any = schema.anyOf ?? schema.oneOf;
  if (any) return any.map(type).join(" | ");
  if (schema.prefixItems) return `[${schema.prefixItems.map(type).join(", ")}]`;
  if (schema.type === "array") return `Array<${type(schema.items)}>`;
  if (schema.type === "object" && !schema.properties) return `Record<string, ${type(schema.additionalProperties)}>`;
  return { string: "string", number: "number", integer: "number", boolean: "boolean", null: "null" }[schema.type] ?? "Json";
}

// A field with a default may be left out of a request; an answer always carries it. Answers are those that no request body names.
const asked = new Set(
  Object.values(api.paths).flatMap((path) =>
    Object.values(path).map((each) => each.requestBody?.content?.["application/json"]?.schema?.$ref?.split("/").pop()),
  ),
);
const types = Object.entries(api.components.schemas).map(([name, schema]) => {
  if (!schema.properties) return `export type ${name.replace(/\W/g, "_")} = ${type(schema)};`;
  const fields = Object.entries(schema.properties).map(([field, value]) => {
    const optional = asked.has(name) && !(schema.required ?? []).includes(field) ? "?" : "";
    return `  ${JSON.stringify(field)}${optional}: ${type(value)};`;
  });
  return `export interface ${name.replace(/\W/g, "_")} {\n${fields.join("\n")}\n}`;
});
const json = "export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };";
mkdirSync(new URL("../src/generated/", import.meta.url), { recursive: true });
writeFileSync(new URL("../src/generated/api.ts", import.meta.url), `// Made by tools/client.mjs.\n${json}\n${types.join("\n")}\n`);
