import type Database from "better-sqlite3";
import type { CallOutput, ParsedInput } from "../../../app/contract/api.ts";
import { failureSchema } from "../../../app/contract/errors.ts";
import type { LibraryRow, WorkState } from "../../../app/contract/views.ts";
import type { Channel } from "../../../app/conversation/conversation.ts";
import { toInstant, toInstantOrNull } from "./instants.ts";
import { bestHits } from "./search.ts";
import { searchExpression } from "./search-expression.ts";
import { parseJson } from "./stored-json.ts";

/** The library's list. */
export interface LibraryList {
  /** Filters, searches, sorts (what is unknown comes last, ties by order of import) and cuts out a page. */
  list(query: ParsedInput<"library.list">): CallOutput<"library.list">;
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
  relevance: "bm25(search, 5.0, 1.0)",
} as const satisfies Record<Query["sortBy"], string>;

interface Row {
  number: number;
  id: string;
  kind: LibraryRow["kind"];
  channel: Channel;
  title: string;
  started_at: number | null;
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
}

/** The library's list over a database. */
export function libraryList(database: Database.Database): LibraryList {
  const hits = bestHits(database);
  const prepared = new Map<string, Database.Statement<[Record<string, unknown>], number>>();
  const numbers = (sql: string): Database.Statement<[Record<string, unknown>], number> => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare<[Record<string, unknown>], number>(sql).pluck();
    prepared.set(sql, statement);
    return statement;
  };
  const rows = database.prepare<[string], Row>(`
    SELECT conversations.number, conversations.id, kind, channel, title, started_at, imported_at, duration_ms, language, agent,
      customer, turns, agent_talk_share, non_talk_ms, interruptions, lacks_words, jobs.state, jobs.progress, jobs.failure
    FROM json_each(?) AS page
    JOIN conversations ON conversations.number = page.value
    LEFT JOIN jobs ON jobs.conversation_id = conversations.id
    ORDER BY page.key`);

  return {
    list: (query) =>
      // One transaction, so that the page and the total tell of the same moment.
      database.transaction(() => {
        const expression = searchExpression(query.text);
        const { from, order, fromForCount } = compose(query, expression !== null);
        const values = { expression, kind: query.kind, channel: query.channel, state: query.state };
        const page = numbers(`SELECT conversations.number ${from} ${order} LIMIT @limit OFFSET @offset`).all({
          ...values,
          limit: query.limit,
          offset: query.offset,
        });
        const total = numbers(`SELECT count(*) ${fromForCount}`).get(values) ?? 0;
        const found = expression === null ? new Map<number, LibraryRow["hit"]>() : hits(expression, page);
        return { rows: rows.all(JSON.stringify(page)).map((row) => toLibraryRow(row, found.get(row.number) ?? null)), total };
      })(),
  };
}

/** Where the page comes from, its order, and where the total comes from: the same, but for what does not change the number. */
function compose(query: Query, searches: boolean): { from: string; order: string; fromForCount: string } {
  const where: string[] = [];
  const sources = searches ? ["search", "JOIN conversations ON conversations.number = search.rowid"] : ["conversations"];
  if (searches) where.push("search MATCH @expression");
  if (query.kind !== undefined) where.push("conversations.kind = @kind");
  if (query.channel !== undefined) where.push("conversations.channel = @channel");
  if (query.state === "done") {
    // A conversation without a job has nothing left to be done.
    sources.push("LEFT JOIN jobs ON jobs.conversation_id = conversations.id");
    where.push("(jobs.state IS NULL OR jobs.state = @state)");
  } else if (query.state !== undefined) {
    sources.push("JOIN jobs ON jobs.conversation_id = conversations.id");
    where.push("jobs.state = @state");
  }
  const sortBy = query.sortBy === "relevance" && !searches ? "importedAt" : query.sortBy;
  // SQLite's bm25 is the better the smaller it is.
  const up = (query.direction === "ascending") !== (sortBy === "relevance");
  const direction = up ? "ASC" : "DESC";
  const from = `FROM ${sources.join(" ")} ${where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`}`;
  return {
    from,
    fromForCount: searches && where.length === 1 ? "FROM search WHERE search MATCH @expression" : from,
    order: `ORDER BY ${sortExpressions[sortBy]} ${direction} NULLS LAST, conversations.number ${direction}`,
  };
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
    hit,
  };
}
