import type Database from "better-sqlite3";
import { z } from "zod";
import type { CallOutput, ParsedInput } from "../../../app/contract/api.ts";
import { EarmarkError, failureSchema } from "../../../app/contract/errors.ts";
import type { LibraryRow, WorkState } from "../../../app/contract/views.ts";
import type { Channel } from "../../../app/conversation/conversation.ts";
import { dayOf, parseSearch } from "../../../app/conversation/search-query.ts";
import type { Clock } from "../../../app/ports.ts";
import { toInstant, toInstantOrNull } from "./instants.ts";
import { editedSql, foundBy, type LibraryFilter, libraryFilter } from "./library-filter.ts";
import { bestHits } from "./search.ts";
import { parseJson } from "./stored-json.ts";

/** The library's list. */
export interface LibraryList {
  /**
   * Filters, searches, sorts (what is unknown comes last, ties by order of import) and cuts out a page. `reviewer` is whose
   * `is:mine` is asked for. Throws `input-invalid` (details.fault, start, end) for a search that cannot be understood.
   */
  list(query: ParsedInput<"library.list">, reviewer?: string): CallOutput<"library.list">;
  /** The ids of what a search finds, the latest first. Throws as `list` does. */
  ids(text: string, limit: number, reviewer?: string): string[];
  /** The values that a field has, the most frequent first. */
  values(field: ParsedInput<"library.values">["field"], text: string, limit: number): { value: string; count: number }[];
}

type Query = ParsedInput<"library.list">;

/** What each sort goes by. The words of a query are chosen here and never come from outside. */
const sortExpressions = {
  startedAt: "conversations.started_at",
  importedAt: "conversations.imported_at",
  title: "conversations.title COLLATE NOCASE",
  durationMs: "conversations.duration_ms",
  agentTalkShare: "conversations.agent_talk_share",
  nonTalkMs: "conversations.non_talk_ms",
  interruptions: "conversations.interruptions",
  agent: "conversations.agent COLLATE NOCASE",
  customer: "conversations.customer COLLATE NOCASE",
  queue: "conversations.queue COLLATE NOCASE",
  channel: "conversations.channel",
  direction: "conversations.direction",
  language: "conversations.language COLLATE NOCASE",
  turns: "conversations.turns",
  relevance: "bm25(search, 5.0, 1.0)",
} as const satisfies Record<Query["sortBy"], string>;

const tagsSchema = z.array(z.string());

interface Row {
  number: number;
  id: string;
  kind: LibraryRow["kind"];
  channel: Channel;
  title: string;
  started_at: number | null;
  time_zone: string | null;
  imported_at: number;
  duration_ms: number | null;
  language: string | null;
  agent: string | null;
  customer: string | null;
  turns: number;
  agent_talk_share: number | null;
  non_talk_ms: number | null;
  interruptions: number;
  lacks_words: number;
  state: WorkState | null;
  progress: number | null;
  failure: string | null;
  queue: string | null;
  direction: LibraryRow["direction"];
  tags: string;
  comments: number;
  corrected: number;
  assignee: string | null;
  due_at: number | null;
  reviewed_at: number | null;
  opened: number;
}

/** A search that finds more is not ranked: its order would say little, and would keep whoever types waiting. */
const mostRanked = 2_000;
/** Totals kept, so that the second page of a list does not count again. */
const mostTotals = 64;

/** The library's list over a database. */
export function libraryList(database: Database.Database, clock: Clock): LibraryList {
  const hits = bestHits(database);
  const prepared = new Map<string, Database.Statement<[Record<string, unknown>], number>>();
  const numbers = (sql: string): Database.Statement<[Record<string, unknown>], number> => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare<[Record<string, unknown>], number>(sql).pluck();
    const [oldest] = prepared.keys();
    if (prepared.size >= 200 && oldest !== undefined) prepared.delete(oldest);
    prepared.set(sql, statement);
    return statement;
  };
  const rows = database.prepare<[string], Row>(`
    SELECT conversations.number, conversations.id, kind, channel, title, started_at, time_zone, imported_at, duration_ms, language,
      agent, customer, queue, direction, turns, agent_talk_share, non_talk_ms, interruptions, lacks_words,
      jobs.state, jobs.progress, jobs.failure,
      (SELECT json_group_array(tag) FROM (SELECT tag FROM tags WHERE conversation_number = conversations.number ORDER BY tag)) AS tags,
      (SELECT count(*) FROM comments WHERE conversation_id = conversations.id AND deleted_at IS NULL) AS comments,
      EXISTS (${editedSql} AND made.conversation_id = conversations.id) AS corrected,
      assignments.assignee, assignments.due_at,
      (SELECT max(finished_at) FROM reviews WHERE conversation_number = conversations.number) AS reviewed_at,
      EXISTS (SELECT 1 FROM reviews WHERE conversation_number = conversations.number) AS opened
    FROM json_each(?) AS page
    JOIN conversations ON conversations.number = page.value
    LEFT JOIN jobs ON jobs.conversation_id = conversations.id
    LEFT JOIN assignments ON assignments.conversation_number = conversations.number AND assignments.done_at IS NULL
    ORDER BY page.key`);
  const changes = database.prepare<[], number>("SELECT total_changes()").pluck();
  const totals = new Map<string, number>();
  let totalsAt = -1;
  const total = (sql: string, values: Record<string, unknown>): number => {
    // One connection alone writes a library: while it has written nothing, a total stays right.
    const at = changes.get() ?? 0;
    if (at !== totalsAt) totals.clear();
    totalsAt = at;
    const key = JSON.stringify([sql, values]);
    const known = totals.get(key);
    if (known !== undefined) return known;
    const counted = numbers(sql).get(values) ?? 0;
    const [oldest] = totals.keys();
    if (totals.size >= mostTotals && oldest !== undefined) totals.delete(oldest);
    totals.set(key, counted);
    return counted;
  };

  const filterOf = (text: string, reviewer: string): LibraryFilter => {
    const { query, faults } = parseSearch(text, dayOf(clock.now()));
    const [first] = faults;
    if (first !== undefined) {
      const { fault, start, end, given, expected } = first;
      throw new EarmarkError("input-invalid", `The search cannot be understood at character ${start + 1}: ${given}`, {
        field: "text",
        fault,
        start,
        end,
        given,
        expected: expected.join(", "),
      });
    }
    return libraryFilter(query, { reviewer, now: clock.now() });
  };

  return {
    list: (query, reviewer = "") =>
      // One transaction, so that the page and the total tell of the same moment.
      database.transaction(() => {
        const filter = filterOf(query.text, reviewer);
        const { expression, shown } = filter;
        const where = [...filter.where];
        if (query.kind !== undefined) where.push("conversations.kind = @kind");
        if (query.channel !== undefined) where.push("conversations.channel = @channel");
        if (query.state !== undefined) where.push(stateSql(query.state));
        const values = { ...filter.values, expression, kind: query.kind, channel: query.channel, state: query.state };

        const found = expression === null ? 0 : total(`SELECT count(*) FROM (${foundBy(expression, "@expression")})`, values);
        const isFew = expression !== null && found <= mostRanked;
        const sortBy = query.sortBy === "relevance" && !isFew ? "importedAt" : query.sortBy;
        // Few are looked up one by one. Many are a set, against which the list is held in its order until the page is full.
        const from = isFew ? "FROM search JOIN conversations ON conversations.number = search.rowid" : "FROM conversations";
        if (expression !== null) {
          where.unshift(isFew ? "search MATCH @expression" : `+conversations.number IN (${foundBy(expression, "@expression")})`);
        }
        const filtered = `${from} ${where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`}`;
        // SQLite's bm25 is the better the smaller it is.
        const up = (query.direction === "ascending") !== (sortBy === "relevance");
        const direction = up ? "ASC" : "DESC";
        const order = `ORDER BY ${sortExpressions[sortBy]} ${direction} NULLS LAST, conversations.number ${direction}`;

        const page = numbers(`SELECT conversations.number ${filtered} ${order} LIMIT @limit OFFSET @offset`).all({
          ...values,
          limit: query.limit,
          offset: query.offset,
        });
        const onlyWords = expression !== null && where.length === 1;
        const all = onlyWords ? found : total(`SELECT count(*) ${filtered}`, values);
        const best = shown === null ? new Map<number, LibraryRow["hit"]>() : hits(shown.expression, page, shown.place);
        return {
          rows: rows.all(JSON.stringify(page)).map((row) => toLibraryRow(row, best.get(row.number) ?? null)),
          total: all,
          sortedBy: sortBy,
        };
      })(),
    ids(text, limit, reviewer = "") {
      const { expression, where, values } = filterOf(text, reviewer);
      const all = [...(expression === null ? [] : [`conversations.number IN (${foundBy(expression, "@expression")})`]), ...where];
      return database
        .prepare<[Record<string, unknown>], string>(
          `SELECT id FROM conversations ${all.length === 0 ? "" : `WHERE ${all.join(" AND ")}`}
           ORDER BY imported_at DESC, number DESC LIMIT @limit`,
        )
        .pluck()
        .all({ ...values, expression, limit });
    },
    values(field, text, limit) {
      const like = `%${text.replaceAll(/[\\%_]/gu, "\\$&")}%`;
      return database.prepare<[string, number], { value: string; count: number }>(valueQueries[field]).all(like, limit);
    },
  };
}

const ofColumn = (column: string): string => `
  SELECT min(${column}) AS value, count(*) AS count FROM conversations WHERE ${column} LIKE ? ESCAPE '\\'
  GROUP BY ${column} COLLATE NOCASE ORDER BY count DESC, value LIMIT ?`;
const valueQueries = {
  agent: ofColumn("agent"),
  customer: ofColumn("customer"),
  queue: ofColumn("queue"),
  language: ofColumn("language"),
  tag: "SELECT min(tag) AS value, count(*) AS count FROM tags WHERE tag LIKE ? ESCAPE '\\' GROUP BY tag ORDER BY count DESC, value LIMIT ?",
  assigned: `SELECT min(assignee) AS value, count(*) AS count FROM assignments
    WHERE done_at IS NULL AND assignee LIKE ? ESCAPE '\\' GROUP BY assignee ORDER BY count DESC, value LIMIT ?`,
} as const satisfies Record<ParsedInput<"library.values">["field"], string>;

function stateSql(state: WorkState): string {
  // A conversation without a job has nothing left to be done.
  return state === "done"
    ? "conversations.id NOT IN (SELECT conversation_id FROM jobs WHERE state <> 'done')"
    : "conversations.id IN (SELECT conversation_id FROM jobs WHERE state = @state)";
}

function toLibraryRow(row: Row, hit: LibraryRow["hit"]): LibraryRow {
  const failure = row.failure === null ? null : failureSchema.safeParse(parseJson(row.failure));
  return {
    id: row.id,
    kind: row.kind,
    channel: row.channel,
    title: row.title,
    startedAt: toInstantOrNull(row.started_at),
    importedAt: toInstant(row.imported_at),
    durationMs: row.duration_ms,
    language: row.language,
    agent: row.agent,
    customer: row.customer,
    turns: row.turns,
    agentTalkShare: row.agent_talk_share,
    nonTalkMs: row.non_talk_ms,
    interruptions: row.interruptions,
    lacksWords: row.lacks_words === 1,
    state: row.state ?? "done",
    progress: row.progress ?? 1,
    failure: failure?.data ?? null,
    timeZone: row.time_zone,
    queue: row.queue,
    direction: row.direction,
    tags: tagsSchema.safeParse(parseJson(row.tags)).data ?? [],
    comments: row.comments,
    corrected: row.corrected === 1,
    assignee: row.assignee,
    dueAt: toInstantOrNull(row.due_at),
    reviewedAt: toInstantOrNull(row.reviewed_at),
    unread: row.opened === 0,
    hit,
  };
}
