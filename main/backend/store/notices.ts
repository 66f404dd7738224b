import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { type Failure, failureSchema } from "../../../app/contract/errors.ts";
import type { Clock } from "../../../app/ports.ts";
import { toInstant } from "./instants.ts";
import { parseJson } from "./stored-json.ts";

/** Something that befell the library and that a person should hear of once. */
export interface Notice {
  readonly id: string;
  readonly at: string;
  /** `library-corrupt`: details.movedTo names the file set aside, in the library's folder. */
  readonly failure: Failure;
}

/** What befell the library. */
export interface NoticeTable {
  add(failure: Failure): void;
  /** Those not dismissed yet, the oldest first. */
  list(): Notice[];
  dismiss(id: string): void;
}

/** The notices in a database. */
export function noticeTable(database: Database.Database, clock: Clock): NoticeTable {
  const add = database.prepare<[string, number, string]>("INSERT INTO notices (id, at, failure) VALUES (?, ?, ?)");
  const list = database.prepare<[], { id: string; at: number; failure: string }>("SELECT * FROM notices ORDER BY number");
  const dismiss = database.prepare<[string]>("DELETE FROM notices WHERE id = ?");
  return {
    add(failure) {
      add.run(randomUUID(), clock.now(), JSON.stringify(failure));
    },
    list: () =>
      list.all().flatMap((row) => {
        const failure = failureSchema.safeParse(parseJson(row.failure));
        return failure.success ? [{ id: row.id, at: toInstant(row.at), failure: failure.data }] : [];
      }),
    dismiss(id) {
      dismiss.run(id);
    },
  };
}
