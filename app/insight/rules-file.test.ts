import { describe, expect, it } from "vitest";
import { EarmarkError } from "../contract/errors.ts";
import { categorySchema } from "./rules.ts";
import { readRulesFile } from "./rules-file.ts";

function refused(text: string): { message: string; line: unknown } {
  try {
    readRulesFile(text);
  } catch (thrown) {
    if (thrown instanceof EarmarkError) return { message: thrown.message, line: thrown.details["line"] };
    throw thrown;
  }
  throw new Error("It was read.");
}

const head = "version: 1\ncategories:\n  - id: a\n    name: A\n";

describe("a file of rules", () => {
  it("reads YAML and JSON, and times and shares as people write them", () => {
    const yaml = readRulesFile(`${head}    rule: { said: refund, in: { first: 1.5 min } }\n`);
    const json = readRulesFile(JSON.stringify([{ id: "a", name: "A", rule: { said: ["refund"], in: { first: 90_000 } } }]));
    expect(yaml.categories).toEqual(json.categories);
    expect(yaml.categories[0]?.rule).toEqual({ said: ["refund"], in: { first: 90_000 } });
    // What was read is read again as it is.
    expect(categorySchema.parse(yaml.categories[0])).toEqual(yaml.categories[0]);
  });

  it.each([
    ["an unknown word", `${head}    rule:\n      said: refund\n      buy: agent\n`, 6, "'buy'"],
    ["an unknown role", `${head}    rule:\n      said: refund\n      by: boss\n`, 7, "agent"],
    ["a wrong time", `${head}    rule:\n      all:\n        - said: refund\n          in: { first: 30 parsecs }\n`, 8, "30s"],
    ["two conditions in one", `${head}    rule: { said: refund, pattern: refund }\n`, 5, "group"],
    ["no condition", `${head}    rule: { sad: refund }\n`, 5, "said"],
    ["a pattern that goes back", `${head}    rule:\n      pattern: '(a)\\1'\n`, 6, "linear"],
    ["a pattern found in nothing", `${head}    rule:\n      pattern: 'a*'\n`, 6, "everywhere"],
    ["the same id twice", `${head}    rule: { said: a }\n  - id: a\n    name: B\n    rule: { said: b }\n`, 6, "another category"],
    ["broken indentation", `${head}   rule: { said: a }\n`, 5, "indentation"],
    [
      "a step without a place",
      `${head}    rule:\n      sequence:\n        - said: a\n        - measure: turns\n          above: 3\n`,
      8,
      "step",
    ],
  ])("names the line of %s, and the remedy", (_, text, line, remedy) => {
    const { message, line: told } = refused(text);
    expect(message).toContain(remedy);
    expect(told).toBe(line);
    expect(message).toMatch(new RegExp(`^Line ${line}: `, "u"));
  });
});

describe("definitions for Call Analytics", () => {
  const rules = [
    { NonTalkTimeFilter: { Threshold: 20_000, AbsoluteTimeRange: { First: 60_000 } } },
    { InterruptionFilter: { Threshold: 1_000, ParticipantRole: "AGENT", Negate: true } },
    {
      TranscriptFilter: {
        TranscriptFilterType: "EXACT",
        Targets: ["good morning"],
        ParticipantRole: "AGENT",
        RelativeTimeRange: { StartPercentage: 10, EndPercentage: 30 },
      },
    },
    {
      SentimentFilter: {
        Sentiments: ["NEGATIVE"],
        ParticipantRole: "CUSTOMER",
        AbsoluteTimeRange: { StartTime: 0, EndTime: 5_000 },
      },
    },
  ];

  it("come over whole: of the call that makes one, of an answer, of a list", () => {
    const one = { CategoryName: "my_category", Rules: rules, InputType: "POST_CALL" };
    const { categories, format, notes } = readRulesFile(JSON.stringify(one));
    expect(format).toBe("call-analytics");
    expect(notes).toHaveLength(1);
    expect(categories[0]).toMatchObject({
      id: "my_category",
      rule: {
        all: [
          { silence: 20_000, in: { first: 60_000 } },
          { interruption: 1_000, by: "agent", negate: true },
          { said: ["good morning"], match: "exact", by: "agent", in: { from: "10%", to: "30%" } },
          { sentiment: ["negative"], by: "customer", in: { from: 0, to: 5_000 } },
        ],
      },
    });
    expect(categorySchema.parse(categories[0])).toEqual(categories[0]);
    expect(readRulesFile(JSON.stringify({ CategoryProperties: one })).categories).toEqual(categories);
    expect(readRulesFile(JSON.stringify({ Categories: [one] })).categories).toEqual(categories);
  });

  it("are refused with their line where the service would refuse them", () => {
    const text = JSON.stringify(
      { CategoryName: "a", Rules: [rules[0], { TranscriptFilter: { TranscriptFilterType: "FUZZY", Targets: ["x"] } }] },
      null,
      1,
    );
    expect(refused(text).message).toContain("EXACT");
    expect(refused(JSON.stringify({ CategoryName: "a b", Rules: rules })).message).toContain("letters, digits");
    expect(refused(JSON.stringify({ CategoryName: "a", Rules: Array(21).fill(rules[0]) })).message).toContain("20 rules");
    const both = { NonTalkTimeFilter: { Threshold: 1, AbsoluteTimeRange: { First: 1 }, RelativeTimeRange: { First: 1 } } };
    expect(refused(JSON.stringify({ CategoryName: "a", Rules: [both] })).message).toContain("not both");
  });
});
