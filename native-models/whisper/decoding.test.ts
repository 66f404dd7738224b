import type { Tensor } from "onnxruntime-common";
import { describe, expect, it } from "vitest";
import { SpeechError } from "../speech-error.ts";
import type { WhisperConfiguration } from "./configuration.ts";
import { type Decoder, decodeWindows, isSilent, languageProbabilities, promptOf, whisperThresholds } from "./decoding.ts";
import type { DecoderMemory, WhisperNetwork } from "./network.ts";
import { decodingRules } from "./rules.ts";
import { mostProbableLanguage } from "./spoken-language.ts";
import type { TokenReader } from "./tokens.ts";

/*
 * Decoding on logits made by hand. Twelve text tokens (a to l), the end 12, start 13, `en` 14, `es` 15, transcribe 16,
 * translate 17, previous 18, no speech 19, no timestamps 20, times 21 to 40.
 */

const vocabulary = 41;
const end = 12;
const time = 21;
const configuration: WhisperConfiguration = {
  modelWidth: 4,
  decoderLayers: 1,
  decoderHeads: 1,
  encoderPositions: 10,
  decoderPositions: 80,
  vocabulary,
  features: { bands: 80, fftSize: 400, hop: 160, rate: 16_000, frames: 20 },
  medianFilterWidth: 7,
  alignmentHeads: [[0, 0]],
  multilingual: true,
  languages: new Map([
    ["en", 14],
    ["es", 15],
  ]),
  tokens: {
    startOfTranscript: 13,
    endOfText: end,
    transcribe: 16,
    translate: 17,
    startOfPrevious: 18,
    noTimestamps: 20,
    firstTimestamp: time,
  },
  suppressed: [],
  suppressedAtBeginning: [],
  latestFirstTimestamp: null,
  secondsPerPosition: 0.02,
};
const reader: TokenReader = {
  text: (ids) => ids.map((id) => String.fromCharCode(97 + id)).join(""),
  words: () => [],
  tokens: () => [],
  special: (name) => (name === "<|nospeech|>" ? 19 : null),
};

/** Probabilities of the next token in a window after what was said; what is left is shared by all others. */
type Voice = (window: number, said: readonly number[]) => Readonly<Record<number, number>>;

/** A network that says what it is told to, and notes how many rows each step had. */
function spoken(voice: Voice, beginning: Voice = () => ({})): { network: WhisperNetwork; rows: number[] } {
  const rows: number[] = [];
  const lines = new WeakMap<DecoderMemory, readonly (readonly number[])[]>();
  const logitsOf = (chances: Readonly<Record<number, number>>) => {
    const named = Object.values(chances).reduce((sum, chance) => sum + chance, 0);
    const rest = Math.max(1e-9, 1 - named) / (vocabulary - Object.keys(chances).length);
    return Float32Array.from({ length: vocabulary }, (_, token) => Math.log(chances[token] ?? rest));
  };
  const reply = (windows: readonly number[], said: readonly (readonly number[])[], first: readonly Float32Array[][]) => {
    rows.push(windows.length);
    const all = windows.flatMap((window, row) => [...(first[row] ?? []), logitsOf(voice(window, said[row] ?? []))]);
    const logits = new Float32Array(all.length * vocabulary);
    for (const [i, one] of all.entries()) logits.set(one, i * vocabulary);
    const memory: DecoderMemory = { said: {}, heard: {}, windows };
    lines.set(memory, said);
    return { logits, attention: windows.map((window, row) => Float32Array.of(window, said[row]?.length ?? 0)), memory };
  };
  const network: WhisperNetwork = {
    encode: () => Promise.reject(new Error("Nothing is encoded here.")),
    begin: async (prompt, encoded) => {
      const windows = encoded.map(({ states }) => states as unknown as number);
      const before = windows.map((window) => prompt.slice(1).map(() => logitsOf(beginning(window, []))));
      return reply(
        windows,
        windows.map(() => []),
        before,
      );
    },
    goOn: async (tokens, memory) => {
      const said = (lines.get(memory) ?? []).map((line, row) => [...line, tokens[row] as number]);
      return reply(memory.windows, said, []);
    },
    choose: (memory, chosen) => {
      const made = { ...memory, windows: chosen.map((row) => memory.windows[row] as number) };
      const all = lines.get(memory) ?? [];
      lines.set(
        made,
        chosen.map((row) => all[row] ?? []),
      );
      return made;
    },
  };
  return { network, rows };
}

const prompt = promptOf(configuration, "en", "transcribe");
const { signal } = new AbortController();
const utterance = (window: number) => ({ encoded: { states: window as unknown as Tensor }, seconds: 1 });
const decoderOf = (network: WhisperNetwork): Decoder => ({ network, configuration, rules: decodingRules(configuration), reader });
const spell = (said: readonly { readonly id: number }[]) =>
  said.map(({ id }) => (id >= time ? "|" : String.fromCharCode(97 + id))).join("");

/** Says a time, then some letters one after another, then the time after them, and ends. */
const saying =
  (texts: readonly string[], sure = 0.9): Voice =>
  (window, said) => {
    const text = texts[window] ?? "";
    const at = said.length - 1;
    if (at < 0) return { [time]: sure };
    if (at < text.length) return { [text.charCodeAt(at) - 97]: sure };
    return at === text.length ? { [time + 9]: sure } : { [end]: sure };
  };

describe("decoding windows together", () => {
  const texts = ["abc", "de", "fghijkl", "a"];

  it("gives each what it would be by itself, and takes rows that are done out of the step", async () => {
    const { network, rows } = spoken(saying(texts));
    const windows = texts.map((_, window) => utterance(window));
    const together = await decodeWindows(decoderOf(network), windows, prompt, whisperThresholds, signal);
    expect(together.map(({ said }) => spell(said))).toEqual(texts.map((text) => `|${text}|`));
    expect(rows).toEqual([4, 4, 4, 4, 3, 2, 1, 1, 1, 1]);
    for (const [window, one] of windows.entries()) {
      const [alone] = await decodeWindows(decoderOf(network), [one], prompt, whisperThresholds, signal);
      expect(alone).toEqual(together[window]);
    }
  });

  it("takes half of them at a time where there is no memory for all", async () => {
    const { network, rows } = spoken(saying(texts));
    const small: WhisperNetwork = {
      ...network,
      begin: (asked, encoded) =>
        encoded.length > 2
          ? Promise.reject(new SpeechError("engine-failed", "Whisper's decoder: bad_alloc"))
          : network.begin(asked, encoded),
    };
    const windows = texts.map((_, window) => utterance(window));
    const heard = await decodeWindows(decoderOf(small), windows, prompt, whisperThresholds, signal);
    expect(heard.map(({ said }) => spell(said))).toEqual(texts.map((text) => `|${text}|`));
    expect(Math.max(...rows)).toBe(2);
    const broken = { ...network, begin: () => Promise.reject(new SpeechError("engine-failed", "The driver is gone.")) };
    const attempt = decodeWindows(decoderOf(broken), windows, prompt, whisperThresholds, signal);
    await expect(attempt).rejects.toThrow("The driver is gone.");
  });

  it("tells of each token how likely it was, and the mean over all with the end", async () => {
    const { network } = spoken(saying(["ab"], 0.5));
    const [heard] = await decodeWindows(decoderOf(network), [utterance(0)], prompt, whisperThresholds, signal);
    const [, first] = heard?.said ?? [];
    // Under the rules the prompt tokens and the first time are not among what could be said.
    const rest = 0.5 / (vocabulary - 1);
    expect(first?.logProbability).toBeCloseTo(Math.log(0.5 / (0.5 + 11 * rest + rest)), 5);
    expect(first?.probability).toBeCloseTo(0.5 / (0.5 + 11 * rest), 5);
    const sum = heard?.said.reduce((total, { logProbability }) => total + logProbability, 0) ?? 0;
    expect(heard?.meanLogProbability).toBeLessThan(sum / 5);
    expect(heard?.unfinished).toBe(false);
  });

  it("stops a line that does not end, at what a second of sound can hold", async () => {
    const { network } = spoken((_, said) => (said.length === 0 ? { [time]: 0.9 } : { [(said.length * 5) % 12]: 0.9 }));
    const [heard] = await decodeWindows(decoderOf(network), [utterance(0)], prompt, whisperThresholds, signal);
    expect(heard?.said).toHaveLength(40);
    expect(heard?.unfinished).toBe(true);
    expect([...(heard?.lastAttention ?? [])]).toEqual([0, 40]);
  });

  it("stops between tokens when it is cancelled", async () => {
    const stop = new AbortController();
    const { network, rows } = spoken((window, said) => {
      if (said.length === 2) stop.abort();
      return saying(texts)(window, said);
    });
    const attempt = decodeWindows(decoderOf(network), [utterance(2)], prompt, whisperThresholds, stop.signal);
    await expect(attempt).rejects.toMatchObject({ code: "cancelled" });
    expect(rows.length).toBeLessThan(5);
  });
});

describe("trying again", () => {
  it("goes on to a higher temperature where the text is a loop, for that window alone", async () => {
    const { network, rows } = spoken((window, said) => {
      if (window === 1) return saying(["", "bcd"])(1, said);
      // Alone it says the same letter thirty times; drawn, other letters come as often.
      if (said.length === 0) return { [time]: 0.9 };
      return said.length < 31 ? { 0: 0.24, 1: 0.15, 2: 0.15, 3: 0.15, 4: 0.15, 5: 0.15 } : { [end]: 0.99 };
    });
    const thresholds = { ...whisperThresholds, meanLogProbability: -10 };
    const [loop, plain] = await decodeWindows(decoderOf(network), [utterance(0), utterance(1)], prompt, thresholds, signal);
    expect(plain?.temperature).toBe(0);
    expect(spell(plain?.said ?? [])).toBe("|bcd|");
    expect(loop?.temperature).toBeGreaterThan(0);
    expect(loop?.compressionRatio).toBeLessThanOrEqual(2.4);
    expect(rows.filter((count) => count === 2).length).toBeGreaterThan(0);
    // Drawing is the same on every run.
    const again = await decodeWindows(decoderOf(network), [utterance(0)], prompt, thresholds, signal);
    expect(spell(again[0]?.said ?? [])).toBe(spell(loop?.said ?? []));
  });

  it("goes on where the text is a guess, and keeps the likeliest when none is good", async () => {
    const { network } = spoken((_, said) => (said.length < 4 ? { [time]: 0.03 } : { [end]: 0.5 }));
    const [heard] = await decodeWindows(decoderOf(network), [utterance(0)], prompt, whisperThresholds, signal);
    expect(heard?.meanLogProbability).toBeLessThan(-1);
    const each = await Promise.all(
      whisperThresholds.temperatures.map(async (temperature) => {
        const only = { ...whisperThresholds, temperatures: [temperature] };
        const [one] = await decodeWindows(decoderOf(network), [utterance(0)], prompt, only, signal);
        return one?.meanLogProbability ?? 0;
      }),
    );
    expect(heard?.meanLogProbability).toBe(Math.max(...each));
  });

  it("does not try again where nobody spoke, and says so", async () => {
    const quiet: Voice = () => ({ 19: 0.8 });
    const { network } = spoken((_, said) => (said.length < 4 ? { [time]: 0.03 } : { [end]: 0.5 }), quiet);
    const [heard] = await decodeWindows(decoderOf(network), [utterance(0)], prompt, whisperThresholds, signal);
    expect(heard?.noSpeechProbability).toBeCloseTo(0.8, 5);
    expect(heard?.temperature).toBe(0);
    expect(heard !== undefined && isSilent(heard, whisperThresholds)).toBe(true);
    const sure = spoken(saying(["ab"]), quiet);
    const [words] = await decodeWindows(decoderOf(sure.network), [utterance(0)], prompt, whisperThresholds, signal);
    expect(words !== undefined && isSilent(words, whisperThresholds)).toBe(false);
  });
});

describe("beam search", () => {
  // The likeliest first letter leads to a guess; the second one to something sure.
  const trap: Voice = (_, said) => {
    if (said.length === 0) return { [time]: 0.95 };
    if (said.length === 1) return { 0: 0.5, 1: 0.45 };
    if (said.length === 2) return said[1] === 0 ? { 2: 0.2, 3: 0.2, 4: 0.2, 5: 0.2 } : { 6: 0.95 };
    return said.length === 3 ? { [time + 9]: 0.95 } : { [end]: 0.95 };
  };

  it("finds a line that greedy decoding walks past", async () => {
    const { network } = spoken(trap);
    const [greedy] = await decodeWindows(decoderOf(network), [utterance(0)], prompt, whisperThresholds, signal);
    expect(spell(greedy?.said ?? [])).toBe("|ac|");
    const beams = { ...whisperThresholds, beams: 3 };
    const [found] = await decodeWindows(decoderOf(network), [utterance(0)], prompt, beams, signal);
    expect(spell(found?.said ?? [])).toBe("|bg|");
    expect(found?.meanLogProbability).toBeGreaterThan(greedy?.meanLogProbability ?? 0);
    expect(found?.unfinished).toBe(false);
  });

  it("searches several windows side by side, each as by itself", async () => {
    const { network, rows } = spoken((window, said) => (window === 0 ? trap(0, said) : saying(["", "abcde"], 0.6)(1, said)));
    const thresholds = { ...whisperThresholds, beams: 2 };
    const both = await decodeWindows(decoderOf(network), [utterance(0), utterance(1)], prompt, thresholds, signal);
    expect(both.map(({ said }) => spell(said))).toEqual(["|bg|", "|abcde|"]);
    expect(Math.max(...rows)).toBe(4);
    const [alone] = await decodeWindows(decoderOf(network), [utterance(1)], prompt, thresholds, signal);
    expect(alone).toEqual(both[1]);
  });
});

describe("the prompt", () => {
  it("names the language and the task, and before them the words that are likely to be said", () => {
    expect(promptOf(configuration, "es", "translate")).toEqual([13, 15, 17]);
    expect(promptOf(configuration, null, "transcribe")).toEqual([13, 16]);
    expect(promptOf(configuration, "en", "transcribe", [1, 2, 3])).toEqual([18, 1, 2, 3, 13, 14, 16]);
    expect(promptOf({ ...configuration, multilingual: false }, "en", "transcribe")).toEqual([13]);
  });

  it("keeps the end of a long list of words, and at most half of the positions", () => {
    const many = Array.from({ length: 100 }, (_, i) => i % 12);
    const long = promptOf(configuration, "en", "transcribe", many);
    expect(long.slice(0, 40)).toEqual([18, ...many.slice(-39)]);
    expect(long).toHaveLength(43);
  });
});

describe("the language", () => {
  it("is the one most probable over several windows, not the surest of one", async () => {
    const { network } = spoken((window) => (window === 0 ? { 14: 0.9, 15: 0.05 } : { 14: 0.3, 15: 0.65 }));
    const all = await languageProbabilities(
      { network, configuration },
      [0, 1, 2].map((window) => utterance(window).encoded),
    );
    expect(all[0]?.get("en")).toBeCloseTo(0.9 / 0.95, 5);
    expect(mostProbableLanguage(all)).toBe("en");
    expect(mostProbableLanguage(all.slice(1))).toBe("es");
    expect(mostProbableLanguage([])).toBeNull();
  });
});
