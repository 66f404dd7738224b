import { assertNever } from "../assert-never.ts";
import type { Span, Transcript, Turn, Word } from "./conversation.ts";
import { union } from "./measures.ts";
import type { OperationFault } from "./operation-faults.ts";
import type { Operation } from "./operations.ts";
import { putTurns, runsOf, separatorOf, textOfWords, turnIndexOf, type Workspace } from "./workspace.ts";

/*
 * Hiding by hand what the rules for card data did not know. A hidden word keeps its id and its times: the first of a
 * stretch reads as the label, the others are empty. What else may say it goes too: the whole translation of the turn, what
 * a bot put into its slots, what the recogniser first wrote.
 */

/** A correction that hides something. */
type Redaction = Extract<Operation, { kind: "redact" }>;

/**
 * Hides what an operation points at. A recorded one, whose `spans` say when it was said, never comes to nothing: what it
 * points at and cannot find is hidden by time.
 */
export function hide(workspace: Workspace, { target, label, spans = [] }: Redaction): OperationFault | null {
  const byTime = (fault: OperationFault): OperationFault | null => {
    if (spans.length === 0) return fault;
    for (const span of spans) hideSpan(workspace, span, label);
    return null;
  };
  switch (target.kind) {
    case "words": {
      const wanted = new Set(target.wordIds);
      const runs = runsOf(workspace, target.wordIds);
      const missing = typeof runs === "string" ? byTime(runs) : null;
      if (missing !== null) return missing;
      for (const [index, turn] of workspace.turns.entries()) {
        if (turn.words.some((word) => wanted.has(word.id))) hideWords(workspace, index, label, (word) => wanted.has(word.id));
      }
      // Words may stand at other times again, because moving them was taken back: what was muted then stays muted too.
      if (spans.length > 0) addHidden(workspace, spans);
      return null;
    }
    case "time":
      if (target.startMs > workspace.durationMs || target.endMs < target.startMs) return "outside-recording";
      hideSpan(workspace, target, label, target.participantId);
      return null;
    case "text": {
      const index = turnIndexOf(workspace, target.turnId);
      const turn = workspace.turns[index];
      if (turn === undefined) return byTime("turn-unknown");
      if (turn.words.length > 0) return byTime("turn-has-words");
      const { before = turn.text.slice(0, target.start), after = turn.text.slice(target.end) } = target;
      if (target.start >= Math.min(target.end, turn.text.length) && target.before === undefined) return "word-unknown";
      // Where in the turn it was said is not known: all of it is muted.
      addHidden(workspace, [{ startMs: turn.startMs, endMs: turn.endMs }]);
      // Of a text of which something was brought back the page knows other places than the masked one has.
      const stands =
        turn.restored === undefined &&
        turn.text.length >= before.length + after.length &&
        turn.text.startsWith(before) &&
        turn.text.endsWith(after);
      putTurns(workspace, index, 1, hiddenBeside(turn, label, stands ? `${before}[${label}]${after}` : `[${label}]`));
      return null;
    }
    default:
      return assertNever(target);
  }
}

/** Hides what is said in a stretch of time: of everybody, or of one participant. The sound is muted for all. */
function hideSpan(workspace: Workspace, span: Span, label: string, participantId?: string): void {
  addHidden(workspace, [{ startMs: span.startMs, endMs: Math.min(span.endMs, workspace.durationMs) }]);
  for (const [index, turn] of workspace.turns.entries()) {
    if (participantId !== undefined && turn.participantId !== participantId) continue;
    if (turn.words.length > 0) hideWords(workspace, index, label, (word) => meets(word, span));
    else if (turn.text !== "" && meets(turn, span)) putTurns(workspace, index, 1, hiddenBeside(turn, label, `[${label}]`));
  }
}

/** Marks what a person brings back: words that are masked, or a text without words. The text itself is not in the transcript. */
export function restore(
  workspace: Workspace,
  originals: readonly { readonly id: string; readonly turnId: string; readonly wordIds: readonly string[] }[],
): OperationFault | null {
  const byWord = new Map(originals.flatMap(({ id, wordIds }) => wordIds.map((wordId) => [wordId, id] as const)));
  let found = false;
  for (const [index, turn] of workspace.turns.entries()) {
    const words = turn.words.map((word): Word => {
      const id = byWord.get(word.id);
      return id === undefined || word.redaction === undefined ? word : { ...word, restored: id };
    });
    const texts = turn.words.length > 0 ? [] : originals.filter((one) => one.wordIds.length === 0 && one.turnId === turn.id);
    if (texts.length === 0 && words.every((word, place) => word === turn.words[place])) continue;
    found = true;
    const restored = [...new Set([...(turn.restored ?? []), ...texts.map(({ id }) => id)])];
    putTurns(workspace, index, 1, { ...turn, words, ...(texts.length === 0 ? {} : { restored }) });
  }
  return found ? null : "word-unknown";
}

/** A redaction as it is recorded: with what finds again what it hides, whatever becomes of the words. */
export function recordedRedaction({ turns }: Pick<Transcript, "turns">, redaction: Redaction): Redaction {
  const { target } = redaction;
  switch (target.kind) {
    case "words": {
      const wanted = new Set(target.wordIds);
      return { ...redaction, spans: stretches(turns.flatMap((turn) => turn.words.filter((word) => wanted.has(word.id)))) };
    }
    case "time":
      return { ...redaction, spans: [{ startMs: target.startMs, endMs: target.endMs }] };
    case "text": {
      const turn = turns.find((one) => one.id === target.turnId);
      if (turn === undefined) return redaction;
      const around = { before: turn.text.slice(0, target.start), after: turn.text.slice(target.end) };
      return { ...redaction, target: { ...target, ...around }, spans: [{ startMs: turn.startMs, endMs: turn.endMs }] };
    }
    default:
      return assertNever(target);
  }
}

/** Keeps stretches of sound hidden, whatever becomes of the words that were said in them. */
export function addHidden(workspace: Workspace, spans: readonly Span[]): void {
  workspace.hidden.push(...spans.map(({ startMs, endMs }) => ({ startMs, endMs })));
  workspace.changed = true;
}

/** Stretches of sound that are not to be heard, joined and in order, in milliseconds: masked words and what is hidden beside them. */
export function mutedSpans(transcript: Pick<Transcript, "turns" | "hidden">): Span[] {
  const masked = transcript.turns.flatMap((turn) => turn.words.filter((word) => word.redaction !== undefined));
  return stretches([...masked, ...(transcript.hidden ?? [])]).filter((span) => span.endMs > span.startMs);
}

/** Whether two stretches share a moment; one without length is in the other where it lies in it. */
export function meets(a: Span, b: Span): boolean {
  if (a.endMs <= a.startMs || b.endMs <= b.startMs) return a.startMs <= b.endMs && b.startMs <= a.endMs;
  return a.startMs < b.endMs && b.startMs < a.endMs;
}

function hideWords(workspace: Workspace, index: number, label: string, isHidden: (word: Word) => boolean): void {
  const turn = workspace.turns[index];
  if (turn === undefined) return;
  const separator = separatorOf(turn);
  const fresh: Word[] = [];
  let goesOn = false;
  const words = turn.words.map((word): Word => {
    if ((word.redaction !== undefined && word.restored === undefined) || !isHidden(word)) {
      goesOn = false;
      return word;
    }
    fresh.push(word);
    const text = goesOn ? "" : `[${label}]`;
    goesOn = true;
    const { id, startMs, endMs, confidence, replaces } = word;
    return { id, text, startMs, endMs, confidence, redaction: label, ...(replaces === undefined ? {} : { replaces }) };
  });
  if (fresh.length === 0) return;
  addHidden(workspace, stretches(fresh));
  putTurns(workspace, index, 1, { ...hiddenBeside(turn, label, textOfWords(words, separator)), words });
}

/** The turn with another text, and nothing beside it that might say what is hidden. */
function hiddenBeside(turn: Turn, label: string, text: string): Turn {
  const masked = (value: string | null): string | null => (value === null ? null : `[${label}]`);
  const { bot, restored: _, ...rest } = turn;
  return {
    ...rest,
    text,
    ...(turn.translation === undefined ? {} : { translation: `[${label}]`, translationIsStale: true as const }),
    ...(bot === undefined
      ? {}
      : { bot: { ...bot, slots: Object.fromEntries(Object.entries(bot.slots).map(([name, value]) => [name, masked(value)])) } }),
  };
}

function stretches(spans: readonly Span[]): Span[] {
  return union([...spans].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs));
}
