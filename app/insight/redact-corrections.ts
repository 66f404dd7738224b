import { attemptOperations } from "../conversation/apply-operations.ts";
import type { Transcript } from "../conversation/conversation.ts";
import type { NamedOperation } from "../conversation/operations.ts";
import { type Redaction, redactPersonalData, redactText } from "./redaction.ts";
import { defaultRedactionPolicy, labelOf, type RedactionPolicy } from "./redaction-policy.ts";

/*
 * A person can type a card number, or put the two halves of one together. What is typed passes the same rules as what is
 * heard, before any of it is stored, and with the words around it, because they are what makes digits a card number.
 */

/** Turns on either side of a changed one that are read with it. */
const turnsAround = 4;

/**
 * The operations as they may be stored: personal data in their texts masked, and followed by redactions of where it was said.
 * The ids of the redactions are made of those of the operations by `idOf`.
 */
export function redactCorrections(
  transcript: Transcript,
  operations: readonly NamedOperation[],
  idOf: () => string,
  policy: RedactionPolicy = defaultRedactionPolicy,
): NamedOperation[] {
  if (!operations.some(({ operation }) => changesWhatIsRead(operation.kind))) return operations.map((one) => masked(one, policy));
  const { transcript: typed } = attemptOperations(transcript, operations);
  const { spans: found, transcript: read } = personalDataIn(typed, transcript, policy);
  if (found.length === 0) return operations.map((one) => masked(one, policy));

  const words = new Map(typed.turns.flatMap((turn) => turn.words.map((word) => [word.id, word.text] as const)));
  const secret = new Map(found.flatMap((span) => span.wordIds.map((id) => [words.get(id) ?? "", labelOf(span.type)] as const)));
  // Of a turn without words its text as it was masked is the text to store.
  const written = new Map(read.turns.flatMap((turn) => (turn.words.length === 0 ? [[turn.id, turn.text] as const] : [])));
  const owner = new Map(typed.turns.map((turn) => [turn.id, turn.participantId]));
  const hidings = found
    .filter((span) => span.wordIds.length > 0)
    .map(({ turnId, type, startMs, endMs }): NamedOperation => {
      const participantId = owner.get(turnId);
      return {
        id: idOf(),
        operation: {
          kind: "redact",
          label: labelOf(type).slice(1, -1),
          target: { kind: "time", startMs, endMs, ...(participantId === undefined ? {} : { participantId }) },
        },
      };
    });
  return [...operations.map((one) => masked(withoutTokens(asMasked(one, written), secret), policy)), ...hidings];
}

/** Personal data in turns that are new or changed, and in those beside them. */
function personalDataIn(typed: Transcript, before: Transcript, policy: RedactionPolicy): Redaction {
  const known = new Set(before.turns);
  const near = new Set<number>();
  for (const [index, turn] of typed.turns.entries()) {
    if (known.has(turn)) continue;
    for (let at = index - turnsAround; at <= index + turnsAround; at++) near.add(at);
  }
  const turns = typed.turns.filter((_, index) => near.has(index));
  return redactPersonalData({ ...typed, turns }, policy);
}

function changesWhatIsRead(kind: NamedOperation["operation"]["kind"]): boolean {
  return ["retext-words", "retext-turn", "merge-turns", "merge-participants"].includes(kind);
}

/** What was typed as the whole text of a turn without words, masked as the turn is. */
function asMasked(one: NamedOperation, written: ReadonlyMap<string, string>): NamedOperation {
  const { operation } = one;
  const text = operation.kind === "retext-turn" ? written.get(operation.turnId) : undefined;
  return operation.kind === "retext-turn" && text !== undefined ? { ...one, operation: { ...operation, text } } : one;
}

/** A typed text with the words that personal data is made of masked. */
function withoutTokens(one: NamedOperation, secret: ReadonlyMap<string, string>): NamedOperation {
  const { operation } = one;
  if (operation.kind !== "retext-words" && operation.kind !== "retext-turn") return one;
  let label = "";
  const tokens = operation.text.split(/\s+/u).flatMap((token) => {
    const found = secret.get(token);
    const again = found !== undefined && found === label;
    label = found ?? "";
    return again ? [] : [found ?? token];
  });
  return { ...one, operation: { ...operation, text: tokens.join(" ") } };
}

/** Whatever else a person can type, without card data that shows by itself. */
function masked(one: NamedOperation, policy: RedactionPolicy): NamedOperation {
  const { operation } = one;
  switch (operation.kind) {
    case "retext-words":
    case "retext-turn":
      return { ...one, operation: { ...operation, text: redactText(operation.text, policy) } };
    case "rename-speaker":
    case "add-participant":
      return { ...one, operation: { ...operation, name: redactText(operation.name, policy) } };
    case "redact": {
      const { reason } = operation;
      const why = reason === undefined ? {} : { reason: redactText(reason, policy) };
      return { ...one, operation: { ...operation, label: redactText(operation.label, policy), ...why } };
    }
    case "restore":
      return { ...one, operation: { ...operation, reason: redactText(operation.reason, policy) } };
    default:
      return one;
  }
}
