import type Database from "better-sqlite3";
import { type CategoryResult, categoryResultSchema, isFor } from "../../../app/insight/categories.ts";
import { type Category, categorySchema, ruleIdentity } from "../../../app/insight/rules.ts";
import type { Clock } from "../../../app/ports.ts";
import { resultHash } from "../pipeline/input-hash.ts";
import { parseJson } from "./stored-json.ts";

/** Where a category comes from. */
export type CategoryOrigin = "ready-made" | "person" | "call-analytics";

/** A category of the library. */
export interface CategoryRecord {
  readonly category: Category;
  readonly origin: CategoryOrigin;
  /** Names its rule: results of another rule are not its. */
  readonly ruleHash: string;
}

/** Marks the lines of `conversation_phrases` that hold what is named. No phrase begins with it: phrases are letters and digits. */
const entityMark = "@";

/** A conversation as drivers count it. */
export interface CountedConversation {
  readonly id: string;
  /** When it began, or was imported where nobody knows: milliseconds since 1970. */
  readonly at: number;
  readonly terms: readonly string[];
}

/** Categories and what came of them. Results belong to a rule and to what they were found in; others are not shown. */
export interface CategoryTable {
  /** By name. */
  list(): CategoryRecord[];
  get(id: string): CategoryRecord | null;
  /** Adds one or replaces the one of its id. */
  put(category: Category, origin: CategoryOrigin): CategoryRecord;
  /** Adds those ready-made ones that are not there, or were changed by nobody since; those a person removed stay away. */
  putReadyMade(categories: readonly Category[]): void;
  /** Takes one out with its results. False where there was none. */
  remove(id: string): boolean;
  /** Categories that have no result of their present rule for this basis. */
  missing(conversationId: string, basisOf: (category: Category) => string): CategoryRecord[];
  putResults(
    conversationId: string,
    basisOf: (category: Category) => string,
    results: ReadonlyMap<string, CategoryResult>,
    looked: readonly CategoryRecord[],
  ): void;
  /** Results of the categories that are looked for, by category id. */
  of(conversationId: string): Map<string, CategoryResult>;
  /** Conversations, how many of each outcome, by category id. */
  counts(): Map<string, Record<CategoryResult["outcome"], number>>;
  /** Ids of the conversations with an outcome, the latest first. */
  conversations(categoryId: string, outcome: CategoryResult["outcome"], limit: number): string[];
  /** Whether phrases were counted for this basis. */
  hasPhrases(conversationId: string, basis: string): boolean;
  /** Keeps the phrases of a conversation, and what it names (`entityTerms`). */
  putPhrases(conversationId: string, basis: string, phrases: readonly string[], entities?: readonly string[]): void;
  /** Lets go of everything that was made from a conversation's words: call it in the transaction that changes them. */
  forget(conversationId: string): void;
  /** Conversations between two moments (ms since 1970) with the categories that are present in them. */
  categoriesByConversation(from: number | null, to: number | null): CountedConversation[];
  /** The same with the phrases of their customers. */
  phrasesByConversation(from: number | null, to: number | null): CountedConversation[];
  /** The same with what they name. */
  entitiesByConversation(from: number | null, to: number | null): CountedConversation[];
  /** Ids of all conversations that have a transcript. */
  heard(): string[];
}

interface Row {
  category: string;
  origin: CategoryOrigin;
  rule_hash: string;
}

/** The hash that names a category's rule. */
export function ruleHashOf(category: Category): string {
  return resultHash(ruleIdentity(category));
}

/** The categories in a database. */
export function categoryTable(database: Database.Database, clock: Clock): CategoryTable {
  const all = database.prepare<[], Row>(
    "SELECT category, origin, rule_hash FROM categories WHERE category IS NOT NULL ORDER BY id",
  );
  const one = database.prepare<[string], Row>(
    "SELECT category, origin, rule_hash FROM categories WHERE id = ? AND category IS NOT NULL",
  );
  const known = database.prepare<[string], { category: string | null; origin: CategoryOrigin }>(
    "SELECT category, origin FROM categories WHERE id = ?",
  );
  const put = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO categories (id, category, origin, rule_hash, at) VALUES (@id, @category, @origin, @ruleHash, @at)
    ON CONFLICT (id) DO UPDATE SET category = excluded.category, origin = excluded.origin, rule_hash = excluded.rule_hash, at = excluded.at`);
  const dropResults = database.prepare<[string]>("DELETE FROM category_results WHERE category_id = ?");
  const drop = database.prepare<[string]>("DELETE FROM categories WHERE id = ?");
  const hide = database.prepare<[string]>("UPDATE categories SET category = NULL WHERE id = ?");
  // What is called otherwise, or is not there any more, is no topic: the list has it worked out again.
  const dropTopic = database.prepare<[string]>(
    "UPDATE conversations SET lacks_figures = 1 WHERE topic = ? COLLATE NOCASE AND topic_by IS NULL",
  );
  const numberOf = database.prepare<[string], number>("SELECT number FROM conversations WHERE id = ?").pluck();
  const numbered = database.prepare<[string], { number: number; kind: "call" | "chat" }>(
    "SELECT number, kind FROM conversations WHERE id = ?",
  );
  const basisOf = database.prepare<[number], { category_id: string; rule_hash: string; basis: string }>(
    "SELECT category_id, rule_hash, basis FROM category_results WHERE conversation_number = ?",
  );
  const clear = database.prepare<[number, string]>(
    "DELETE FROM category_results WHERE conversation_number = ? AND category_id = ?",
  );
  const clearAll = database.prepare<[number]>("DELETE FROM category_results WHERE conversation_number = ?");
  const clearPhrases = database.prepare<[number]>("DELETE FROM conversation_phrases WHERE conversation_number = ?");
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO category_results (category_id, conversation_number, rule_hash, basis, outcome, result)
    VALUES (@id, @number, @ruleHash, @basis, @outcome, @result)`);
  const results = database.prepare<[string], { category_id: string; result: string }>(`
    SELECT category_id, result FROM category_results
    JOIN categories ON categories.id = category_id AND categories.rule_hash = category_results.rule_hash AND category IS NOT NULL
    JOIN conversations ON conversations.number = conversation_number WHERE conversations.id = ?`);
  const counts = database.prepare<[], { category_id: string; outcome: CategoryResult["outcome"]; count: number }>(
    "SELECT category_id, outcome, count(*) AS count FROM category_results GROUP BY category_id, outcome",
  );
  const having = database
    .prepare<[string, string, number], string>(
      `SELECT conversations.id FROM category_results JOIN conversations ON conversations.number = conversation_number
       WHERE category_id = ? AND outcome = ? ORDER BY coalesce(started_at, imported_at) DESC, conversations.number DESC LIMIT ?`,
    )
    .pluck();
  const phrasesAt = database
    .prepare<[string], string>(
      "SELECT basis FROM conversation_phrases JOIN conversations ON number = conversation_number WHERE id = ?",
    )
    .pluck();
  const putPhrases = database.prepare<[number, string, string]>(`
    INSERT INTO conversation_phrases (conversation_number, basis, phrases) VALUES (?, ?, ?)
    ON CONFLICT (conversation_number) DO UPDATE SET basis = excluded.basis, phrases = excluded.phrases`);
  const between =
    "coalesce(started_at, imported_at) >= coalesce(@from, -9e15) AND coalesce(started_at, imported_at) < coalesce(@to, 9e15)";
  interface Counted {
    id: string;
    at: number;
    terms: string | null;
  }
  const byCategory = database.prepare<[Record<string, unknown>], Counted>(`
    SELECT conversations.id, coalesce(started_at, imported_at) AS at, group_concat(category_id, char(10)) AS terms
    FROM conversations JOIN transcripts ON transcripts.conversation_id = conversations.id
    LEFT JOIN category_results ON conversation_number = conversations.number AND outcome = 'present'
    WHERE ${between} GROUP BY conversations.number`);
  const byPhrase = database.prepare<[Record<string, unknown>], Counted>(`
    SELECT conversations.id, coalesce(started_at, imported_at) AS at, phrases AS terms
    FROM conversations JOIN conversation_phrases ON conversation_number = conversations.number WHERE ${between}`);
  const heard = database
    .prepare<[], string>("SELECT id FROM conversations JOIN transcripts ON transcripts.conversation_id = id ORDER BY number DESC")
    .pluck();

  const parsed = new Map<string, Category | null>();
  /** Each conversation asks for all categories: a text is read once, whatever asks for it. */
  const categoryOf = (text: string): Category | null => {
    const known = parsed.get(text);
    if (known !== undefined) return known;
    const category = categorySchema.safeParse(parseJson(text)).data ?? null;
    if (parsed.size >= 1_000) parsed.clear();
    parsed.set(text, category);
    return category;
  };
  const read = ({ category: text, origin, rule_hash }: Row): CategoryRecord[] => {
    const category = categoryOf(text);
    return category === null ? [] : [{ category, origin, ruleHash: rule_hash }];
  };
  const write = (category: Category, origin: CategoryOrigin): CategoryRecord => {
    const ruleHash = ruleHashOf(category);
    const before = one.get(category.id);
    // A name may change and nothing is looked for again.
    if (before !== undefined && (before.rule_hash !== ruleHash || !category.enabled)) dropResults.run(category.id);
    for (const { category: old } of before === undefined ? [] : read(before)) {
      if (old.name !== category.name || !category.enabled) dropTopic.run(old.name);
    }
    put.run({ id: category.id, category: JSON.stringify(category), origin, ruleHash, at: clock.now() });
    return { category, origin, ruleHash };
  };
  const counted = ({ id, at, terms }: Counted): CountedConversation => ({
    id,
    at,
    terms: terms === null || terms === "" ? [] : terms.split("\n"),
  });

  return {
    list: () =>
      all
        .all()
        .flatMap(read)
        .sort((a, b) => a.category.name.localeCompare(b.category.name, "en")),
    get: (id) => read(one.get(id) ?? { category: "", origin: "person", rule_hash: "" })[0] ?? null,
    put: (category, origin) => database.transaction(() => write(category, origin))(),
    putReadyMade: (categories) =>
      database.transaction(() => {
        for (const category of categories) {
          const there = known.get(category.id);
          const text = JSON.stringify(category);
          if (there === undefined || (there.origin === "ready-made" && there.category !== null && there.category !== text))
            write(category, "ready-made");
        }
      })(),
    remove: (id) =>
      database.transaction(() => {
        const there = known.get(id);
        if (there === undefined || there.category === null) return false;
        dropResults.run(id);
        for (const { category } of read({ ...there, category: there.category, rule_hash: "" })) dropTopic.run(category.name);
        if (there.origin === "ready-made") hide.run(id);
        else drop.run(id);
        return true;
      })(),
    missing(conversationId, basisIn) {
      const conversation = numbered.get(conversationId);
      if (conversation === undefined) return [];
      const { number } = conversation;
      const there = new Map(basisOf.all(number).map((row) => [row.category_id, `${row.rule_hash} ${row.basis}`]));
      return all
        .all()
        .flatMap(read)
        .filter(
          ({ category, ruleHash }) =>
            isFor(category, conversation) && there.get(category.id) !== `${ruleHash} ${basisIn(category)}`,
        );
    },
    putResults: (conversationId, basisIn, found, looked) =>
      database.transaction(() => {
        const number = numberOf.get(conversationId);
        if (number === undefined) return;
        for (const { category, ruleHash } of looked) {
          clear.run(number, category.id);
          const result = found.get(category.id);
          if (result === undefined) continue;
          insert.run({
            id: category.id,
            number,
            ruleHash,
            basis: basisIn(category),
            outcome: result.outcome,
            result: JSON.stringify(result),
          });
        }
      })(),
    of: (conversationId) =>
      new Map(
        results.all(conversationId).flatMap(({ category_id, result }) => {
          const parsed = categoryResultSchema.safeParse(parseJson(result));
          return parsed.success ? [[category_id, parsed.data] as const] : [];
        }),
      ),
    counts() {
      const found = new Map<string, Record<CategoryResult["outcome"], number>>();
      for (const { category_id, outcome, count } of counts.all()) {
        const own = found.get(category_id) ?? { present: 0, absent: 0, unknown: 0 };
        own[outcome] = count;
        found.set(category_id, own);
      }
      return found;
    },
    conversations: (categoryId, outcome, limit) => having.all(categoryId, outcome, limit),
    hasPhrases: (conversationId, basis) => phrasesAt.get(conversationId) === basis,
    putPhrases(conversationId, basis, phrases, entities = []) {
      const number = numberOf.get(conversationId);
      const lines = [...phrases, ...entities.map((entity) => `${entityMark}${entity}`)];
      if (number !== undefined) putPhrases.run(number, basis, lines.join("\n"));
    },
    forget(conversationId) {
      const number = numberOf.get(conversationId);
      if (number === undefined) return;
      clearAll.run(number);
      clearPhrases.run(number);
    },
    categoriesByConversation: (from, to) => byCategory.all({ from, to }).map(counted),
    phrasesByConversation: (from, to) =>
      byPhrase.all({ from, to }).map((row) => counted({ ...row, terms: linesOf(row.terms).phrases })),
    entitiesByConversation: (from, to) =>
      byPhrase.all({ from, to }).map((row) => counted({ ...row, terms: linesOf(row.terms).entities })),
    heard: () => heard.all(),
  };
}

/** The lines of `conversation_phrases` apart: phrases come first, and what is named after them, here without its mark. */
function linesOf(text: string | null): { readonly phrases: string; readonly entities: string } {
  const all = text ?? "";
  const at = all.startsWith(entityMark) ? 0 : all.indexOf(`\n${entityMark}`);
  if (at < 0) return { phrases: all, entities: "" };
  const entities = all.slice(at === 0 ? 1 : at + 2).replaceAll(`\n${entityMark}`, "\n");
  return { phrases: all.slice(0, at), entities };
}
