import { describe, expect, it } from "vitest";
import { promisesIn, saysItIsKept, timeNamed, wordsOfPromises } from "./promises.ts";

const day = 24 * 3_600_000;
// A Monday, half past nine.
const monday = Date.parse("2026-10-19T09:30:00Z");

describe("promises", () => {
  it.each([
    ["We will call you back by tomorrow.", "call-back"],
    ["Somebody will give you a call this afternoon.", "call-back"],
    ["A colleague will ring you back within two hours.", "call-back"],
    ["I have arranged a call-back for you.", "call-back"],
    ["I will get back to you.", "call-back"],
    ["You will have the refund of twenty pounds in your account within five working days.", "refund"],
    ["The money will be back on your card in 3 to 5 days.", "refund"],
    ["We will refund you the fee.", "refund"],
    ["I will send you the contract by e-mail.", "message"],
    ["You will receive a confirmation shortly.", "message"],
    ["The engineer will come on Friday.", "visit"],
  ])("are found: %s", (text, kind) => {
    expect(promisesIn(text, monday).map((one) => one.kind)).toEqual([kind]);
  });

  it.each([
    "Would you like me to call you back?",
    "If you like we will call you back.",
    "I cannot refund you the fee.",
    "You can call us back at any time.",
    "Did somebody call you back?",
    "I have called you three times.",
  ])("are not found: %s", (text) => {
    expect(promisesIn(text, monday)).toEqual([]);
  });

  it("have the time that is named", () => {
    expect(timeNamed("within two hours", monday)).toBe(2 * 3_600_000);
    expect(timeNamed("within 3 to 5 days", monday)).toBe(5 * day);
    expect(timeNamed("in five working days", monday)).toBe(7 * day);
    expect(timeNamed("by tomorrow", monday)).toBe(day + 14.5 * 3_600_000 - 60_000);
    expect(timeNamed("on Friday", monday)).toBe(4 * day + 14.5 * 3_600_000 - 60_000);
    expect(timeNamed("by tomorrow", null)).toBeNull();
    expect(timeNamed("soon", monday)).toBeNull();
  });

  it("are told by the customer to be broken or kept", () => {
    expect(wordsOfPromises("Nobody called me back on Tuesday.")).toEqual([{ verdict: "broken", kind: "call-back" }]);
    expect(wordsOfPromises("I still have not received my refund.")).toEqual([{ verdict: "broken", kind: "refund" }]);
    expect(wordsOfPromises("You said you would sort it out.")).toEqual([{ verdict: "broken", kind: null }]);
    expect(wordsOfPromises("Thank you for calling me back.")).toEqual([{ verdict: "kept", kind: "call-back" }]);
    expect(wordsOfPromises("I got the refund, thank you.")).toEqual([{ verdict: "kept", kind: "refund" }]);
    expect(wordsOfPromises("I would like a refund.")).toEqual([]);
    expect(saysItIsKept("I am calling you back about your account, as promised.")).toBe(true);
    expect(saysItIsKept("I will call you back.")).toBe(false);
  });
});
