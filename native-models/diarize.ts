import type { HeardSound, LoadedModel, Shortfall } from "../app/conversation/conversation.ts";
import type { ChannelLayout, Diarization, SpeechOptions, Voice, VoiceSegment } from "../app/conversation/speech.ts";
import { energyActivity } from "./audio/energy-activity.ts";
import { levels } from "./audio/levels.ts";
import { mixdown, oneChannel } from "./audio/mixdown.ts";
import { samplesPerMs } from "./audio/sample-rate.ts";
import { joinStretches, type Stretch, withoutStretches } from "./audio/spans.ts";
import { agree } from "./diarization/agreement.ts";
import { type HeardChannel, withoutBleed } from "./diarization/bleed.ts";
import { cluster } from "./diarization/clustering.ts";
import { voicePrints } from "./diarization/embedding.ts";
import { knowsSome, knowsVoices } from "./diarization/known-voices.ts";
import { readPlda } from "./diarization/plda.ts";
import { type Reconstruction, reconstruct, type VoiceStretch } from "./diarization/reconstruction.ts";
import { besideRule, isTwoVoices, listenForTwo, onlyChannelRule, onlyWithin, partTwo } from "./diarization/second-voice.ts";
import { segment, segmentationLayout } from "./diarization/segmentation.ts";
import { speechProbabilities, stretchesOfSpeech } from "./diarization/speech-activity.ts";
import type { MakeTensor, Model, Models, Sound } from "./session.ts";
import { type FoundSound, findSounds } from "./sounds/find-sounds.ts";
import { type Listening, stopIfCancelled } from "./speech-error.ts";

/** What the engine has to know of a recording beside its samples. */
export interface SoundLayout {
  readonly layout: ChannelLayout;
  readonly silentChannels: readonly number[];
}

/** The models that would tell voices apart, by catalogue id: named where they are missing. */
export const suggestedSegmentation = "onnx-community/pyannote-segmentation-3.0";
/** The model that would tell voices apart once they are found. */
export const suggestedEmbedding = "onnx-community/wespeaker-voxceleb-resnet34-LM";

/**
 * Who spoke when. Channels that keep the sides apart are a voice each, or more where two people are clearly heard on one;
 * a mix is told apart by the segmentation and embedding models, or, without them or where limited ones do not know the voices,
 * is one voice and a shortfall names the model that would tell them apart.
 *
 * @param layout how the segmentation windows of a mix are laid.
 * @throws SpeechError `cancelled` between windows; `model-damaged`, `model-unsuitable`, `engine-failed`
 */
export async function diarize(
  sound: Sound,
  audio: SoundLayout,
  models: Models,
  makeTensor: MakeTensor,
  options: SpeechOptions,
  attention: Listening,
  layout: typeof segmentationLayout = segmentationLayout,
): Promise<Diarization> {
  stopIfCancelled(attention.signal);
  const result =
    hearsChannels(sound, audio, options) === "apart"
      ? await byChannel(sound, audio, models, makeTensor, options, attention)
      : await byVoice(asOneChannel(sound, audio), models, makeTensor, options, attention, layout);
  attention.onProgress(1);
  return result;
}

/** Whether the channels are voices of their own, or one mix. */
export function hearsChannels(
  sound: Pick<Sound, "channels">,
  audio: SoundLayout,
  options: Pick<SpeechOptions, "separation">,
): "apart" | "together" {
  if (options.separation === "speaker") return "together";
  if (options.separation === "channel") return sound.channels > 1 ? "apart" : "together";
  return audio.layout === "separate" ? "apart" : "together";
}

/** The recording as one channel: the first where all are alike, a mix where they differ. */
export function asOneChannel(sound: Sound, audio: SoundLayout): Sound {
  return audio.layout === "separate" && sound.channels > 1 ? mixdown(sound) : oneChannel(sound, 0);
}

/** What is left of speech beside a sound counts from this length on: 0.1 s. */
const leastPiece = 100 * samplesPerMs;
/** A channel on which less than this is said is nobody's side: 1 s. */
const leastAudible = 1_000 * samplesPerMs;
/** Share of the progress that hearing each channel takes; the rest is for telling voices on one channel apart. */
const hearingShare = 0.6;

async function byChannel(
  sound: Sound,
  audio: SoundLayout,
  models: Models,
  makeTensor: MakeTensor,
  options: SpeechOptions,
  attention: Listening,
): Promise<Diarization> {
  const { activity } = models;
  const length = Math.round(sound.durationMs * samplesPerMs);
  const measuredChannels: HeardChannel[] = [];
  const sounds: HeardSound[] = [];
  for (let channel = 0; channel < sound.channels; channel++) {
    const within = part(attention, (hearingShare * channel) / sound.channels, (hearingShare * (channel + 1)) / sound.channels);
    if (audio.silentChannels.includes(channel)) {
      measuredChannels.push({ levels: new Float32Array(0), stretches: [] });
      continue;
    }
    const measured = await levels(sound, channel, part(within, 0, 0.2));
    const found = await findSounds(sound, channel, part(within, 0.2, 0.4));
    sounds.push(...found.map((one) => heardSoundOf(one, channel, sound.durationMs)));
    const active = await activeStretches(sound, channel, measured, length, activity, makeTensor, part(within, 0.4, 1));
    measuredChannels.push({ levels: measured, stretches: withoutStretches(active, noSpeech(found, activity), leastPiece) });
  }
  const own = measuredChannels.map((channel) =>
    withoutBleed(
      channel,
      measuredChannels.filter((other) => other !== channel),
    ),
  );
  const audible = own.flatMap((stretches, channel) => (lengthOf(stretches) >= leastAudible ? [channel] : []));
  const known = { sound, own, models, makeTensor, options };
  const splitting = (channel: number, from: number, to: number) =>
    splitChannel(
      known,
      channel,
      audible,
      part(attention, hearingShare + (1 - hearingShare) * from, hearingShare + (1 - hearingShare) * to),
    );

  const voices: Voice[] = own.map((_, channel) => ({ channel }));
  const segments: VoiceSegment[] = [];
  const exclusive: VoiceSegment[] = [];
  let split = false;
  for (const [channel, stretches] of own.entries()) {
    const at = audible.indexOf(channel);
    const laid = at < 0 ? null : await splitting(channel, at / audible.length, (at + 1) / audible.length);
    if (laid === null) {
      const whole = stretches.map((stretch) => segmentOf(stretch, channel, sound.durationMs));
      segments.push(...whole);
      exclusive.push(...whole);
      continue;
    }
    split = true;
    // The voice that says most is the channel's; the others come after all channels.
    const numbers = new Map<number, number>();
    for (const voice of mostSpoken(laid.regular)) {
      numbers.set(voice, numbers.size === 0 ? channel : voices.push({ channel }) - 1);
    }
    const numbered = (stretch: VoiceStretch): VoiceSegment => ({ ...stretch, voice: numbers.get(stretch.voice) ?? channel });
    segments.push(...laid.regular.map(numbered));
    exclusive.push(...laid.exclusive.map(numbered));
  }
  const inOrder = (list: VoiceSegment[]) => list.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const named = [activity && loaded(activity, "activity")];
  if (split) {
    named.unshift(
      models.segmentation && loaded(models.segmentation, "segmentation"),
      models.embedding && loaded(models.embedding, "embedding"),
    );
  }
  const result: Diarization = {
    method: "channel",
    voices,
    segments: inOrder(segments),
    exclusive: inOrder(exclusive),
    sounds: sounds.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs),
    shortfalls: [],
    models: named.filter((model) => model !== null),
  };
  // Both sides of the call on one channel: the channels on which nothing is said are nobody.
  return split && audible.length === 1 ? withoutMuteVoices(result) : result;
}

function withoutMuteVoices(diarization: Diarization): Diarization {
  const speaking = diarization.voices.flatMap((_, voice) =>
    diarization.segments.some((segment) => segment.voice === voice) ? [voice] : [],
  );
  const numbered = (segment: VoiceSegment) => ({ ...segment, voice: speaking.indexOf(segment.voice) });
  return {
    ...diarization,
    voices: diarization.voices.filter((_, voice) => speaking.includes(voice)),
    segments: diarization.segments.map(numbered),
    exclusive: diarization.exclusive.map(numbered),
  };
}

function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { start, end }) => sum + end - start, 0);
}

interface HeardSides {
  readonly sound: Sound;
  /** Where each channel's own voice is heard. */
  readonly own: readonly (readonly Stretch[])[];
  readonly models: Models;
  readonly makeTensor: MakeTensor;
  readonly options: SpeechOptions;
}

/**
 * Who speaks when on a channel that carries more than one person; null for the usual one. The only channel with sound may
 * be a mix; one beside another is split on strong evidence alone.
 */
async function splitChannel(
  { sound, own, models, makeTensor, options }: HeardSides,
  channel: number,
  audible: readonly number[],
  attention: Listening,
): Promise<Reconstruction | null> {
  const { segmentation, embedding } = models;
  // Who says that a channel is a voice, or how many voices there are, is not to be corrected.
  const settled = options.separation === "channel" || (options.speakers !== null && options.speakers <= audible.length);
  // A limited model gives no strong evidence of anybody.
  if (segmentation === null || embedding === null || segmentation.limited || embedding.limited || settled) return null;
  const alone = audible.length === 1;
  const stretches = own[channel] ?? [];
  const elsewhere = joinStretches(own.filter((_, other) => other !== channel).flat());
  const one = oneChannel(sound, channel);
  const asked = alone && options.speakers !== null;
  if (!asked) {
    const listening = part(attention, 0, 0.3);
    const found = await listenForTwo(one, stretches, elsewhere, { segmentation, embedding }, makeTensor, listening);
    if (!isTwoVoices(found, alone ? onlyChannelRule : besideRule)) return null;
  }
  const windows = await segment(one, segmentation, makeTensor, part(attention, 0.3, 0.7));
  const clear = windows.map((window) => onlyWithin(window, stretches, []));
  const prints = await voicePrints(one, clear, embedding, makeTensor, part(attention, 0.7, 1));
  const { count, groups } = cluster(prints, asked ? options.speakers : 2);
  // What a few windows suggest, all of them have to bear out beside another channel.
  if (count < 2 || (!alone && !isTwoVoices(partTwo(prints), besideRule))) return null;
  return agree(reconstruct(clear, prints, groups, count, sound.durationMs), stretches);
}

/** The voices of some stretches, the one that speaks longest first. */
function mostSpoken(stretches: readonly VoiceStretch[]): number[] {
  const spoken = new Map<number, number>();
  for (const { voice, startMs, endMs } of stretches) spoken.set(voice, (spoken.get(voice) ?? 0) + endMs - startMs);
  return [...spoken].sort((a, b) => b[1] - a[1]).map(([voice]) => voice);
}

/** From this length on limited models listen here and there before they hear all of a mix: 4 min. */
const longMix = 240_000;

async function byVoice(
  sound: Sound,
  models: Models,
  makeTensor: MakeTensor,
  options: SpeechOptions,
  attention: Listening,
  layout: typeof segmentationLayout,
): Promise<Diarization> {
  const { segmentation, embedding, activity } = models;
  const length = Math.round(sound.durationMs * samplesPerMs);
  const found = await findSounds(sound, 0, part(attention, 0, 0.05));
  const unspoken = noSpeech(found, activity);
  const sounds = found.map((one) => heardSoundOf(one, null, sound.durationMs));
  const asOneVoice = (lacking: Shortfall | null, from: number) =>
    inOneVoice({ sound, activity, unspoken, sounds }, makeTensor, lacking, part(attention, from, 1));
  // Whoever says that a single channel is a single voice lacks nothing.
  if (options.separation === "channel") return asOneVoice(null, 0.05);
  if (segmentation === null || embedding === null) {
    const modelId = segmentation === null ? suggestedSegmentation : suggestedEmbedding;
    return asOneVoice({ lacks: "speakers", reason: "model-missing", modelId }, 0.05);
  }
  const limited = segmentation.limited || embedding.limited;
  const better = segmentation.limited ? suggestedSegmentation : suggestedEmbedding;
  const unknown: Shortfall = { lacks: "speakers", reason: "model-not-understanding", modelId: better };
  const wanted = options.speakers ?? options.speakerRange ?? null;
  if (limited && sound.durationMs > longMix) {
    const known = await knowsSome(sound, { segmentation, embedding }, wanted, makeTensor, part(attention, 0.05, 0.15));
    if (!known) return asOneVoice(unknown, 0.15);
  }
  const everywhere = [{ start: 0, end: length }];
  const windows = (await segment(sound, segmentation, makeTensor, part(attention, 0.15, 0.6), layout(sound.durationMs))).map(
    (window) => (unspoken.length === 0 ? window : onlyWithin(window, everywhere, unspoken)),
  );
  const prints = await voicePrints(sound, windows, embedding, makeTensor, part(attention, 0.6, 0.85));
  const { count, groups } = cluster(prints, wanted, await readPlda(embedding));
  // What limited models make of voices they do not know is worse than nothing.
  if (limited && !knowsVoices(prints, groups)) return asOneVoice(unknown, 0.85);
  const laid = reconstruct(windows, prints, groups, count, sound.durationMs);
  const { regular, exclusive } =
    activity === null
      ? laid
      : agree(
          laid,
          withoutStretches(await speechOf(sound, activity, makeTensor, part(attention, 0.85, 1)), unspoken, leastPiece),
        );
  // Voices are numbered in the order in which they are first heard.
  const order = [...new Set(regular.map(({ voice }) => voice))];
  // A group of whose prints nothing is left is nobody, unless somebody said how many there are.
  if (options.speakers !== null) for (let voice = 0; voice < count; voice++) if (!order.includes(voice)) order.push(voice);
  const numbered = ({ voice, startMs, endMs, confidence }: VoiceStretch): VoiceSegment => ({
    voice: order.indexOf(voice),
    startMs,
    endMs,
    confidence,
  });
  return {
    method: "neural",
    voices: order.length === 0 ? [{ channel: null }] : order.map(() => ({ channel: null })),
    segments: regular.map(numbered),
    exclusive: exclusive.map(numbered),
    sounds,
    shortfalls: [],
    models: [
      loaded(segmentation, "segmentation"),
      loaded(embedding, "embedding"),
      ...(activity === null ? [] : [loaded(activity, "activity")]),
    ],
  };
}

/** A mix with all its speech given to one voice: where somebody speaks is all that is told. */
async function inOneVoice(
  { sound, activity, unspoken, sounds }: OneVoice,
  makeTensor: MakeTensor,
  lacking: Shortfall | null,
  attention: Listening,
): Promise<Diarization> {
  const length = Math.round(sound.durationMs * samplesPerMs);
  const measured = await levels(sound, 0, part(attention, 0, 0.25));
  const active = await activeStretches(sound, 0, measured, length, activity, makeTensor, part(attention, 0.25, 1));
  const segments = withoutStretches(active, unspoken, leastPiece).map((stretch) => segmentOf(stretch, 0, sound.durationMs));
  return {
    method: lacking === null ? "channel" : "activity",
    voices: [{ channel: lacking === null ? 0 : null }],
    segments,
    exclusive: segments,
    sounds,
    shortfalls: lacking === null ? [] : [lacking],
    models: activity === null ? [] : [loaded(activity, "activity")],
  };
}

interface OneVoice {
  readonly sound: Sound;
  readonly activity: Model | null;
  /** Where nobody can be speaking. */
  readonly unspoken: readonly Stretch[];
  readonly sounds: readonly HeardSound[];
}

/**
 * The sounds in which nobody can be speaking. Ringing, keys and tones are nothing but themselves. Music can have a voice
 * over it, which the speech-activity model hears (and hears nothing in music alone); a level says nothing of either.
 */
function noSpeech(found: readonly FoundSound[], activity: Model | null): Stretch[] {
  return joinStretches(found.filter(({ kind }) => kind !== "music" || activity === null));
}

function heardSoundOf({ kind, confidence, start, end }: FoundSound, channel: number | null, durationMs: number): HeardSound {
  const startMs = Math.min(durationMs, Math.round(start / samplesPerMs));
  return { kind, channel, confidence, startMs, endMs: Math.max(startMs, Math.min(durationMs, Math.round(end / samplesPerMs))) };
}

/** Where the speech-activity model hears somebody in a mix. */
async function speechOf(sound: Sound, activity: Model, makeTensor: MakeTensor, attention: Listening): Promise<Stretch[]> {
  const probabilities = await speechProbabilities(sound, 0, activity, makeTensor, attention);
  return stretchesOfSpeech(probabilities, Math.round(sound.durationMs * samplesPerMs));
}

async function activeStretches(
  sound: Sound,
  channel: number,
  measured: Float32Array,
  length: number,
  activity: Model | null,
  makeTensor: MakeTensor,
  attention: Listening,
): Promise<Stretch[]> {
  if (activity === null) return energyActivity(measured);
  return stretchesOfSpeech(await speechProbabilities(sound, channel, activity, makeTensor, attention), length);
}

function segmentOf({ start, end }: Stretch, voice: number, durationMs: number): VoiceSegment {
  return {
    voice,
    startMs: Math.round(start / samplesPerMs),
    endMs: Math.min(durationMs, Math.round(end / samplesPerMs)),
    confidence: null,
  };
}

/** A model as results name it. */
export function loaded(model: Model, task: string): LoadedModel {
  return { id: model.id, task, sha256: model.sha256, limited: model.limited };
}

/** The same listening, with progress between two shares of the whole. */
export function part(attention: Listening, from: number, to: number): Listening {
  return { signal: attention.signal, onProgress: (share) => attention.onProgress(from + share * (to - from)) };
}
