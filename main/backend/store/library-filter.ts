import { assertNever } from "../../../app/assert-never.ts";
import type { Condition, Range, SearchQuery, Term } from "../../../app/conversation/search-query.ts";
import { roleNumber, saidConversation, saidRole, saidStart, saidTime } from "./said.ts";
import type { HitPlace } from "./search.ts";
import { isOfSingleWords, searchExpression } from "./search-expression.ts";

/** What a filter knows beside the search itself. */
export interface FilterWorld {
  /** Whose `is:mine` is asked for. */
  readonly reviewer: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A search as SQL over `conversations`: every condition has to hold. */
export interface LibraryFilter {
  /** What FTS5 looks for in whole conversations; null where nothing is. */
  readonly expression: string | null;
  readonly where: readonly string[];
  /** By name, without the at-sign. */
  readonly values: Readonly<Record<string, string | number>>;
  /** Which words are shown with a row, and in which turns they have to stand. */
  readonly shown: { readonly expression: string; readonly place: HitPlace } | null;
}

const figureColumns = {
  duration: "conversations.duration_ms",
  silence: "conversations.non_talk_ms",
  silenceShare: "(conversations.non_talk_ms * 1.0 / nullif(conversations.duration_ms, 0))",
  talk: "conversations.agent_talk_share",
  interruptions: "conversations.interruptions",
  turns: "conversations.turns",
} as const;

const textColumns = {
  agent: "conversations.agent",
  customer: "conversations.customer",
  queue: "conversations.queue",
  title: "conversations.title",
  file: "conversations.source_name",
} as const;

const choiceColumns = {
  channel: "conversations.channel",
  kind: "conversations.kind",
  direction: "conversations.direction",
} as const;

const anywhere: HitPlace = { by: null, fromMs: null, untilMs: null };

/** Makes SQL of a search. Words of it are chosen here and never come from outside: what does is a value. */
export function libraryFilter(query: SearchQuery, world: FilterWorld): LibraryFilter {
  const where: string[] = [];
  const values: Record<string, string | number> = {};
  const words: string[] = [];
  let shown: LibraryFilter["shown"] = null;
  let count = 0;
  const put = (value: string | number): string => {
    const name = `value${count++}`;
    values[name] = value;
    return `@${name}`;
  };

  for (const group of query.groups) {
    const [term] = group;
    if (group.length === 1 && term?.condition.kind === "words" && !term.not) {
      const expression = expressionOf(term.condition);
      if (expression !== null) words.push(expression);
      continue;
    }
    for (const { condition, not } of group) {
      if (not || shown !== null || (condition.kind !== "said" && condition.kind !== "words")) continue;
      const expression = expressionOf(condition);
      if (expression !== null) shown = { expression, place: condition.kind === "said" ? condition : anywhere };
    }
    where.push(`(${group.map((one) => sqlOf(one, world, put)).join(" OR ")})`);
  }
  const expression = words.length === 0 ? null : words.slice(0, 32).join(" ");
  return { expression, where, values, shown: shown ?? (expression === null ? null : { expression, place: anywhere }) };
}

/** SQL for the numbers of the conversations that hold what an expression looks for. */
export function foundBy(expression: string, value: string): string {
  const index = isOfSingleWords(expression) ? "search_brief" : "search";
  return `SELECT rowid FROM ${index} WHERE ${index} MATCH ${value}`;
}

/** Words that belong together as FTS5 takes them; null when no character of them is ever indexed. */
function expressionOf({ text, goesOn }: { readonly text: string; readonly goesOn: boolean }): string | null {
  return searchExpression(`"${text}${goesOn ? "" : '"'}`);
}

function sqlOf({ condition, not }: Term, world: FilterWorld, put: (value: string | number) => string): string {
  const sql = conditionSql(condition, world, put);
  // What is not known is not what was asked for: so its opposite holds.
  return not ? `(${sql}) IS NOT TRUE` : sql;
}

function conditionSql(condition: Condition, world: FilterWorld, put: (value: string | number) => string): string {
  switch (condition.kind) {
    case "words": {
      const expression = expressionOf(condition);
      return expression === null ? "TRUE" : `+conversations.number IN (${foundBy(expression, put(expression))})`;
    }
    case "said": {
      const expression = expressionOf(condition);
      if (expression === null) return "TRUE";
      const { by, fromMs, untilMs } = condition;
      const said = isOfSingleWords(expression) ? "said_brief" : "said";
      const within = [
        `${said} MATCH ${put(expression)}`,
        ...(by === null ? [] : [`${saidRole} = ${roleNumber(by)}`]),
        ...(fromMs === null ? [] : [`${saidStart} >= ${put(saidTime(fromMs - 9))}`]),
        ...(untilMs === null ? [] : [`${saidStart} < ${put(saidTime(untilMs))}`]),
      ];
      return `conversations.number IN (SELECT ${saidConversation} FROM ${said} WHERE ${within.join(" AND ")})`;
    }
    case "text": {
      if (condition.field === "assigned") {
        return `conversations.number IN (SELECT conversation_number FROM assignments WHERE done_at IS NULL
          AND ${textSql("assignee", condition, put)})`;
      }
      return textSql(textColumns[condition.field], condition, put);
    }
    case "tag":
      return `conversations.number IN (SELECT conversation_number FROM tags WHERE tag = ${put(condition.tag)})`;
    case "choice": {
      if (condition.field !== "state") return `${choiceColumns[condition.field]} = ${put(condition.value)}`;
      // A conversation without a job has nothing left to be done.
      const having = `conversations.id IN (SELECT conversation_id FROM jobs WHERE state = ${put(condition.value)})`;
      return condition.value === "done"
        ? "conversations.id NOT IN (SELECT conversation_id FROM jobs WHERE state IN ('waiting', 'running', 'failed', 'cancelled'))"
        : having;
    }
    case "language":
      return `(conversations.language = ${put(condition.tag)} COLLATE NOCASE OR conversations.language LIKE ${put(`${likeText(condition.tag)}-%`)} ESCAPE '\\')`;
    case "figure":
      return rangeSql(figureColumns[condition.field], condition.range, put);
    case "date": {
      const bounds = (column: string): string =>
        [
          ...(condition.from === null ? [] : [`${column} >= ${put(beginningOf(condition.from))}`]),
          ...(condition.until === null ? [] : [`${column} < ${put(beginningOf(condition.until))}`]),
        ].join(" AND ");
      const { field } = condition;
      switch (field) {
        case "date":
          return `(${bounds("conversations.started_at")})`;
        case "added":
          return `(${bounds("conversations.imported_at")})`;
        case "due":
          return `conversations.number IN (SELECT conversation_number FROM assignments WHERE done_at IS NULL AND ${bounds("due_at")})`;
        default:
          return assertNever(field);
      }
    }
    case "is":
      return isSql(condition.what, world, put);
    case "has":
      return hasSql(condition.what);
    default:
      return assertNever(condition);
  }
}

function isSql(
  what: Extract<Condition, { kind: "is" }>["what"],
  { reviewer, now }: FilterWorld,
  put: (value: string | number) => string,
): string {
  const assigned = "conversations.number IN (SELECT conversation_number FROM assignments WHERE done_at IS NULL";
  const reviewed = "conversations.number IN (SELECT conversation_number FROM reviews WHERE finished_at IS NOT NULL)";
  switch (what) {
    case "unread":
      return "conversations.number NOT IN (SELECT conversation_number FROM reviews)";
    case "reviewed":
      return reviewed;
    case "unreviewed":
      return `NOT ${reviewed}`;
    case "edited":
      return `conversations.id IN (${editedSql})`;
    case "assigned":
      return `${assigned})`;
    case "mine":
      return `${assigned} AND assignee = ${put(reviewer)})`;
    case "overdue":
      return `${assigned} AND due_at < ${put(now)})`;
    case "failed":
      return "conversations.id IN (SELECT conversation_id FROM jobs WHERE state = 'failed')";
    case "wordless":
      return "conversations.lacks_words = 1";
    default:
      return assertNever(what);
  }
}

/** SQL for conversations with a correction that holds; a further condition on `made` may follow. What was done to its change last is not its being taken back. */
export const editedSql = `SELECT made.conversation_id FROM operations AS made WHERE made.change_id IS NOT NULL AND (
  SELECT later.withdraws FROM operations AS later WHERE later.conversation_id = made.conversation_id
    AND (later.withdraws = made.change_id OR later.restores = made.change_id) ORDER BY later.number DESC LIMIT 1) IS NULL`;

function hasSql(what: Extract<Condition, { kind: "has" }>["what"]): string {
  switch (what) {
    case "comments":
      return "conversations.id IN (SELECT conversation_id FROM comments WHERE deleted_at IS NULL)";
    case "tags":
      return "conversations.number IN (SELECT conversation_number FROM tags)";
    case "bookmarks":
      return "conversations.id IN (SELECT conversation_id FROM bookmarks)";
    case "agent":
      return "conversations.agent IS NOT NULL";
    case "customer":
      return "conversations.customer IS NOT NULL";
    case "queue":
      return "conversations.queue IS NOT NULL";
    case "date":
      return "conversations.started_at IS NOT NULL";
    case "language":
      return "conversations.language IS NOT NULL";
    case "words":
      return "(conversations.turns > 0 AND conversations.lacks_words = 0)";
    default:
      return assertNever(what);
  }
}

function textSql(column: string, { text, exact }: { text: string; exact: boolean }, put: (value: string) => string): string {
  return exact ? `${column} = ${put(text)} COLLATE NOCASE` : `${column} LIKE ${put(`%${likeText(text)}%`)} ESCAPE '\\'`;
}

function likeText(text: string): string {
  return text.replaceAll(/[\\%_]/gu, "\\$&");
}

function rangeSql(column: string, { least, most, withBounds }: Range, put: (value: number) => string): string {
  const parts = [
    ...(least === null ? [] : [`${column} ${withBounds ? ">=" : ">"} ${put(least)}`]),
    ...(most === null ? [] : [`${column} ${withBounds ? "<=" : "<"} ${put(most)}`]),
  ];
  // A figure in whole seconds is meant as it is shown: 90 s is anything from 90.0 to 90.9 s.
  if (
    least !== null &&
    least === most &&
    withBounds &&
    column !== figureColumns.interruptions &&
    column !== figureColumns.turns
  ) {
    const shown = least >= 1 || column === figureColumns.duration || column === figureColumns.silence ? 1_000 : 0.01;
    return `(${column} >= ${put(least)} AND ${column} < ${put(least + shown)})`;
  }
  return `(${parts.join(" AND ")})`;
}

/** The first millisecond of a day where this program runs. */
function beginningOf(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date).getTime();
}
