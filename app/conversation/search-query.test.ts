import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Condition, parseSearch, quoted } from "./search-query.ts";

const today = "2026-11-21";
const conditions = (text: string): Condition[] => {
  const { query, faults } = parseSearch(text, today);
  expect(faults).toEqual([]);
  return query.groups.flat().map(({ condition }) => condition);
};
const faults = (text: string) => parseSearch(text, today).faults;

describe("the language of the search", () => {
  it("takes plain words as words, the last of which may go on", () => {
    expect(conditions('card "never came" refu')).toEqual([
      { kind: "words", text: "card", goesOn: false },
      { kind: "words", text: "never came", goesOn: false },
      { kind: "words", text: "refu", goesOn: true },
    ]);
    expect(conditions("refund ")).toEqual([{ kind: "words", text: "refund", goesOn: false }]);
    expect(conditions('say "card num')).toMatchObject([{ text: "say" }, { text: "card num", goesOn: true }]);
    expect(conditions("  - * ( ) ")).toEqual([]);
    expect(conditions("10:30")).toMatchObject([{ kind: "words", text: "10:30" }]);
  });

  it("reads who said something and when", () => {
    expect(conditions('agent:"Ann Lee" said:"cancel it" by:customer before:60s')).toEqual([
      { kind: "text", field: "agent", text: "Ann Lee", exact: false },
      { kind: "said", text: "cancel it", goesOn: false, by: "customer", fromMs: null, untilMs: 60_000 },
    ]);
    expect(conditions("cancel by:agent after:1:30 before:5m")).toEqual([
      { kind: "said", text: "cancel", goesOn: false, by: "agent", fromMs: 90_000, untilMs: 300_000 },
    ]);
  });

  it("reads scores, which may be below zero, of either side or of one", () => {
    expect(conditions("sentiment<-1.5 customer-sentiment:-5..0 agent-sentiment>=2")).toEqual([
      { kind: "figure", field: "sentiment", range: { least: null, most: -1.5, withBounds: false } },
      { kind: "figure", field: "customer-sentiment", range: { least: -5, most: 0, withBounds: true } },
      { kind: "figure", field: "agent-sentiment", range: { least: 2, most: null, withBounds: true } },
    ]);
    expect(faults("sentiment:bad")).toMatchObject([{ fault: "score-expected" }]);
    expect(conditions("score<80 form:service-quality score:75..90% stale:yes")).toEqual([
      { kind: "figure", field: "score", range: { least: null, most: 80, withBounds: false } },
      { kind: "form", form: "service-quality" },
      { kind: "figure", field: "score", range: { least: 75, most: 90, withBounds: true } },
      { kind: "choice", field: "stale", value: "yes" },
    ]);
    expect(faults("score<120 stale:maybe")).toMatchObject([{ fault: "percent-expected" }, { fault: "value-unknown" }]);
    expect(faults("customer-sentiment<9")).toMatchObject([{ fault: "score-expected" }]);
    expect(faults("customer-mood:1")).toMatchObject([{ fault: "operator-unknown" }]);
    // Only these operators have a hyphen: other words with one stay words.
    expect(conditions("e-mail:me")).toMatchObject([{ kind: "words", text: "e-mail:me" }]);
  });

  it("reads alternatives and what must not be", () => {
    const { query } = parseSearch("channel:chat OR channel:sms -tag:late -refund", today);
    expect(query.groups.map((group) => group.map(({ condition, not }) => [condition.kind, not]))).toEqual([
      [
        ["choice", false],
        ["choice", false],
      ],
      [["tag", true]],
      [["words", true]],
    ]);
  });

  it.each([
    ["duration>5m", { field: "duration", range: { least: 300_000, most: null, withBounds: false } }],
    ["duration<=90", { field: "duration", range: { least: null, most: 90_000, withBounds: true } }],
    ["duration:2m..1h30m", { field: "duration", range: { least: 120_000, most: 5_400_000, withBounds: true } }],
    ["talk>=60%", { field: "talk", range: { least: 0.6, most: null, withBounds: true } }],
    ["silence>20%", { field: "silenceShare", range: { least: 0.2, most: null, withBounds: false } }],
    ["silence>30s", { field: "silence", range: { least: 30_000, most: null, withBounds: false } }],
    ["interruptions:3..", { field: "interruptions", range: { least: 3, most: null, withBounds: true } }],
  ])("%s", (text, expected) => {
    expect(conditions(text)).toEqual([{ kind: "figure", ...expected }]);
  });

  it.each([
    ["date>=2026-01-01", "2026-01-01", null],
    ["date>2026-01", "2026-02-01", null],
    ["date<2026", null, "2026-01-01"],
    ["date<=2024-02", null, "2024-03-01"],
    ["date:2026-01..2026-03", "2026-01-01", "2026-04-01"],
    ["date:today", "2026-11-21", "2026-11-22"],
    ["date:yesterday", "2026-11-20", "2026-11-21"],
    ["date:7d", "2026-11-15", "2026-11-22"],
  ])("%s", (text, from, until) => {
    expect(conditions(text)).toEqual([{ kind: "date", field: "date", from, until }]);
  });

  it("turns `no:` round, and `=` into exactly that", () => {
    expect(
      parseSearch("no:agent -has:tags", today)
        .query.groups.flat()
        .map(({ not }) => not),
    ).toEqual([true, true]);
    expect(conditions('queue="Billing 2"')).toEqual([{ kind: "text", field: "queue", text: "Billing 2", exact: true }]);
  });

  it.each([
    ["colour:red", "operator-unknown", 0, 10],
    ["a agent:", "value-missing", 2, 8],
    ["channel:fax", "value-unknown", 0, 11],
    ["x duration>long", "time-expected", 2, 15],
    ["talk>lots", "share-expected", 0, 9],
    ["interruptions:many", "figure-expected", 0, 18],
    ["date:2026-02-30", "date-expected", 0, 15],
    ["agent>Ann", "sign-unfit", 0, 9],
    ["by:customer", "no-words-for", 0, 11],
    ["tag:late before:5s", "no-words-for", 9, 18],
    ["OR refund", "or-alone", 0, 2],
    ["refund OR", "or-alone", 7, 9],
  ])("says of %s what is wrong and where", (text, fault, start, end) => {
    expect(faults(text)).toMatchObject([{ fault, start, end, given: text.slice(start, end) }]);
  });

  it("names what could stand there", () => {
    expect(faults("channel:fax")[0]?.expected).toEqual(["voice", "chat", "sms", "bot"]);
    expect(faults("agnt:Ann")[0]?.expected).toContain("agent");
    expect(faults("said:x by:nobody")[0]?.expected).toContain("customer");
  });

  it("never throws, keeps places inside the text, and reads a quoted value as it was", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const { query, faults: found } = parseSearch(text, today);
        for (const { start, end } of [...query.groups.flat(), ...found]) {
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
    );
    for (const value of ["Ann", "Ann Lee", "-x", "a:b"]) {
      expect(conditions(`agent:${quoted(value)}`)).toMatchObject([{ text: value }]);
    }
  });
});
