import type { BotReading, Participant, Redacted, Transcript, Turn } from "../conversation/conversation.ts";
import type { Original } from "./originals.ts";
import { findPersonalData } from "./personal-data.ts";
import type { Finding } from "./redaction-findings.ts";
import { maskString, maskTurn } from "./redaction-masking.ts";
import {
  cardDataAlone,
  defaultRedactionPolicy,
  type PersonalType,
  type RedactionPolicy,
  redactionLabels,
} from "./redaction-policy.ts";
import { differs, textWriting, type Writing, wordsWriting } from "./redaction-reading.ts";
import { slotType, spaced } from "./redaction-slots.ts";

/*
 * Personal data is hidden before anything is stored, indexed or sent. Where masking too much and masking too little of
 * card data are the choice, this masks too much: a reviewer can live without an order number, a library must not hold a
 * card number.
 */

/** A transcript without personal data, and where it stood. */
export interface Redaction {
  readonly transcript: Transcript;
  /** What was hidden this time, in order of start; the transcript's record has it beside what was hidden before. */
  readonly spans: readonly Redacted[];
  /** What stood there of what was said or written. It is for sealing alone, and never to be stored or shown as it is. */
  readonly originals: readonly Original[];
}

/**
 * Hides personal data as a policy says, in every text of a transcript: words, turns, translations, what a bot put into its
 * slots, and names. Never throws. Running it again uncovers nothing; it may cover more, because the labels themselves
 * speak of cards.
 *
 * Digits of one number may be spread over turns, with short acknowledgements, or the other side repeating them, in
 * between. What was hidden where, and by which rule, is added to the transcript's record, never what it was.
 */
export function redactPersonalData(transcript: Transcript, policy: RedactionPolicy = defaultRedactionPolicy): Redaction {
  const found: Finding[][] = transcript.turns.map(() => []);
  const known: string[] = [];

  // A turn's words and its text are two writings of the same, and may differ in files from elsewhere: each is read.
  const writings: Writing[][] = [
    transcript.turns.map((turn) => (turn.words.length > 0 ? wordsWriting(turn) : textWriting(turn.text, "text"))),
  ];
  if (transcript.turns.some(differs)) writings.push(transcript.turns.map((turn) => textWriting(turn.text, "text")));
  if (transcript.turns.some((turn) => turn.translation !== undefined))
    writings.push(
      transcript.turns.map((turn) =>
        textWriting(turn.translation ?? turn.text, turn.translation === undefined ? "text" : "translation"),
      ),
    );

  for (const writing of writings) {
    for (const finding of findPersonalData(transcript.turns, writing, known, policy)) found[finding.turn]?.push(finding);
  }

  const spans: Redacted[] = [];
  const originals: Original[] = [];
  const turns = transcript.turns.map((turn, index) => {
    const masked = maskTurn(turn, found[index] ?? [], writings, index, policy);
    spans.push(...masked.spans);
    originals.push(...masked.originals);
    if (turn.bot === undefined) return masked.turn;
    const bot = maskBot(turn, known, policy);
    spans.push(...bot.spans);
    return { ...masked.turn, bot: bot.bot };
  });
  const participants = transcript.participants.map((participant) => withoutName(participant, known, policy));
  spans.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const record = [...(transcript.redactions ?? []), ...spans].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const vendor = transcript.vendor === undefined ? undefined : withoutVendorWords(transcript.vendor, known, policy);
  const redacted: Transcript = {
    ...transcript,
    participants,
    turns,
    ...(vendor === undefined ? {} : { vendor }),
  };
  return { transcript: record.length === 0 ? redacted : { ...redacted, redactions: record }, spans, originals };
}

/** Masks card data and PINs alone, which no policy keeps. Never throws. */
export function redactCardData(transcript: Transcript): Redaction {
  return redactPersonalData(transcript, cardDataAlone);
}

/** Hides personal data in one free text that stands outside a transcript: a title, a comment, a file name. Never throws. */
export function redactText(text: string, policy: RedactionPolicy = defaultRedactionPolicy): string {
  return maskAlone(text, "", [], policy);
}

/** Hides what is to be hidden in one text that belongs to no turn. `about` gives it a meaning and stays as it is. */
function maskAlone(text: string, about: string, known: readonly string[], policy: RedactionPolicy): string {
  const turn = { participantId: "", startMs: 0, endMs: 0 };
  const writing = [textWriting(about, "text"), textWriting(text, "text")];
  const found = findPersonalData([turn, turn], writing, [...known], policy).filter((finding) => finding.turn === 1);
  return maskString(text, found, policy);
}

/** What another program wrote in words of its own, in which a name or a number may stand. */
function withoutVendorWords(
  vendor: NonNullable<Transcript["vendor"]>,
  known: readonly string[],
  policy: RedactionPolicy,
): NonNullable<Transcript["vendor"]> {
  const mask = (text: string): string => maskAlone(text, "", known, policy);
  return {
    ...vendor,
    ...(vendor.topics === undefined ? {} : { topics: vendor.topics.map(mask) }),
    ...(vendor.summaries === undefined
      ? {}
      : { summaries: vendor.summaries.map((summary) => ({ ...summary, text: mask(summary.text) })) }),
  };
}

function withoutName(participant: Participant, known: readonly string[], policy: RedactionPolicy): Participant {
  const { name, role } = participant;
  if (name === null) return participant;
  const ours = role === "agent" || role === "bot" || role === "ivr";
  if (policy.name !== "keep" && !ours) return { ...participant, name: null };
  return { ...participant, name: maskAlone(name, "", known, policy) };
}

/** What a bot understood: a slot's name says what its value is. */
function maskBot(turn: Turn, known: readonly string[], policy: RedactionPolicy): { bot: BotReading; spans: Redacted[] } {
  const bot = turn.bot ?? { intent: null, confidence: null, missed: false, slots: {}, state: null };
  const spans: Redacted[] = [];
  const hiddenValue = (name: string, value: string): string => {
    const type: PersonalType | null = slotType(name);
    if (type === null || policy[type] === "keep" || value === redactionLabels[type])
      return maskAlone(value, spaced(name), known, policy);
    const { id: turnId, startMs, endMs } = turn;
    const how = policy[type] === "remove" ? ("remove" as const) : ("mask" as const);
    spans.push({ turnId, wordIds: [], type, rule: "bot-slot", why: "slot", how, startMs, endMs });
    return how === "remove" ? "" : redactionLabels[type];
  };
  const slots: [string, string | null][] = Object.entries(bot.slots).map(([name, value]) => [
    maskAlone(name, "", known, policy),
    value === null ? null : hiddenValue(name, value),
  ]);
  // A slot may be called __proto__ in a hostile file: entries, not assignments.
  return { bot: { ...bot, slots: Object.fromEntries(slots) }, spans };
}
