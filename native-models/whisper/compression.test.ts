import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { compressionRatio } from "./compression.ts";

const plain =
  "Thank you for calling Northwind Bank, my name is Laura, how can I help you today? I have a charge on my statement that I do not recognise, and I would like to know who made it and when.";
const texts = [
  "Okay.",
  "Thank you, bye.",
  plain,
  `${plain} ${plain}`,
  "thank you for watching ".repeat(12).trim(),
  "no no no no no no no no no no no no no no no no no no no no",
  "Jó napot kívánok, a számlámmal kapcsolatban szeretnék érdeklődni, mert valami nem stimmel.",
];

describe("the compression ratio", () => {
  for (const text of texts) {
    it(`is near zlib's for "${text.slice(0, 30)}"`, () => {
      const expected = Buffer.byteLength(text) / deflateSync(text).length;
      expect(Math.abs(compressionRatio(text) - expected) / expected).toBeLessThan(0.2);
      // What counts is the side of Whisper's threshold.
      expect(compressionRatio(text) > 2.4).toBe(expected > 2.4);
    });
  }

  it("is nought for nothing", () => {
    expect(compressionRatio("")).toBe(0);
  });
});
