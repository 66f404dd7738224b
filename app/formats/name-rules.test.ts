import { describe, expect, it } from "vitest";
import { namePatternFault, pathChooser } from "./name-pattern.ts";
import { nameRulesSchema, postCallAnalyticsRules, readName } from "./name-rules.ts";

/* Names are those of amazon-transcribe-post-call-analytics' own samples and documentation; what PCA makes of them is noted where it is another. */

const shipped = "Auto1_GUID_001_AGENT_AndrewK_DT2025-02-20T07-55-51.wav";

describe("names of files", () => {
  it("are read as PCA's samples mean them", () => {
    expect(readName(shipped)).toEqual({
      startedAt: "2025-02-20T07:55:51.000Z",
      timeZone: "UTC",
      contactId: "001",
      agent: "AndrewK",
      customer: null,
      queue: null,
      direction: null,
    });
  });

  it.each([
    // PCA's patterns want an underscore behind: of these it reads "None".
    ["call_GUID_7_AGENT_Bob.wav", { contactId: "7", agent: "Bob" }],
    ["2025-01-02T03-04-05_CUST_A-17_AGENT_Lucy Ann.mp3", { customer: "A-17", agent: "Lucy-Ann" }],
    ["folder/of_GUID_9a_/call.wav", { contactId: "9a" }],
    ["_AGENT_None_CUST__GUID_unknown_.wav", { agent: null, customer: null, contactId: null }],
    ["inbound_QUEUE_billing.wav", { queue: "billing", direction: "inbound" }],
  ])("%s", (name, expected) => {
    expect(readName(name)).toMatchObject(expected);
  });

  it.each([
    ["Auto0_GUID_000_AGENT_ChrisL_QUEUE_Billing_DT_2025.wav", "Billing", null],
    ["2026-01-05_outbound_AGENT_Ann.wav", null, "outbound"],
    ["QUEUE_Sales.mp3", "Sales", null],
    ["x_DIR_internal_y.wav", null, "internal"],
    ["inbounded outboundness.wav", null, null],
    ["x_QUEUE_None_y.wav", null, null],
  ])("tell queue and direction: %s", (name, queue, direction) => {
    expect(readName(name)).toMatchObject({ queue, direction });
  });

  it("are read by PCA's own patterns where a person wants those", () => {
    expect(readName("call_AGENT_Bob.wav", postCallAnalyticsRules).agent).toBeNull();
    expect(readName("call_AGENT_Bob_.wav", postCallAnalyticsRules).agent).toBe("Bob");
    expect(readName("inbound.wav", postCallAnalyticsRules).direction).toBeNull();
  });

  it("have dates in any order, in the zone of the call's place, over the change of its clocks", () => {
    const rules = nameRulesSchema.parse({
      date: String.raw`(\d{2}).(\d{2}).(\d{2}).(\d{3})-(\d{2})-(\d{2})-(\d{4})`,
      dateParts: "%H %M %S %f %m %d %Y",
      timeZone: "America/New_York",
    });
    expect(readName("x-09.25.51.067-09-26-2019.wav", rules).startedAt).toBe("2019-09-26T13:25:51.067Z");
    expect(readName("x-09.25.51.067-12-26-2019.wav", rules).startedAt).toBe("2019-12-26T14:25:51.067Z");
  });

  it("have dates with names of months and half days", () => {
    const rules = nameRulesSchema.parse({
      date: String.raw`(\d+)(\w{3})(\d\d)_(\d+)(\d\d)([AP]M)`,
      dateParts: "%d %b %y %I %M %p",
    });
    expect(readName("call_5Mar24_1205AM.wav", rules).startedAt).toBe("2024-03-05T00:05:00.000Z");
    expect(readName("call_5Mar24_1205PM.wav", rules).startedAt).toBe("2024-03-05T12:05:00.000Z");
  });

  it("that hold no true date have none", () => {
    expect(readName("2025-02-31T07-55-51.wav").startedAt).toBeNull();
    expect(readName("2025-02-20T25-00-00.wav").startedAt).toBeNull();
  });
});

describe("patterns", () => {
  it("that would take for ever elsewhere are answered at once", () => {
    const rules = nameRulesSchema.parse({ agent: "^(a+)+$" });
    const before = performance.now();
    expect(readName(`${"a".repeat(1_500)}!`, rules).agent).toBeNull();
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it("that cannot be read are refused with what to do", () => {
    expect(namePatternFault("_AGENT_(.*?")).toMatch(/brackets/u);
    expect(namePatternFault("(?=x)y")).toMatch(/look-ahead/u);
    expect(nameRulesSchema.safeParse({ agent: "(?<!a)b" }).success).toBe(false);
    expect(nameRulesSchema.safeParse({ dateParts: "%Y %q" }).success).toBe(false);
    expect(nameRulesSchema.safeParse({ timeZone: "Mars/Olympus" }).success).toBe(false);
  });

  it.each<[string[], string[], string, boolean]>([
    [[], [], "a/b.wav", true],
    [["*.wav"], [], "a/b.WAV", true],
    [["*.wav"], [], "a/b.wav.txt", false],
    [["2026/**"], [], "2026/01/02/b.wav", true],
    [["2026/*.wav"], [], "2026/01/b.wav", false],
    [["**/good/*.{wav,mp3}"], [], "x/y/good/b.mp3", true],
    [["**/good/*.{wav,mp3}"], [], "good/b.mp3", true],
    [[], ["*.tmp", "**/old/**"], "x/old/b.wav", false],
    [["call[0-9].wav"], [], "call7.wav", true],
    [["call[!0-9].wav"], [], "call7.wav", false],
    [["a+b(1).wav"], [], "a+b(1).wav", true],
  ])("of paths: %j without %j, %s: %s", (include, exclude, path, taken) => {
    expect(pathChooser(include, exclude)(path)).toBe(taken);
  });
});
