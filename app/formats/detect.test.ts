import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EarmarkError } from "../contract/errors.ts";
import { transcriptSchema } from "../conversation/conversation.ts";
import { detectFormat, formatNames, readTranscriptFile } from "./detect.ts";
import { formatSamples } from "./format-samples.test-data.ts";

/** Reads whatever it is given, and says how that ended: read, or the code of the refusal. Anything else fails the test. */
function outcomeOf(text: string): string {
  try {
    const { transcript, startedAt } = readTranscriptFile(text);
    transcriptSchema.parse(transcript);
    if (startedAt !== null) expect(new Date(startedAt).toISOString()).toBe(startedAt);
    // What goes into the library and out again must be the same.
    expect(JSON.parse(JSON.stringify(transcript))).toEqual(transcript);
    return "read";
  } catch (thrown) {
    if (thrown instanceof EarmarkError && (thrown.code === "format-unknown" || thrown.code === "format-malformed"))
      return thrown.code;
    throw thrown;
  }
}

describe("the format of a text", () => {
  it("is known for a file of each, by what is in it", () => {
    for (const [name, text] of Object.entries(formatSamples)) expect([name, detectFormat(text)]).toEqual([name, name]);
    expect([...Object.keys(formatSamples), "earmark"].toSorted()).toEqual(formatNames.toSorted());
  });
  it("is known behind a byte order mark and with the line ends of Windows", () => {
    for (const [name, text] of Object.entries(formatSamples)) {
      expect(detectFormat(`\uFEFF${text.replaceAll(/\r?\n/gu, "\r\n")}`)).toBe(name);
      expect(readTranscriptFile(text.replaceAll(/\r?\n/gu, "\r\n")).transcript).toEqual(readTranscriptFile(text).transcript);
    }
  });
  it("is none for what is no conversation", () => {
    for (const text of [
      "",
      " \n",
      "{}",
      "[]",
      "null",
      "42",
      '{"hello":"world"}',
      '[{"a":1}]',
      "a,b\n1,2\n",
      "Just a sentence.\n",
    ])
      expect([text, detectFormat(text)]).toEqual([text, null]);
    expect(() => readTranscriptFile("{}")).toThrow(expect.objectContaining({ code: "format-unknown" }));
  });
  it("is read through the comments and trailing commas of a documentation's example", () => {
    const text = formatSamples["contact-lens-voice"].replace('"Version"', '// an example\n"Version"').replace(/\}$/u, ",}");
    expect(detectFormat(text)).toBe("contact-lens-voice");
    expect(readTranscriptFile(text).transcript).toEqual(readTranscriptFile(formatSamples["contact-lens-voice"]).transcript);
  });
  it("that is broken JSON says where it breaks", () => {
    const text = '{\n  "Transcript": [\n    {"Content": “smart”}\n  ]\n}';
    for (const look of [detectFormat, readTranscriptFile])
      expect(() => look(text)).toThrow(
        expect.objectContaining({ code: "format-malformed", details: expect.objectContaining({ line: 3, column: 17 }) }),
      );
  });
});

describe("a hostile file", () => {
  const hostile = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      "",
      "\u0000",
      "\uD800",
      -1,
      1e308,
      -1e308,
      "1e309",
      "NaN",
      Number.MAX_SAFE_INTEGER,
      "9".repeat(40),
      [],
      {},
      [[[[]]]],
      { toString: 1, valueOf: null },
      { constructor: { prototype: 1 } },
      "0000-00-00T00:00:00Z",
      "+275760-09-13T00:00:00.000Z",
    ),
    fc.string({ maxLength: 20 }),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const names = Object.keys(formatSamples).filter((name) => /^[[{]/u.test(formatSamples[name as keyof typeof formatSamples]));

  it("with any value in any place is read or refused, never a crash", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 4 }),
        (name, changes) => {
          const text = formatSamples[name as keyof typeof formatSamples];
          let value: unknown = JSON.parse(name === "lex-v2" ? `[${text.split("\n").join(",")}]` : text);
          for (const [place, replacement] of changes) value = replaced(value, place % Math.max(1, placesIn(value)), replacement);
          outcomeOf(JSON.stringify(value));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("with any text cut out, put in or cut off is read or refused, never a crash", () => {
    const pieces = fc.constantFrom(
      "\n",
      ":",
      "{",
      "}",
      "[",
      '"',
      "\t",
      "-->",
      "00:00",
      "\u0000",
      "Agent:",
      '"__proto__":',
      "9e999",
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(formatSamples)),
        fc.nat(),
        fc.nat({ max: 40 }),
        pieces,
        (text, at, length, piece) => {
          const from = at % (text.length + 1);
          outcomeOf(text.slice(0, from) + piece + text.slice(from + length));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("of any words and marks is read or refused, never a crash", () => {
    const word = fc.constantFrom(
      "Agent",
      "Maria",
      ":",
      " ",
      "\n",
      "[00:01]",
      "(",
      ")",
      "12:59:59",
      "AM",
      "-->",
      "<v A>",
      "1",
      "\r\n",
      "{",
      "é",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        outcomeOf(words.join(""));
        outcomeOf(`WEBVTT\n\n${words.join("")}`);
      }),
      { numRuns: 300 },
    );
  });

  it("does not reach the prototypes of other objects", () => {
    const slots = '{"__proto__":{"polluted":"yes"},"constructor":{"value":{"interpretedValue":"x"}}}';
    const text = `{"messageVersion":"2.0","sessionId":"__proto__","inputTranscript":"hi","sessionState":{"intent":{"name":"__proto__","slots":${slots}}}}`;
    expect(outcomeOf(text)).toBe("read");
    expect(readTranscriptFile(text).transcript.turns[0]?.bot?.slots).toEqual({ constructor: "x" });
    expect(outcomeOf('// tolerant\n{"__proto__":{"segments":[{"start":1,"text":"x"}]},"segments":1}')).toBe("format-unknown");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("that is deep, long or huge ends in bounded time", () => {
    const many = 20_000;
    const texts = [
      "[".repeat(many * 10),
      `${"[".repeat(many)}${"]".repeat(many)}`,
      `${'{"events":['.repeat(many)}{"message":"{}"}${"]}".repeat(many)}`,
      `{"Transcript":${"[".repeat(many)}${"]".repeat(many)},"ContactId":"x"}`,
      `Agent: ${" ".repeat(many * 10)}x\nCustomer: ${"(".repeat(many * 10)}`,
      " ".repeat(many * 20),
      `${"Agent: x ".repeat(many)}\n`,
      "1:".repeat(many * 10),
      `WEBVTT\n\n00:00.000 --> 00:01.000\n${"<v ".repeat(many)}${"<".repeat(many)}${"&amp;".repeat(many)}${"{\\".repeat(many)}`,
      `[${"0,".repeat(many * 10)}0]`,
      `{"results":{"transcripts":[],"items":[${'{"type":"punctuation","alternatives":[{"content":"."}]},'.repeat(many)}{}]}}`,
      `${'{"messageVersion":"2.0","sessionId":"s","inputTranscript":"x","bot":{}}\n'.repeat(many / 4)}`,
    ];
    for (const text of texts) {
      const began = performance.now();
      outcomeOf(text);
      expect([text.slice(0, 40), performance.now() - began < 5_000]).toEqual([text.slice(0, 40), true]);
    }
  }, 60_000);
});

function placesIn(value: unknown): number {
  return typeof value === "object" && value !== null
    ? 1 + Object.values(value).reduce<number>((sum, one) => sum + placesIn(one), 0)
    : 1;
}

/** The value with what stands at the nth place, counted from the outside, replaced. */
function replaced(value: unknown, place: number, by: unknown): unknown {
  if (place === 0) return by;
  if (typeof value !== "object" || value === null) return value;
  let left = place - 1;
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => {
    const size = placesIn(one);
    const here = left >= 0 && left < size ? replaced(one, left, by) : one;
    left -= size;
    return [key, here];
  });
  return Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries);
}
