import { stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type StageName, stageNames } from "../../../app/contract/views.ts";
import { type Transcript, transcriptSchema } from "../../../app/conversation/conversation.ts";
import { assignRoles } from "../../../app/conversation/roles.ts";
import {
  type DecodedAudio,
  type Diarization,
  decodedAudioSchema,
  defaultSpeechOptions,
  diarizationSchema,
  type SpeechOptions,
} from "../../../app/conversation/speech.ts";
import { joinVocabularies, noVocabulary } from "../../../app/conversation/vocabulary.ts";
import { tagFacts } from "../../../app/formats/audio-tags.ts";
import { readInsightSchema } from "../../../app/insight/insight.ts";
import { forgetHeardNumbers } from "../../../app/insight/provisional.ts";
import { type Redaction, redactPersonalData, redactText } from "../../../app/insight/redaction.ts";
import { redactionFingerprint } from "../../../app/insight/redaction-policy.ts";
import type { SpeechEngine } from "../../../app/ports.ts";
import { titleOf } from "../ingest/title.ts";
import type { ChoosingLanguage } from "../language/choose.ts";
import type { TermFiles } from "../language/term-files.ts";
import type { LibraryPaths } from "../library-paths.ts";
import { decodeMedia } from "../media/decode.ts";
import type { Ffmpeg } from "../media/ffmpeg.ts";
import { preparePlayback } from "../media/playback.ts";
import { mediaInfoSchema, probeMedia } from "../media/probe.ts";
import type { Originals } from "../originals.ts";
import type { VoicePrinter } from "../speech/client.ts";
import type { ConversationRecord } from "../store/conversations.ts";
import type { SealedOriginal } from "../store/sealed-originals.ts";
import type { Store } from "../store/store.ts";
import type { KeptVoice } from "../store/voices.ts";
import { agentVoices } from "../voices/agent-voices.ts";
import { alignStage } from "./align-stage.ts";
import { categoriesStage } from "./categories-stage.ts";
import { publishFigures } from "./figures.ts";
import { insightStage } from "./insight-stage.ts";
import { muteStage, requireMuting } from "./mute-stage.ts";
import { parseStage } from "./parse-stage.ts";
import type { PartialTranscripts } from "./partial-transcripts.ts";
import type { Stage, StageInput } from "./queue.ts";
import { recordingReport } from "./recording-report.ts";
import { indexRevision, readRevision, roleHints, summaryOf } from "./revision.ts";

/*
 * The way of a conversation, stage by stage. A stage's result is plain JSON with paths relative to the library, so that
 * the library can be moved; what a later stage or the page needs beside it is written by `commit`, in the transaction
 * that marks the stage done.
 */

/** The stages a recording passes: all but the reading of what is written already. */
export const callStages: readonly StageName[] = stageNames.filter((name) => name !== "parse" && name !== "align");

/** The stages a written conversation passes. */
export const chatStages: readonly StageName[] = ["parse", "index", "insight", "categories"];

/** The stages that a transcript passes besides once a recording was added to it. */
export const recordingStages: readonly StageName[] = ["probe", "decode", "playback", "align", "mute"];

/** What the stages work with. */
export interface StageWorld {
  readonly store: Store;
  readonly paths: LibraryPaths;
  readonly engine: SpeechEngine;
  /** Says how an agent's voice sounds, where a person has turned on that voices are remembered. */
  readonly voicePrinter: VoicePrinter;
  /** The program that reads media; rejects with `ffmpeg-missing`. */
  readonly ffmpeg: () => Promise<Ffmpeg>;
  /** Names the models that would be used with these options, and changes when they change: part of the input hash. */
  readonly modelFingerprint: (options: SpeechOptions, conversationId: string) => Promise<readonly string[]>;
  /** Reads sentiment and entities. */
  readonly language: ChoosingLanguage;
  readonly terms: TermFiles;
  /** Tells of what is being heard. */
  readonly partials: PartialTranscripts;
  /** Encrypts what the rules hide, as far as the policy wants it kept. */
  readonly seal: Originals["seal"];
}

const decodeResultSchema = z.object({ audio: decodedAudioSchema, peaksPath: z.string(), truncated: z.boolean() });
const playbackResultSchema = z.object({ path: z.string(), mediaType: z.string() });

/** All stages over a world. */
export function createStages(world: StageWorld): Stage[] {
  const { store, paths, engine } = world;

  const conversationOf = (input: StageInput): ConversationRecord => {
    const record = store.conversations.get(input.conversationId);
    if (record === null) throw new EarmarkError("not-found", "The conversation is not in the library any more.");
    return record;
  };
  const fileOf = async (path: string | null): Promise<string> => {
    if (path === null) throw new EarmarkError("file-missing", "The library has no file for this conversation.");
    await stat(path).catch((cause: unknown) => {
      throw new EarmarkError("file-missing", "The file of this conversation is gone from the library.", {}, { cause });
    });
    return path;
  };
  const originalOf = async (input: StageInput): Promise<string> =>
    fileOf(store.media.get(input.conversationId)?.original ?? null);
  /** The sound: what was imported, or what was added to a transcript. */
  const recordingOf = async (input: StageInput): Promise<string> => {
    const media = store.media.get(input.conversationId);
    return fileOf(media?.recording?.path ?? media?.original ?? null);
  };
  const derivedFolder = (record: ConversationRecord): string => join(paths.derived, record.source.sha256);
  const stored = (path: string): string => relative(paths.root, path).split(sep).join("/");
  const opened = (path: string): string => join(paths.root, ...path.split("/"));

  /** Of files that were made before, how many are gone: then their stage is run again when somebody asks for it. */
  const gone = async (files: readonly (string | undefined)[]): Promise<{ gone?: number }> => {
    const there = await Promise.all(
      files.map(async (path) => path === undefined || (await stat(path).catch(() => null)) !== null),
    );
    const missing = there.filter((one) => !one).length;
    return missing === 0 ? {} : { gone: missing };
  };

  const decodedAudio = (input: StageInput): DecodedAudio => {
    const { audio } = decodeResultSchema.parse(input.results.decode);
    return { ...audio, channels: audio.channels.map((channel) => ({ ...channel, path: opened(channel.path) })) };
  };
  const speechOptions = (input: StageInput): SpeechOptions => {
    const { speech, vocabulary } = store.settings.get();
    const asked = conversationOf(input).speechOptions;
    const both = joinVocabularies(vocabulary, asked.vocabulary ?? noVocabulary);
    const { vocabulary: _, ...options } = { ...defaultSpeechOptions, ...speech, ...asked };
    // Left out where there is none, so that what has been heard without one is not heard again.
    return both.terms.length + both.replacements.length === 0 ? options : { ...options, vocabulary: both };
  };
  /** Another policy, or other rules, hide something else: what redacts runs again. */
  const redactionFacts = () => ({ redaction: redactionFingerprint(store.settings.get().redaction) });
  const speechFacts = async (input: StageInput) => {
    const options = speechOptions(input);
    return { options, models: await world.modelFingerprint(options, input.conversationId) };
  };

  /** What was sealed between the run of a stage and its commit. */
  const sealed = new Map<string, readonly SealedOriginal[]>();
  const sealing = async ({ conversationId }: StageInput, { originals, transcript }: Redaction): Promise<Transcript> => {
    sealed.set(conversationId, await world.seal(conversationId, originals));
    return transcript;
  };
  const commitSealed = ({ conversationId }: StageInput): void => {
    const originals = sealed.get(conversationId);
    sealed.delete(conversationId);
    if (originals !== undefined) store.originals.put(conversationId, originals);
  };

  /** Writes a transcript and the figures that the list shows of it. */
  const commitTranscript = (input: StageInput, transcript: Transcript): void => {
    store.transcripts.put(input.conversationId, transcript);
    // What was made of the words of an earlier hearing.
    store.categories.forget(input.conversationId);
    requireMuting(store, input.conversationId);
    store.conversations.summarise(input.conversationId, summaryOf(readRevision(store, input.conversationId).transcript));
    publishFigures(store, input.conversationId);
  };

  const parse = parseStage({
    store,
    conversationOf,
    originalOf,
    redactionFacts,
    sealing,
    commit(input, transcript) {
      commitSealed(input);
      commitTranscript(input, transcript);
    },
  });

  const probe: Stage = {
    name: "probe",
    version: 1,
    resource: "io",
    needs: [],
    facts: (input) => ({ sha256: conversationOf(input).source.sha256 }),
    run: async (context) => probeMedia(await world.ffmpeg(), await recordingOf(context), { signal: context.signal }),
    commit(result, input) {
      const info = mediaInfoSchema.parse(result);
      // A transcript has said all this, and surer.
      if (store.media.get(input.conversationId)?.recording != null) return;
      store.importReports.put(input.conversationId, recordingReport(info));
      const { startedAt, title, source } = conversationOf(input);
      const tagged = tagFacts(info.tags);
      store.conversations.update(input.conversationId, {
        sourceFormat: info.label,
        durationMs: info.durationMs,
        ...(startedAt === null && tagged.startedAt !== null ? { startedAt: tagged.startedAt } : {}),
        ...(title === titleOf(source.name) && tagged.title !== null
          ? { title: redactText(tagged.title, store.settings.get().redaction) }
          : {}),
      });
    },
  };

  const decode: Stage = {
    name: "decode",
    version: 1,
    resource: "io",
    needs: ["probe"],
    facts(input) {
      const media = store.media.get(input.conversationId);
      return gone([media?.peaks?.path, ...(media?.audio?.channels ?? []).map((channel) => channel.path)]);
    },
    async run(context) {
      const info = mediaInfoSchema.parse(context.results.probe);
      const folder = derivedFolder(conversationOf(context));
      const decoded = await decodeMedia(await world.ffmpeg(), await recordingOf(context), info, folder, context);
      return {
        audio: {
          ...decoded.audio,
          channels: decoded.audio.channels.map((channel) => ({ ...channel, path: stored(channel.path) })),
        },
        peaksPath: stored(decoded.peaksPath),
        truncated: decoded.truncated,
      };
    },
    commit(result, input) {
      const { audio, peaksPath, truncated } = decodeResultSchema.parse(result);
      store.media.put(input.conversationId, {
        audio: { ...audio, truncated, channels: audio.channels.map((channel) => ({ ...channel, path: opened(channel.path) })) },
        peaks: { path: opened(peaksPath), channels: audio.channels.length },
      });
      // Decoding counts samples; what the container said before may have been a guess.
      store.conversations.update(input.conversationId, { durationMs: audio.durationMs });
    },
  };

  const playback: Stage = {
    name: "playback",
    version: 1,
    resource: "io",
    needs: ["probe", "decode"],
    facts: (input) => gone([store.media.get(input.conversationId)?.playback?.path]),
    async run(context) {
      const info = mediaInfoSchema.parse(context.results.probe);
      const { truncated } = decodeResultSchema.parse(context.results.decode);
      const folder = derivedFolder(conversationOf(context));
      const file = await preparePlayback(await world.ffmpeg(), await recordingOf(context), info, folder, {
        signal: context.signal,
        onProgress: context.onProgress,
        truncated,
      });
      return { path: stored(file.path), mediaType: file.mediaType };
    },
    commit(result, input) {
      const file = playbackResultSchema.parse(result);
      store.media.put(input.conversationId, { playback: { path: opened(file.path), mediaType: file.mediaType } });
    },
  };

  const diarize: Stage = {
    name: "diarize",
    version: 1,
    resource: "speech",
    needs: ["decode"],
    facts: speechFacts,
    run: (context) => engine.diarize(decodedAudio(context), speechOptions(context), context),
    commit(result, input) {
      // Who spoke when is worth showing before a word is known. A transcript with words is better than that, and stays
      // until there is another with words, also when recognising fails this time.
      const before = store.transcripts.get(input.conversationId);
      if (before?.turns.some((turn) => turn.text !== "")) return;
      commitTranscript(input, transcriptOfVoices(decodedAudio(input), diarizationSchema.parse(result)));
    },
  };

  const recognise: Stage = {
    name: "recognise",
    version: 1,
    resource: "speech",
    needs: ["decode", "diarize"],
    facts: async (input) => ({ ...(await speechFacts(input)), ...redactionFacts() }),
    async run(context) {
      const diarization: Diarization = diarizationSchema.parse(context.results.diarize);
      const audio = decodedAudio(context);
      const { participants } = transcriptOfVoices(audio, diarization);
      const { signal, onProgress } = context;
      const onTurns = world.partials.begin(context.conversationId, participants);
      try {
        const attention = { signal, onProgress, onTurns };
        const heard = await engine.recognise(audio, diarization, speechOptions(context), attention);
        // Here, before the queue writes anything: nothing that is hidden reaches the disk.
        const redaction = redactPersonalData(withSounds(heard, diarization), store.settings.get().redaction);
        return forgetHeardNumbers(await sealing(context, redaction));
      } finally {
        world.partials.end(context.conversationId);
      }
    },
    commit(result, input) {
      commitSealed(input);
      commitTranscript(input, transcriptSchema.parse(result));
    },
  };

  /** Agents' voices between the run of the stage and its commit. */
  const voices = new Map<string, readonly KeptVoice[]>();

  const roles: Stage = {
    name: "roles",
    version: 1,
    resource: "cpu",
    needs: ["recognise"],
    facts: (input) => ({
      ...roleHints(conversationOf(input)),
      ...(store.settings.get().voiceMemory ? { voiceMemory: true } : {}),
    }),
    async run(context) {
      const { conversationId } = context;
      const transcript = assignRoles(transcriptSchema.parse(context.results.recognise), roleHints(conversationOf(context)));
      // Beside the result, never in it: results are kept for good, and voices only as long as a person wants.
      voices.set(
        conversationId,
        await agentVoices(store, world.voicePrinter, conversationId, transcript, speechOptions(context), context),
      );
      return transcript;
    },
    commit(result, input) {
      commitTranscript(input, transcriptSchema.parse(result));
      const kept = voices.get(input.conversationId) ?? [];
      voices.delete(input.conversationId);
      store.voices.put(input.conversationId, store.settings.get().voiceMemory ? kept : []);
    },
  };

  const align = alignStage({
    decodedAudio,
    async hear(context) {
      const audio = decodedAudio(context);
      const { signal, onProgress } = context;
      const half = { signal, onProgress: (share: number) => onProgress(share / 5) };
      const diarization = await engine.diarize(audio, speechOptions(context), half);
      const heard = await engine.recognise(audio, diarization, speechOptions(context), {
        signal,
        onProgress: (share) => onProgress(0.2 + share * 0.8),
      });
      return assignRoles(withSounds(heard, diarization), roleHints(conversationOf(context)));
    },
    // What the reading of the file depends on, too: after another reading the words have to be placed anew.
    facts: async (input) => ({ ...(await speechFacts(input)), reading: parse.facts(input) }),
    policy: () => store.settings.get().redaction,
    commit: commitTranscript,
  });

  const index: Stage = {
    name: "index",
    version: 1,
    resource: "cpu",
    needs: [],
    // Whatever of them there is: a call without words is found by its title, a chat has no roles stage.
    optional: ["parse", "align", "roles"],
    facts: () => ({}),
    run: () => Promise.resolve({}),
    commit(_result, input) {
      indexRevision(store, input.conversationId);
    },
  };

  const insight: Stage = {
    ...insightStage({ store, language: world.language, terms: world.terms }),
    commit: (result, input) => publishFigures(store, input.conversationId, readInsightSchema.parse(result)),
  };

  const mute = muteStage({
    store,
    ffmpeg: world.ffmpeg,
    originalOf: recordingOf,
    folderOf: (input) => derivedFolder(conversationOf(input)),
    stored,
    opened,
  });

  return [parse, probe, decode, playback, align, diarize, recognise, roles, index, insight, categoriesStage(store), mute];
}

/** Turns without words: what is known of a call before it has been transcribed. */
function transcriptOfVoices(audio: DecodedAudio, diarization: Diarization): Transcript {
  return {
    durationMs: audio.durationMs,
    language: null,
    participants: diarization.voices.map((voice, number) => ({
      id: `p${number}`,
      role: "other",
      roleConfidence: null,
      name: null,
      channel: voice.channel,
    })),
    turns: diarization.segments.map((segment, number) => ({
      id: `t${number}`,
      participantId: `p${segment.voice}`,
      startMs: segment.startMs,
      endMs: segment.endMs,
      text: "",
      words: [],
      speakerConfidence: segment.confidence,
    })),
    ...(diarization.sounds === undefined ? {} : { sounds: [...diarization.sounds] }),
    shortfalls: diarization.shortfalls.map((shortfall) => ({ ...shortfall })),
    provenance: null,
  };
}

/** Ringing, keys, tones and music are found with the voices: an engine that says nothing of them has not heard otherwise. */
function withSounds(heard: Transcript, { sounds }: Diarization): Transcript {
  return heard.sounds !== undefined || sounds === undefined ? heard : { ...heard, sounds: [...sounds] };
}
