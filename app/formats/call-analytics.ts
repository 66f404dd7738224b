import { z } from "zod";
import type { Role } from "../conversation/conversation.ts";
import { connectFacts } from "./contact-facts.ts";
import { at, type KnownPart, notesOn } from "./import-notes.ts";
import {
  buildTranscript,
  type DraftSentiment,
  type DraftSpeaker,
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  madeBy,
  noWordTimes,
  numberOrNull,
  roleOf,
  textOrNull,
  toLanguage,
} from "./imported.ts";
import { malformed } from "./json-text.ts";
import { readEach } from "./read-each.ts";
import { callHead } from "./spoken.ts";
import { joinWords, wordsOf } from "./spoken-words.ts";
import { findingLists, findingsIn, loudnessIn, matchedCategories } from "./vendor-findings.ts";
import { contactSummaries } from "./vendor-summaries.ts";

/*
 * A call as Amazon Transcribe Call Analytics and Amazon Connect Contact Lens write it. The two are siblings: the same list
 * of turns, with the speaker's role in each turn (Call Analytics) or in a list of participants (Contact Lens), and with
 * words (Call Analytics, not always) or without (Contact Lens).
 */

const itemSchema = z.object({
  Type: textOrNull,
  Content: textOrNull,
  Confidence: numberOrNull,
  BeginOffsetMillis: numberOrNull,
  EndOffsetMillis: numberOrNull,
});
const turnSchema = z.object({
  ParticipantRole: textOrNull,
  ParticipantId: textOrNull,
  BeginOffsetMillis: numberOrNull,
  EndOffsetMillis: numberOrNull,
  Content: textOrNull,
  Items: z.array(z.unknown()).nullish().catch(null),
  Sentiment: textOrNull,
});
const turnList = { schema: turnSchema, where: "Transcript", otherwise: "A turn that is none." };
const quartersSchema = z.array(z.object({ Score: numberOrNull })).max(16);
const participantSchema = z.object({ ParticipantId: textOrNull, ParticipantRole: textOrNull });

const parts: readonly KnownPart[] = [
  ["ContentMetadata.RedactionTypes", "kept", "What Amazon has masked stays masked."],
  ["ConversationCharacteristics.Interruptions", "converted", "Interruptions are measured anew from the turns."],
  ["ConversationCharacteristics.NonTalkTime", "converted", "Silences are measured anew from the turns."],
  ["ConversationCharacteristics.TalkTime", "converted", "Talk time is measured anew from the turns."],
  ["ConversationCharacteristics.TalkSpeed", "converted", "Talk speed is measured anew from the words."],
  ["ConversationCharacteristics.Sentiment", "kept", "Amazon's sentiment, beside what Earmark reads from the words."],
  ["ConversationCharacteristics.ContactSummary", "kept", "Amazon's summary, beside what Earmark finds."],
  ["Categories.MatchedCategories", "kept", "The categories that Amazon matched, at the places it gives."],
  ["CustomerMetadata.ContactId", "kept", "The contact's id in Amazon Connect: conversations of one contact are joined by it."],
  ["JobDetails.SkippedAnalysis", "ignored", "Analyses that Amazon skipped."],
  ["JobName", "ignored", "The name of the job in Amazon Transcribe."],
];

/** Whether a parsed file is a call as Call Analytics or Contact Lens writes it. */
export function isCallAnalytics(value: Record<string, unknown>): boolean {
  const turns = turnsIn(value);
  if (turns === null || value["Channel"] === "CHAT") return false;
  if ("ConversationCharacteristics" in value) return true;
  return turns.some((turn) => at(turn, "BeginOffsetMillis") !== undefined);
}

/** Whether such a file is Contact Lens' rather than Call Analytics'. */
export function isContactLensVoice(value: Record<string, unknown>): boolean {
  if (!isCallAnalytics(value)) return false;
  if ("CustomerMetadata" in value || "Segments" in value) return true;
  const turns = turnsIn(value) ?? [];
  return (
    !("JobName" in value) &&
    turns.some((turn) => at(turn, "ParticipantId") !== undefined && at(turn, "ParticipantRole") === undefined)
  );
}

/** Reads a result of Amazon Transcribe Call Analytics. Throws `format-malformed`. */
export function readCallAnalytics(value: unknown): ImportedConversation {
  return readAnalysedCall(value, "Amazon Transcribe Call Analytics result", "Amazon Transcribe");
}

/** Reads a call of Amazon Connect Contact Lens. Throws `format-malformed`. */
export function readContactLensVoice(value: unknown): ImportedConversation {
  return readAnalysedCall(value, "Amazon Connect Contact Lens call", "Amazon Connect Contact Lens");
}

function readAnalysedCall(value: unknown, format: string, engine: string): ImportedConversation {
  const raws = turnsIn(value);
  if (raws === null) throw malformed("The file has no list of turns.", null, null, "Transcript");
  const language = toLanguage(textOf(at(value, "LanguageCode")));
  const roles = rolesById(at(value, "Participants"));
  const notes: ImportNote[] = notesOn(value, parts);
  const counts = new Map<string, number>();
  const turns: DraftTurn[] = [];
  let wordless = 0;
  for (const { value: turn, raw } of readEach(raws, turnList, notes)) {
    for (const [key, , what] of findingLists) {
      const list = at(raw, key);
      if (Array.isArray(list) && list.length > 0) counts.set(what, (counts.get(what) ?? 0) + list.length);
    }
    const startMs = turn.BeginOffsetMillis ?? turns.at(-1)?.endMs ?? 0;
    const endMs = turn.EndOffsetMillis ?? startMs;
    const items = (turn.Items ?? []).flatMap((item) => itemSchema.safeParse(item).data ?? []);
    const words = wordsOf(
      items.map((item) => ({
        text: item.Content ?? "",
        startMs: item.BeginOffsetMillis ?? null,
        endMs: item.EndOffsetMillis ?? null,
        confidence: item.Confidence ?? null,
        punctuation: item.Type?.toLowerCase() === "punctuation",
      })),
      { startMs, endMs },
    );
    const content = turn.Content?.trim() ?? "";
    const text = content === "" ? joinWords(words, language) : content;
    if (words.length === 0 && text !== "") wordless++;
    turns.push({
      speaker: speakerFor(turn, roles),
      startMs,
      endMs,
      text,
      words,
      ...(turn.Sentiment == null || text === "" ? {} : { vendor: { label: turn.Sentiment.toLowerCase(), score: null } }),
      found: findingsIn(raw),
      loudness: loudnessIn(raw),
    });
  }
  for (const [what, count] of counts) notes.push({ level: "kept", what: `${what}: ${count}.`, where: "Transcript" });
  return {
    ...callHead(format),
    ...connectFacts(value),
    transcript: buildTranscript({
      turns,
      durationMs: numberOrNull.parse(at(value, "ConversationCharacteristics.TotalConversationDurationMillis")) ?? 0,
      language,
      shortfalls: wordless > 0 ? [noWordTimes] : [],
      provenance: madeBy(engine),
      vendor: {
        source: format,
        sentiment: sentimentOf(at(value, "ConversationCharacteristics.Sentiment"), turns, roles),
        categories: matchedCategories(value),
        summaries: contactSummaries(value),
      },
    }),
    notes,
  };
}

/** Amazon's figures of each side. They are kept under the names of the roles, whatever the turns name their speakers by. */
function sentimentOf(sentiment: unknown, turns: readonly DraftTurn[], roles: ReadonlyMap<string, Role>): DraftSentiment[] {
  const overall = at(sentiment, "OverallSentiment");
  if (typeof overall !== "object" || overall === null) return [];
  return Object.entries(overall).flatMap(([name, raw]): DraftSentiment[] => {
    const score = numberOrNull.parse(raw) ?? null;
    const role = roles.get(name) ?? amazonRole(name);
    const key = turns.find(({ speaker }) => speaker.key === name || speaker.role === role)?.speaker.key;
    if (score === null || key === undefined) return [];
    const quarters = (quartersSchema.safeParse(at(sentiment, `SentimentByPeriod.QUARTER.${name}`)).data ?? [])
      .slice(0, 4)
      .map(({ Score }) => Score ?? null);
    const [first, , , last] = quarters;
    return [{ key, score, change: first == null || last == null ? null : last - first, quarters }];
  });
}

/** The turns, also of a live stream, where each is wrapped in a segment. */
function turnsIn(value: unknown): readonly unknown[] | null {
  const turns = at(value, "Transcript");
  if (Array.isArray(turns)) return turns;
  const segments = at(value, "Segments");
  if (!Array.isArray(segments)) return null;
  const inner = segments.flatMap((segment) => at(segment, "Transcript") ?? []);
  return inner.length === 0 ? null : inner;
}

function rolesById(list: unknown): Map<string, Role> {
  const found = new Map<string, Role>();
  for (const raw of Array.isArray(list) ? list : []) {
    const one = participantSchema.safeParse(raw).data;
    if (one?.ParticipantId != null && one.ParticipantRole != null) found.set(one.ParticipantId, amazonRole(one.ParticipantRole));
  }
  return found;
}

function speakerFor(turn: z.infer<typeof turnSchema>, roles: ReadonlyMap<string, Role>): DraftSpeaker {
  if (turn.ParticipantRole != null) return { key: turn.ParticipantRole, role: amazonRole(turn.ParticipantRole) };
  const id = turn.ParticipantId ?? "";
  // Without a list of participants the ids themselves are often the roles.
  return { key: id, role: roles.get(id) ?? amazonRole(id) };
}

function amazonRole(word: string): Role {
  switch (word.toUpperCase()) {
    case "AGENT":
      return "agent";
    case "CUSTOMER":
      return "customer";
    case "SYSTEM":
    case "CUSTOM_BOT":
      return "bot";
    default:
      // An ARN names an agent's account and says "agent" in its path; everything else is read as the word it is.
      return /^arn:[^\s]{1,300}\/agent\//u.test(word) ? "agent" : roleOf(word);
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
