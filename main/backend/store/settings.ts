import type Database from "better-sqlite3";
import type { ParsedInput } from "../../../app/contract/api.ts";
import { type Settings, settingsSchema } from "../../../app/contract/views.ts";
import { parseJson } from "./stored-json.ts";

/** What a person has set. */
export interface SettingsTable {
  /** The settings; a value that cannot be read any more falls back to its default. */
  get(): Settings;
  /** Changes the named settings and answers with all. */
  set(changes: ParsedInput<"settings.set"> & Partial<Pick<Settings, "windows">>): Settings;
}

/** The settings in a database. */
export function settingsTable(database: Database.Database): SettingsTable {
  const read = database.prepare<[], string>("SELECT settings FROM settings").pluck();
  const write = database.prepare<[string]>(
    "INSERT INTO settings (only, settings) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET settings = excluded.settings",
  );
  const get = (): Settings => {
    const stored = parseJson(read.get() ?? null);
    return settingsSchema.parse(typeof stored === "object" && stored !== null ? readable(stored) : {});
  };
  return {
    get,
    set: (changes) =>
      database.transaction(() => {
        const present = Object.entries(changes).filter(([, value]) => value !== undefined);
        const settings = settingsSchema.parse({ ...get(), ...Object.fromEntries(present) });
        write.run(JSON.stringify(settings));
        return settings;
      })(),
  };
}

/** The stored values that still fit the schema, so that one that does not costs itself alone. */
function readable(stored: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(stored).filter(([name, value]) => settingsSchema.safeParse({ [name]: value }).success),
  );
}
