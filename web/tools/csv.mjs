// Rows of a CSV file with a header line; fields may be quoted.
export function rows(text) {
  const table = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    const line = table[table.length - 1];
    if (quoted && sign === '"' && text[at + 1] === '"') line[line.length - 1] += text[++at];
    else if (sign === '"') quoted = !quoted;
    else if (sign === "," && !quoted) line.push("");
    else if (sign === "\n" && !quoted) table.push([""]);
    else if (sign !== "\r") line[line.length - 1] += sign;
  }
  const [names, ...body] = table;
  return body.filter((line) => line.length === names.length).map((line) => Object.fromEntries(names.map((name, at) => [name, line[at]])));
}
