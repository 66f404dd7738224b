import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import type { Handlers } from "../../app/contract/api.ts";
import type { CategoryFinding, QuotedPlace, RuleTrial } from "../../app/contract/category-views.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { Conversation } from "../../app/conversation/conversation.ts";
import { type CategoryResult, categorise } from "../../app/insight/categories.ts";
import { type Driver, type DriverConversation, driversOf } from "../../app/insight/drivers.ts";
import { withoutContained } from "../../app/insight/drivers-phrases.ts";
import { topicsOf, withTopics } from "../../app/insight/drivers-topics.ts";
import { tellingSpans } from "../../app/insight/issues-actions.ts";
import type { Category } from "../../app/insight/rules.ts";
import { quoteAt, type RulePlace } from "../../app/insight/rules-evaluate.ts";
import { explainRule } from "../../app/insight/rules-explain.ts";
import { readRulesFile } from "../../app/insight/rules-file.ts";
import { patternFault } from "../../app/insight/rules-pattern.ts";
import { rulesWithin } from "../../app/insight/rules-walk.ts";
import { bringCategories, type Categoriser, noSentiments, type SentimentsOf } from "./pipeline/categoriser.ts";
import { conversationOf } from "./pipeline/revision.ts";
import type { Store } from "./store/store.ts";

/** The calls about categories and drivers. */
type CategoryCalls =
  | "category.list"
  | "category.save"
  | "category.remove"
  | "category.import"
  | "category.results"
  | "category.conversations"
  | "category.try"
  | "drivers.list";

/** How long a rule that is being written is tried on the library, in milliseconds. */
const trialMs = 1_500;

/** Phrases that topics are made of, the most frequent. */
const mostForTopics = 600;

/** What the handlers answer from. */
export interface CategoryWorld {
  readonly store: Store;
  readonly categoriser: Categoriser;
  readonly sentimentsOf?: SentimentsOf;
  /** The library's list may show other things now. */
  readonly changed: () => void;
}

/** Answers the calls about categories and drivers. */
export function categoryHandlers({
  store,
  categoriser,
  sentimentsOf = noSentiments,
  changed,
}: CategoryWorld): Pick<Handlers, CategoryCalls> {
  const known = (id: string): Conversation => {
    const conversation = conversationOf(store, id);
    if (conversation === null) throw new EarmarkError("not-found", "This conversation is not in the library.", { id });
    return conversation;
  };
  const rulesChanged = (): void => {
    categoriser.sweep();
    changed();
  };
  return {
    "category.list": async () => {
      const counts = store.categories.counts();
      const categories = store.categories.list().map(({ category, origin }) => ({
        category,
        origin,
        sentence: explainRule(category.rule),
        ...(counts.get(category.id) ?? { present: 0, absent: 0, unknown: 0 }),
      }));
      return { categories, waiting: categoriser.waiting };
    },
    "category.save": async ({ category }) => {
      refusePatterns(category);
      store.categories.put(category, "person");
      rulesChanged();
      return {};
    },
    "category.remove": async ({ id }) => {
      if (!store.categories.remove(id)) throw new EarmarkError("not-found", "There is no such category.", { id });
      rulesChanged();
      return {};
    },
    "category.import": async ({ text }) => {
      const { categories, format, notes } = readRulesFile(text);
      store.transaction(() => {
        for (const category of categories) store.categories.put(category, format === "earmark" ? "person" : "call-analytics");
      });
      rulesChanged();
      return { ids: categories.map(({ id }) => id), format, notes: [...notes] };
    },
    "category.results": async ({ conversationId }) => {
      const conversation = known(conversationId);
      bringCategories(store, conversationId, sentimentsOf);
      const results = store.categories.of(conversationId);
      return {
        findings: store.categories.list().flatMap(({ category }) => {
          const result = results.get(category.id);
          return result === undefined ? [] : [findingOf(conversation, category, result)];
        }),
        spans: spansOf(conversation).map((span) => ({ ...quoted(conversation, span), kind: span.kind })),
      };
    },
    "category.conversations": async ({ id, outcome, limit }) => ({
      conversationIds: store.categories.conversations(id, outcome, limit),
    }),
    "category.try": async ({ rule, kind, conversationId, limit, skip }) => {
      const category: Category = { id: "trial", name: "trial", description: "", wanted: null, kind, enabled: true, rule };
      refusePatterns(category);
      const ids = conversationId === undefined ? store.categories.heard() : [known(conversationId).id];
      const trial = { sentence: explainRule(rule), present: 0, absent: 0, unknown: 0, looked: 0, of: ids.length };
      const matches: RuleTrial["matches"] = [];
      const until = performance.now() + trialMs;
      for (const id of ids.slice(skip)) {
        if (performance.now() > until) break;
        trial.looked += 1;
        const conversation = conversationOf(store, id);
        if (conversation === null) continue;
        const result = categorise({ conversation, sentiments: sentimentsOf(id)?.byTurn() ?? null }, [category]).get(category.id);
        if (result === undefined) continue;
        trial[result.outcome] += 1;
        if (result.outcome === "present" && matches.length < limit) {
          matches.push({
            conversationId: id,
            title: conversation.title,
            kind: conversation.kind,
            places: result.places.map((place) => quoted(conversation, place)),
          });
        }
        // The rest of Earmark goes on meanwhile.
        await breathe();
      }
      return { ...trial, matches };
    },
    "drivers.list": async ({ period, from, to, limit }) => {
      await categoriser.settled();
      const start = from === undefined ? null : Date.parse(from);
      const end = to === undefined ? null : Date.parse(to);
      const names = new Map(store.categories.list().map(({ category }) => [category.id, category.name]));
      const categorised = store.categories.categoriesByConversation(start, end);
      // All four are counted over the same conversations, so that their periods and shares are the same.
      const overAll = (some: readonly DriverConversation[]): DriverConversation[] => {
        const terms = new Map(some.map((one) => [one.id, one.terms]));
        return categorised.map(({ id, at }) => ({ id, at, terms: terms.get(id) ?? [] }));
      };
      const phrased = overAll(store.categories.phrasesByConversation(start, end));
      const named = overAll(store.categories.entitiesByConversation(start, end));
      // In a large library what few say is no driver, and there are very many such phrases.
      const options = { period, least: Math.max(3, Math.ceil(categorised.length / 2_000)), limit: Number.POSITIVE_INFINITY };
      const byCategory = driversOf(categorised, { ...options, least: 1 });
      // The rest of Earmark goes on between one counting and the next.
      await breathe();
      const phrases = driversOf(phrased, options).drivers;
      await breathe();
      const byPhrase = withoutContained(phrases.slice(0, 5 * limit));
      const frequent = phrases.toSorted((a, b) => b.conversationIds.length - a.conversationIds.length).slice(0, mostForTopics);
      const topics = driversOf(withTopics(phrased, topicsOf(withoutContained(frequent), phrased.length)), options);
      await breathe();
      const byEntity = driversOf(named, { ...options, least: 2 });
      const views = (drivers: readonly Driver[], nameOf: (term: string) => string) =>
        drivers.slice(0, limit).map(({ conversationIds, counts, ...driver }) => ({
          ...driver,
          name: nameOf(driver.term),
          counts: [...counts],
          conversationIds: conversationIds.slice(0, 500),
        }));
      return {
        periods: byCategory.periods.map(({ startsAt, conversations }) => ({
          startsAt: new Date(startsAt).toISOString(),
          conversations,
        })),
        topics: views(topics.drivers, (term) => term.split("\n").slice(0, 3).join(", ")),
        categories: views(byCategory.drivers, (term) => names.get(term) ?? term),
        entities: views(byEntity.drivers, (term) => term.split("\t").at(-1) ?? term),
        phrases: views(byPhrase, (term) => term),
      };
    },
  };
}

function refusePatterns({ rule }: Category): void {
  for (const one of rulesWithin(rule)) {
    const fault = "pattern" in one ? patternFault(one.pattern) : null;
    if (fault !== null) throw new EarmarkError("input-invalid", fault, { reason: "pattern" });
  }
}

/** A category in a conversation as pages show it: the words are those on screen now. */
export function findingOf(conversation: Conversation, category: Category, result: CategoryResult): CategoryFinding {
  const { id, name, description, wanted, rule } = category;
  return {
    id,
    name,
    description,
    wanted,
    sentence: explainRule(rule),
    ...result,
    places: result.places.map((place) => quoted(conversation, place)),
    against: result.against.map((place) => quoted(conversation, place)),
  };
}

/** What was found of a revision is found again as long as it is the one on screen. */
const found = new WeakMap<Conversation["turns"], ReturnType<typeof tellingSpans>>();

function spansOf(conversation: Conversation): ReturnType<typeof tellingSpans> {
  const spans = found.get(conversation.turns) ?? tellingSpans(conversation);
  found.set(conversation.turns, spans);
  return spans;
}

function quoted(conversation: Conversation, place: RulePlace): QuotedPlace {
  const turn = conversation.turns.find(({ id }) => id === place.turnId);
  const role = conversation.participants.find(({ id }) => id === turn?.participantId)?.role ?? null;
  const { turnId, chars, startMs, endMs } = place;
  return { turnId, wordIds: [...place.wordIds], chars, startMs, endMs, quote: quoteAt(conversation, place), role };
}

/** The categories that come with Earmark; none where this installation has none. */
export async function readReadyMade(resourcesPath: string): Promise<readonly Category[]> {
  const text = await readFile(join(resourcesPath, "categories", "ready-made.yaml"), "utf8").catch(() => null);
  return text === null ? [] : readRulesFile(text).categories;
}
