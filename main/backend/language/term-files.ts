import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { readTerms, type Term, type TermRow, termFileNames } from "../../../app/insight/terms.ts";

/** Largest string map that is read. */
const largestBytes = 16 * 1024 * 1024;

/** A string map as it stands in its file now. */
export interface TermFile {
  /** The file's name without its folder; null where there is no file for the language. */
  readonly file: string | null;
  /** Changes when the file does. */
  readonly fingerprint: string;
  readonly terms: readonly Term[];
  readonly bad: readonly { readonly file: string; readonly line: number; readonly reason: string }[];
}

const noFile: TermFile = { file: null, fingerprint: "", terms: [], bad: [] };

/** Reads string maps, each again only when its file has changed. */
export interface TermFiles {
  /** The map for a language under a path; empty where there is none. A file that cannot be read is told as its first bad line. */
  of(path: string, language: string | null): Promise<TermFile>;
}

/** Makes a reader of string maps. */
export function createTermFiles(): TermFiles {
  const known = new Map<string, TermFile>();
  return {
    async of(path, language) {
      for (const name of termFileNames(path, language)) {
        const found = await stat(name).catch(() => null);
        if (found === null || !found.isFile()) continue;
        const fingerprint = `${name} ${found.size} ${found.mtimeMs}`;
        const before = known.get(name);
        if (before?.fingerprint === fingerprint) return before;
        const file = basename(name);
        const read =
          found.size > largestBytes
            ? { terms: [], bad: [{ line: 0, reason: "too-large" }] }
            : await readTermFile(name).catch(() => ({ terms: [], bad: [{ line: 0, reason: "unreadable" }] }));
        const now: TermFile = { file, fingerprint, terms: read.terms, bad: read.bad.map((row) => ({ file, ...row })) };
        known.set(name, now);
        return now;
      }
      return { ...noFile, bad: [{ file: basename(path), line: 0, reason: "absent" }] };
    },
  };
}

const rowSchema = z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) });

async function readTermFile(path: string): Promise<{ terms: Term[]; bad: { line: number; reason: string }[] }> {
  const text = await readFile(path, "utf8");
  const broken: { line: number; reason: string }[] = [];
  // A row with a stray quotation mark costs itself, not the file.
  const read: unknown = parse(text, {
    bom: true,
    relax_column_count: true,
    skip_records_with_error: true,
    info: true,
    on_skip: (error) => {
      const line: unknown = error?.["lines"];
      broken.push({ line: typeof line === "number" ? line : 0, reason: "not-csv" });
    },
  });
  const rows = z
    .array(rowSchema)
    .parse(read)
    .map(({ record, info }): TermRow => ({ line: info.lines, cells: record }));
  if (rows.length === 0 && broken.length === 0) throw new EarmarkError("file-empty", "The string map is empty.");
  const { terms, bad } = readTerms(rows);
  return { terms, bad: [...broken, ...bad].sort((a, b) => a.line - b.line) };
}
