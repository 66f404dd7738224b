import { describe, expect, it } from "vitest";
import { type EntityMention, groupEntities, textToRead, usualEntityThresholds, withoutOverlaps } from "./entities.ts";
import { findLocalEntities } from "./entities-local.ts";
import { numberValue } from "./entities-values.ts";

const context = { language: "en-US", startedAt: new Date("2026-02-03T10:00:00Z"), before: "" };
const found = (text: string, more: Partial<typeof context> = {}): string[] =>
  findLocalEntities(text, { ...context, ...more }).map(({ type, start, end }) => `${type}:${text.slice(start, end)}`);
const keys = (text: string, more: Partial<typeof context> = {}): string[] =>
  findLocalEntities(text, { ...context, ...more }).map(({ type, key }) => `${type}:${key}`);
const turn = (id: string, text: string) => {
  const words = text.split(" ").map((word, index) => ({
    id: `${id}w${index}`,
    text: word,
    startMs: index * 100,
    endMs: index * 100 + 80,
    confidence: null,
  }));
  return { id, participantId: "p1", startMs: 0, endMs: words.length * 100, text, words, speakerConfidence: null };
};

describe("values", () => {
  it.each([
    ["forty-two thousand", 42_000],
    ["a hundred and twenty", 120],
    ["one point five", 1.5],
    ["two thousand and five", 2_005],
    ["1,240.50", 1_240.5],
    ["1.240,50", 1_240.5],
    ["1.240", 1_240],
    ["3.5", 3.5],
    ["twelve hundred", 1_200],
  ])("reads %s", (text, value) => {
    expect(numberValue(text)).toBe(value);
  });

  it("takes nothing for a number that is none", () => {
    expect(numberValue("point")).toBe(0);
    expect(numberValue("many")).toBeNull();
    expect(numberValue("1.2.3.4,5,6x")).toBeNull();
  });
});

describe("finding entities without a network", () => {
  it.each([
    ["It costs $40 a month", "AMOUNT:40 USD"],
    ["That's forty dollars", "AMOUNT:40 USD"],
    ["I paid £1,240.50", "AMOUNT:1240.5 GBP"],
    ["twelve pounds and fifty pence", "AMOUNT:12.5 GBP"],
    ["una factura de 1.240,50 €", "AMOUNT:1240.5 EUR"],
    ["about fifteen percent off", "PERCENTAGE:15 %"],
    ["write to jane.doe@example.com please", "EMAIL:jane.doe@example.com"],
    ["go to www.example.com/help now", "URL:example.com/help"],
    ["call me on (213) 373-4253", "PHONE:+12133734253"],
    ["my order number is AB-12345", "ORDER_NUMBER:ab12345"],
    ["account number four five six double eight", "ACCOUNT_NUMBER:45688"],
    ["it comes tomorrow", "DATE:2026-02-04"],
    ["it comes on February 4th", "DATE:2026-02-04"],
  ])("in: %s", (text, wanted) => {
    expect(keys(text)).toContain(wanted);
  });

  it("finds names, places and organisations, in lower case too", () => {
    expect(found("Hi, this is John Smith calling from Manchester about Barclays Bank.")).toEqual([
      "PERSON:John Smith",
      "LOCATION:Manchester",
      "ORGANIZATION:Barclays Bank",
    ]);
    expect(found("my name is john smith and i live in manchester")).toEqual(["PERSON:john smith", "LOCATION:manchester"]);
  });

  it("takes a number for what was asked for", () => {
    expect(keys("It's 4 5 6 7 8", { before: "Could I take your account number?" })).toEqual(["ACCOUNT_NUMBER:45678"]);
    expect(keys("It's 4 5 6 7 8")).toEqual(["NUMBER:45678"]);
  });

  it.each(["Now then, one second please.", "May I help you?", "Okay, that one is fine.", "***** ****", ""])(
    "finds nothing in: %s",
    (text) => {
      expect(found(text)).toEqual([]);
    },
  );

  it.each([
    ["es", "El pago de 40 € es el 4 de febrero de 2026"],
    ["hi", "मेरा बिल ₹500 का है"],
    ["cy", "Mae'n costio £40, diolch"],
    ["tlh", "nuqneH 42"],
    ["", "x@y.example"],
  ])("comes through in %s", (language, text) => {
    expect(findLocalEntities(text, { ...context, language }).length).toBeGreaterThan(0);
  });

  it("reads a hostile text in no time", () => {
    for (const text of ["one ".repeat(4_000), "1 ".repeat(4_000), "order number ".repeat(1_000), "a.".repeat(4_000)]) {
      expect(findLocalEntities(text, context)).toBeInstanceOf(Array);
    }
  });
});

describe("grouping", () => {
  it("joins what means the same, counts places, and points at words", () => {
    const turns = ["It was $40 I think", "forty dollars, right", "and then $40 again"].map((text, index) =>
      turn(`t${index}`, text),
    );
    const groups = groupEntities(
      turns.map((one) => ({ turn: one, mentions: findLocalEntities(one.text, context) })),
      usualEntityThresholds,
    );
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ type: "AMOUNT", value: "$40", count: 3 });
    expect(groups[0]?.mentions.map(({ wordIds }) => wordIds)).toEqual([["t0w2"], ["t1w0", "t1w1"], ["t2w2"]]);
    expect(groups[0]?.mentions[1]).toMatchObject({ startMs: 0, endMs: 180, text: "forty dollars" });
  });

  it("leaves out what does not reach its threshold", () => {
    const one = turn("t0", "Smith");
    const mentions: EntityMention[] = [{ type: "PERSON", start: 0, end: 5, score: 0.6, source: "comprehend", key: "smith" }];
    expect(groupEntities([{ turn: one, mentions }], { all: 0.5, byType: {} })).toHaveLength(1);
    expect(groupEntities([{ turn: one, mentions }], { all: 0.5, byType: { PERSON: 0.7 } })).toHaveLength(0);
    expect(groupEntities([{ turn: one, mentions }], { all: 0.7, byType: { PERSON: 0.3 } })).toHaveLength(1);
  });

  it("prefers a person's own terms where two stand in one place", () => {
    const mentions: EntityMention[] = [
      { type: "ORGANIZATION", start: 0, end: 10, score: 0.9, source: "comprehend", key: "a" },
      { type: "CAR", start: 4, end: 10, score: 1, source: "string-map", key: "b" },
    ];
    expect(withoutOverlaps(mentions).map(({ type }) => type)).toEqual(["CAR"]);
  });

  it("reads nothing that is masked, and moves no place by it", () => {
    const masked = turn("t0", "my card is [card number] ok $40");
    expect(textToRead(masked)).toBe("my card is ************* ok $40");
    const hidden = { ...masked, words: masked.words.map((word) => (word.text === "ok" ? { ...word, redaction: "name" } : word)) };
    expect(textToRead(hidden)).toBe("my card is ************* ** $40");
  });
});
