import type { Conversation, Role, Turn } from "../../conversation/conversation.ts";
import { roleOfTurn } from "../evidence.ts";

/*
 * A transcript as a model reads it: a line for each turn, and before each word an id by which it can be quoted. What was
 * said is data: nothing in it can end its line, look like an id or close the block that it stands in.
 */

/** A word as a model reads it. */
export interface RenderedWord {
  /** "12.3": the third word of the twelfth turn. */
  readonly id: string;
  readonly text: string;
  /** Place among the turn's words; null in a turn that has none (a chat message). */
  readonly index: number | null;
  /** Its characters in a message without words. */
  readonly from: number;
  readonly to: number;
}

/** A turn as a model reads it. */
export interface RenderedTurn {
  /** From 1. */
  readonly number: number;
  readonly turn: Turn;
  readonly role: Role;
  /** "agent", or "customer 2" where there are several. */
  readonly speaker: string;
  readonly words: readonly RenderedWord[];
}

/** A transcript as a model reads it. */
export interface RenderedTranscript {
  /** Turns in which something is said. */
  readonly turns: readonly RenderedTurn[];
  /** What an id stands for. */
  readonly word: (id: string) => { readonly turn: RenderedTurn; readonly at: number } | undefined;
  readonly durationMs: number;
  readonly language: string | null;
}

/** Renders a conversation, which has to be redacted. Names of participants are left out: only what they are is told. */
export function renderTranscript(
  conversation: Pick<Conversation, "turns" | "participants" | "durationMs" | "language">,
): RenderedTranscript {
  const speakers = speakerNames(conversation);
  const turns = conversation.turns.flatMap((turn, index): RenderedTurn[] => {
    const number = index + 1;
    const words = turn.words.length > 0 ? spokenWords(turn, number) : writtenWords(turn.text, number);
    if (words.length === 0) return [];
    return [{ number, turn, role: roleOfTurn(conversation, turn), speaker: speakers.get(turn.participantId) ?? "other", words }];
  });
  const places = new Map<string, { turn: RenderedTurn; at: number }>();
  for (const turn of turns) for (const [at, { id }] of turn.words.entries()) places.set(id, { turn, at });
  const { durationMs, language } = conversation;
  return { turns, word: (id) => places.get(id), durationMs, language };
}

function speakerNames({ participants }: Pick<Conversation, "participants">): Map<string, string> {
  const names = new Map<string, string>();
  for (const { id, role } of participants) {
    const same = participants.filter((one) => one.role === role);
    names.set(id, same.length === 1 ? role : `${role} ${same.findIndex((one) => one.id === id) + 1}`);
  }
  return names;
}

function spokenWords({ words }: Turn, number: number): RenderedWord[] {
  return words.flatMap(({ text }, index) => {
    const shown = visible(text);
    return shown === "" ? [] : [{ id: `${number}.${index + 1}`, text: shown, index, from: 0, to: 0 }];
  });
}

/** Longest piece of writing without spaces that has an id of its own, in characters. */
const longestPiece = 12;

function writtenWords(text: string, number: number): RenderedWord[] {
  const found: RenderedWord[] = [];
  const take = (from: number, to: number): void => {
    const shown = visible(text.slice(from, to));
    if (shown !== "") found.push({ id: `${number}.${found.length + 1}`, text: shown, index: null, from, to });
  };
  for (const match of text.matchAll(/\S+/gu)) {
    const whole = match[0];
    if (!/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}/u.test(whole)) {
      take(match.index, match.index + whole.length);
      continue;
    }
    let from = match.index;
    let to = from;
    for (const character of whole) {
      to += character.length;
      if (to - from < longestPiece && !/\p{P}/u.test(character)) continue;
      take(from, to);
      from = to;
    }
    take(from, to);
  }
  return found;
}

/**
 * A text without what nobody sees: control, zero-width, bidirectional and tag characters (which can spell words for a model
 * alone). What parts lines becomes a space.
 */
export function visible(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/[\p{Zl}\p{Zp}\p{Zs}\t\n\v\f\r]+/gu, " ")
    .replaceAll(/\p{Cc}|\p{Cf}|\p{Co}|\p{Cn}|\u115f|\u1160|\u3164|\uffa0|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/gu, "")
    .trim();
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "`": "&#96;" };

/** A text that can stand in a block of data: nothing in it marks up, parts or closes anything. */
export function escapeData(text: string): string {
  return text.replaceAll(/[&<>|`]/gu, (sign) => escapes[sign] ?? "");
}

/** What was escaped, as it was: a model may give a quote back as it read it. */
export function unescapeData(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#124;", "|")
    .replaceAll("&#96;", "`")
    .replaceAll("&amp;", "&");
}

/** A turn, or some of its words, as a line: "[12] agent 3:21 12.1|Good 12.2|morning". */
export function lineOf(turn: RenderedTurn, words: readonly RenderedWord[] = turn.words): string {
  const seconds = Math.floor(turn.turn.startMs / 1_000);
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return `[${turn.number}] ${turn.speaker} ${time} ${words.map(({ id, text }) => `${id}|${escapeData(text)}`).join(" ")}`;
}

/**
 * Lines in a block whose name nobody could know beforehand.
 *
 * @param nonce letters and digits, drawn for this request.
 */
export function dataBlock(name: string, nonce: string, lines: readonly string[]): string {
  return [`<${name}-${nonce}>`, ...lines, `</${name}-${nonce}>`].join("\n");
}
