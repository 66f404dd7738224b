import type { TurnSentiment } from "../../../app/insight/rules-evaluate.ts";
import type { Store } from "../store/store.ts";
import { bringCategories, type SentimentsOf } from "./categoriser.ts";
import { bringEvaluations } from "./evaluator.ts";
import { insightChoice, readInsight } from "./insight-stage.ts";
import type { Stage } from "./queue.ts";

/** Sentiment by turn as the stage `insight` read it; null where it has not, or where nobody could judge a single turn. */
export function storedSentiments(store: Store): SentimentsOf {
  return (conversationId) => {
    const job = store.jobs.byConversation(conversationId);
    const result = job === null ? null : store.jobs.result(job.number, "insight");
    if (result === null) return null;
    const { formula, thresholds } = insightChoice(store.settings.get().language);
    let read: ReturnType<typeof readInsight> | undefined;
    const insight = () => {
      read ??= readInsight(store, conversationId);
      return read;
    };
    return {
      name: `${result.resultHash} ${formula} ${thresholds.positive} ${thresholds.negative}`,
      entities: () => insight()?.entities ?? [],
      byTurn() {
        const turns = insight()?.sentiment.turns ?? [];
        const judged = turns.flatMap(({ turnId, label, score }): [string, TurnSentiment][] =>
          label === null ? [] : [[turnId, { label, score: score ?? 0 }]],
        );
        return judged.length === 0 ? null : new Map(judged);
      },
    };
  };
}

/**
 * The stage that looks for categories, after sentiment where that could be read and without it where not. What it finds is
 * written by its commit: it holds places of the revision on screen, and is made anew whenever that or a rule changes.
 */
export function categoriesStage(store: Store): Stage {
  return {
    name: "categories",
    version: 1,
    resource: "cpu",
    needs: [],
    optional: ["parse", "align", "roles", "insight"],
    facts: () => ({ rules: store.categories.list().map(({ category, ruleHash }) => [category.id, ruleHash]) }),
    run: () => Promise.resolve({}),
    commit(_result, { conversationId }) {
      bringCategories(store, conversationId, storedSentiments(store));
      bringEvaluations(store, conversationId, storedSentiments(store));
    },
  };
}
