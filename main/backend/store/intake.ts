import { createHash, randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { EarmarkError, type Failure, failureSchema } from "../../../app/contract/errors.ts";
import { type IntakeCounts, type IntakePlan, type IntakeState, intakePlanSchema } from "../../../app/contract/intake-views.ts";
import type { Clock } from "../../../app/ports.ts";
import { parseJson } from "./stored-json.ts";

/** Where conversations come from. Instants in milliseconds since the epoch. */
export interface SourceRow {
  readonly number: number;
  readonly id: string;
  readonly plan: IntakePlan;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly lookedAt: number | null;
  readonly failure: Failure | null;
}

/** A file that was seen at a source. */
export interface SeenFile {
  /** What tells it from every other file of its source: a path, a key. */
  readonly place: string;
  /** Another one, another content. */
  readonly fingerprint: string;
  readonly bytes: number;
  /** It holds what was written or transcribed already. */
  readonly written: boolean;
  /** What a transcript and its recording have in common; null where nothing can be. */
  readonly pair: string | null;
}

/** A file of a source as it is kept. */
export interface ItemRow {
  readonly number: number;
  readonly sourceNumber: number;
  readonly place: string | null;
  readonly fingerprint: string;
  readonly bytes: number;
  readonly written: boolean;
  /** Names what it has in common with its recording or transcript. */
  readonly pairHash: string | null;
  readonly state: IntakeState;
  readonly attempts: number;
  readonly retryAt: number | null;
  readonly failure: Failure | null;
  readonly conversationId: string | null;
  readonly endedAt: number | null;
}

/** What became of a file. */
export interface ItemEnd {
  readonly state: "waiting" | "done" | "known" | "failed";
  readonly failure: Failure | null;
  readonly conversationId: string | null;
  /** Tried again then; null where it is not. */
  readonly retryAt: number | null;
  /** It still has to be moved out of a watched folder. */
  readonly unmoved: boolean;
}

/** The sources of conversations, and every file of theirs that was ever seen. */
export interface IntakeTable {
  sources(): SourceRow[];
  /** Throws `not-found`. */
  source(id: string): SourceRow;
  addSource(plan: IntakePlan): SourceRow;
  /** Throws `not-found`. */
  changeSource(id: string, changes: { readonly plan?: IntakePlan; readonly enabled?: boolean }): void;
  /** The source was looked at; with what failure, if any. */
  looked(number: number, failure: Failure | null): void;
  /** Removes a source with the memory of its files; the conversations stay. */
  removeSource(id: string): void;

  /** Puts those files on the list that were not seen before with this content; answers how many. */
  add(sourceNumber: number, files: readonly SeenFile[]): number;
  /** Whether a file was seen with this content before. */
  knows(sourceNumber: number, place: string, fingerprint: string): boolean;
  /** The transcript that has something in common with a recording of the same source, the last one; null where there is none. */
  transcriptOf(sourceNumber: number, pairHash: string): Pick<ItemRow, "state" | "conversationId"> | null;
  /** Files to take in next, of sources that are on. */
  next(order: "oldest" | "newest", written: boolean, limit: number): ItemRow[];
  /** Marks files as being taken in. */
  begin(numbers: readonly number[]): void;
  end(number: number, end: ItemEnd): void;
  /** Files that still have to be moved. */
  unmoved(limit: number): ItemRow[];
  moved(number: number): void;
  /** Files of a source; those that failed first. */
  items(sourceNumber: number, state: IntakeState | null, offset: number, limit: number): ItemRow[];
  counts(sourceNumber: number): IntakeCounts;
  /** Puts failed and cancelled files back on the list. */
  retry(sourceNumber: number, item: number | null): void;
  /** Takes waiting files off the list. */
  cancel(sourceNumber: number, item: number | null): void;
  /** Puts back what an earlier process was taking in when it ended, and what is due to be tried again. */
  putBack(): void;
  takeUpDue(now: number): number;
  /** Jobs of calls, or of chats, that have not ended. */
  openJobs(kind: "call" | "chat"): number;
  /** Names of the files that came last, as they are shown. */
  lastNames(limit: number): string[];
}

interface SourceColumns {
  number: number;
  id: string;
  plan: string;
  enabled: number;
  created_at: number;
  looked_at: number | null;
  failure: string | null;
}

interface ItemColumns {
  number: number;
  source_number: number;
  place: string | null;
  fingerprint: string;
  pair_hash: string | null;
  bytes: number;
  written: number;
  state: IntakeState;
  attempts: number;
  retry_at: number | null;
  failure: string | null;
  conversation_id: string | null;
  ended_at: number | null;
}

function placeHash(place: string): string {
  return createHash("sha256").update(place).digest("hex");
}

function toFailure(text: string | null): Failure | null {
  return failureSchema.safeParse(parseJson(text)).data ?? null;
}

function toSource(row: SourceColumns): SourceRow[] {
  const plan = intakePlanSchema.safeParse(parseJson(row.plan));
  // One that a later Earmark wrote is not looked at by this one.
  if (!plan.success) return [];
  return [
    {
      number: row.number,
      id: row.id,
      plan: plan.data,
      enabled: row.enabled === 1,
      createdAt: row.created_at,
      lookedAt: row.looked_at,
      failure: toFailure(row.failure),
    },
  ];
}

function toItem(row: ItemColumns): ItemRow {
  return {
    number: row.number,
    sourceNumber: row.source_number,
    place: row.place,
    fingerprint: row.fingerprint,
    bytes: row.bytes,
    written: row.written === 1,
    pairHash: row.pair_hash,
    state: row.state,
    attempts: row.attempts,
    retryAt: row.retry_at,
    failure: toFailure(row.failure),
    conversationId: row.conversation_id,
    endedAt: row.ended_at,
  };
}

/** The sources in a database. */
export function intakeTable(database: Database.Database, clock: Clock): IntakeTable {
  const all = database.prepare<[], SourceColumns>("SELECT * FROM intake_sources ORDER BY number");
  const byId = database.prepare<[string], SourceColumns>("SELECT * FROM intake_sources WHERE id = ?");
  const insertSource = database.prepare<[string, string, string, number], SourceColumns>(
    "INSERT INTO intake_sources (id, kind, plan, created_at) VALUES (?, ?, ?, ?) RETURNING *",
  );
  const changePlan = database.prepare<[string, number, string]>("UPDATE intake_sources SET plan = ?, enabled = ? WHERE id = ?");
  const setLooked = database.prepare<[number, string | null, number]>(
    "UPDATE intake_sources SET looked_at = ?, failure = ? WHERE number = ?",
  );
  const removeSource = database.prepare<[string]>("DELETE FROM intake_sources WHERE id = ?");
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO intake_items (source_number, place_hash, fingerprint, pair_hash, place, bytes, written, state, added_at)
    VALUES (@source, @hash, @fingerprint, @pair, @place, @bytes, @written, 'waiting', @now)
    ON CONFLICT (source_number, place_hash, fingerprint) DO NOTHING`);
  const known = database
    .prepare<[number, string, string], number>(
      "SELECT 1 FROM intake_items WHERE source_number = ? AND place_hash = ? AND fingerprint = ?",
    )
    .pluck();
  const transcript = database.prepare<[number, string], ItemColumns>(
    "SELECT * FROM intake_items WHERE source_number = ? AND pair_hash = ? AND written = 1 ORDER BY number DESC LIMIT 1",
  );
  const nextIn = (direction: "ASC" | "DESC") =>
    database.prepare<[number, number], ItemColumns>(`
      SELECT intake_items.* FROM intake_items JOIN intake_sources ON intake_sources.number = source_number
      WHERE state = 'waiting' AND written = ? AND retry_at IS NULL AND enabled = 1
      ORDER BY priority DESC, intake_items.number ${direction} LIMIT ?`);
  const next = { oldest: nextIn("ASC"), newest: nextIn("DESC") };
  const begin = database.prepare<[number]>(
    "UPDATE intake_items SET state = 'running', attempts = attempts + 1 WHERE number = ? AND state = 'waiting'",
  );
  // Of what came nothing but its fingerprint is kept, once it need not be moved either.
  const end = database.prepare<[Record<string, unknown>]>(`
    UPDATE intake_items SET state = @state, failure = @failure, conversation_id = @conversationId, retry_at = @retryAt,
      unmoved = @unmoved, ended_at = @now, attempts = iif(@state = 'waiting' AND @failure IS NULL, 0, attempts), place = iif(@state IN ('done', 'known') AND @unmoved = 0, NULL, place)
    WHERE number = @number AND state = 'running'`);
  const unmoved = database.prepare<[number], ItemColumns>("SELECT * FROM intake_items WHERE unmoved = 1 ORDER BY number LIMIT ?");
  const moved = database.prepare<[number]>(
    "UPDATE intake_items SET unmoved = 0, place = iif(state = 'failed', place, NULL) WHERE number = ?",
  );
  const page = database.prepare<[Record<string, unknown>], ItemColumns>(`
    SELECT * FROM intake_items WHERE source_number = @source AND (@state IS NULL OR state = @state)
    ORDER BY CASE state WHEN 'failed' THEN 0 WHEN 'running' THEN 1 WHEN 'waiting' THEN 2 ELSE 3 END, number
    LIMIT @limit OFFSET @offset`);
  const counts = database.prepare<[number], { state: IntakeState; files: number }>(
    "SELECT state, count(*) AS files FROM intake_items WHERE source_number = ? GROUP BY state",
  );
  const retry = database.prepare<[Record<string, unknown>]>(`
    UPDATE intake_items SET state = 'waiting', failure = NULL, retry_at = NULL, ended_at = NULL, unmoved = 0, attempts = 0
    WHERE source_number = @source AND (@item IS NULL OR number = @item) AND place IS NOT NULL
      AND (state IN ('failed', 'cancelled') OR retry_at IS NOT NULL)`);
  const cancel = database.prepare<[Record<string, unknown>]>(`
    UPDATE intake_items SET state = 'cancelled', retry_at = NULL, ended_at = @now
    WHERE source_number = @source AND (@item IS NULL OR number = @item) AND state = 'waiting'`);
  const putBack = database.prepare("UPDATE intake_items SET state = 'waiting' WHERE state = 'running'");
  const takeUp = database.prepare<[number]>(
    "UPDATE intake_items SET retry_at = NULL WHERE state = 'waiting' AND retry_at IS NOT NULL AND retry_at <= ?",
  );
  const openJobs = database
    .prepare<[string], number>(`
      SELECT count(*) FROM jobs JOIN conversations ON conversations.id = jobs.conversation_id
      WHERE jobs.state IN ('waiting', 'running') AND conversations.kind = ?`)
    .pluck();
  const lastNames = database
    .prepare<[number], string>("SELECT source_name FROM conversations ORDER BY number DESC LIMIT ?")
    .pluck();

  const found = (id: string): SourceRow => {
    const row = byId.get(id);
    const [source] = row === undefined ? [] : toSource(row);
    if (source === undefined) throw new EarmarkError("not-found", "There is no such source of conversations.", { id });
    return source;
  };

  return {
    sources: () => all.all().flatMap(toSource),
    source: found,
    addSource(plan) {
      const row = insertSource.get(randomUUID(), plan.kind, JSON.stringify(plan), clock.now());
      const [source] = row === undefined ? [] : toSource(row);
      if (source === undefined) throw new EarmarkError("internal", "An added source was not found.");
      return source;
    },
    changeSource(id, { plan, enabled }) {
      const before = found(id);
      changePlan.run(JSON.stringify(plan ?? before.plan), (enabled ?? before.enabled) ? 1 : 0, id);
    },
    looked(number, failure) {
      setLooked.run(clock.now(), failure === null ? null : JSON.stringify(failure), number);
    },
    removeSource(id) {
      removeSource.run(found(id).id);
    },
    add: (source, files) =>
      database.transaction(() => {
        let added = 0;
        const now = clock.now();
        for (const { place, fingerprint, bytes, written, pair: common } of files) {
          const pair = common === null ? null : placeHash(common);
          const row = { source, hash: placeHash(place), fingerprint, pair, place, bytes, written: written ? 1 : 0, now };
          added += insert.run(row).changes;
        }
        return added;
      })(),
    knows: (source, place, fingerprint) => known.get(source, placeHash(place), fingerprint) !== undefined,
    transcriptOf(source, pairHash) {
      const found = transcript.get(source, pairHash);
      return found === undefined ? null : toItem(found);
    },
    next: (order, written, limit) => next[order].all(written ? 1 : 0, limit).map(toItem),
    begin: (numbers) =>
      database.transaction(() => {
        for (const number of numbers) begin.run(number);
      })(),
    end(number, { state, failure, conversationId, retryAt, unmoved: toMove }) {
      end.run({
        number,
        state,
        failure: failure === null ? null : JSON.stringify(failure),
        conversationId,
        retryAt,
        unmoved: toMove ? 1 : 0,
        now: clock.now(),
      });
    },
    unmoved: (limit) => unmoved.all(limit).map(toItem),
    moved(number) {
      moved.run(number);
    },
    items: (source, state, offset, limit) => page.all({ source, state, offset, limit }).map(toItem),
    counts(source) {
      const none: IntakeCounts = { waiting: 0, running: 0, done: 0, known: 0, failed: 0, cancelled: 0 };
      return { ...none, ...Object.fromEntries(counts.all(source).map(({ state, files }) => [state, files])) };
    },
    retry(source, item) {
      retry.run({ source, item });
    },
    cancel(source, item) {
      cancel.run({ source, item, now: clock.now() });
    },
    putBack() {
      putBack.run();
    },
    takeUpDue: (now) => takeUp.run(now).changes,
    openJobs: (kind) => openJobs.get(kind) ?? 0,
    lastNames: (limit) => lastNames.all(limit),
  };
}
