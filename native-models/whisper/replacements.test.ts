import { describe, expect, it } from "vitest";
import type { Turn } from "../../app/conversation/conversation.ts";
import { noVocabulary } from "../../app/conversation/vocabulary.ts";
import { replacing } from "./replacements.ts";

function turn(text: string): Turn {
  const words = text.split(" ").map((one, i) => ({
    id: `w${i}`,
    text: one,
    startMs: i * 1_000,
    endMs: i * 1_000 + 800,
    confidence: 0.9 - i / 100,
  }));
  return { id: "t0", participantId: "p0", startMs: 0, endMs: words.length * 1_000, text, words, speakerConfidence: null };
}

const earmark = replacing({ terms: [{ term: "Earmark", soundsLike: ["earmarks", "ear mark"] }], replacements: [] });

describe("replacements", () => {
  it("write a term for what it sounds like: whole words, whatever their case, times and punctuation kept", () => {
    const heard = turn("This is EARMARKS, not (earmarked) earmarks!");
    const [put] = earmark([heard]);
    expect(put?.text).toBe("This is Earmark, not (earmarked) Earmark!");
    expect(put?.words[2]).toEqual({ ...heard.words[2], text: "Earmark,", heard: "EARMARKS," });
    expect(put?.words.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(
      heard.words.map(({ startMs, endMs }) => [startMs, endMs]),
    );
    expect(put?.words.filter((word) => word.heard !== undefined)).toHaveLength(2);
  });

  it("join several words to one, from the first one's start to the last one's end, as sure as the least sure", () => {
    const [put] = earmark([turn("an ear mark. then")]);
    expect(put?.text).toBe("an Earmark. then");
    expect(put?.words[1]).toMatchObject({ id: "w1", startMs: 1_000, endMs: 2_800, confidence: 0.88, heard: "ear mark." });
  });

  it("do not reach over the end of a sentence", () => {
    expect(earmark([turn("my ear. Mark it")])[0]?.text).toBe("my ear. Mark it");
  });

  it("part one word into several with ids of their own, in its time", () => {
    const put = replacing({ ...noVocabulary, replacements: [{ heard: "wifi", written: "Wi Fi router" }] })([
      turn("the wifi, yes"),
    ]);
    expect(put[0]?.text).toBe("the Wi Fi router, yes");
    const ids = put[0]?.words.map(({ id }) => id) ?? [];
    expect(new Set(ids).size).toBe(ids.length);
    const parts = put[0]?.words.slice(1, 4) ?? [];
    expect(parts[0]?.startMs).toBe(1_000);
    expect(parts.at(-1)?.endMs).toBe(1_800);
    for (const [i, one] of parts.entries()) expect(one.startMs).toBeGreaterThanOrEqual(parts[i - 1]?.endMs ?? 0);
  });

  it("take the longest match, and of two alike the later; small letters take a sentence's capital", () => {
    const replace = replacing({
      terms: [],
      replacements: [
        { heard: "blue", written: "azure" },
        { heard: "blue bird", written: "Bluebird" },
        { heard: "bill", written: "invoice" },
        { heard: "bill", written: "statement" },
      ],
    });
    expect(replace([turn("Bill has a blue bird in blue")])[0]?.text).toBe("Statement has a Bluebird in azure");
  });

  it("leave everything else as it is, to the object", () => {
    const other = turn("nothing of the kind");
    expect(earmark([other])[0]).toBe(other);
    expect(earmark([turn("Earmark")])[0]?.words[0]?.heard).toBeUndefined();
    expect(replacing(noVocabulary)([other])[0]).toBe(other);
  });

  it("keep a doubt", () => {
    const heard = turn("an ear mark");
    const doubtful = {
      ...heard,
      words: heard.words.map((word, i) => (i === 2 ? { ...word, doubt: "improbable" as const } : word)),
    };
    expect(earmark([doubtful])[0]?.words[1]).toMatchObject({ text: "Earmark", doubt: "improbable" });
  });
});
