import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Channel, Conversation } from "../../../app/conversation/conversation.ts";
import { type SpeechOptions, speechOptionsSchema } from "../../../app/conversation/speech.ts";
import type { LibraryFigures } from "../../../app/insight/library-figures.ts";
import type { Clock } from "../../../app/ports.ts";
import { toInstant, toInstantOrNull, toMilliseconds } from "./instants.ts";
import type { Recorder } from "./ledger.ts";
import { rowCounter } from "./removal.ts";
import { oneLine, saidForgetter } from "./search.ts";
import { parseJson } from "./stored-json.ts";

/** Who began a conversation: the customer, the contact centre, or neither side is a customer. */
export type Direction = "inbound" | "outbound" | "internal";

/** A conversation as it is kept, without its transcript. Instants are ISO 8601 UTC. */
export interface ConversationRecord {
  readonly id: string;
  readonly kind: Conversation["kind"];
  readonly channel: Channel;
  readonly title: string;
  readonly startedAt: string | null;
  /** IANA zone of the place of the call, where the source says it. */
  readonly timeZone: string | null;
  readonly importedAt: string;
  readonly source: Conversation["source"];
  /** Null until the recording has been probed. */
  readonly durationMs: number | null;
  /** The queue that it came through, where the source names it. */
  readonly queue: string | null;
  /** Who began it, where the source says. */
  readonly direction: Direction | null;
  /** What was asked of the speech engine for this conversation alone; empty when nothing was. */
  readonly speechOptions: Partial<SpeechOptions>;
  /** The agent's name as the file's own, or the files beside it, tell it. */
  readonly agentTold: string | null;
  readonly summary: LibrarySummary;
}

/** What the library's list shows of a conversation beside its title: worked out from the revision on screen. */
export interface LibrarySummary {
  readonly language: string | null;
  readonly agent: string | null;
  readonly customer: string | null;
  readonly turns: number;
  /** 0 to 1; null when roles or talk are unknown. */
  readonly agentTalkShare: number | null;
  readonly nonTalkMs: number | null;
  readonly interruptions: number;
  readonly lacksWords: boolean;
}

/** What is known of a conversation when it comes in. */
export interface NewConversation {
  /** Left out, the store gives a random one. */
  readonly id?: string;
  readonly kind: Conversation["kind"];
  readonly channel: Channel;
  readonly title: string;
  readonly startedAt?: string | null;
  readonly timeZone?: string | null;
  readonly source: Conversation["source"];
  readonly durationMs?: number | null;
  readonly queue?: string | null;
  readonly direction?: Direction | null;
  readonly speechOptions?: Partial<SpeechOptions>;
  readonly agentTold?: string | null;
}

/** What may change of a conversation later. */
export interface ConversationChanges {
  readonly kind?: Conversation["kind"];
  readonly channel?: Channel;
  readonly title?: string;
  readonly startedAt?: string | null;
  readonly timeZone?: string | null;
  /** For people: "WAV, 2 channels, 8 kHz, mu-law". */
  readonly sourceFormat?: string;
  readonly durationMs?: number | null;
  readonly queue?: string | null;
  readonly direction?: Direction | null;
  /** Replaces those there were. */
  readonly speechOptions?: Partial<SpeechOptions>;
}

/** What the caller needs to know of a removed conversation to delete its files. */
export interface RemovedConversation {
  readonly id: string;
  readonly sha256: string;
}

/** Files of a conversation that go with it. */
export interface GoingFiles {
  readonly files: number;
  readonly bytes: number;
}

/** The conversations of the library. */
export interface ConversationTable {
  /** Adds one with the clock's time as `importedAt`. Throws `conflict` (details.id: the one there is) when its content is in the library already. */
  insert(conversation: NewConversation): ConversationRecord;
  get(id: string): ConversationRecord | null;
  /** The conversation made of the content with this SHA-256 (hex). */
  bySha256(sha256: string): ConversationRecord | null;
  /** Throws `not-found`. A changed title is searched by from then on. */
  update(id: string, changes: ConversationChanges): void;
  /** Gives it the title that a person has written, and records that. Throws `not-found`. */
  rename(id: string, title: string): void;
  /** Writes what the list shows of a revision; what `putFigures` writes is then wanting. Throws `not-found`. */
  summarise(id: string, summary: LibrarySummary): void;
  /** Writes how it felt and what it was about, as the list shows it. Throws `not-found`. */
  putFigures(id: string, figures: LibraryFigures): void;
  /** Ids of conversations with a transcript whose figures have to be worked out (again), the latest first. */
  withoutFigures(limit: number): string[];
  /** Has the figures of all conversations worked out again: what they are counted by is another now. */
  dropFigures(): void;
  /**
   * Removes conversations with every row made of them, search index included, in one transaction with their certificates in
   * the ledger, which name the files that go, too. Unknown ids are passed over.
   */
  remove(ids: readonly string[], files?: ReadonlyMap<string, GoingFiles>): RemovedConversation[];
  /** How many rows of each table go with these conversations: what `remove` certifies. */
  rows(ids: readonly string[]): Record<string, number>;
  count(): number;
}

const optionsSchema = speechOptionsSchema.partial();

interface Row {
  number: number;
  id: string;
  kind: Conversation["kind"];
  channel: Channel;
  title: string;
  started_at: number | null;
  time_zone: string | null;
  imported_at: number;
  source_name: string;
  source_sha256: string;
  source_bytes: number;
  source_format: string;
  duration_ms: number | null;
  queue: string | null;
  direction: Direction | null;
  speech_options: string;
  agent_told: string | null;
  language: string | null;
  agent: string | null;
  customer: string | null;
  turns: number;
  agent_talk_share: number | null;
  non_talk_ms: number | null;
  interruptions: number;
  lacks_words: number;
}

/** The conversations in a database. */
export function conversationTable(database: Database.Database, clock: Clock, ledger: Recorder): ConversationTable {
  const insert = database.prepare<[Record<string, unknown>], Row>(`
    INSERT INTO conversations
      (id, kind, channel, title, started_at, time_zone, imported_at, source_name, source_sha256, source_bytes, source_format, duration_ms, queue, direction,
       speech_options, agent_told)
    VALUES
      (@id, @kind, @channel, @title, @startedAt, @timeZone, @importedAt, @name, @sha256, @bytes, @format, @durationMs, @queue, @direction,
       @speechOptions, @agentTold)
    RETURNING *`);
  const byId = database.prepare<[string], Row>("SELECT * FROM conversations WHERE id = ?");
  const bySha256 = database.prepare<[string], Row>("SELECT * FROM conversations WHERE source_sha256 = ?");
  const update = database.prepare<[Record<string, unknown>]>(`
    UPDATE conversations SET kind = @kind, channel = @channel, title = @title, started_at = @startedAt, time_zone = @timeZone,
      source_format = @sourceFormat, duration_ms = @durationMs, queue = @queue, direction = @direction, speech_options = @speechOptions
    WHERE id = @id`);
  const retitle = database.prepare<[string, number]>("UPDATE searchable SET title = ? WHERE conversation_number = ?");
  const summarise = database.prepare<[Record<string, unknown>]>(`
    UPDATE conversations SET language = @language, agent = @agent, customer = @customer, turns = @turns,
      agent_talk_share = @agentTalkShare, non_talk_ms = @nonTalkMs, interruptions = @interruptions, lacks_words = @lacksWords, lacks_figures = 1
    WHERE id = @id`);
  const putFigures = database.prepare<[Record<string, unknown>]>(`
    UPDATE conversations SET agent_sentiment = @agentScore, agent_trend = @agentTrend, agent_sentiment_by = @agentBy,
      customer_sentiment = @customerScore, customer_trend = @customerTrend, customer_sentiment_by = @customerBy,
      topic = @topic, topic_by = @topicBy, lacks_figures = 0
    WHERE id = @id`);
  const withoutFigures = database
    .prepare<[number], string>("SELECT id FROM conversations WHERE lacks_figures = 1 ORDER BY number DESC LIMIT ?")
    .pluck();
  const dropFigures = database.prepare<[]>(
    "UPDATE conversations SET lacks_figures = 1 WHERE lacks_figures = 0 AND id IN (SELECT conversation_id FROM transcripts)",
  );
  const forgetSaid = saidForgetter(database);
  const unsearch = database.prepare<[number]>("DELETE FROM searchable WHERE conversation_number = ?");
  const remove = database.prepare<[string]>("DELETE FROM conversations WHERE id = ?");
  const count = database.prepare<[], number>("SELECT count(*) FROM conversations").pluck();

  const countRows = rowCounter(database);

  const found = (id: string): Row => {
    const row = byId.get(id);
    if (row === undefined) throw new EarmarkError("not-found", "There is no such conversation.", { id });
    return row;
  };

  const change = (id: string, changes: ConversationChanges): void =>
    database.transaction(() => {
      const row = found(id);
      update.run({
        id,
        kind: changes.kind ?? row.kind,
        channel: changes.channel ?? row.channel,
        title: changes.title ?? row.title,
        startedAt: changes.startedAt === undefined ? row.started_at : instantOrNull(changes.startedAt),
        timeZone: changes.timeZone === undefined ? row.time_zone : changes.timeZone,
        sourceFormat: changes.sourceFormat ?? row.source_format,
        durationMs: changes.durationMs === undefined ? row.duration_ms : changes.durationMs,
        queue: changes.queue === undefined ? row.queue : changes.queue,
        direction: changes.direction === undefined ? row.direction : changes.direction,
        speechOptions: changes.speechOptions === undefined ? row.speech_options : JSON.stringify(changes.speechOptions),
      });
      if (changes.title !== undefined && changes.title !== row.title) retitle.run(oneLine(changes.title), row.number);
    })();

  return {
    insert: (conversation) =>
      database.transaction(() => {
        const { source } = conversation;
        const known = bySha256.get(source.sha256);
        if (known !== undefined) throw new EarmarkError("conflict", "This content is in the library already.", { id: known.id });
        const row = insert.get({
          id: conversation.id ?? randomUUID(),
          kind: conversation.kind,
          channel: conversation.channel,
          title: conversation.title,
          startedAt: instantOrNull(conversation.startedAt),
          timeZone: conversation.timeZone ?? null,
          importedAt: clock.now(),
          name: source.name,
          sha256: source.sha256,
          bytes: source.bytes,
          format: source.format,
          durationMs: conversation.durationMs ?? null,
          queue: conversation.queue ?? null,
          direction: conversation.direction ?? null,
          speechOptions: JSON.stringify(conversation.speechOptions ?? {}),
          agentTold: conversation.agentTold ?? null,
        });
        if (row === undefined) throw new EarmarkError("internal", "An inserted conversation was not returned.");
        ledger.append("import", row.id, { sha256: source.sha256, bytes: source.bytes, kind: row.kind });
        return toRecord(row);
      })(),
    get(id) {
      const row = byId.get(id);
      return row === undefined ? null : toRecord(row);
    },
    bySha256(sha256) {
      const row = bySha256.get(sha256);
      return row === undefined ? null : toRecord(row);
    },
    update: change,
    rename: (id, title) =>
      database.transaction(() => {
        if (found(id).title === title) return;
        change(id, { title });
        const content = ledger.commit(id, title);
        if (content !== null) ledger.append("rename", id, { title: content });
      })(),
    summarise(id, summary) {
      const { changes } = summarise.run({ ...summary, id, lacksWords: summary.lacksWords ? 1 : 0 });
      if (changes === 0) throw new EarmarkError("not-found", "There is no such conversation.", { id });
    },
    putFigures(id, { agentSentiment, customerSentiment, topic }) {
      const { changes } = putFigures.run({
        id,
        agentScore: agentSentiment?.score ?? null,
        agentTrend: agentSentiment?.trend ?? null,
        agentBy: agentSentiment?.vendor ?? null,
        customerScore: customerSentiment?.score ?? null,
        customerTrend: customerSentiment?.trend ?? null,
        customerBy: customerSentiment?.vendor ?? null,
        topic: topic?.name ?? null,
        topicBy: topic?.vendor ?? null,
      });
      if (changes === 0) throw new EarmarkError("not-found", "There is no such conversation.", { id });
    },
    withoutFigures: (limit) => withoutFigures.all(limit),
    dropFigures() {
      dropFigures.run();
    },
    rows(ids) {
      const total: Record<string, number> = {};
      for (const id of ids) {
        const row = byId.get(id);
        if (row === undefined) continue;
        for (const [table, rows] of Object.entries(countRows(row))) total[table] = (total[table] ?? 0) + rows;
      }
      return total;
    },
    remove(ids, files) {
      const removed = database.transaction(() =>
        ids.flatMap((id): RemovedConversation[] => {
          const row = byId.get(id);
          if (row === undefined) return [];
          const going = files?.get(id) ?? { files: 0, bytes: 0 };
          ledger.append("deletion", id, { sha256: row.source_sha256, rows: countRows(row), ...going });
          forgetSaid(row.number);
          unsearch.run(row.number);
          remove.run(id);
          return [{ id, sha256: row.source_sha256 }];
        }),
      )();
      // What was removed also leaves the write-ahead log, which would otherwise hold it until the next checkpoint.
      if (removed.length > 0 && !database.inTransaction) database.pragma("wal_checkpoint(TRUNCATE)");
      return removed;
    },
    count: () => count.get() ?? 0,
  };
}

function instantOrNull(instant: string | null | undefined): number | null {
  return instant === null || instant === undefined ? null : toMilliseconds(instant);
}

/** The stored options without those left out; none at all where they cannot be read. */
function readOptions(text: string): Partial<SpeechOptions> {
  const options = optionsSchema.safeParse(parseJson(text)).data ?? {};
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function toRecord(row: Row): ConversationRecord {
  return {
    id: row.id,
    kind: row.kind,
    channel: row.channel,
    title: row.title,
    startedAt: toInstantOrNull(row.started_at),
    timeZone: row.time_zone,
    importedAt: toInstant(row.imported_at),
    source: { name: row.source_name, sha256: row.source_sha256, bytes: row.source_bytes, format: row.source_format },
    durationMs: row.duration_ms,
    queue: row.queue,
    direction: row.direction,
    speechOptions: readOptions(row.speech_options),
    agentTold: row.agent_told,
    summary: {
      language: row.language,
      agent: row.agent,
      customer: row.customer,
      turns: row.turns,
      agentTalkShare: row.agent_talk_share,
      nonTalkMs: row.non_talk_ms,
      interruptions: row.interruptions,
      lacksWords: row.lacks_words === 1,
    },
  };
}
