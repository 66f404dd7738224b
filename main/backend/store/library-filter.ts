import { assertNever } from "../../../app/assert-never.ts";
import type { Condition, Range, SearchQuery } from "../../../app/conversation/search-query.ts";
import type { NumberQuery } from "./library-sets.ts";
import { roleNumber, saidConversation, saidRole, saidStart, saidTime } from "./said.ts";
import type { HitPlace } from "./search.ts";
import { isOfSingleWords, searchExpression } from "./search-expression.ts";

/** What a filter knows beside the search itself. */
export interface FilterWorld {
  /** Whose `is:mine` is asked for. */
  readonly reviewer: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The checklist whose score is meant, where one is asked for; else the one that the list shows. */
  readonly form?: string | null;
}

/** One thing that is asked of a conversation: what finds those for which it holds. */
export interface FilterTerm extends NumberQuery {
  /** It has not to hold. */
  readonly not: boolean;
}

/** A search as queries over the library. */
export interface LibraryFilter {
  /** What FTS5 looks for in whole conversations; null where nothing is. */
  readonly expression: string | null;
  /** What finds each of the words of that expression. */
  readonly words: readonly NumberQuery[];
  /** What else is asked: of each group one has to hold, of the groups all. */
  readonly groups: readonly (readonly FilterTerm[])[];
  /** Which words are shown with a row, in which turns they have to stand, and what finds the rows that have them; null: all do. */
  readonly shown: { readonly expression: string; readonly place: HitPlace; readonly found: NumberQuery | null } | null;
}

const figureColumns = {
  duration: "conversations.duration_ms",
  silence: "conversations.non_talk_ms",
  silenceShare: "(conversations.non_talk_ms * 1.0 / nullif(conversations.duration_ms, 0))",
  talk: "conversations.agent_talk_share",
  interruptions: "conversations.interruptions",
  turns: "conversations.turns",
  "agent-sentiment": "conversations.agent_sentiment",
  "customer-sentiment": "conversations.customer_sentiment",
  score: "conversations.score",
} as const;

const textColumns = {
  agent: "conversations.agent",
  customer: "conversations.customer",
  queue: "conversations.queue",
  topic: "conversations.topic",
  title: "conversations.title",
  file: "conversations.source_name",
} as const;

const choiceColumns = {
  channel: "conversations.channel",
  kind: "conversations.kind",
  direction: "conversations.direction",
} as const;

const anywhere: HitPlace = { by: null, fromMs: null, untilMs: null };

/** More words than this are not looked for: nobody types them, and each is a look into the index. */
const mostWords = 32;

/** Makes SQL of a search. Words of it are chosen here and never come from outside: what does is a value. */
export function libraryFilter(query: SearchQuery, asked: FilterWorld): LibraryFilter {
  const world = { ...asked, form: formOf(query) };
  const groups: FilterTerm[][] = [];
  const words: string[] = [];
  let shown: LibraryFilter["shown"] = null;
  for (const group of query.groups) {
    const [first] = group;
    if (group.length === 1 && first?.condition.kind === "words" && !first.not) {
      const expression = expressionOf(first.condition);
      if (expression !== null && words.length < mostWords) words.push(expression);
      continue;
    }
    for (const { condition, not } of group) {
      if (not || shown !== null || (condition.kind !== "said" && condition.kind !== "words")) continue;
      const expression = expressionOf(condition);
      const place = condition.kind === "said" ? condition : anywhere;
      if (expression !== null) shown = { expression, place, found: termOf(condition, false, world) };
    }
    // What is not known is not what was asked for: so its opposite holds.
    groups.push(group.map(({ condition, not }) => termOf(condition, not, world)));
  }
  const expression = words.length === 0 ? null : words.join(" ");
  return {
    expression,
    words: words.map(foundBy),
    groups,
    shown: shown ?? (expression === null ? null : { expression, place: anywhere, found: null }),
  };
}

/** The one checklist that all have to be judged by; null where none or several are asked for. */
function formOf({ groups }: SearchQuery): string | null {
  const forms = groups.flatMap(([term, ...others]) =>
    term !== undefined && others.length === 0 && !term.not && term.condition.kind === "form" ? [term.condition.form] : [],
  );
  return forms.length === 1 ? (forms[0] ?? null) : null;
}

/** What finds the conversations that hold what an expression looks for. */
function foundBy(expression: string): NumberQuery {
  const index = isOfSingleWords(expression) ? "search_brief" : "search";
  return { sql: `SELECT rowid AS number FROM ${index} WHERE ${index} MATCH @expression`, values: { expression } };
}

/** What finds the conversations in which an expression was said within one turn, by whom and when is asked. */
function saidBy(expression: string, { by, fromMs, untilMs }: HitPlace): NumberQuery {
  const isWord = isOfSingleWords(expression);
  if (isWord && by === null && fromMs === null && untilMs === null) {
    // One word stands in a turn wherever it stands in the whole text, which has fewer rows.
    return {
      sql: "SELECT rowid AS number FROM search WHERE search MATCH @expression",
      values: { expression: `{text}: ${expression}` },
    };
  }
  const said = isWord ? "said_brief" : "said";
  const within = [
    `${said} MATCH @expression`,
    ...(by === null ? [] : [`${saidRole} = ${roleNumber(by)}`]),
    ...(fromMs === null ? [] : [`${saidStart} >= @from`]),
    ...(untilMs === null ? [] : [`${saidStart} < @until`]),
  ];
  return {
    sql: `SELECT ${saidConversation} AS number FROM ${said} WHERE ${within.join(" AND ")}`,
    values: {
      expression,
      from: fromMs === null ? null : saidTime(fromMs - 9),
      until: untilMs === null ? null : saidTime(untilMs),
    },
  };
}

const everything: NumberQuery = { sql: "SELECT number FROM conversations", values: {} };

/** What finds the conversations for which a condition holds, or does not. */
function termOf(condition: Condition, not: boolean, world: FilterWorld): FilterTerm {
  if (condition.kind === "words" || condition.kind === "said") {
    const expression = expressionOf(condition);
    if (expression === null) return { ...everything, not };
    return { ...(condition.kind === "words" ? foundBy(expression) : saidBy(expression, condition)), not };
  }
  const values: Record<string, string | number> = {};
  let count = 0;
  const found = conditionSql(condition, world, (value) => {
    const name = `value${count++}`;
    values[name] = value;
    return `@${name}`;
  });
  if (typeof found === "string") return { sql: `SELECT number FROM conversations WHERE ${found}`, values, not };
  return { sql: `SELECT conversation_number AS number FROM ${found.rows}`, values, not: not !== found.none };
}

/** Words that belong together as FTS5 takes them; null when no character of them is ever indexed. */
function expressionOf({ text, goesOn }: { readonly text: string; readonly goesOn: boolean }): string | null {
  return searchExpression(`"${text}${goesOn ? "" : '"'}`);
}

/** Rows of a table that name their conversations: asked for by themselves, the library has not to be gone over. */
interface Rows {
  readonly rows: string;
  /** Conversations without such a row are meant. */
  readonly none: boolean;
}

function havingOne(rows: string): Rows {
  return { rows, none: false };
}

function havingNone(rows: string): Rows {
  return { rows, none: true };
}

/** A condition on `conversations`, or the rows that have or have not to be there. */
function conditionSql(
  condition: Exclude<Condition, { kind: "words" | "said" }>,
  world: FilterWorld,
  put: (value: string | number) => string,
): string | Rows {
  switch (condition.kind) {
    case "text": {
      if (condition.field === "assigned") {
        return havingOne(`assignments WHERE done_at IS NULL AND ${textSql("assignee", condition, put)}`);
      }
      return textSql(textColumns[condition.field], condition, put);
    }
    case "tag":
      return havingOne(`tags WHERE tag = ${put(condition.tag)}`);
    case "category": {
      const named = put(condition.category);
      return havingOne(`category_results WHERE outcome = ${put(condition.outcome)}
        AND category_id IN (SELECT id FROM categories WHERE id = ${named} COLLATE NOCASE
          OR json_extract(category, '$.name') = ${named} COLLATE NOCASE)`);
    }
    case "about": {
      const line = put(`\n${condition.term.toLowerCase()}\n`);
      const value = put(`\t${condition.term.toLowerCase()}\n`);
      // A phrase is a line of its own; of a thing named, the kind stands before its value.
      return havingOne(`conversation_phrases
        WHERE instr(char(10) || phrases || char(10), ${line}) > 0 OR instr(lower(phrases) || char(10), ${value}) > 0`);
    }
    case "form":
      return havingOne(`evaluations WHERE checklist_id = ${put(condition.form)} COLLATE NOCASE`);
    case "choice": {
      if (condition.field === "review" || condition.field === "stale") {
        const { field, value } = condition;
        const holds = (stage: string, stale: string): string =>
          field === "review" ? `${stage} = ${put(value)}` : `${stale} ${value === "yes" ? "> 0" : "= 0"}`;
        if (world.form == null) return holds("conversations.score_stage", "conversations.score_stale");
        return havingOne(`evaluations WHERE checklist_id = ${put(world.form)} COLLATE NOCASE AND ${holds("stage", "stale")}`);
      }
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
      // Of either side: whoever looks for a bad mood wants to see both.
      if (condition.field === "sentiment") {
        const of = (side: "agent-sentiment" | "customer-sentiment"): string =>
          rangeSql(figureColumns[side], condition.range, put);
        return `(${of("customer-sentiment")} OR ${of("agent-sentiment")})`;
      }
      if (condition.field === "score" && world.form != null) {
        const scored = rangeSql("percent", condition.range, put);
        return havingOne(`evaluations WHERE checklist_id = ${put(world.form)} COLLATE NOCASE AND ${scored}`);
      }
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
          return havingOne(`assignments WHERE done_at IS NULL AND ${bounds("due_at")}`);
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
): string | Rows {
  const assigned = "assignments WHERE done_at IS NULL";
  const reviewed = "reviews WHERE finished_at IS NOT NULL";
  switch (what) {
    case "unread":
      return havingNone("reviews");
    case "reviewed":
      return havingOne(reviewed);
    case "unreviewed":
      return havingNone(reviewed);
    case "edited":
      return `conversations.id IN (${editedSql})`;
    case "assigned":
      return havingOne(assigned);
    case "mine":
      return havingOne(`${assigned} AND assignee = ${put(reviewer)}`);
    case "overdue":
      return havingOne(`${assigned} AND due_at < ${put(now)}`);
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

function hasSql(what: Extract<Condition, { kind: "has" }>["what"]): string | Rows {
  switch (what) {
    case "comments":
      return "conversations.id IN (SELECT conversation_id FROM comments WHERE deleted_at IS NULL)";
    case "tags":
      return havingOne("tags");
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
    case "sentiment":
      return "(conversations.customer_sentiment IS NOT NULL OR conversations.agent_sentiment IS NOT NULL)";
    case "topic":
      return "conversations.topic IS NOT NULL";
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

const scoreColumns: readonly string[] = [figureColumns["agent-sentiment"], figureColumns["customer-sentiment"]];

function rangeSql(column: string, { least, most, withBounds }: Range, put: (value: number) => string): string {
  const parts = [
    ...(least === null ? [] : [`${column} ${withBounds ? ">=" : ">"} ${put(least)}`]),
    ...(most === null ? [] : [`${column} ${withBounds ? "<=" : "<"} ${put(most)}`]),
  ];
  // A score is shown with one decimal, and meant so.
  if (least !== null && least === most && withBounds && scoreColumns.includes(column)) {
    return `(${column} >= ${put(least - 0.05)} AND ${column} < ${put(least + 0.05)})`;
  }
  // A percentage is shown with one decimal too.
  if (least !== null && least === most && withBounds && (column === figureColumns.score || column === "percent")) {
    return `(${column} >= ${put(least - 0.05)} AND ${column} < ${put(least + 0.05)})`;
  }
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
