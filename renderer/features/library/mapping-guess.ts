import type { TablePreview } from "../../../app/contract/import-views.ts";
import type { ColumnMapping } from "../../../app/formats/column-mapping.ts";

/** Names that columns often have, by what they say. */
const usual = {
  text: /text|message|content|body|said|utterance|transcript/iu,
  speaker: /speaker|who|author|sender|role|participant|from|agent/iu,
  start: /start|begin|when|time|date|sent|created/iu,
  end: /end|until|stop/iu,
  conversation: /conversation|contact|session|ticket|case|thread|call_?id/iu,
} as const;

/** A mapping to begin with: columns by their names, times by what the first row holds. A person looks over it. */
export function guessMapping({ columns, rows }: TablePreview, fileName: string): ColumnMapping {
  const taken = new Set<string>();
  const take = (pattern: RegExp): string | null => {
    const found = columns.find((column) => !taken.has(column) && pattern.test(column)) ?? null;
    if (found !== null) taken.add(found);
    return found;
  };
  const said = take(usual.text) ?? longestColumn(columns, rows);
  taken.add(said);
  const conversation = take(usual.conversation);
  const speaker = take(usual.speaker);
  const start = take(usual.start);
  const end = take(usual.end);
  const first = rows[0]?.[columns.indexOf(start ?? "")] ?? "";
  const times = /^\d{1,4}:\d\d/u.test(first)
    ? "clock"
    : /^\d{1,6}(?:[.,]\d+)?$/u.test(first)
      ? "seconds"
      : /^\d{7,9}$/u.test(first)
        ? "milliseconds"
        : "instant";
  return {
    id: crypto.randomUUID(),
    name: fileName.replace(/\.[^.]*$/u, "").slice(0, 100),
    kind: times === "instant" ? "chat" : "call",
    text: said,
    speaker,
    start,
    end,
    times,
    conversation,
    agent: "",
    customer: "",
  };
}

/** The column with the most letters in it: mostly what was said. */
function longestColumn(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lengths = columns.map((_, index) => rows.reduce((sum, row) => sum + (row[index]?.length ?? 0), 0));
  return columns[lengths.indexOf(Math.max(...lengths))] ?? columns[0] ?? "";
}
