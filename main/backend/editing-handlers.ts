import { randomUUID } from "node:crypto";
import type { Handlers } from "../../app/contract/api.ts";
import type { Bookmark, Change, ChangeHint, Thread } from "../../app/contract/editing-views.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { EventName, EventPayload } from "../../app/contract/events.ts";
import type { ConversationView } from "../../app/contract/views.ts";
import { type AnchorInput, type AnchorView, anchorAt, anchorFinder, type StoredAnchor } from "../../app/conversation/anchors.ts";
import { applyOperations, attemptOperations } from "../../app/conversation/apply-operations.ts";
import type { RecordedChange } from "../../app/conversation/changes.ts";
import type { Transcript } from "../../app/conversation/conversation.ts";
import { conflicts } from "../../app/conversation/footprint.ts";
import { recordedRedaction } from "../../app/conversation/hide.ts";
import { placeFinder } from "../../app/conversation/left-behind.ts";
import type { OperationFault } from "../../app/conversation/operation-faults.ts";
import type { NamedOperation, Operation } from "../../app/conversation/operations.ts";
import { machineVersion, maskOperations, speaksOfWords, staleTranslations } from "../../app/conversation/revision.ts";
import { muteRanges } from "../../app/insight/mute-ranges.ts";
import { redactCorrections } from "../../app/insight/redact-corrections.ts";
import { redactText as hideIn } from "../../app/insight/redaction.ts";
import type { RedactionPolicy } from "../../app/insight/redaction-policy.ts";
import { personNamed } from "./person-name.ts";
import { publishFigures } from "./pipeline/figures.ts";
import { requireMuting } from "./pipeline/mute-stage.ts";
import {
  asConversation,
  isLeftBehind,
  publishRevision,
  type Revision,
  readRevision,
  revisionNamed,
} from "./pipeline/revision.ts";
import type { BookmarkRecord } from "./store/bookmarks.ts";
import type { ThreadRecord } from "./store/comments.ts";
import type { Store } from "./store/store.ts";
import { forgetOthers } from "./voices/agent-voices.ts";

/** What the handlers of corrections, comments, bookmarks, tags and drafts work with. */
export interface EditingWorld {
  readonly store: Store;
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
  /** The conversation as its page is shown it. Throws `not-found`. */
  readonly view: (id: string) => ConversationView;
  /** A text that is being typed, without what the page shows and the library does not keep. */
  readonly concealed?: (id: string, text: string) => string;
  /** Has the sound rendered anew, because something else has to be muted in it now. */
  readonly muteAgain: (id: string) => void;
  /** Has sentiment and entities read anew, because the words are others now. */
  readonly readAgain?: (id: string) => void;
}

type EditingCalls = Extract<
  keyof Handlers,
  | `conversation.${"correct" | "correctAll" | "undo" | "redo" | "restoreMachine" | "machine" | "history"}`
  | `${"comment" | "bookmark" | "tag" | "draft"}.${string}`
>;

/** What the page is shown of a conversation's corrections beside the revision itself. */
export type EditingView = Pick<
  ConversationView,
  "operations" | "revision" | "undo" | "redo" | "stale" | "leftBehind" | "muted" | "tags"
>;

/** The editing part of a conversation's view. */
export function editingView(store: Store, conversationId: string): EditingView {
  const { name, transcript, changes, wordsHash } = readRevision(store, conversationId);
  const holding = changes.holding.filter((change) => !isLeftBehind(change, wordsHash));
  const stale = staleTranslations(transcript);
  return {
    operations: maskOperations(
      holding.flatMap((change) => change.operations),
      transcript,
    ),
    revision: name,
    undo: hintOf(changes.holding.findLast(tells(wordsHash))),
    redo: hintOf(changes.undone.findLast(tells(wordsHash))),
    stale: stale.length === 0 ? [] : [{ what: "translation", turnIds: stale }],
    leftBehind: changes.holding.filter((change) => isLost(change, wordsHash)).length,
    muted: muteRanges(transcript),
    tags: store.tags.of(conversationId),
  };
}

/** Which changes somebody sees come and go: those of this hearing, and what hides something over any. */
function tells(wordsHash: string): (change: RecordedChange) => boolean {
  return (change) => !isLeftBehind(change, wordsHash) || hides(change);
}

function hides({ operations }: RecordedChange): boolean {
  return operations.some(({ operation }) => operation.kind === "redact");
}

/** Whether a change does not hold here: it was made on another hearing, and is not carried over by when it was said. */
export function isLost(change: RecordedChange, wordsHash: string): boolean {
  return isLeftBehind(change, wordsHash) && change.operations.some(({ operation }) => operation.kind !== "redact");
}

function hintOf(change: RecordedChange | undefined): ChangeHint | null {
  const [first] = change?.operations ?? [];
  if (change === undefined || first === undefined) return null;
  const { changeId, at, author, operations } = change;
  return { changeId, at, author, kind: first.operation.kind, operations: operations.length };
}

/** The name written beside what a person does here: as set, else that of the person logged in to this machine. */
export function personName(store: Store): string {
  return personNamed(store.settings.get().reviewer);
}

/** Reads and changes a conversation's corrections with all that follows from them. */
export function conversationChanges({ store, emit, view, muteAgain, readAgain }: EditingWorld): {
  /** The revision on screen. Throws `not-found`. */
  readonly present: (id: string) => Revision;
  /** Does the work in one transaction and publishes what it changed; it answers whether it changed anything. */
  readonly change: (id: string, work: (now: Revision) => boolean) => ConversationView;
} {
  /** Reads the revision once outside of any transaction, so that its transcript stays in memory. */
  const present = (id: string): Revision => {
    if (store.conversations.get(id) === null)
      throw new EarmarkError("not-found", "This conversation is not in the library.", { id });
    return readRevision(store, id);
  };

  /** Changes the record of corrections and all that follows from it, in one transaction, and tells the pages. */
  const change = (id: string, work: (now: Revision) => boolean): ConversationView => {
    const now = present(id);
    let mute = false;
    const changed = store.transaction(() => {
      if (!work(now)) return false;
      publishRevision(store, id);
      publishFigures(store, id);
      mute = requireMuting(store, id);
      forgetOthers(store, id, readRevision(store, id).transcript.participants);
      return true;
    });
    if (mute) muteAgain(id);
    if (changed) {
      readAgain?.(id);
      emit("conversation.changed", { id });
      emit("library.changed", {});
    }
    return view(id);
  };
  return { present, change };
}

/** One handler for each call of editing. */
export function editingHandlers(world: EditingWorld): Pick<Handlers, EditingCalls> {
  const { store, emit } = world;
  const author = (): string => personName(store);
  /** A text without what the policy hides. */
  const redactText = (text: string): string => hideIn(text, store.settings.get().redaction);

  const { present, change } = conversationChanges(world);

  const correct = (input: {
    readonly id: string;
    readonly operations: readonly Operation[];
    readonly revision?: string | undefined;
    readonly draft?: string | undefined;
  }): ConversationView =>
    change(input.id, (now) => {
      if (input.operations.some(({ kind }) => kind === "restore"))
        throw new EarmarkError("not-allowed", "What was hidden is brought back by a call of its own.");
      refuseConflict(store, input.id, input.operations, input.revision, now);
      const operations = readied(now.transcript, input.operations, store.settings.get().redaction);
      const attempt = attemptOperations(now.transcript, operations);
      refuseFault(attempt.faults);
      if (input.draft !== undefined) store.drafts.drop(input.id, input.draft);
      if (isSame(attempt.transcript, now.transcript)) return false;
      const words = operations.some(({ operation }) => speaksOfWords(operation));
      store.operations.append(input.id, recorded(now.transcript, operations), author(), words ? now.wordsHash : null);
      return true;
    });

  const threadsOf = (records: readonly ThreadRecord[]): Thread[] => {
    const name = author();
    const finders = new Map<string, (anchor: StoredAnchor) => AnchorView>();
    return records.map((record): Thread => {
      const find = finders.get(record.conversationId) ?? finderOf(store, record.conversationId);
      finders.set(record.conversationId, find);
      return {
        id: record.id,
        conversationId: record.conversationId,
        anchor: record.anchor === null ? null : find(record.anchor),
        comments: record.comments.map((comment) => ({
          ...comment,
          mentions: [...comment.mentions],
          own: comment.author === name && !comment.deleted,
        })),
        resolved: record.resolved,
      };
    });
  };
  /** After a comment was written: the thread as it is shown, and what was being typed let go of. */
  const commented = (record: ThreadRecord): { thread: Thread } => {
    emit("comment.changed", { conversationId: record.conversationId });
    const [thread] = threadsOf([record]);
    if (thread === undefined) throw new EarmarkError("internal", "A thread was not shown.");
    return { thread };
  };
  const writing = (draft: string | undefined, write: () => ThreadRecord): { thread: Thread } =>
    commented(
      store.transaction(() => {
        const record = write();
        if (draft !== undefined) store.drafts.drop(record.conversationId, draft);
        return record;
      }),
    );
  const bookmarkOf = (record: BookmarkRecord): Bookmark => {
    const { id, at, author: by, label, anchor, conversationId } = record;
    return { id, at, author: by, label, anchor: finderOf(store, conversationId)(anchor) };
  };

  return {
    "conversation.correct": async ({ operation, ...input }) => correct({ ...input, operations: [operation] }),
    "conversation.correctAll": async (input) => correct(input),
    "conversation.undo": async ({ id }) =>
      change(id, ({ wordsHash }) => store.operations.undo(id, author(), tells(wordsHash)) !== null),
    "conversation.redo": async ({ id }) =>
      change(id, ({ wordsHash }) => store.operations.redo(id, author(), tells(wordsHash)) !== null),
    "conversation.restoreMachine": async ({ id }) =>
      change(id, ({ changes }) => {
        store.operations.withdraw(id, author(), (one) => !hides(one));
        return changes.holding.some((one) => !hides(one));
      }),
    "conversation.machine": async ({ id }) => {
      const { machine, applied, transcript } = present(id);
      const record = store.conversations.get(id);
      if (record === null) throw new EarmarkError("not-found", "This conversation is not in the library.", { id });
      return { conversation: asConversation(record, machineVersion(machine, applied, transcript)) };
    },
    "conversation.history": async ({ id }) => {
      const { changes, wordsHash, transcript } = present(id);
      return {
        changes: changes.all.map((one): Change => {
          const state = one.undone !== null ? "undone" : isLeftBehind(one, wordsHash) ? "left-behind" : "holds";
          return {
            changeId: one.changeId,
            at: one.at,
            author: one.author,
            operations: maskOperations(one.operations, transcript).map(({ operation }) => operation),
            state,
            undoneAt: one.undone?.at ?? null,
            undoneBy: one.undone?.author ?? null,
          };
        }),
      };
    },

    "comment.list": async ({ conversationId }) => ({ threads: threadsOf(store.comments.list(conversationId)) }),
    "comment.add": async ({ conversationId, anchor, body, draft }) => {
      const placed = anchor === null ? null : placedAt(present(conversationId), anchor);
      return writing(draft, () => store.comments.add(conversationId, placed, redactText(body), author()));
    },
    "comment.reply": async ({ threadId, body, draft }) =>
      writing(draft, () => store.comments.reply(threadId, redactText(body), author())),
    "comment.edit": async ({ id, body, draft }) => writing(draft, () => store.comments.edit(id, redactText(body), author())),
    "comment.delete": async ({ id }) => {
      const { conversationId, thread } = store.comments.remove(id, author());
      emit("comment.changed", { conversationId });
      return { thread: thread === null ? null : (threadsOf([thread])[0] ?? null) };
    },
    "comment.resolve": async ({ threadId }) => commented(store.comments.resolve(threadId, author())),
    "comment.reopen": async ({ threadId }) => commented(store.comments.resolve(threadId, null)),

    "bookmark.list": async ({ conversationId }) => {
      const find = finderOf(store, conversationId);
      return {
        bookmarks: store.bookmarks
          .list(conversationId)
          .map(({ id, at, author: by, label, anchor }) => ({ id, at, author: by, label, anchor: find(anchor) })),
      };
    },
    "bookmark.add": async ({ conversationId, anchor, label }) => {
      const placed = placedAt(present(conversationId), anchor);
      const record = store.bookmarks.add(conversationId, placed, redactText(label), author());
      emit("comment.changed", { conversationId });
      return { bookmark: bookmarkOf(record) };
    },
    "bookmark.rename": async ({ id, label }) => {
      const record = store.bookmarks.rename(id, redactText(label));
      emit("comment.changed", { conversationId: record.conversationId });
      return { bookmark: bookmarkOf(record) };
    },
    "bookmark.delete": async ({ id }) => {
      const removed = store.bookmarks.remove(id);
      if (removed !== null) emit("comment.changed", { conversationId: removed.conversationId });
      return {};
    },

    "tag.list": async () => ({ tags: store.tags.counts() }),
    "tag.set": async ({ conversationId, tags }) => {
      const now = store.tags.set(conversationId, tags.map(redactText), author());
      tagged([conversationId]);
      return { tags: now };
    },
    "tag.change": async ({ conversationIds, add, remove }) => {
      tagged(store.tags.change(conversationIds, add.map(redactText), remove, author()));
      return {};
    },
    "tag.rename": async ({ name, to }) => {
      tagged(store.tags.rename(name, redactText(to)));
      return {};
    },

    "draft.save": async ({ conversationId, place, text }) => {
      store.drafts.save(conversationId, place, redactText(world.concealed?.(conversationId, text) ?? text));
      return {};
    },
    "draft.list": async ({ conversationId }) => ({ drafts: store.drafts.list(conversationId) }),
    "draft.texts": async ({ of }) => ({ drafts: store.textDrafts.list(of) }),
    "draft.keepText": async ({ of, id, text }) => {
      store.textDrafts.save(of, id, text);
      return {};
    },
  };

  function tagged(ids: readonly string[]): void {
    for (const id of ids) emit("conversation.changed", { id });
    if (ids.length > 0) emit("library.changed", {});
  }
}

/** Where anchors of a conversation are in the revision on screen. */
function finderOf(store: Store, conversationId: string): (anchor: StoredAnchor) => AnchorView {
  const { transcript, wordsHash } = readRevision(store, conversationId);
  return anchorFinder(transcript, wordsHash);
}

function placedAt({ transcript, wordsHash, name }: Revision, input: AnchorInput): StoredAnchor {
  const anchor = anchorAt(input, transcript, { wordsHash, revision: name });
  if (typeof anchor === "string") throw faultError(anchor, 0);
  return anchor;
}

/** Refuses operations that were made on an earlier revision and rest on something that has changed since. */
function refuseConflict(
  store: Store,
  id: string,
  operations: readonly Operation[],
  madeOnName: string | undefined,
  now: Revision,
): void {
  if (madeOnName === undefined || madeOnName === now.name) return;
  const madeOn = revisionNamed(store, id, madeOnName);
  // Of another hearing nothing is left to compare words with; what is said of participants still means the same.
  const conflict = madeOn === null ? operations.some(speaksOfWords) : conflicts(operations, madeOn.transcript, now.transcript);
  if (conflict) throw new EarmarkError("conflict", "This has been corrected otherwise meanwhile.", { id, revision: now.name });
}

/** Operations as they are made: named, and without what the policy hides. */
export function readied(transcript: Transcript, operations: readonly Operation[], policy: RedactionPolicy): NamedOperation[] {
  const named = operations.map((operation): NamedOperation => ({ id: randomUUID(), operation }));
  return redactCorrections(transcript, named, randomUUID, policy);
}

/** Operations as they are recorded: with when it was said, what they speak of. */
export function recorded(transcript: Transcript, operations: readonly NamedOperation[]): NamedOperation[] {
  const placeOf = placeFinder(transcript);
  return operations.map(({ id, operation }, index): NamedOperation => {
    if (operation.kind !== "redact") {
      const made = placeOf(operation);
      return made === undefined ? { id, operation } : { id, operation, made };
    }
    // What it hides may have been made by the operations before it.
    const before = applyOperations(transcript, operations.slice(0, index));
    return { id, operation: recordedRedaction(before, operation) };
  });
}

/** Throws `input-invalid` for the first operation that could not be made. */
export function refuseFault(faults: readonly (OperationFault | null)[]): void {
  for (const [index, fault] of faults.entries()) if (fault !== null) throw faultError(fault, index);
}

function faultError(reason: OperationFault, operation: number): EarmarkError {
  return new EarmarkError("input-invalid", `This correction cannot be made: ${reason}.`, { reason, operation });
}

/** Whether nothing at all has changed. What an operation did not touch is the very same object. */
export function isSame(after: Transcript, before: Transcript): boolean {
  if (after === before) return true;
  if (after.turns.length !== before.turns.length || after.turns.some((turn, index) => turn !== before.turns[index])) return false;
  const rest = ({ participants, hidden }: Transcript): string => JSON.stringify([participants, hidden]);
  return rest(after) === rest(before);
}
