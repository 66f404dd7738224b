import { randomBytes } from "node:crypto";
import type { Handlers } from "../../app/contract/api.ts";
import type { EventName, EventPayload } from "../../app/contract/events.ts";
import { drawSample } from "../../app/conversation/sampling.ts";
import { personName } from "./editing-handlers.ts";
import { filesOf } from "./ledger/going-files.ts";
import type { LibraryPaths } from "./library-paths.ts";
import { indexRevision } from "./pipeline/revision.ts";
import type { Store } from "./store/store.ts";

/** What the handlers of the library's page answer from. */
export interface LibraryWorld {
  readonly store: Store;
  readonly paths: LibraryPaths;
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
}

type LibraryCalls =
  | "library.ids"
  | "library.values"
  | "library.deletion"
  | "library.indexing"
  | "view.list"
  | "view.save"
  | "view.delete"
  | "review.assign"
  | "review.mine"
  | "review.open"
  | "review.spend"
  | "review.finish"
  | "sample.plans"
  | "sample.savePlan"
  | "sample.deletePlan"
  | "sample.draw"
  | "sample.runs";

/** Candidates that a sample is drawn from at most: the latest of them. */
const mostCandidates = 200_000;

/** One handler for each call of the library beside its list: saved views, reviews, samples. */
export function libraryHandlers({ store, paths, emit }: LibraryWorld): Pick<Handlers, LibraryCalls> {
  const reviewer = (): string => personName(store);
  const reviewsChanged = (): void => {
    emit("review.changed", {});
    emit("library.changed", {});
  };

  return {
    "library.ids": async ({ text, limit, ...stretch }) => ({ ids: store.library.ids(text, limit, reviewer(), stretch) }),
    "library.values": async ({ field, text, limit }) => ({ values: store.library.values(field, text, limit) }),
    "library.deletion": async ({ ids }) => {
      let files = 0;
      let fileBytes = 0;
      for (const id of ids) {
        const content = store.conversations.get(id)?.source.sha256;
        if (content === undefined) continue;
        const own = await filesOf(paths, content);
        files += own.files;
        fileBytes += own.bytes;
      }
      return { ...store.reviews.deletion(ids), rows: store.conversations.rows(ids), files, fileBytes };
    },
    "library.indexing": async () => ({ left: store.search.countWithoutTurns() }),

    "view.list": async () => ({ views: store.views.list().map(({ id, name, value }) => ({ id, name, look: value })) }),
    "view.save": async ({ id, name, look }) => {
      const saved = store.views.save(id, name, look);
      emit("review.changed", {});
      return { id: saved };
    },
    "view.delete": async ({ id }) => {
      store.views.remove(id);
      emit("review.changed", {});
      return {};
    },

    "review.assign": async ({ ids, assignee, dueAt }) => {
      store.reviews.assign(ids, assignee, dueAt, reviewer());
      reviewsChanged();
      return {};
    },
    "review.mine": async ({ limit }) => {
      const name = reviewer();
      const midnight = new Date().setHours(0, 0, 0, 0);
      return {
        reviewer: name,
        waiting: store.reviews.waiting(name, limit),
        total: store.reviews.countWaiting(name),
        today: store.reviews.finishedSince(name, midnight),
      };
    },
    "review.open": async ({ conversationId }) => {
      const name = reviewer();
      store.reviews.open(conversationId, name);
      reviewsChanged();
      return store.reviews.state(conversationId, name);
    },
    "review.spend": async ({ conversationId, ms }) => {
      store.reviews.spend(conversationId, reviewer(), ms);
      return {};
    },
    "review.finish": async ({ conversationId, finished }) => {
      const name = reviewer();
      store.reviews.finish(conversationId, name, finished);
      reviewsChanged();
      return store.reviews.state(conversationId, name);
    },

    "sample.plans": async () => ({
      plans: store.samplingPlans.list().map(({ id, name, value }) => ({ id, name, plan: value })),
    }),
    "sample.savePlan": async ({ id, name, plan }) => {
      const saved = store.samplingPlans.save(id, name, plan);
      emit("review.changed", {});
      return { id: saved };
    },
    "sample.deletePlan": async ({ id }) => {
      store.samplingPlans.remove(id);
      emit("review.changed", {});
      return {};
    },
    "sample.draw": async ({ name, plan, seed: given, assignee, dueAt, preview }) => {
      const seed = given ?? randomBytes(6).toString("hex");
      const author = reviewer();
      const candidates = store.reviews.candidates(store.library.ids(plan.search, mostCandidates, author));
      const picks = drawSample(plan, candidates, seed);
      if (!preview) {
        store.reviews.saveRun({
          name,
          plan,
          seed,
          population: candidates.length,
          picks,
          author,
          assignee: assignee ?? author,
          dueAt,
        });
        reviewsChanged();
      }
      return { seed, population: candidates.length, picks };
    },
    "sample.runs": async ({ limit }) => ({ runs: store.reviews.runs(limit) }),
  };
}

/** Conversations whose turns are indexed at a time, and how long others have the machine in between, in milliseconds. */
const batch = 20;
const restMs = 30;

/**
 * Makes searchable by speaker and time what an earlier Earmark has indexed without: bit by bit, the latest first. Ends when
 * nothing is left, or with `signal`. One that cannot be read is found by its words as before, and is passed over.
 */
export async function indexTurns({ store, emit }: Omit<LibraryWorld, "paths">, signal: AbortSignal): Promise<void> {
  const unreadable = new Set<string>();
  while (!signal.aborted) {
    const ids = store.search.withoutTurns(batch + unreadable.size).filter((id) => !unreadable.has(id));
    if (ids.length === 0) break;
    for (const id of ids) {
      try {
        store.transaction(() => indexRevision(store, id));
      } catch {
        unreadable.add(id);
      }
    }
    emit("review.changed", {});
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
}
