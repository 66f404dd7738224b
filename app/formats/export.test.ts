import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportFormats } from "../contract/api.ts";
import { type Conversation, conversationDocumentSchema, type Participant, type Turn } from "../conversation/conversation.ts";
import { measure } from "../conversation/measures.ts";
import { cueLineLength, cueLines, cuesOf, longestCueMs } from "./cues.ts";
import { exportConversation, type TextFormat } from "./export.ts";
import { safeFileName } from "./file-name.ts";
import { speakerLabels } from "./speaker-label.ts";

const agent: Participant = { id: "p1", role: "agent", roleConfidence: null, name: "Laura", channel: 0 };
const customer: Participant = { id: "p2", role: "customer", roleConfidence: 0.8, name: null, channel: 1 };

/** Any UTF-16, halves of pairs included. (fast-check's own "binary" unit takes a second to set up.) */
const anyText = (maxLength: number) => fc.array(fc.nat(0xffff), { maxLength }).map((codes) => String.fromCharCode(...codes));

const textFormats = exportFormats.filter((format): format is TextFormat => format !== "docx");

let nextId = 0;
function turnOf(participantId: string, startMs: number, endMs: number, text: string, more: Partial<Turn> = {}): Turn {
  nextId++;
  return { id: `t${nextId}`, participantId, startMs, endMs, text, words: [], speakerConfidence: null, ...more };
}

/** A turn whose words share its time evenly. */
function spoken(participantId: string, startMs: number, endMs: number, text: string): Turn {
  const texts = text.split(" ");
  const each = (endMs - startMs) / texts.length;
  return turnOf(participantId, startMs, endMs, text, {
    words: texts.map((word, index) => ({
      id: `w${startMs}-${index}`,
      text: word,
      startMs: Math.round(startMs + index * each),
      endMs: Math.round(startMs + (index + 1) * each),
      confidence: 0.9,
    })),
  });
}

function conversationOf(turns: Turn[], more: Partial<Conversation> = {}): Conversation {
  const participants = more.participants ?? [agent, customer];
  const durationMs = more.durationMs ?? Math.max(0, ...turns.map(({ endMs }) => endMs));
  return {
    id: "c1",
    kind: "call",
    channel: "voice",
    title: "Refund for order 7",
    startedAt: "2026-02-03T10:00:00.000Z",
    timeZone: null,
    importedAt: "2026-02-04T08:00:00.000Z",
    source: { name: "refund call.wav", sha256: "0".repeat(64), bytes: 1, format: "WAV" },
    durationMs,
    language: "en",
    participants,
    turns,
    shortfalls: [],
    provenance: null,
    measures: measure(durationMs, participants, turns),
    ...more,
  };
}

const call = conversationOf([
  spoken("p1", 500, 2_500, "Good morning, how can I help?"),
  spoken("p2", 2_300, 6_000, "I want a refund & <b>soon</b>."),
  turnOf("p1", 7_000, 8_250, ""),
]);

const chat = conversationOf(
  [
    turnOf("p2", 0, 0, "Hello,\nwhere is my parcel?"),
    turnOf("p1", 61_000, 61_000, "It is on its way."),
    turnOf("p2", 61_400, 61_400, "Thanks"),
  ],
  { kind: "chat", channel: "chat" },
);

interface ParsedCue {
  readonly startMs: number;
  readonly endMs: number;
  readonly lines: readonly string[];
}

/** Reads SubRip or WebVTT by its structure alone: blocks told apart by empty lines, a number, a line of times, text. */
function parseCues(text: string, decimalSign: "," | "."): ParsedCue[] {
  const blocks = text.split(/\n{2,}/u).filter((block) => block.trim() !== "");
  if (decimalSign === ".") expect(blocks.shift()?.trimEnd()).toBe("WEBVTT");
  return blocks.map((block, index) => {
    const [number, times, ...lines] = block.replace(/\n$/u, "").split("\n");
    expect(number).toBe(String(index + 1));
    const sign = decimalSign === "." ? "\\." : ",";
    const match = new RegExp(
      `^(\\d{2,}):(\\d{2}):(\\d{2})${sign}(\\d{3}) --> (\\d{2,}):(\\d{2}):(\\d{2})${sign}(\\d{3})$`,
      "u",
    ).exec(times ?? "");
    if (match === null) throw new Error(`No times: ${times}`);
    const [h = 0, m = 0, s = 0, ms = 0, h2 = 0, m2 = 0, s2 = 0, ms2 = 0] = match.slice(1).map(Number);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join("\n")).not.toContain("-->");
    return { startMs: ((h * 60 + m) * 60 + s) * 1_000 + ms, endMs: ((h2 * 60 + m2) * 60 + s2) * 1_000 + ms2, lines };
  });
}

/** Reads RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/uy;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) throw new Error(`Not RFC 4180 at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
    row.push((match[1] ?? match[2] ?? "").replaceAll('""', '"'));
    if (match[3] !== ",") {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

describe("plain text", () => {
  it("has a head and a line with its time for each turn", () => {
    expect(exportConversation(call, "txt")).toEqual({
      fileName: "Refund for order 7.txt",
      mediaType: "text/plain",
      text: [
        "Refund for order 7",
        "Began 2026-02-03T10:00:00.000Z",
        "Length 00:00:08",
        "Speakers: Laura (agent), Customer",
        "",
        "[00:00:00] Laura: Good morning, how can I help?",
        "[00:00:02] Customer: I want a refund & <b>soon</b>.",
        "[00:00:07] Laura: [speech]",
        "",
      ].join("\n"),
    });
  });

  it("keeps a message of several lines on one, and a translation under its turn", () => {
    const { text } = exportConversation(
      conversationOf([turnOf("p2", 0, 900, "Bonjour\r\n[00:00:09] Laura: oui", { translation: "Hello" })]),
      "txt",
    );
    expect(text.split("\n").slice(-3)).toEqual([
      "[00:00:00] Customer: Bonjour [00:00:09] Laura: oui",
      "           (English) Hello",
      "",
    ]);
  });
});

describe("WebVTT", () => {
  it("tags voices, escapes markup, and lets overlapping turns overlap", () => {
    expect(exportConversation(call, "vtt").text).toBe(
      [
        "WEBVTT",
        "",
        "1",
        "00:00:00.500 --> 00:00:02.500",
        "<v Laura>Good morning, how can I help?",
        "",
        "2",
        "00:00:02.300 --> 00:00:06.000",
        "<v Customer>I want a refund &amp; &lt;b&gt;soon&lt;/b&gt;.",
        "",
        "3",
        "00:00:07.000 --> 00:00:08.250",
        "<v Laura>[speech]",
        "",
      ].join("\n"),
    );
  });

  it("cannot be broken out of by a name or by words", () => {
    const hostile = conversationOf([turnOf("p1", 0, 2_000, "a\n\n5\n00:00:00.000 --> 00:00:09.000\n<v Boss>b")], {
      participants: [{ ...agent, name: "x>y\n\n--> & z" }],
    });
    const [cue, ...others] = parseCues(exportConversation(hostile, "vtt").text, ".");
    expect(others).toEqual([]);
    expect(cue?.lines.join(" ")).toBe("<v x&gt;y --&gt; &amp; z>a 5 00:00:00.000 --&gt; 00:00:09.000 &lt;v Boss&gt;b");
  });

  it("shows the messages of a chat at their times, for as long as reading takes", () => {
    const cues = parseCues(exportConversation(chat, "vtt").text, ".");
    expect(cues.map(({ startMs, lines }) => [startMs, ...lines])).toEqual([
      [0, "<v Customer>Hello, where is my parcel?"],
      [61_000, "<v Laura>It is on its way."],
      [61_400, "<v Customer>Thanks"],
    ]);
    expect(cues.every(({ startMs, endMs }) => endMs - startMs >= 1_000 && endMs - startMs <= longestCueMs)).toBe(true);
  });
});

describe("SubRip", () => {
  it("numbers cues and names the speaker where a turn begins", () => {
    expect(exportConversation(call, "srt").text).toBe(
      [
        "1",
        "00:00:00,500 --> 00:00:02,500",
        "Laura: Good morning, how can I help?",
        "",
        "2",
        "00:00:02,300 --> 00:00:06,000",
        "Customer: I want a refund & < b>soon< /b>.",
        "",
        "3",
        "00:00:07,000 --> 00:00:08,250",
        "Laura: [speech]",
        "",
      ].join("\n"),
    );
  });

  it("lets no text act as markup or as a line of times", () => {
    const { text } = exportConversation(conversationOf([turnOf("p1", 0, 3_000, "{\\an8}up --> down 1 < 2")]), "srt");
    expect(parseCues(text, ",")[0]?.lines).toEqual(["Laura: { \\an8}up -- > down 1 < 2"]);
  });

  it("writes hours beyond 99, and the messages of a chat", () => {
    const late = 100 * 3_600_000 + 61_007;
    expect(exportConversation(conversationOf([turnOf("p1", late, late + 1_500, "Late")]), "srt").text).toContain(
      "100:01:01,007 --> 100:01:02,507",
    );
    expect(parseCues(exportConversation(chat, "srt").text, ",").map(({ lines }) => lines.join(" "))).toEqual([
      "Customer: Hello, where is my parcel?",
      "Laura: It is on its way.",
      "Customer: Thanks",
    ]);
  });
});

describe("cues", () => {
  it("end at the ends of sentences where there is a choice", () => {
    const text =
      "Thank you for waiting. I have looked at your account, and the payment left on Monday. " +
      "It can take up to five working days to arrive. Is there anything else I can do?";
    const cues = cuesOf(conversationOf([spoken("p1", 0, 14_000, text)]));
    expect(cues.map(({ lines }) => lines.join(" "))).toEqual([
      "Thank you for waiting.",
      "I have looked at your account, and the payment left on Monday.",
      "It can take up to five working days to arrive.",
      "Is there anything else I can do?",
    ]);
    expect(cues.every(({ lines }) => lines.length <= cueLines)).toBe(true);
  });

  it("begin anew after a long pause, at the word's own time", () => {
    const turn = spoken("p1", 0, 4_000, "One moment please thanks");
    const words = turn.words.map((word, index) => (index === 3 ? { ...word, startMs: 4_600, endMs: 5_200 } : word));
    const cues = cuesOf(conversationOf([{ ...turn, endMs: 5_200, words }]));
    expect(cues).toEqual([
      { speaker: "Laura", startMs: 0, endMs: 3_000, lines: ["One moment please"] },
      { speaker: "Laura", startMs: 4_600, endMs: 5_600, lines: ["thanks"] },
    ]);
  });

  it("cover the time of masked words with their label", () => {
    const turn = spoken("p2", 0, 6_000, "It is 4111 1111 1111 1111");
    const masked = turn.words.map((word, index) => (index < 2 ? word : { ...word, text: index === 2 ? "[card number]" : "" }));
    expect(cuesOf(conversationOf([{ ...turn, words: masked, text: "It is [card number]" }]))).toEqual([
      { speaker: "Customer", startMs: 0, endMs: 6_000, lines: ["It is [card number]"] },
    ]);
  });

  it("cut a text without spaces, and keep what a reader sees as one character whole", () => {
    const family = "👩‍👩‍👧‍👦";
    const cues = cuesOf(conversationOf([turnOf("p1", 0, 20_000, `${"語".repeat(200)} ${family.repeat(50)}`)]));
    expect(
      cues.flatMap(({ lines }) => lines).every((line) => [...new Intl.Segmenter().segment(line)].length <= cueLineLength),
    ).toBe(true);
    expect(
      cues
        .flatMap(({ lines }) => lines)
        .join("")
        .replaceAll(" ", ""),
    ).toBe("語".repeat(200) + family.repeat(50));
  });

  it("lose no word, keep order and stay within their bounds, whatever the times", () => {
    const word = fc.record({
      text: fc.oneof(fc.stringMatching(/^[a-z]{1,12}[.,?]?$/u), fc.string({ maxLength: 60 })),
      startMs: fc.nat(60_000),
      endMs: fc.nat(60_000),
    });
    const turn = fc.record({
      startMs: fc.nat(60_000),
      lengthMs: fc.nat(20_000),
      text: fc.string({ maxLength: 200, unit: "grapheme" }),
      words: fc.array(word, { maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 6 }), fc.boolean(), (drafts, isChat) => {
        const turns = drafts.map((draft, index) => {
          const words = draft.words.map((one, at) => ({ ...one, id: `w${index}-${at}`, confidence: null }));
          const endMs = isChat ? draft.startMs : draft.startMs + draft.lengthMs;
          return turnOf("p1", draft.startMs, endMs, draft.text, { words: isChat ? [] : words });
        });
        const conversation = conversationOf(turns, isChat ? { kind: "chat" } : {});
        const cues = cuesOf(conversation);
        for (const [index, cue] of cues.entries()) {
          expect(cue.endMs).toBeGreaterThan(cue.startMs);
          expect(cue.startMs).toBeGreaterThanOrEqual(cues[index - 1]?.startMs ?? 0);
          expect(cue.lines.length).toBeGreaterThan(0);
          expect(cue.lines.length).toBeLessThanOrEqual(cueLines);
          expect(cue.lines.every((line) => line.trim() !== "" && !/[\r\n]/u.test(line))).toBe(true);
        }
        const squeezed = (text: string) => [...text.replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]/gu, "")].sort().join("");
        const wanted = turns.map(({ words, text, startMs, endMs }) => {
          const said = words.map((one) => one.text).join(" ");
          const written = squeezed(said) === "" ? text : said;
          return squeezed(written) === "" && endMs > startMs ? "[speech]" : written;
        });
        expect(squeezed(cues.flatMap(({ lines }) => lines).join(""))).toBe(squeezed(wanted.join("")));
        expect(parseCues(exportConversation(conversation, "vtt").text, ".")).toHaveLength(cues.length);
        parseCues(exportConversation(conversation, "srt").text, ",");
      }),
      { numRuns: 60 },
    );
  });
});

describe("RTTM", () => {
  it("has one line for each turn with speech, and its times add up", () => {
    const { text } = exportConversation(call, "rttm");
    expect(text).toBe(
      [
        "SPEAKER refund_call 1 0.500 2.000 <NA> <NA> agent <NA> <NA>",
        "SPEAKER refund_call 2 2.300 3.700 <NA> <NA> customer <NA> <NA>",
        "SPEAKER refund_call 1 7.000 1.250 <NA> <NA> agent <NA> <NA>",
        "",
      ].join("\n"),
    );
    const lasts = text.split("\n").flatMap((line) => (line === "" ? [] : [Math.round(Number(line.split(" ")[4]) * 1_000)]));
    expect(lasts.reduce((sum, ms) => sum + ms, 0)).toBe(call.turns.reduce((sum, turn) => sum + turn.endMs - turn.startMs, 0));
  });

  it("tells two speakers of one role apart, and keeps ten fields whatever the file is called", () => {
    const other = (id: string): Participant => ({ id, role: "other", roleConfidence: null, name: "Ann Lee", channel: null });
    const { text } = exportConversation(
      conversationOf([turnOf("a", 0, 10, "x"), turnOf("b", 5, 20, "y")], {
        participants: [other("a"), other("b")],
        source: { name: "\t my \n file.wav", sha256: "", bytes: 0, format: "" },
      }),
      "rttm",
    );
    const lines = text.trimEnd().split("\n");
    expect(lines.map((line) => line.split(" ").length)).toEqual([10, 10]);
    expect(lines.map((line) => line.split(" ")[7])).toEqual(["speaker_1", "speaker_2"]);
    expect(text).not.toContain("Ann");
  });

  it("is refused for a chat", () => {
    expect(() => exportConversation(chat, "rttm")).toThrowError(expect.objectContaining({ code: "format-unsuitable" }));
  });
});

describe("CSV", () => {
  it("has a row for each turn", () => {
    const { text, mediaType } = exportConversation(call, "csv");
    expect(mediaType).toBe("text/csv");
    expect(text).toBe(
      "\uFEFF" +
        [
          "turn,start,end,start_ms,end_ms,at,speaker,role,channel,words,text,translation,language,bot_intent",
          '1,00:00:00.500,00:00:02.500,500,2500,2026-02-03T10:00:00.500Z,Laura,agent,0,6,"Good morning, how can I help?",,en,',
          "2,00:00:02.300,00:00:06.000,2300,6000,2026-02-03T10:00:02.300Z,Customer,customer,1,6,I want a refund & <b>soon</b>.,,en,",
          "3,00:00:07.000,00:00:08.250,7000,8250,2026-02-03T10:00:07.000Z,Laura,agent,0,0,,,en,",
          "",
        ].join("\r\n"),
    );
  });

  it("quotes every line break and quotation mark, and reads back", () => {
    const texts = ['say "yes", please', "two\nlines", "two\r\nlines", "old\rmac", "", " spaced ", "Ünïcode 語"];
    const { text } = exportConversation(conversationOf(texts.map((one, index) => turnOf("p1", index, index, one))), "csv");
    const rows = parseCsv(text.slice(1));
    expect(rows.map((row) => row.length)).toEqual(Array(texts.length + 1).fill(14));
    expect(rows.slice(1).map((row) => row[10])).toEqual(texts);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"])("disarms the formula %j", (formula) => {
    const { text } = exportConversation(
      conversationOf([turnOf("p1", 0, 1, formula, { translation: formula })], { participants: [{ ...agent, name: formula }] }),
      "csv",
    );
    const [, row] = parseCsv(text.slice(1));
    expect(row?.[10]).toBe(`'${formula}`);
    expect(row?.[11]).toBe(`'${formula}`);
    expect(row?.[6]?.startsWith("'") || /^[x1]/u.test(row?.[6] ?? "")).toBe(true);
  });
});

describe("every format", () => {
  it.each(textFormats)("writes an empty conversation as %s", (format) => {
    const { fileName, text } = exportConversation(conversationOf([], { title: "", participants: [], durationMs: 0 }), format);
    expect(fileName).toMatch(new RegExp(`^conversation\\.${format}(?:\\.json)?$`, "u"));
    expect(typeof text).toBe("string");
  });

  it("has the document read back as it was", () => {
    const parsed = conversationDocumentSchema.parse(JSON.parse(exportConversation(call, "json").text));
    expect(parsed).toEqual({ schema: "https://earmark.app/schema/conversation", version: 1, conversation: call });
  });

  it("takes turns of a participant who is not listed", () => {
    const orphan = conversationOf([turnOf("ghost", 0, 1_200, "boo")], { participants: [] });
    for (const format of textFormats) expect(() => exportConversation(orphan, format)).not.toThrow();
  });
});

describe("labels of speakers", () => {
  it("are never equal, also where somebody bears the name of a label", () => {
    const one = (id: string, name: string | null): Participant => ({ ...customer, id, name });
    const labels = speakerLabels([one("a", null), one("b", null), one("c", "Customer 1"), one("d", "Ann\nLee")]);
    expect(new Set(labels.values()).size).toBe(4);
    expect(labels.get("c")).toBe("Customer 1");
    expect(labels.get("d")).toBe("Ann Lee");
  });
});

describe("file names", () => {
  it.each([
    ["Refund: 12/03 <urgent>?", "Refund 12 03 urgent.csv"],
    ["CON", "_CON.csv"],
    ["lpt1.backup", "_lpt1.backup.csv"],
    ["Console", "Console.csv"],
    ["com¹", "_com¹.csv"],
    ["..", "conversation.csv"],
    ["../../etc/passwd", "etc passwd.csv"],
    [" name. . ", "name.csv"],
    ["a\u202Egnp.exe", "agnp.exe.csv"],
    ["a\u0000b\nc", "a b c.csv"],
    ["\uD800", "conversation.csv"],
    ["", "conversation.csv"],
  ])("make %j into %j", (title, name) => {
    expect(safeFileName(title, "csv")).toBe(name);
  });

  it("are taken by every system, whatever the title", () => {
    fc.assert(
      fc.property(
        anyText(300).map((text) => text + "👩‍👩‍👧".repeat(text.length % 30)),
        (title) => {
          const name = safeFileName(title, "rttm");
          expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(190);
          expect(name).toMatch(/^[^\p{Cc}<>:"/\\|?*]+\.rttm$/u);
          expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)\./iu);
          expect(name).toMatch(/^[^\s.]/u);
        },
      ),
      { numRuns: 60 },
    );
  });
});
