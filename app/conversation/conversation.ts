import { z } from "zod";
import { vocabularySchema } from "./vocabulary.ts";

/*
 * What a conversation is. Times are integer milliseconds from the start of the recording (or of the first message of a
 * chat); instants are ISO 8601 UTC. The zod schemas are the truth and the types follow from them, because a
 * conversation is read back from files, from processes and from the database, all of which are hostile until parsed.
 */

/** Milliseconds from the start of the recording. */
export const millisecondsSchema = z.int().min(0);

/** Who somebody is in a conversation. */
export const roleSchema = z.enum(["agent", "customer", "bot", "ivr", "other"]);
/** Who somebody is in a conversation. */
export type Role = z.infer<typeof roleSchema>;

/** How sure Earmark is of something it worked out itself, from 0 to 1. */
export const confidenceSchema = z.number().min(0).max(1);

/** One word as spoken. */
export const wordSchema = z.object({
  /** Unique in the conversation and stable over corrections: evidence, comments and redactions point at it. */
  id: z.string().min(1),
  /** As written, with its punctuation and without the space around it. */
  text: z.string(),
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
  /** The recogniser's probability of the word; null where the source gives none. */
  confidence: confidenceSchema.nullable(),
  /** Why the word should be read with doubt; absent when nothing speaks against it. */
  doubt: z.enum(["repetition", "improbable", "no-speech"]).optional(),
  /** What the recogniser wrote, where the vocabulary put something else in its place. */
  heard: z.string().optional(),
  /** The kind of personal or card data that stood here, where it was masked. */
  redaction: z.string().optional(),
  /** Id of the original that a person has brought back here: it may be heard, and the page shows it while it can be opened. */
  restored: z.string().min(1).optional(),
  /** What a person made of it: wrote it, or heard it and let it stand. Absent: it is the machine's, and nobody has said. */
  review: z.enum(["written", "accepted"]).optional(),
  /** Ids of the words that it was written over: what quoted those finds it. */
  replaces: z.array(z.string().min(1)).optional(),
});
/** One word as spoken. */
export type Word = z.infer<typeof wordSchema>;

/** One participant of a conversation. */
export const participantSchema = z.object({
  id: z.string().min(1),
  role: roleSchema,
  /** How sure the role is: null where a person or the source said it, else Earmark's own estimate. */
  roleConfidence: confidenceSchema.nullable(),
  /** The name to show; null when nobody knows it. */
  name: z.string().nullable(),
  /** The recording's channel this participant speaks on, when the channels keep the sides apart. */
  channel: z.int().min(0).nullable(),
});
/** One participant of a conversation. */
export type Participant = z.infer<typeof participantSchema>;

/** What a bot made of an utterance (Lex and its like). */
export const botReadingSchema = z.object({
  intent: z.string().nullable(),
  confidence: confidenceSchema.nullable(),
  missed: z.boolean(),
  slots: z.record(z.string(), z.string().nullable()),
  state: z.string().nullable(),
  /** Whether the customer confirmed the intent, in the bot's words; absent where nobody asked. */
  confirmation: z.string().optional(),
  /** How the customer reached the bot; absent where the source does not say. */
  via: z.enum(["web", "voice", "sms", "slack", "other"]).optional(),
});
/** What a bot made of an utterance. */
export type BotReading = z.infer<typeof botReadingSchema>;

/** What another program made of a turn's mood: kept as it was, beside what Earmark computes. */
export const vendorTurnSchema = z.object({
  label: z.string().nullable(),
  /** On the vendor's own scale; null where it gives none. */
  score: z.number().nullable(),
});

/** A place where another program found something; it holds no words. */
export const vendorFindingSchema = z.object({
  kind: z.enum(["issue", "action", "outcome", "category"]),
  /** What a category is called; empty for the others. */
  name: z.string(),
  turnId: z.string(),
  /** Empty where the turn has no words with times. */
  wordIds: z.array(z.string()),
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
});
/** A place where another program found something. */
export type VendorFinding = Readonly<z.infer<typeof vendorFindingSchema>>;

/** How loud another program heard a participant, a score for each second from `startMs` on; null where it gives none. */
export const vendorLoudnessSchema = z.object({
  participantId: z.string(),
  startMs: millisecondsSchema,
  /** In the vendor's decibels. */
  scores: z.array(z.number().nullable()),
});
/** How loud another program heard a participant. */
export type VendorLoudness = Readonly<z.infer<typeof vendorLoudnessSchema>>;

/** What another program wrote about a whole conversation. */
export const vendorSummarySchema = z.object({
  /** What it answers: "Actions"; empty for the summary itself. */
  name: z.string(),
  text: z.string(),
});
/** What another program wrote about a whole conversation. */
export type VendorSummary = Readonly<z.infer<typeof vendorSummarySchema>>;

/** What another program measured of a conversation: kept as it was, with its source. */
export const vendorSchema = z.object({
  source: z.string(),
  sentiment: z.array(
    z.object({
      participantId: z.string(),
      score: z.number().nullable(),
      /** The last quarter less the first, where the source says it. */
      change: z.number().nullable(),
      quarters: z.array(z.number().nullable()),
    }),
  ),
  /** What it found the conversation to be about, in its order; absent where it named nothing. */
  topics: z.array(z.string()).optional(),
  /** Where it found issues, actions, outcomes and categories; absent where it found none. */
  findings: z.array(vendorFindingSchema).optional(),
  /** In order of start; absent where it measured none. */
  loudness: z.array(vendorLoudnessSchema).optional(),
  /** In its order; absent where it wrote none. */
  summaries: z.array(vendorSummarySchema).optional(),
});

/** What one participant says without another taking over, or one message of a chat. */
export const turnSchema = z.object({
  id: z.string().min(1),
  participantId: z.string().min(1),
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
  /** The words joined, redacted. Empty where speech was heard and no words are known. */
  text: z.string(),
  /** Empty where no words or no word times are known. */
  words: z.array(wordSchema),
  /** English, where the call was translated. */
  translation: z.string().optional(),
  /** The words have changed since they were translated. */
  translationIsStale: z.literal(true).optional(),
  /** BCP 47 tag where it differs from the conversation's. */
  language: z.string().optional(),
  /** Present on what a customer said to a bot. */
  bot: botReadingSchema.optional(),
  /** What the program that made the transcript thought of its mood. */
  vendor: vendorTurnSchema.optional(),
  /** Ids of originals that a person has brought back in a text without words. */
  restored: z.array(z.string().min(1)).optional(),
  /** How sure the engine is that the turn is this participant's; null when the channel says so. */
  speakerConfidence: confidenceSchema.nullable(),
});
/** What one participant says without another taking over. */
export type Turn = z.infer<typeof turnSchema>;

/** A span of time. */
export const spanSchema = z.object({ startMs: millisecondsSchema, endMs: millisecondsSchema });
/** A span of time. */
export type Span = z.infer<typeof spanSchema>;

/** What is heard in a call beside speech: ringing, keys pressed, music on hold, any other steady tone. */
export const soundKindSchema = z.enum(["ring", "dtmf", "music", "tone"]);
/** What is heard in a call beside speech. */
export type SoundKind = z.infer<typeof soundKindSchema>;

/** A stretch in which something other than speech is heard. Which keys were pressed is not kept: they may be a card number. */
export const heardSoundSchema = spanSchema.extend({
  kind: soundKindSchema,
  confidence: confidenceSchema,
  /** The recording's channel, where the channels keep the sides apart; null in a mix. */
  channel: z.int().min(0).nullable(),
});
/** A stretch in which something other than speech is heard. */
export type HeardSound = Readonly<z.infer<typeof heardSoundSchema>>;

/** Somebody starting to speak before the other has finished. */
export const interruptionSchema = spanSchema.extend({ byParticipantId: z.string(), ofParticipantId: z.string() });
/** Somebody starting to speak before the other has finished. */
export type Interruption = z.infer<typeof interruptionSchema>;

/** The figures of one participant. */
export const participantMeasuresSchema = z.object({
  participantId: z.string(),
  talkMs: millisecondsSchema,
  /** Share of the talk time of all, 0 to 1. */
  talkShare: confidenceSchema,
  turns: z.int().min(0),
  words: z.int().min(0),
  /** Words per minute of the participant's own talk time; null without words. */
  wordsPerMinute: z.number().min(0).nullable(),
  interruptions: z.int().min(0),
  longestTurnMs: millisecondsSchema,
});
/** The figures of one participant. */
export type ParticipantMeasures = z.infer<typeof participantMeasuresSchema>;

/** What can be measured of a conversation without reading it. */
export const measuresSchema = z.object({
  talkMs: millisecondsSchema,
  /** Time in which nobody speaks, whole. */
  nonTalkMs: millisecondsSchema,
  /** Stretches in which nobody speaks, of at least 3 s (Amazon Transcribe Call Analytics' rule). */
  silences: z.array(spanSchema),
  longestSilenceMs: millisecondsSchema,
  /** Stretches in which two or more speak at once. */
  overlaps: z.array(spanSchema),
  overlapMs: millisecondsSchema,
  interruptions: z.array(interruptionSchema),
  participants: z.array(participantMeasuresSchema),
});
/** What can be measured of a conversation without reading it. */
export type Measures = z.infer<typeof measuresSchema>;

/** How a conversation came about. */
export const channelSchema = z.enum(["voice", "chat", "sms", "bot"]);
/** How a conversation came about. */
export type Channel = z.infer<typeof channelSchema>;

/** Something the engine could not do, why, and what would mend it. A transcript without words says so here. */
export const shortfallSchema = z.object({
  /** What is absent. */
  lacks: z.enum(["words", "speakers", "word-times", "translation"]),
  reason: z.enum(["model-missing", "model-not-understanding", "not-asked", "failed"]),
  /** The model that would add it, by catalogue id. */
  modelId: z.string().nullable(),
});
/** Something the engine could not do, why, and what would mend it. */
export type Shortfall = z.infer<typeof shortfallSchema>;

/** A model as it was really loaded. */
export const loadedModelSchema = z.object({
  /** Catalogue id. */
  id: z.string(),
  task: z.string(),
  sha256: z.string(),
  /** Understands only a narrow material (the demo voice); results are marked. */
  limited: z.boolean(),
});
/** A model as it was really loaded. */
export type LoadedModel = Readonly<z.infer<typeof loadedModelSchema>>;

/** What the engine had to do otherwise than it was set to, and why; nothing of the recording is lost by it. */
export const engineAdjustmentSchema = z.discriminatedUnion("kind", [
  /** An execution provider failed at opening or at work, and another took its place. */
  z.object({ kind: z.literal("provider"), from: z.string(), to: z.string(), reason: z.string() }),
  /** There was too little memory for so many windows together: fewer were heard at a time. */
  z.object({ kind: z.literal("batch"), from: z.int().min(1), to: z.int().min(1), reason: z.string() }),
]);
/** What the engine had to do otherwise than it was set to, and why. */
export type EngineAdjustment = Readonly<z.infer<typeof engineAdjustmentSchema>>;

/** Which program and which models made a transcript. */
export const provenanceSchema = z.object({
  engine: z.string(),
  /** Models by task, with the hash of what was really loaded. */
  models: z.array(loadedModelSchema),
  executionProvider: z.string().nullable(),
  /** What had to be done otherwise, in order; absent where nothing had. */
  adjustments: z.array(engineAdjustmentSchema).optional(),
  /** Terms and replacements that it was heard with; absent where there were none. */
  vocabulary: vocabularySchema.optional(),
  /** Lines the recogniser followed at once; absent where it followed one. */
  beams: z.int().min(1).optional(),
});
/** Which program and which models made a transcript. */
export type Provenance = z.infer<typeof provenanceSchema>;

/** What was hidden, where, why and by which rule; never what it was. */
export const redactedSchema = spanSchema.extend({
  turnId: z.string(),
  /** Empty where the turn has no words with times. */
  wordIds: z.array(z.string()),
  /** The type of personal data, as in a word's `redaction`. */
  type: z.string(),
  /** The rule that found it. */
  rule: z.string(),
  /** What convinced the rule: a check digit, the form, what was said around it, a repetition, or the name of a bot's slot. */
  why: z.enum(["check-digit", "form", "context", "repeated", "slot"]),
  how: z.enum(["mask", "remove"]),
});
/** What was hidden, where, why and by which rule. */
export type Redacted = z.infer<typeof redactedSchema>;

/** Who spoke when and what was said: the machine's transcript, or a revision of it. */
export const transcriptSchema = z.object({
  durationMs: millisecondsSchema,
  /** BCP 47; null when unknown. */
  language: z.string().nullable(),
  participants: z.array(participantSchema),
  /** In order of start. Turns of different participants may overlap. */
  turns: z.array(turnSchema),
  /** Ringing, keys, music and tones, in order of start; absent where nobody listened for them. */
  sounds: z.array(heardSoundSchema).optional(),
  /** Stretches of sound that a person has hidden beside those of masked words, in order of start; absent where there are none. */
  hidden: z.array(spanSchema).optional(),
  /** What rules have hidden of the text, in order of start; absent where they hid nothing. */
  redactions: z.array(redactedSchema).optional(),
  /** What the program that made the transcript measured of it; absent where it measured nothing. */
  vendor: vendorSchema.optional(),
  shortfalls: z.array(shortfallSchema),
  provenance: provenanceSchema.nullable(),
});
/** Who spoke when and what was said. */
export type Transcript = z.infer<typeof transcriptSchema>;

/** A call, a chat or a bot session, whole. */
export const conversationSchema = z.object({
  id: z.string().min(1),
  kind: z.enum(["call", "chat"]),
  channel: channelSchema,
  title: z.string(),
  /** When it began; null when nobody knows. */
  startedAt: z.iso.datetime().nullable(),
  /** IANA zone of the place of the call, where the source says it. */
  timeZone: z.string().nullable(),
  importedAt: z.iso.datetime(),
  /** The file it came from. */
  source: z.object({
    name: z.string(),
    sha256: z.string(),
    bytes: z.int().min(0),
    /** For people: "WAV, 2 channels, 8 kHz, mu-law", "Amazon Connect chat transcript". */
    format: z.string(),
  }),
  ...transcriptSchema.shape,
  measures: measuresSchema,
});
/** A call, a chat or a bot session, whole. */
export type Conversation = z.infer<typeof conversationSchema>;

/** The conversation as a file or on standard output: one documented, versioned shape. */
export const conversationDocumentSchema = z.object({
  schema: z.literal("https://earmark.app/schema/conversation"),
  version: z.literal(1),
  conversation: conversationSchema,
});
/** The conversation as a file or on standard output. */
export type ConversationDocument = z.infer<typeof conversationDocumentSchema>;

/** Wraps a conversation in its versioned document. */
export function toDocument(conversation: Conversation): ConversationDocument {
  return { schema: "https://earmark.app/schema/conversation", version: 1, conversation };
}
