import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import type { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Clock } from "../../../app/ports.ts";
import { parseJson } from "./stored-json.ts";

/** Something that a person keeps under a name: views of the library, sampling plans. */
export interface NamedTable<T> {
  /** By name. What cannot be read any more is left out. */
  list(): { readonly id: string; readonly name: string; readonly value: T }[];
  get(id: string): { readonly id: string; readonly name: string; readonly value: T } | null;
  /** Adds one, or changes that of the id. Throws `conflict` when another has the name, `not-found` for an unknown id. */
  save(id: string | null, name: string, value: T): string;
  remove(id: string): void;
}

const columns = { saved_views: "view", sampling_plans: "plan" } as const;

/** The named things of one kind in a database. */
export function namedTable<T>(
  database: Database.Database,
  clock: Clock,
  table: keyof typeof columns,
  schema: z.ZodType<T>,
): NamedTable<T> {
  const column = columns[table];
  const list = database.prepare<[], { id: string; name: string; value: string }>(
    `SELECT id, name, ${column} AS value FROM ${table} ORDER BY name`,
  );
  const named = database.prepare<[string], string>(`SELECT id FROM ${table} WHERE name = ?`).pluck();
  const insert = database.prepare<[string, string, number, string]>(
    `INSERT INTO ${table} (id, name, at, ${column}) VALUES (?, ?, ?, ?)`,
  );
  const update = database.prepare<[string, string, string]>(`UPDATE ${table} SET name = ?, ${column} = ? WHERE id = ?`);
  const remove = database.prepare<[string]>(`DELETE FROM ${table} WHERE id = ?`);
  const all = () =>
    list.all().flatMap(({ id, name, value }) => {
      const parsed = schema.safeParse(parseJson(value));
      return parsed.success ? [{ id, name, value: parsed.data }] : [];
    });
  return {
    list: all,
    get: (id) => all().find((one) => one.id === id) ?? null,
    save: (id, name, value) =>
      database.transaction(() => {
        const other = named.get(name);
        if (other !== undefined && other !== id) throw new EarmarkError("conflict", "The name is taken.", { name, id: other });
        if (id === null) {
          const made = randomUUID();
          insert.run(made, name, clock.now(), JSON.stringify(value));
          return made;
        }
        if (update.run(name, JSON.stringify(value), id).changes === 0) {
          throw new EarmarkError("not-found", "There is nothing saved under this id.", { id });
        }
        return id;
      })(),
    remove: (id) => void remove.run(id),
  };
}
