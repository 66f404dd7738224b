import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Transcript, Turn } from "../app/conversation/conversation.ts";
import { type Diarization, defaultSpeechOptions, type HeardSoFar, type SpeechOptions } from "../app/conversation/speech.ts";
import { builtInVoice, folderModel, makeTensor, noModels } from "./accuracy/model-folders.ts";
import { cutRecording, ffmpegPath, type Recording, readRecording, recordingOf } from "./accuracy/recording.ts";
import { diarize, type Models, recognise } from "./index.ts";

/* What may be asked of the recogniser beside the words themselves, with the demo voice on a sample call. */

const canHear = (await ffmpegPath()) !== null;
const voice = folderModel(builtInVoice, "demo-voice");
const limited: Models = { ...noModels, transcription: voice };
const file = join(import.meta.dirname, "..", "resources", "samples", "bluebird-energy-bill.opus");

describe.runIf(canHear)("a call", () => {
  let whole: Recording;
  /** The part in which the agent says "Missus Turner", which the voice writes as one strange word. */
  let part: Recording;

  beforeAll(async () => {
    whole = await readRecording(file);
    part = cutRecording(whole, 60, 92);
  });

  const attention = { signal: new AbortController().signal, onProgress: () => {} };
  const spoken = async (recording: Recording): Promise<Diarization> =>
    diarize(recording.sound, recording.audio, limited, makeTensor, defaultSpeechOptions, attention);
  const hear = async (
    recording: Recording,
    options: Partial<SpeechOptions> = {},
    models: Models = limited,
    onTurns?: (heard: HeardSoFar) => void,
  ): Promise<Transcript> => {
    const listening = onTurns === undefined ? attention : { ...attention, onTurns };
    const asked = { ...defaultSpeechOptions, language: "en", ...options };
    return recognise(recording.sound, recording.audio, await spoken(recording), models, makeTensor, asked, listening);
  };
  const terms = (...all: string[]): SpeechOptions["vocabulary"] => ({
    terms: all.map((term) => ({ term, soundsLike: [] })),
    replacements: [],
  });

  it("is told turn by turn while it is heard, and what was told is what comes of it", async () => {
    let told: Turn[] = [];
    const until: number[] = [];
    let ended = false;
    const transcript = await hear(whole, {}, limited, ({ from, turns, untilMs }) => {
      expect(ended).toBe(false);
      expect(from).toBeLessThanOrEqual(told.length);
      told = [...told.slice(0, from), ...turns];
      until.push(untilMs);
      for (const turn of turns) expect(turn.startMs).toBeLessThan(untilMs);
    });
    ended = true;
    expect(told).toEqual(transcript.turns);
    // Several times, the first of them before half of the call was heard.
    expect(until.length).toBeGreaterThanOrEqual(3);
    expect(until[0]).toBeLessThan(transcript.durationMs / 2);
    expect(until).toEqual(until.toSorted((a, b) => a - b));
  });

  it("has a term written right that was nearly heard, and nothing else is changed by it", async () => {
    const plain = await hear(part);
    expect(plain.turns.some(({ text }) => text.includes("Missus Turner"))).toBe(false);
    const biased = await hear(part, { vocabulary: terms("Missus Turner") });
    const at = biased.turns.findIndex(({ text }) => text.includes("Missus Turner"));
    expect(at).toBeGreaterThanOrEqual(0);
    const others = (transcript: Transcript) => transcript.turns.filter((_, index) => index !== at).map(({ text }) => text);
    expect(others(biased)).toEqual(others(plain));
    const rest = (text = "") => text.split(". ").slice(1);
    expect(rest(biased.turns[at]?.text)).toEqual(rest(plain.turns[at]?.text));
    expect(biased.provenance?.vocabulary?.terms).toEqual([{ term: "Missus Turner", soundsLike: [] }]);
    expect(plain.provenance?.vocabulary).toBeUndefined();

    // Terms that nobody says change nothing, with several lines followed at once either.
    const absent = await hear(part, { vocabulary: terms("Earmark", "Contoso", "Fabrikam Energy", "Turin", "Dan Brown") });
    expect(absent.turns).toEqual(plain.turns);
    const beams = await hear(part, { beams: 3 });
    expect((await hear(part, { beams: 3, vocabulary: terms("Earmark", "Contoso") })).turns).toEqual(beams.turns);
    expect(beams.provenance?.beams).toBe(3);
  });

  it("has what sounds alike put right, with the times and the words that were heard", async () => {
    const plain = await hear(part);
    const put = await hear(part, {
      vocabulary: {
        terms: [{ term: "Levy", soundsLike: ["annual fee"] }],
        replacements: [{ heard: "credit", written: "refund" }],
      },
    });
    const words = put.turns.flatMap((turn) => turn.words);
    const before = plain.turns.flatMap((turn) => turn.words);
    const levy = words.find((word) => word.text.startsWith("Levy"));
    const fee = before.find((word) => word.text.startsWith("fee"));
    expect(levy).toMatchObject({ heard: expect.stringMatching(/^annual fee/iu), endMs: fee?.endMs });
    expect(levy?.startMs).toBe(before.find((word) => word.text === "annual")?.startMs);
    expect(words.find((word) => word.text === "refund")).toMatchObject({ heard: "credit" });
    expect(put.provenance?.vocabulary?.replacements).toEqual([{ heard: "credit", written: "refund" }]);
    for (const turn of put.turns) expect(turn.text).toBe(turn.words.map(({ text }) => text).join(" "));
  });

  it("of one language stays in it when two are possible, and a language that is not possible is not heard", async () => {
    const plain = await hear(part);
    const both = await hear(part, { language: "auto", languages: ["en-GB", "es"] });
    expect(both.language).toBe("en");
    expect(both.turns.every((turn) => turn.language === undefined)).toBe(true);
    expect(both.turns.map(({ text }) => text)).toEqual(plain.turns.map(({ text }) => text));
    expect((await hear(part, { language: "auto", languages: ["es"] })).language).toBe("es");
  });

  it("keeps, with its doubts, what a full model makes of sound that is no speech of its language", async () => {
    const full: Models = { ...noModels, transcription: { ...voice, limited: false } };
    const forwards = cutRecording(whole, 5, 17);
    const backwards = recordingOf(
      forwards.channels.map((channel) => channel.slice().reverse()),
      forwards.audio,
    );
    const words = (await hear(backwards, {}, full)).turns.flatMap((turn) => turn.words);
    expect(words.length).toBeGreaterThan(5);
    expect(words.some((word) => word.doubt !== undefined)).toBe(true);
    const doubts = (await hear(forwards, {}, full)).turns.flatMap((turn) => turn.words.flatMap(({ doubt }) => doubt ?? []));
    expect(doubts).toEqual([]);
  });
});
