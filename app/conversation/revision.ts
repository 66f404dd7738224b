import { assertNever } from "../assert-never.ts";
import { applyOperations } from "./apply-operations.ts";
import type { Participant, Transcript } from "./conversation.ts";
import { meets, mutedSpans } from "./hide.ts";
import type { NamedOperation, Operation } from "./operations.ts";
import { assignRoles, type RoleHints } from "./roles.ts";

/*
 * The revision on screen: the machine's transcript, the operations, and what follows from them at once.
 *
 * A redaction holds over every way to look at a conversation. The machine's transcript stays in the library as it was
 * heard, so that a redaction made by mistake can be taken back; but it is shown, compared and exported only with the
 * redactions that hold laid over it (`machineVersion`), texts typed before something was hidden are masked where they are
 * listed (`maskOperations`), and earlier revisions are never stored: the search index holds the present one alone.
 */

/** Which operations speak of words and turns, and so of one hearing alone; the others of participants. */
export function speaksOfWords(operation: Operation): boolean {
  switch (operation.kind) {
    case "swap-roles":
    case "set-role":
    case "rename-speaker":
    case "add-participant":
      return false;
    case "retext-words":
    case "retext-turn":
    case "split-turn":
    case "merge-turns":
    case "reassign-turn":
    case "reassign-words":
    case "merge-participants":
    case "retime-word":
    case "retime-turn":
    case "redact":
    case "restore":
    case "mark-doubt-settled":
      return true;
    default:
      return assertNever(operation);
  }
}

/**
 * The machine's transcript with the operations applied. Roles that Earmark itself worked out are worked out again where
 * who says what has changed; those that a person or the source gave stay.
 *
 * @param hints what is known beside the words; null where roles are not Earmark's to give (a chat).
 */
export function reviseTranscript(
  machine: Transcript,
  operations: readonly NamedOperation[],
  hints: RoleHints | null,
): Transcript {
  const revised = applyOperations(machine, operations);
  if (revised === machine || hints === null || !operations.some(({ operation }) => changesWhoSaysWhat(operation))) return revised;
  const given = new Set(operations.flatMap(({ operation }) => participantsGiven(operation, revised)));
  const isOpen = ({ id, role, roleConfidence }: Participant): boolean =>
    (roleConfidence !== null || role === "other") && !given.has(id);
  if (!revised.participants.some(isOpen)) return revised;
  const assigned = new Map(assignRoles(revised, hints).participants.map((participant) => [participant.id, participant]));
  return {
    ...revised,
    participants: revised.participants.map((participant) => {
      const anew = isOpen(participant) ? assigned.get(participant.id) : undefined;
      return anew === undefined ? participant : { ...participant, role: anew.role, roleConfidence: anew.roleConfidence };
    }),
  };
}

function changesWhoSaysWhat({ kind }: Operation): boolean {
  return ["retext-words", "retext-turn", "reassign-turn", "reassign-words", "merge-participants"].includes(kind);
}

/** Whose role a person has said. */
function participantsGiven(operation: Operation, { participants }: Transcript): string[] {
  switch (operation.kind) {
    case "swap-roles":
      return participants.filter(({ role }) => role === "agent" || role === "customer").map(({ id }) => id);
    case "set-role":
    case "add-participant":
      return [operation.participantId];
    default:
      return [];
  }
}

/** Operations of an earlier hearing as far as they hold for another: what was hidden stays hidden, by when it was said. */
export function carriedOver({ id, operation }: NamedOperation): NamedOperation[] {
  if (!speaksOfWords(operation)) return [{ id, operation }];
  if (operation.kind !== "redact") return [];
  const spans = operation.target.kind === "time" ? [operation.target] : (operation.spans ?? []);
  return spans.map(({ startMs, endMs }, place) => ({
    id: `${id}.${place}`,
    operation: { kind: "redact", label: operation.label, target: { kind: "time", startMs, endMs } },
  }));
}

/** The machine's transcript as it may be shown: with what is hidden in the revision hidden in it too. */
export function machineVersion(machine: Transcript, operations: readonly NamedOperation[], revision: Transcript): Transcript {
  const redactions = operations
    .filter(({ operation }) => operation.kind === "redact")
    .flatMap((one) => [one, ...carriedOver(one)]);
  if (redactions.length === 0) return machine;
  const hiddenNow = hiddenWordIds(revision);
  const spans = mutedSpans(revision);
  const ids = machine.turns.flatMap((turn) =>
    turn.words.filter((word) => hiddenNow.has(word.id) || spans.some((span) => meets(word, span))).map((word) => word.id),
  );
  const label = redactions.map(({ operation }) => (operation.kind === "redact" ? operation.label : "")).at(-1) ?? "";
  const rest: NamedOperation[] =
    ids.length === 0 ? [] : [{ id: "rest", operation: { kind: "redact", label, target: { kind: "words", wordIds: ids } } }];
  return applyOperations(machine, [...redactions, ...rest]);
}

/** Ids of all words that are masked, those they were written over included. */
export function hiddenWordIds({ turns }: Transcript): Set<string> {
  return new Set(
    turns.flatMap((turn) =>
      turn.words.flatMap((word) => (word.redaction === undefined ? [] : [word.id, ...(word.replaces ?? [])])),
    ),
  );
}

/** What stands in a listed operation for a text of which something has been hidden since. */
export const maskedText = "[…]";

/** Operations for showing: a text that was typed before something of it was hidden is masked. */
export function maskOperations<T extends NamedOperation>(operations: readonly T[], revision: Transcript): T[] {
  const hidden = hiddenWordIds(revision);
  const makers = new Set([...hidden].map((id) => id.slice(0, id.lastIndexOf("."))));
  const stillHidden = (revision.hidden ?? []).length > 0;
  const turns = new Map(revision.turns.map((turn) => [turn.id, turn]));
  return operations.map((one): T => {
    const { operation } = one;
    if (operation.kind === "retext-words") {
      const touches = makers.has(one.id) || operation.wordIds.some((id) => hidden.has(id));
      return touches ? { ...one, operation: { ...operation, text: maskedText } } : one;
    }
    if (operation.kind === "retext-turn") {
      const turn = turns.get(operation.turnId);
      const concealed =
        turn === undefined
          ? stillHidden
          : (revision.hidden ?? []).some((span) => meets(span, turn)) && turn.text !== operation.text;
      return makers.has(one.id) || concealed ? { ...one, operation: { ...operation, text: maskedText } } : one;
    }
    return one;
  });
}

/** Turns whose translation tells of other words than theirs, in order. */
export function staleTranslations({ turns }: Transcript): string[] {
  return turns.filter((turn) => turn.translationIsStale === true).map((turn) => turn.id);
}
