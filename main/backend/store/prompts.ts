import type Database from "better-sqlite3";
import type { Prompt, PromptKind, Workflow } from "../../../app/conformity/writing/prompt.ts";
import { readPrompt, readWorkflow, writePrompt } from "../../../app/conformity/writing/prompt-text.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { PromptOrigin } from "../../../app/contract/writing-views.ts";
import type { Clock } from "../../../app/ports.ts";
import { hashOf } from "../../../app/report/digests.ts";
import { sha256 } from "../ledger/node-crypto.ts";
import { toInstant } from "./instants.ts";
import type { Recorder } from "./ledger.ts";

/** A prompt or a workflow, and which of the two it is. */
export type PromptOrWorkflow =
  | { readonly kind: "prompt"; readonly value: Prompt }
  | { readonly kind: "workflow"; readonly value: Workflow };

/** A version of one as it is kept. */
export type PromptVersion = PromptOrWorkflow & {
  /** As its author wrote it. */
  readonly text: string;
  /** SHA-256 over it as canonical JSON. */
  readonly hash: string;
};

/** One of the library in its latest version. */
export type PromptRecord = PromptVersion & {
  readonly origin: PromptOrigin;
  readonly enabled: boolean;
  readonly at: string;
};

/** A prompt or workflow that comes with Earmark. */
export interface ReadyMadePrompt {
  readonly text: string;
  /** What the text says. Throws `format-malformed`. */
  readonly read: () => PromptOrWorkflow;
}

/** What names a prompt or a workflow: each kind has ids of its own. */
export interface PromptPlace {
  readonly kind: PromptKind;
  readonly id: string;
}

/** Prompts and workflows with every version that was asked by. */
export interface PromptTable {
  /** Those that were not taken out, by title. */
  list(): PromptRecord[];
  /** The latest version, whether it was taken out or not; null where there never was one. */
  get(place: PromptPlace): PromptRecord | null;
  version(place: PromptPlace, version: number): PromptVersion | null;
  /** From the latest to the first. */
  versions(place: PromptPlace): number[];
  /** Keeps one. Where it says otherwise than its latest version it becomes the next one; where it does not, only its text is replaced. */
  put(one: PromptOrWorkflow, text: string, author?: string): PromptPlace & { readonly version: number };
  /** Adds those ready-made ones that are not there, and newer versions of those that nobody has changed. Those taken out stay out. Only texts that are new are read. */
  putReadyMade(ones: readonly ReadyMadePrompt[]): void;
  /** Throws `not-found`. */
  enable(place: PromptPlace, enabled: boolean): void;
  /** Takes one out of the list. False where there was none. */
  remove(place: PromptPlace): boolean;
}

interface Row {
  kind: PromptKind;
  id: string;
  origin: PromptOrigin;
  enabled: 0 | 1;
  removed: 0 | 1;
  latest: number;
  at: number;
  hash: string;
  text: string;
}

/** The prompts and workflows in a database. */
export function promptTable(database: Database.Database, clock: Clock, ledger: Recorder): PromptTable {
  const columns = `prompts.kind, prompts.id, origin, enabled, removed, latest, prompts.at, hash, text
    FROM prompts JOIN prompt_versions AS versions
    ON versions.kind = prompts.kind AND versions.id = prompts.id AND version = latest`;
  const all = database.prepare<[], Row>(`SELECT ${columns} WHERE removed = 0 ORDER BY prompts.kind, prompts.id`);
  const texts = database.prepare<[], string>(`SELECT text FROM (SELECT ${columns})`).pluck();
  const one = database.prepare<[string, string], Row>(`SELECT ${columns} WHERE prompts.kind = ? AND prompts.id = ?`);
  const oneVersion = database.prepare<[string, string, number], { hash: string; text: string }>(
    "SELECT hash, text FROM prompt_versions WHERE kind = ? AND id = ? AND version = ?",
  );
  const numbers = database
    .prepare<[string, string], number>("SELECT version FROM prompt_versions WHERE kind = ? AND id = ? ORDER BY version DESC")
    .pluck();
  const putPrompt = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO prompts (kind, id, origin, enabled, removed, latest, at) VALUES (@kind, @id, @origin, 1, 0, @version, @at)
    ON CONFLICT (kind, id) DO UPDATE SET origin = excluded.origin, removed = 0, latest = excluded.latest, at = excluded.at`);
  const putVersion = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO prompt_versions (kind, id, version, hash, text, at) VALUES (@kind, @id, @version, @hash, @text, @at)
    ON CONFLICT (kind, id, version) DO UPDATE SET text = excluded.text, at = excluded.at`);
  const enable = database.prepare<[number, number, string, string]>(
    "UPDATE prompts SET enabled = ?, at = ? WHERE kind = ? AND id = ? AND removed = 0",
  );
  const remove = database.prepare<[number, string, string]>(
    "UPDATE prompts SET removed = 1, enabled = 0, at = ? WHERE kind = ? AND id = ? AND removed = 0",
  );

  const find = ({ kind, id }: PromptPlace): Row | undefined => one.get(kind, id);
  const record = (row: Row, action: "saved" | "enabled" | "disabled" | "withdrawn", author?: string): void => {
    ledger.append("prompt", row.id, { what: row.kind, version: row.latest, hash: row.hash, action }, author);
  };
  const write = ({ kind, value }: PromptOrWorkflow, text: string, origin: PromptOrigin, author?: string) => {
    const known = find({ kind, id: value.id });
    const isSame = known !== undefined && known.hash === promptHash({ ...value, version: known.latest });
    const version = known === undefined ? value.version : isSame ? known.latest : Math.max(value.version, known.latest + 1);
    const kept = { ...value, version };
    const said = version === value.version ? text : withVersion(text, version, kept);
    const row = { kind, id: value.id, origin, version, hash: promptHash(kept), text: said, at: clock.now() };
    putPrompt.run(row);
    putVersion.run(row);
    const after = find(row);
    if (!isSame && after !== undefined) record(after, "saved", author);
    return { kind, id: value.id, version };
  };

  return {
    list: () =>
      all
        .all()
        .map(toRecord)
        .sort((a, b) => a.value.title.localeCompare(b.value.title, "en")),
    get(place) {
      const row = find(place);
      return row === undefined ? null : toRecord(row);
    },
    version({ kind, id }, version) {
      const row = oneVersion.get(kind, id, version);
      return row === undefined ? null : { ...readOne(kind, row.text, version), text: row.text, hash: row.hash };
    },
    versions: ({ kind, id }) => numbers.all(kind, id),
    put: (value, text, author) => database.transaction(() => write(value, text, "person", author))(),
    putReadyMade(ones) {
      database.transaction(() => {
        const there = new Set(texts.all());
        for (const { text, read } of ones) {
          if (there.has(text)) continue;
          const value = read();
          const known = find({ kind: value.kind, id: value.value.id });
          const isTheirs = known !== undefined && (known.origin === "person" || known.removed === 1);
          if (!isTheirs) write(value, text, "ready-made", "");
        }
      })();
    },
    enable(place, enabled) {
      database.transaction(() => {
        const { changes } = enable.run(Number(enabled), clock.now(), place.kind, place.id);
        const row = find(place);
        if (changes === 0 || row === undefined) {
          throw new EarmarkError("not-found", `There is no such ${place.kind}.`, { id: place.id });
        }
        record(row, enabled ? "enabled" : "disabled");
      })();
    },
    remove: (place) =>
      database.transaction(() => {
        const { changes } = remove.run(clock.now(), place.kind, place.id);
        const row = find(place);
        if (changes === 0 || row === undefined) return false;
        record(row, "withdrawn");
        return true;
      })(),
  };
}

/** The hash that names what a prompt or a workflow says: SHA-256 (hex) over it as canonical JSON (RFC 8785). */
export function promptHash(value: Prompt | Workflow): string {
  return hashOf(value, sha256);
}

/** The text under another version: its author's lines and comments stay, where the number stands in one of its own. */
function withVersion(text: string, version: number, kept: Prompt | Workflow): string {
  const changed = text.replace(/^version:[ \t]*\d+/mu, `version: ${version}`);
  return changed === text ? writePrompt(kept) : changed;
}

function readOne(kind: PromptKind, text: string, version: number): PromptOrWorkflow {
  return kind === "prompt"
    ? { kind, value: { ...readPrompt(text), version } }
    : { kind, value: { ...readWorkflow(text), version } };
}

function toRecord({ kind, origin, enabled, at, hash, text, latest }: Row): PromptRecord {
  return { ...readOne(kind, text, latest), text, hash, origin, enabled: enabled === 1, at: toInstant(at) };
}
