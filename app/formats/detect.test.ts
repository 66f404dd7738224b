import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EarmarkError } from "../contract/errors.ts";
import { transcriptSchema } from "../conversation/conversation.ts";
import { detectFormat, formatNames, lookAtFile, readTranscriptFile } from "./detect.ts";
import { formatSamples } from "./format-samples.test-data.ts";
import { otherMapping, otherTable } from "./message-samples.test-data.ts";

/** Reads whatever it is given, and says how that ended: read, or the code of the refusal. Anything else fails the test. */
function outcomeOf(text: string): string {
  try {
    const wishes = { mappings: [otherMapping] };
    const { transcript, startedAt, notes } = readTranscriptFile(text, wishes);
    // Whoever reads the report reads it whole.
    expect(notes.length).toBeLessThan(1_000);
    for (const { text: part } of lookAtFile(text, wishes).parts) readTranscriptFile(part, wishes);
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
    expect([...Object.keys(formatSamples), "earmark", "mapped-table"].toSorted()).toEqual(formatNames.toSorted());
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
  /** The same damage every time, so that what fails here fails everywhere. */
  const runs = { seed: 20_260_407, numRuns: 1_500 };
  const texts = [...Object.values(formatSamples), otherTable];
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
      runs,
    );
  }, 60_000);

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
      fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat({ max: 40 }), pieces, (text, at, length, piece) => {
        const from = at % (text.length + 1);
        outcomeOf(text.slice(0, from) + piece + text.slice(from + length));
      }),
      runs,
    );
  }, 60_000);

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
      runs,
    );
  }, 60_000);

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
      `{"Transcript":[${"7,".repeat(many * 5)}7],"ContactId":"x"}`,
      `{"messages":[${'{"conversation_sid":"C","body":"x"},'.repeat(many)}{}]}`,
      `[${'{"ts":"1770112800.000100","user":"U","text":"<@<@<@<|"},'.repeat(many / 2)}{}]`,
      `{"vcon":"0.0.2","parties":[],"dialog":[${'{"type":"text","body":"QUJD","encoding":"base64url"},'.repeat(many / 2)}{}]}`,
      `{"vcon":"0.0.2","parties":[],"analysis":[{"type":"transcript","body":${JSON.stringify("[".repeat(many))}}],"dialog":[]}`,
      `{"payload":"${"A".repeat(many * 50)}","signatures":[]}`,
      `when;who;said;case\n${'a;b;"c;d\n'.repeat(many)}`,
      `when;who;said;case\n${"2026-02-03;b;c;d\n".repeat(many)}`,
      `a,b\n${",".repeat(many * 50)}\n`,
      `SPEAKER c 1 0 1 <NA> <NA> a <NA> <NA>\n${"LEXEME c 1 9e999 1 x lex a 1 <NA>\n".repeat(many)}`,
      `SPEAKER ${"x ".repeat(many * 10)}`,
      `{"text":"${"x".repeat(many * 1_000)}","language":"en","segments":[{"start":0,"text":"${"y".repeat(many * 1_000)}"}]}`,
      `{"transcripts":[{"phrases":[${'{"text":"x","startTimeMs":1e300,"participantPurpose":"a"},'.repeat(many)}{}]}]}`,
    ];
    for (const text of texts) {
      const began = performance.now();
      outcomeOf(text);
      expect([text.slice(0, 40), performance.now() - began < 10_000]).toEqual([text.slice(0, 40), true]);
    }
  }, 120_000);
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
