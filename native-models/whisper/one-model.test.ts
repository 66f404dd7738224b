import type { InferenceSession } from "onnxruntime-common";
import { describe, expect, it } from "vitest";
import type { WhisperConfiguration } from "./configuration.ts";
import { checkGraphs, checkTokens } from "./one-model.ts";
import type { TokenReader } from "./tokens.ts";

const configuration = {
  modelWidth: 384,
  encoderPositions: 1_500,
  features: { bands: 80, frames: 3_000 },
  vocabulary: 51_865,
  decoderHeads: 6,
  decoderLayers: 4,
  languages: new Map([["en", 50_259]]),
  tokens: { endOfText: 50_257, startOfTranscript: 50_258, transcribe: 50_359, noTimestamps: 50_363 },
} as unknown as WhisperConfiguration;

type Shape = readonly (number | string)[];

/** A session as far as it is described: names with their shapes. */
function described(inputs: Readonly<Record<string, Shape>>, outputs: Readonly<Record<string, Shape>>, type = "float32") {
  const values = (all: Readonly<Record<string, Shape>>) =>
    Object.entries(all).map(([name, shape]) => ({ name, isTensor: true, type, shape }) as InferenceSession.ValueMetadata);
  return { inputMetadata: values(inputs), outputMetadata: values(outputs) };
}
const encoder = (bands: number | string, width: number | string, type?: string) =>
  described({ input_features: ["batch", bands, 3_000] }, { last_hidden_state: ["batch", 1_500, width] }, type);
const decoder = (heads: number, width: number, vocabulary: number | string, layers = 4) =>
  described(
    { encoder_hidden_states: ["batch", "n", heads * width], "past_key_values.0.decoder.key": ["batch", heads, "past", width] },
    {
      logits: ["batch", "n", vocabulary],
      ...Object.fromEntries(Array.from({ length: layers }, (_, i) => [`present.${i}.decoder.key`, ["batch", heads, "n", width]])),
    },
  );

function refusal(one: ReturnType<typeof described>, other: ReturnType<typeof described>): string {
  try {
    checkGraphs({ id: "m" }, configuration, one, { first: other, next: other });
    return "";
  } catch (error) {
    expect(error).toMatchObject({ code: "model-unsuitable" });
    return String(error);
  }
}

describe("graphs of several models", () => {
  it("are told from one model's, open dimensions aside", () => {
    expect(refusal(encoder(80, 384), decoder(6, 64, 51_865))).toBe("");
    expect(refusal(encoder("bands", "width"), decoder(6, 64, "words"))).toBe("");
    expect(refusal(encoder(128, 384), decoder(6, 64, 51_865))).toMatch(/encoder.*128 bands.*80/u);
    expect(refusal(encoder(80, 512), decoder(6, 64, 51_865))).toMatch(/encoder.*512 numbers a position.*384/u);
    expect(refusal(encoder(80, 384), decoder(8, 64, 51_865))).toMatch(/decoder.*512 numbers a position.*384/u);
    expect(refusal(encoder(80, 384), decoder(12, 32, 51_865))).toMatch(/decoder.*12 heads.*6/u);
    expect(refusal(encoder(80, 384), decoder(6, 64, 51_866))).toMatch(/decoder.*51866 tokens.*51865/u);
    expect(refusal(encoder(80, 384), decoder(6, 64, 51_865, 6))).toMatch(/more layers than the 4/u);
    expect(refusal(encoder(80, 384, "float16"), decoder(6, 64, 51_865))).toMatch(/input_features in half precision/u);
  });
});

describe("a tokenizer of another model", () => {
  const reader = (ids: Readonly<Record<string, number>>) =>
    ({ special: (name: string) => ids[name] ?? null }) as unknown as TokenReader;
  const ids = { "<|endoftext|>": 50_257, "<|startoftranscript|>": 50_258, "<|en|>": 50_259, "<|transcribe|>": 50_359 };

  it("is told by its special tokens; one that it does not name is passed over", () => {
    const check = (all: Readonly<Record<string, number>>) => () => checkTokens({ id: "m" }, configuration, reader(all));
    expect(check({ ...ids, "<|notimestamps|>": 50_363 })).not.toThrow();
    expect(check(ids)).not.toThrow();
    expect(check({ ...ids, "<|transcribe|>": 50_360 })).toThrow(/<\|transcribe\|> is 50360/u);
    expect(check({ ...ids, "<|en|>": 7 })).toThrow(/another model's/u);
    expect(check({})).toThrow(/no Whisper's/u);
  });
});
