import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { detectFormat } from "../../../app/formats/detect.ts";
import { tryJson } from "../../../app/formats/json-text.ts";
import { readJsonSidecar, readTableSidecar, type SidecarFacts } from "../../../app/formats/sidecar.ts";
import { isTable, readTable } from "../../../app/formats/table.ts";

/** Names of tables that speak of the files beside them. */
const tableNames = ["metadata.csv", "earmark.csv"] as const;
/** What is put behind a file's name, or in place of its ending, to name the file that speaks of it. */
const jsonEndings = [".metadata.json", "_metadata.json", "_call_metadata.json", ".json"] as const;
/** Largest file of facts that is read. */
const largestBytes = 64 * 1024 ** 2;

/** What the files beside recordings say of them. Tables are read once, and again when they change. */
export interface FactsBeside {
  /** What is said of a file on a disk; null where nothing is. Never rejects: a table that cannot be read says nothing. */
  of(path: string, timeZone: string): Promise<SidecarFacts | null>;
}

/** Whether a file speaks of others and is no conversation itself, by its name. */
export function isFactsTable(path: string): boolean {
  return (tableNames as readonly string[]).includes(basename(path).toLowerCase());
}

/** Whether a JSON file holds facts of a recording beside it: it is no transcript, and names something. */
export function isFactsText(text: string): boolean {
  return detectFormat(text) === null && readJsonSidecar(tryJson(text)) !== null;
}

/** Begins without having read a table. */
export function createFactsBeside(): FactsBeside {
  const tables = new Map<string, { readonly changedMs: number; readonly facts: ReadonlyMap<string, SidecarFacts> }>();

  const tableFacts = async (path: string, timeZone: string): Promise<ReadonlyMap<string, SidecarFacts> | null> => {
    const found = await stat(path).catch(() => null);
    if (found === null || !found.isFile() || found.size > largestBytes) return null;
    const known = tables.get(path);
    if (known?.changedMs === found.mtimeMs) return known.facts;
    const text = await readFile(path, "utf8");
    const { columns, rows } = isTable(text) ? readTable(text) : { columns: [], rows: [] };
    const facts = readTableSidecar([columns, ...rows.map(({ cells }) => cells)], timeZone);
    if (tables.size >= 100) tables.clear();
    tables.set(path, { changedMs: found.mtimeMs, facts });
    return facts;
  };

  const jsonFacts = async (path: string, timeZone: string): Promise<SidecarFacts | null> => {
    const stem = path.slice(0, path.length - extname(path).length);
    for (const ending of jsonEndings) {
      for (const beside of [path + ending, stem + ending]) {
        if (beside === path) continue;
        const found = await stat(beside).catch(() => null);
        if (found === null || !found.isFile() || found.size > largestBytes) continue;
        const text = await readFile(beside, "utf8");
        // A transcript of the same name is another matter.
        const facts = detectFormat(text) === null ? readJsonSidecar(tryJson(text), timeZone) : null;
        if (facts !== null) return facts;
      }
    }
    return null;
  };

  return {
    async of(path, timeZone) {
      try {
        const own = await jsonFacts(path, timeZone);
        if (own !== null) return own;
        for (const name of tableNames) {
          const facts = (await tableFacts(join(dirname(path), name), timeZone))?.get(basename(path).toLowerCase());
          if (facts !== undefined) return facts;
        }
      } catch {
        // What stands beside a recording is a help: the recording comes without it.
      }
      return null;
    },
  };
}
