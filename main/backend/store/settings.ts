import { isDeepStrictEqual } from "node:util";
import type Database from "better-sqlite3";
import type { ParsedInput } from "../../../app/contract/api.ts";
import { type Settings, settingsSchema } from "../../../app/contract/views.ts";
import type { Recorder } from "./ledger.ts";
import { parseJson } from "./stored-json.ts";

/** What a person has set. */
export interface SettingsTable {
  /** The settings; a value that cannot be read any more falls back to its default. */
  get(): Settings;
  /** Changes the named settings and answers with all. */
  set(changes: ParsedInput<"settings.set"> & Partial<Pick<Settings, "windows">>): Settings;
}

/** Places of windows are kept with the settings, and nobody sets them. */
const unrecorded: ReadonlySet<string> = new Set(["windows"]);

/** The settings in a database. The ledger records which were changed, never what they are. */
export function settingsTable(database: Database.Database, ledger: Recorder): SettingsTable {
  const read = database.prepare<[], string>("SELECT settings FROM settings").pluck();
  const write = database.prepare<[string]>(
    "INSERT INTO settings (only, settings) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET settings = excluded.settings",
  );
  let last: { readonly text: string | null; readonly settings: Settings } | null = null;
  /** Asked for at every step of every job, and seldom another. */
  const get = (): Settings => {
    const text = read.get() ?? null;
    if (last !== null && last.text === text) return last.settings;
    const stored = parseJson(text);
    const settings = settingsSchema.parse(typeof stored === "object" && stored !== null ? readable(stored) : {});
    last = { text, settings };
    return settings;
  };
  return {
    get,
    set: (changes) =>
      database.transaction(() => {
        const present = Object.entries(changes).filter(([, value]) => value !== undefined);
        const before = get();
        const settings = settingsSchema.parse({ ...before, ...Object.fromEntries(present) });
        write.run(JSON.stringify(settings));
        const names = present
          .map(([name]) => name)
          .filter(
            (name) => !unrecorded.has(name) && !isDeepStrictEqual(settingNamed(settings, name), settingNamed(before, name)),
          );
        if (names.length > 0) ledger.append("settings-changed", null, { names });
        return settings;
      })(),
  };
}

function settingNamed(settings: Settings, name: string): unknown {
  return Object.entries(settings).find(([own]) => own === name)?.[1];
}

/** The stored values that still fit the schema, so that one that does not costs itself alone. */
function readable(stored: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(stored).filter(([name, value]) => settingsSchema.safeParse({ [name]: value }).success),
  );
}
