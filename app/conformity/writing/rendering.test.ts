import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversationOf } from "./hostile.test-data.ts";
import { contextTurns, excerptOf, splitParts } from "./parts.ts";
import { dataBlock, escapeData, lineOf, renderTranscript, unescapeData, visible } from "./rendering.ts";
import { estimateTokens } from "./tokens.ts";

const turnArbitrary = fc.record({
  by: fc.constantFrom("agent" as const, "customer" as const),
  text: fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { minLength: 1, maxLength: 30 }).map((words) => words.join(" ")),
  written: fc.boolean(),
});

describe("a transcript as a model reads it", () => {
  it("has an id before every word, and who speaks without a name", () => {
    const { conversation } = conversationOf([
      { by: "agent", text: "Good morning" },
      { by: "customer", text: "my bill <b> is | up", written: true },
    ]);
    const named = { ...conversation, participants: conversation.participants.map((one) => ({ ...one, name: "Laura Smith" })) };
    const { turns, word } = renderTranscript(named);
    expect(turns.map((turn) => lineOf(turn))).toEqual([
      "[1] agent 0:00 1.1|Good 1.2|morning",
      "[2] customer 0:05 2.1|my 2.2|bill 2.3|&lt;b&gt; 2.4|is 2.5|&#124; 2.6|up",
    ]);
    expect(word("2.3")?.turn.words[2]).toMatchObject({ text: "<b>", from: 8, to: 11 });
    expect(word("3.1")).toBeUndefined();
  });

  it("leaves out what was masked, and keeps the ids of the words behind it", () => {
    const { conversation } = conversationOf([{ by: "customer", text: "it is [PAN] x x thanks" }]);
    const [turn] = conversation.turns;
    const words = (turn?.words ?? []).map((word) => (word.text === "x" ? { ...word, text: "" } : word));
    const { turns } = renderTranscript({ ...conversation, turns: turn === undefined ? [] : [{ ...turn, words }] });
    expect(turns[0]?.words.map(({ id, text }) => `${id} ${text}`)).toEqual(["1.1 it", "1.2 is", "1.3 [PAN]", "1.6 thanks"]);
  });

  it("numbers several speakers of one side", () => {
    const { conversation } = conversationOf([{ by: "customer", text: "hello" }]);
    const more = { id: "c2", role: "customer" as const, roleConfidence: null, name: null, channel: null };
    expect(renderTranscript({ ...conversation, participants: [...conversation.participants, more] }).turns[0]?.speaker).toBe(
      "customer 1",
    );
  });

  it("never lets what was said leave its line or its block, whatever it is", () => {
    fc.assert(
      fc.property(fc.array(turnArbitrary, { minLength: 1, maxLength: 6 }), (turns) => {
        const lines = renderTranscript(conversationOf(turns).conversation).turns.map((turn) => lineOf(turn));
        const block = dataBlock("transcript", "abc", lines);
        expect(block.split("\n")).toHaveLength(lines.length + 2);
        expect(block.match(/</gu)).toHaveLength(2);
        expect(lines.join("")).not.toMatch(/[<>`\p{Cc}\p{Cf}]/u);
        // No word looks like another's id.
        for (const line of lines) expect(line.match(/\d+\.\d+\|/gu)?.length).toBe(line.match(/\|/gu)?.length);
      }),
      { numRuns: 100 },
    );
  });

  it("gives back what it escaped", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => unescapeData(escapeData(text)) === text));
    expect(unescapeData(escapeData("&lt; &amp;lt;"))).toBe("&lt; &amp;lt;");
  });

  it("shows nothing that people do not see", () => {
    expect(visible("a\u200bb\u202ec\u{e0041}d\ne")).toBe("abcd e");
  });
});

describe("parts of a long transcript", () => {
  const long = renderTranscript(
    conversationOf(
      Array.from({ length: 120 }, (_, index) => ({
        by: index % 2 === 0 ? ("agent" as const) : ("customer" as const),
        text: `turn ${index} ${"word ".repeat(1 + (index % 12)).trim()}`,
      })),
    ).conversation,
  );

  it("hold every turn with its neighbours on both sides in at least one of them, each within the budget", () => {
    const parts = splitParts(long, 800);
    expect(parts.length).toBeGreaterThan(3);
    for (const { turns, tokens } of parts) {
      expect(tokens).toBeLessThanOrEqual(800);
      expect(estimateTokens(turns.map(({ turn, words }) => lineOf(turn, words)).join("\n"))).toBeLessThanOrEqual(tokens);
    }
    const last = long.turns.length;
    for (const { number } of long.turns) {
      const needed = [number - contextTurns, number, number + contextTurns].map((one) => Math.min(last, Math.max(1, one)));
      const isWhole = parts.some(({ turns }) => needed.every((one) => turns.some(({ turn }) => turn.number === one)));
      expect(isWhole, `turn ${number}`).toBe(true);
    }
  });

  it("are one where everything fits", () => {
    expect(splitParts(long, 1_000_000)).toHaveLength(1);
    expect(splitParts(long, 1_000_000)[0]?.turns).toHaveLength(120);
  });

  it("cut a turn between words that no part has room for, with words in both pieces", () => {
    const { conversation } = conversationOf([
      { by: "customer", text: Array.from({ length: 900 }, (_, index) => `w${index}`).join(" ") },
    ]);
    const parts = splitParts(renderTranscript(conversation), 600);
    expect(parts.length).toBeGreaterThan(3);
    const words = parts.map(({ turns }) => turns.flatMap((one) => one.words.map(({ id }) => id)));
    expect(new Set(words.flat()).size).toBe(900);
    for (const [index, some] of words.entries()) {
      if (index > 0) expect(some.filter((id) => words[index - 1]?.includes(id)).length).toBeGreaterThan(10);
      expect(parts[index]?.tokens).toBeLessThanOrEqual(600);
    }
  });

  it("always come to an end and lose no turn, whatever the budget", () => {
    fc.assert(
      fc.property(fc.array(turnArbitrary, { maxLength: 20 }), fc.integer({ min: 50, max: 500 }), (turns, budget) => {
        const rendered = renderTranscript(conversationOf(turns).conversation);
        const seen = new Set(
          splitParts(rendered, budget).flatMap((part) => part.turns.flatMap(({ words }) => words.map(({ id }) => id))),
        );
        expect(seen.size).toBe(rendered.turns.reduce((sum, turn) => sum + turn.words.length, 0));
      }),
      { numRuns: 60 },
    );
  });

  it("are gathered into an excerpt with what stands around", () => {
    expect(excerptOf(long, new Set([5, 60]), 1).turns.map(({ turn }) => turn.number)).toEqual([4, 5, 6, 59, 60, 61]);
  });
});

describe("tokens", () => {
  it("are counted by script, rather too many than too few", () => {
    expect(estimateTokens("")).toBe(0);
    // "The quick brown fox jumps over the lazy dog." takes 10 tokens in the vocabularies that are public.
    expect(estimateTokens("The quick brown fox jumps over the lazy dog.")).toBeGreaterThanOrEqual(10);
    expect(estimateTokens("すべての質問に答える")).toBeGreaterThanOrEqual(10);
    expect(estimateTokens("все вопросы")).toBeGreaterThan(estimateTokens("all queries"));
  });
});
