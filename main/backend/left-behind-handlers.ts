import type { Handlers } from "../../app/contract/api.ts";
import type { LeftBehind } from "../../app/contract/editing-views.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import { attemptOperations } from "../../app/conversation/apply-operations.ts";
import type { RecordedChange } from "../../app/conversation/changes.ts";
import { againOn, standsThere } from "../../app/conversation/left-behind.ts";
import type { Operation } from "../../app/conversation/operations.ts";
import { maskOperations } from "../../app/conversation/revision.ts";
import {
  conversationChanges,
  type EditingWorld,
  isLost,
  isSame,
  personName,
  readied,
  recorded,
  refuseFault,
} from "./editing-handlers.ts";
import type { Revision } from "./pipeline/revision.ts";

/** Answers the calls about corrections of an earlier hearing. */
export function leftBehindHandlers(
  world: EditingWorld,
): Pick<Handlers, "correction.leftBehind" | "correction.again" | "correction.dismiss"> {
  const { store } = world;
  const { present, change } = conversationChanges(world);

  const lost = ({ changes, wordsHash }: Revision): RecordedChange[] => changes.holding.filter((one) => isLost(one, wordsHash));
  const wanted = (revision: Revision, changeId: string): RecordedChange => {
    const found = lost(revision).find((one) => one.changeId === changeId);
    if (found === undefined) throw new EarmarkError("not-found", "This correction is not left behind any more.", { changeId });
    if (hides(found)) throw new EarmarkError("not-allowed", "This correction also hides something.", { changeId });
    return found;
  };
  const letGo = (id: string, changeId: string): void =>
    store.operations.withdraw(id, personName(store), (one) => one.changeId === changeId);

  return {
    "correction.leftBehind": async ({ id }) => {
      const revision = present(id);
      return { changes: lost(revision).map((one) => viewOf(one, revision)) };
    },
    "correction.dismiss": async ({ id, changeId }) =>
      change(id, (now) => {
        wanted(now, changeId);
        letGo(id, changeId);
        return true;
      }),
    "correction.again": async ({ id, changeId }) =>
      change(id, (now) => {
        const again = againOf(wanted(now, changeId), now);
        if (again === null)
          throw new EarmarkError("input-invalid", "There is nothing here that it could be made on.", { reason: "word-unknown" });
        const operations = readied(now.transcript, again, store.settings.get().redaction);
        const attempt = attemptOperations(now.transcript, operations);
        refuseFault(attempt.faults);
        letGo(id, changeId);
        // What stands there already as it was to be has nothing more to be recorded.
        if (!isSame(attempt.transcript, now.transcript))
          store.operations.append(id, recorded(now.transcript, operations), personName(store), now.wordsHash);
        return true;
      }),
  };
}

function hides({ operations }: RecordedChange): boolean {
  return operations.some(({ operation }) => operation.kind === "redact");
}

/** The operations of a change as they would be made on the revision; null where one of them cannot be. */
function againOf({ operations }: RecordedChange, { transcript }: Revision): Operation[] | null {
  const again = operations.map(({ operation, made }) => againOn(operation, made, transcript));
  const possible = again.flatMap((one) => one ?? []);
  return possible.length < again.length ? null : possible;
}

function viewOf(change: RecordedChange, revision: Revision): LeftBehind {
  const { changeId, at, author, operations } = change;
  const { transcript } = revision;
  const places = operations.flatMap(({ made }) => made ?? []);
  const there = places.flatMap((made) => standsThere(transcript, made) ?? []);
  const again = hides(change) ? null : againOf(change, revision);
  return {
    changeId,
    at,
    author,
    operations: maskOperations(operations, transcript).map(({ operation }) => operation),
    place:
      places.length === 0
        ? null
        : {
            startMs: Math.min(...places.map(({ startMs }) => startMs)),
            endMs: Math.max(...places.map(({ endMs }) => endMs)),
          },
    turnIds: [...new Set(there.map(({ turn }) => turn.id))],
    wordIds: there.flatMap(({ words }) => words.map(({ id }) => id)),
    now: there.map(({ text }) => text).join(" … "),
    fits: again !== null,
    hides: hides(change),
  };
}
