import type { Handlers } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { Operation } from "../../app/conversation/operations.ts";
import { redactText } from "../../app/insight/redaction.ts";
import { conversationChanges, type EditingWorld, personName } from "./editing-handlers.ts";
import { type Originals, restoredIn } from "./originals.ts";

/** What the calls about originals are answered from. */
export interface OriginalsWorld extends EditingWorld {
  readonly originals: Originals;
}

/** One handler for each call about what rules have hidden. */
export function originalHandlers(world: OriginalsWorld): Pick<Handlers, `original.${"list" | "restore" | "cover"}`> {
  const { store, originals, view } = world;
  const { present, change } = conversationChanges(world);
  /** The page is shown what is brought back as soon as it has been. */
  const afterwards = async (id: string) => {
    await originals.ready(id);
    return view(id);
  };
  return {
    "original.list": async ({ conversationId }) => {
      const { transcript } = present(conversationId);
      const restored = restoredIn(transcript);
      const all = store.originals.of(conversationId);
      const opening = await originals.open(conversationId, new Set(all.map(({ id }) => id)));
      return {
        originals: all
          .filter(({ id }) => opening.has(id))
          .map(({ id, turnId, wordIds, types, startMs, endMs, day }) => ({
            ...{ id, turnId, startMs, endMs, until: day },
            wordIds: [...wordIds],
            types: [...types],
            restored: restored.has(id),
          })),
      };
    },
    "original.restore": async ({ conversationId, ids, reason }) => {
      present(conversationId);
      const wanted = new Set(ids);
      const opening = await originals.open(conversationId, wanted);
      if (opening.size < wanted.size)
        throw new EarmarkError("not-found", "What was hidden there cannot be opened any more.", { id: conversationId });
      const operation: Operation = {
        kind: "restore",
        originals: [...opening.values()].map(({ id, turnId, words }) => ({ id, turnId, wordIds: words.map((word) => word.id) })),
        reason: redactText(reason, store.settings.get().redaction),
      };
      change(conversationId, (now) => {
        const there = restoredIn(now.transcript);
        if (ids.every((id) => there.has(id))) return false;
        store.operations.append(conversationId, [operation], personName(store), now.wordsHash);
        return true;
      });
      return afterwards(conversationId);
    },
    "original.cover": async ({ conversationId, ids }) => {
      const covered = new Set(ids);
      change(conversationId, ({ changes }) => {
        const brings = ({ operations }: (typeof changes.holding)[number]): boolean =>
          operations.some(
            ({ operation }) => operation.kind === "restore" && operation.originals.some(({ id }) => covered.has(id)),
          );
        if (!changes.holding.some(brings)) return false;
        // What the same change brought back besides is made again without what is to be hidden.
        const others = changes.holding.filter(brings).flatMap(({ operations }) =>
          operations.flatMap(({ operation }): Operation[] => {
            if (operation.kind !== "restore") return [];
            const left = operation.originals.filter(({ id }) => !covered.has(id));
            return left.length === 0 ? [] : [{ ...operation, originals: left }];
          }),
        );
        store.operations.withdraw(conversationId, personName(store), brings);
        if (others.length > 0)
          store.operations.append(conversationId, others, personName(store), store.transcripts.wordsHash(conversationId));
        return true;
      });
      return afterwards(conversationId);
    },
  };
}
