import type Database from "better-sqlite3";
import { z } from "zod";
import type { CallOutput, ParsedInput } from "../../../app/contract/api.ts";
import { EarmarkError, failureSchema } from "../../../app/contract/errors.ts";
import type { LibraryRow, WorkState } from "../../../app/contract/views.ts";
import type { Channel } from "../../../app/conversation/conversation.ts";
import { dayOf, parseSearch } from "../../../app/conversation/search-query.ts";
import type { ListedSentiment } from "../../../app/insight/library-figures.ts";
import type { Clock } from "../../../app/ports.ts";
import { toInstant, toInstantOrNull } from "./instants.ts";
import { editedSql, type FilterTerm, type LibraryFilter, libraryFilter } from "./library-filter.ts";
import { type LibrarySets, librarySets, type NumberQuery } from "./library-sets.ts";
import { countOf, hasNumber, inBoth, inEither, inFirstAlone, type NumberSet, numbersOf } from "./number-set.ts";
import { bestHits } from "./search.ts";
import { parseJson } from "./stored-json.ts";
import { tableChanges } from "./table-changes.ts";

/** The library's list. */
export interface LibraryList {
  /**
   * Filters, searches, sorts (what is unknown comes last, ties by order of import) and cuts out a page. `reviewer` is whose
   * `is:mine` is asked for. Throws `input-invalid` (details.fault, start, end) for a search that cannot be understood.
   */
  list(query: ParsedInput<"library.list">, reviewer?: string): CallOutput<"library.list">;
  /** The ids of what a search finds: a stretch of the list, the latest first unless told. Throws as `list` does. */
  ids(text: string, limit: number, reviewer?: string, stretch?: Stretch): string[];
  /** The values that a field has, the most frequent first. */
  values(field: ParsedInput<"library.values">["field"], text: string, limit: number): { value: string; count: number }[];
}

type Query = ParsedInput<"library.list">;

/** Where a stretch of the list begins, in which order. */
export type Stretch = Pick<Query, "sortBy" | "direction" | "offset">;
const latestFirst: Stretch = { sortBy: "importedAt", direction: "descending", offset: 0 };

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
  agentSentiment: "conversations.agent_sentiment",
  customerSentiment: "conversations.customer_sentiment",
  topic: "conversations.topic COLLATE NOCASE",
  score: "conversations.score",
  // From what nobody has looked at to what is signed.
  review: "(CASE conversations.score_stage WHEN 'machine' THEN 0 WHEN 'draft' THEN 1 WHEN 'submitted' THEN 2 END)",
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
  agent_sentiment: number | null;
  agent_trend: ListedSentiment["trend"];
  agent_sentiment_by: string | null;
  customer_sentiment: number | null;
  customer_trend: ListedSentiment["trend"];
  customer_sentiment_by: string | null;
  topic: string | null;
  topic_by: string | null;
  score: number | null;
  score_lowest: number | null;
  score_highest: number | null;
  score_stage: NonNullable<LibraryRow["evaluation"]>["stage"] | null;
  score_form: string | null;
  score_failed: number | null;
  score_open: number | null;
  score_stale: number | null;
}

/** A search that finds more is not ranked: its order would say little, and would keep whoever types waiting. */
const mostRanked = 2_000;
/** So many are sorted by themselves; of more, the order of the whole library is gone through. */
const mostSorted = 1_000;
/** So many rows of an order are gone through one by one; farther down, the whole order is read at once and kept. */
const mostSteps = 20_000;

/** All conversations. */
const everything: NumberQuery = { sql: "SELECT number FROM conversations", values: {} };

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
      agent_sentiment, agent_trend, agent_sentiment_by, customer_sentiment, customer_trend, customer_sentiment_by, topic, topic_by,
      score, score_lowest, score_highest, score_stage, score_form, score_failed, score_open, score_stale,
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
  const idsOf = database
    .prepare<[string], string>(
      "SELECT conversations.id FROM json_each(?) AS page JOIN conversations ON number = page.value ORDER BY page.key",
    )
    .pluck();
  const countAll = database.prepare<[], number>("SELECT count(*) FROM conversations").pluck();
  const changes = tableChanges(database);
  const kept = librarySets(database, changes);
  // What somebody's transaction has written may be taken back: nothing that is read in it is kept.
  const setsNow = (): LibrarySets => (database.inTransaction ? librarySets(database, changes) : kept);

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

  /** The page of those that were found, by number. Null: everything was. */
  const pageOf = (
    sets: LibrarySets,
    found: NumberSet | null,
    { sortBy, direction, offset, limit, expression }: Order,
  ): number[] => {
    const down = direction === "descending";
    if (sortBy === "relevance") {
      // SQLite's bm25 is the better the smaller it is.
      const way = down ? "ASC" : "DESC";
      const sql = `SELECT rowid AS number FROM search WHERE search MATCH @expression ORDER BY ${sortExpressions.relevance} ${way}, rowid ${way}`;
      return cutOut(sets.inOrder({ sql, values: { expression } }), found, offset, limit);
    }
    const way = down ? "DESC" : "ASC";
    const order = `ORDER BY ${sortExpressions[sortBy]} ${way} NULLS LAST, conversations.number ${way}`;
    if (found === null)
      return numbers(`SELECT number FROM conversations ${order} LIMIT @limit OFFSET @offset`).all({ limit, offset });
    const count = countOf(found);
    if (count > mostSorted) {
      const sql = `SELECT number FROM conversations ${order}`;
      // Of a set that is spread over the list, the first page is full before much of the list has been gone through.
      const isNear = ((offset + limit) / count) * (countAll.get() ?? 0) <= mostSteps;
      return cutOut(isNear ? numbers(sql).iterate({}) : sets.inOrder({ sql, values: {} }), found, offset, limit);
    }
    return numbers(
      `SELECT number FROM json_each(@found) JOIN conversations ON number = value ${order} LIMIT @limit OFFSET @offset`,
    ).all({ found: JSON.stringify(numbersOf(found)), limit, offset });
  };

  return {
    list(query, reviewer = "") {
      const sets = setsNow();
      // One transaction, so that the page and the total tell of the same moment.
      return database.transaction(() => {
        const filter = filterOf(query.text, reviewer);
        const { expression, shown } = filter;
        const { words, found } = select(sets, filter, chosenBy(query));
        const sortBy = sortedBy(query, words);
        const page = pageOf(sets, found, { ...query, sortBy, expression });
        // Only those that have the words: to look for words in others takes longest.
        const having = shown?.found == null ? null : sets.of(shown.found);
        const best =
          shown === null
            ? new Map<number, LibraryRow["hit"]>()
            : hits(shown.expression, having === null ? page : page.filter((number) => hasNumber(having, number)), shown.place);
        return {
          rows: rows.all(JSON.stringify(page)).map((row) => toLibraryRow(row, best.get(row.number) ?? null)),
          total: found === null ? (countAll.get() ?? 0) : countOf(found),
          sortedBy: sortBy,
        };
      })();
    },
    ids(text, limit, reviewer = "", stretch = latestFirst) {
      const sets = setsNow();
      return database.transaction(() => {
        const filter = filterOf(text, reviewer);
        const { words, found } = select(sets, filter, []);
        const order = { ...stretch, sortBy: sortedBy(stretch, words), limit, expression: filter.expression };
        return idsOf.all(JSON.stringify(pageOf(sets, found, order)));
      })();
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
  topic: ofColumn("topic"),
  tag: "SELECT min(tag) AS value, count(*) AS count FROM tags WHERE tag LIKE ? ESCAPE '\\' GROUP BY tag ORDER BY count DESC, value LIMIT ?",
  assigned: `SELECT min(assignee) AS value, count(*) AS count FROM assignments
    WHERE done_at IS NULL AND assignee LIKE ? ESCAPE '\\' GROUP BY assignee ORDER BY count DESC, value LIMIT ?`,
  form: `SELECT checklist_id AS value, count(*) AS count FROM evaluations WHERE checklist_id LIKE ? ESCAPE '\\'
    GROUP BY checklist_id ORDER BY count DESC, value LIMIT ?`,
  // Only those that are found somewhere: the others lead to nothing.
  category: `SELECT categories.id AS value, count(*) AS count FROM categories JOIN category_results ON category_id = categories.id
    WHERE outcome = 'present' AND category IS NOT NULL AND categories.id LIKE ? ESCAPE '\\'
    GROUP BY categories.id ORDER BY count DESC, value LIMIT ?`,
} as const satisfies Record<ParsedInput<"library.values">["field"], string>;

/** How a page is cut out. */
type Order = Pick<Query, "sortBy" | "direction" | "offset" | "limit"> & { readonly expression: string | null };

/** What a search finds (null: everything), and what has all its words (null: there are none). */
function select(
  sets: LibrarySets,
  filter: LibraryFilter,
  more: readonly NumberQuery[],
): { words: NumberSet | null; found: NumberSet | null } {
  const words = filter.words.length === 0 ? null : filter.words.map(sets.of).reduce(inBoth);
  const groups = [...filter.groups, ...more.map((query) => [{ ...query, not: false }])];
  if (words === null && groups.length === 0) return { words, found: null };
  // What has words or rows anywhere is a conversation: all of them are needed for an opposite alone.
  const setOf = ({ not, ...query }: FilterTerm) => (not ? inFirstAlone(sets.of(everything), sets.of(query)) : sets.of(query));
  const parts = [...(words === null ? [] : [words]), ...groups.map((group) => group.map(setOf).reduce(inEither))];
  return { words, found: parts.reduce(inBoth) };
}

/** What a list is sorted by: what has very many words in common is not ranked. */
function sortedBy({ sortBy }: Pick<Query, "sortBy">, words: NumberSet | null): Query["sortBy"] {
  return sortBy === "relevance" && (words === null || countOf(words) > mostRanked) ? "importedAt" : sortBy;
}

/** What is chosen beside the search itself. */
function chosenBy({ kind, channel, state }: Query): NumberQuery[] {
  const chosen: NumberQuery[] = [];
  if (kind !== undefined) chosen.push({ sql: "SELECT number FROM conversations WHERE kind = @kind", values: { kind } });
  if (channel !== undefined)
    chosen.push({ sql: "SELECT number FROM conversations WHERE channel = @channel", values: { channel } });
  if (state !== undefined) {
    // A conversation without a job has nothing left to be done.
    const where =
      state === "done"
        ? "id NOT IN (SELECT conversation_id FROM jobs WHERE state IN ('waiting', 'running', 'failed', 'cancelled'))"
        : "id IN (SELECT conversation_id FROM jobs WHERE state = @state)";
    chosen.push({ sql: `SELECT number FROM conversations WHERE ${where}`, values: { state } });
  }
  return chosen;
}

/** A stretch of an order, of those found alone. */
function cutOut(order: Iterable<number>, found: NumberSet | null, offset: number, limit: number): number[] {
  const page: number[] = [];
  let before = 0;
  for (const number of order) {
    if (page.length >= limit) break;
    if (found !== null && !hasNumber(found, number)) continue;
    if (before < offset) before += 1;
    else page.push(number);
  }
  return page;
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
    agentSentiment: toSentiment(row.agent_sentiment, row.agent_trend, row.agent_sentiment_by),
    customerSentiment: toSentiment(row.customer_sentiment, row.customer_trend, row.customer_sentiment_by),
    topic: row.topic === null ? null : { name: row.topic, vendor: row.topic_by },
    evaluation:
      row.score_stage === null
        ? null
        : {
            form: row.score_form ?? "",
            stage: row.score_stage,
            percent: row.score,
            lowest: row.score_lowest,
            highest: row.score_highest,
            failed: row.score_failed ?? 0,
            open: row.score_open ?? 0,
            stale: row.score_stale ?? 0,
          },
    hit,
  };
}

function toSentiment(score: number | null, trend: ListedSentiment["trend"], vendor: string | null): ListedSentiment | null {
  return score === null ? null : { score, trend, vendor };
}
