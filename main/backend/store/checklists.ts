import type Database from "better-sqlite3";
import type { Form } from "../../../app/conformity/form.ts";
import { readForm, writeForm } from "../../../app/conformity/form-text.ts";
import type { ChecklistOrigin } from "../../../app/contract/conformity-views.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Clock } from "../../../app/ports.ts";
import { hashOf } from "../../../app/report/digests.ts";
import { sha256 } from "../ledger/node-crypto.ts";
import { toInstant } from "./instants.ts";
import type { Recorder } from "./ledger.ts";

/** A version of a checklist as it is kept. */
export interface ChecklistVersion {
  readonly form: Form;
  /** As its author wrote it. */
  readonly text: string;
  /** SHA-256 over the form as canonical JSON. */
  readonly hash: string;
}

/** A checklist of the library in its latest version. */
export interface ChecklistRecord extends ChecklistVersion {
  readonly origin: ChecklistOrigin;
  readonly enabled: boolean;
  readonly at: string;
}

/** A checklist that comes with Earmark. */
export interface ReadyMadeChecklist {
  readonly id: string;
  readonly text: string;
  /** Whether it judges every conversation until somebody chooses otherwise. */
  readonly enabled: boolean;
}

/** Checklists with every version that was asked by. */
export interface ChecklistTable {
  /** Those that were not taken out, by title. */
  list(): ChecklistRecord[];
  /** The latest version, whether it was taken out or not; null where there never was one. */
  get(id: string): ChecklistRecord | null;
  version(id: string, version: number): ChecklistVersion | null;
  /** From the latest to the first. */
  versions(id: string): number[];
  /**
   * Keeps a checklist. Where it asks otherwise than its latest version it becomes the next one, whatever number its author wrote,
   * unless that is higher; where it does not, only its text is replaced.
   */
  put(form: Form, text: string, origin: ChecklistOrigin, author?: string): { readonly id: string; readonly version: number };
  /**
   * Adds those ready-made ones that are not there, and newer versions of those that nobody has changed. Those taken out stay out.
   * Only texts that are new are read.
   */
  putReadyMade(checklists: readonly ReadyMadeChecklist[]): void;
  /** Throws `not-found`. */
  enable(id: string, enabled: boolean): void;
  /** Takes one out of the list. False where there was none. */
  remove(id: string): boolean;
  /** How many evaluations were made by each, by stage. */
  counts(): Map<string, { machine: number; draft: number; submitted: number }>;
}

interface Row {
  id: string;
  origin: ChecklistOrigin;
  enabled: 0 | 1;
  removed: 0 | 1;
  latest: number;
  at: number;
  hash: string;
  text: string;
}

/** The checklists in a database. */
export function checklistTable(database: Database.Database, clock: Clock, ledger: Recorder): ChecklistTable {
  const columns = `checklists.id, origin, enabled, removed, latest, checklists.at, hash, text
    FROM checklists JOIN checklist_versions ON checklist_id = checklists.id AND version = latest`;
  const all = database.prepare<[], Row>(`SELECT ${columns} WHERE removed = 0 ORDER BY checklists.id`);
  const one = database.prepare<[string], Row>(`SELECT ${columns} WHERE checklists.id = ?`);
  const oneVersion = database.prepare<[string, number], { hash: string; text: string }>(
    "SELECT hash, text FROM checklist_versions WHERE checklist_id = ? AND version = ?",
  );
  const numbers = database
    .prepare<[string], number>("SELECT version FROM checklist_versions WHERE checklist_id = ? ORDER BY version DESC")
    .pluck();
  const putList = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO checklists (id, origin, enabled, removed, latest, at) VALUES (@id, @origin, @enabled, 0, @version, @at)
    ON CONFLICT (id) DO UPDATE SET origin = excluded.origin, removed = 0, latest = excluded.latest, at = excluded.at`);
  const putVersion = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO checklist_versions (checklist_id, version, hash, text, at) VALUES (@id, @version, @hash, @text, @at)
    ON CONFLICT (checklist_id, version) DO UPDATE SET text = excluded.text, at = excluded.at`);
  const enable = database.prepare<[number, number, string]>(
    "UPDATE checklists SET enabled = ?, at = ? WHERE id = ? AND removed = 0",
  );
  const remove = database.prepare<[number, string]>(
    "UPDATE checklists SET removed = 1, enabled = 0, at = ? WHERE id = ? AND removed = 0",
  );
  const counts = database.prepare<[], { checklist_id: string; stage: "machine" | "draft" | "submitted"; total: number }>(
    "SELECT checklist_id, stage, count(*) AS total FROM evaluations GROUP BY checklist_id, stage",
  );

  const read = new Map<string, Form>();
  /** A form is read once: by its hash, what it is cannot change. */
  const formOf = (hash: string, text: string): Form => {
    const form = read.get(hash) ?? readForm(text);
    if (read.size > 500) read.clear();
    read.set(hash, form);
    return form;
  };
  const toRecord = ({ origin, enabled, at, hash, text, latest }: Row): ChecklistRecord => ({
    form: { ...formOf(hash, text), version: latest },
    text,
    hash,
    origin,
    enabled: enabled === 1,
    at: toInstant(at),
  });
  const record = ({ id, latest, hash }: Row, action: "enabled" | "disabled" | "withdrawn"): void => {
    ledger.append("form", id, { version: latest, hash, action });
  };
  const write = (form: Form, text: string, origin: ChecklistOrigin, enabled: boolean, author?: string) => {
    const known = one.get(form.id);
    const isSame = known !== undefined && known.hash === formHash({ ...form, version: known.latest });
    const version = known === undefined ? form.version : isSame ? known.latest : Math.max(form.version, known.latest + 1);
    const kept = { ...form, version };
    const hash = formHash(kept);
    const at = clock.now();
    const said = version === form.version ? text : writeForm(kept, text);
    const row = { id: form.id, origin, version, hash, at, text: said, enabled: Number(enabled) };
    if (known === undefined) {
      putList.run(row);
      putVersion.run(row);
    } else {
      putVersion.run(row);
      putList.run(row);
    }
    if (!isSame) ledger.append("form", form.id, { version, hash, action: "saved" }, author);
    return { id: form.id, version };
  };

  return {
    list: () =>
      all
        .all()
        .map(toRecord)
        .sort((a, b) => a.form.title.localeCompare(b.form.title, "en")),
    get(id) {
      const row = one.get(id);
      return row === undefined ? null : toRecord(row);
    },
    version(id, version) {
      const row = oneVersion.get(id, version);
      return row === undefined ? null : { form: { ...formOf(row.hash, row.text), version }, text: row.text, hash: row.hash };
    },
    versions: (id) => numbers.all(id),
    put: (form, text, origin, author) =>
      database.transaction(() => write(form, text, origin, one.get(form.id)?.enabled === 1, author))(),
    putReadyMade(checklists) {
      database.transaction(() => {
        for (const { id, text, enabled } of checklists) {
          const known = one.get(id);
          if (known === undefined) write(readForm(text), text, "ready-made", enabled, "");
          else if (known.origin === "ready-made" && known.removed === 0 && known.text !== text) {
            write(readForm(text), text, "ready-made", known.enabled === 1, "");
          }
        }
      })();
    },
    enable(id, enabled) {
      database.transaction(() => {
        const known = one.get(id);
        if (known === undefined || enable.run(Number(enabled), clock.now(), id).changes === 0) {
          throw new EarmarkError("not-found", "There is no such checklist.", { id });
        }
        record(known, enabled ? "enabled" : "disabled");
      })();
    },
    remove: (id) =>
      database.transaction(() => {
        const known = one.get(id);
        if (known === undefined || remove.run(clock.now(), id).changes === 0) return false;
        record(known, "withdrawn");
        return true;
      })(),
    counts() {
      const found = new Map<string, { machine: number; draft: number; submitted: number }>();
      for (const { checklist_id: id, stage, total } of counts.all()) {
        const own = found.get(id) ?? { machine: 0, draft: 0, submitted: 0 };
        own[stage] = total;
        found.set(id, own);
      }
      return found;
    },
  };
}

/** The hash that names what a checklist asks: SHA-256 (hex) over it as canonical JSON (RFC 8785). */
export function formHash(form: Form): string {
  return hashOf(form, sha256);
}
