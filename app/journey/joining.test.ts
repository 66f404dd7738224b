import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupsOf, isOneSlip, isShared, type Joinable, mayBeSameName, mostOfOneLine } from "./joining.ts";

const one = (
  conversation: number,
  ...identities: [kind: Joinable["identities"][number]["kind"], number: number][]
): Joinable => ({
  conversation,
  apart: false,
  identities: identities.map(([kind, number]) => ({ kind, number })),
});
const none: ReadonlySet<number> = new Set();

describe("joining", () => {
  it("joins what is the same over several steps, and nothing else", () => {
    const all = [
      one(1, ["phone", 10]),
      one(2, ["phone", 10], ["email", 20]),
      one(3, ["email", 20]),
      one(4, ["email", 21]),
      one(5),
    ];
    expect(groupsOf(all, [], none)).toEqual([[1, 2, 3], [4], [5]]);
  });

  it("joins nobody by a number that several use", () => {
    expect(groupsOf([one(1, ["phone", 10]), one(2, ["phone", 10])], [], new Set([10]))).toEqual([[1], [2]]);
  });

  it("follows what a person decided before anything else", () => {
    const all = [one(1, ["phone", 10]), one(2, ["phone", 10]), one(3)];
    expect(groupsOf(all, [{ first: 2, second: 3, verdict: "same" }], none)).toEqual([[1, 2, 3]]);
    expect(groupsOf(all, [{ first: 1, second: 2, verdict: "different" }], none)).toEqual([[1], [2], [3]]);
    const both = [
      { first: 2, second: 3, verdict: "same" as const },
      { first: 1, second: 3, verdict: "different" as const },
    ];
    expect(groupsOf(all, both, none)).toEqual([[2, 3], [1]].toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0)));
  });

  it("leaves out what a person took out, until a person brings it back", () => {
    const apart = { ...one(2, ["phone", 10]), apart: true };
    expect(groupsOf([one(1, ["phone", 10]), apart], [], none)).toEqual([[1], [2]]);
    expect(groupsOf([one(1, ["phone", 10]), apart], [{ first: 1, second: 2, verdict: "same" }], none)).toEqual([[1, 2]]);
  });

  it("puts every conversation into exactly one group, whatever is decided, and parts what was parted", () => {
    const conversations = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
    const identities = fc.array(
      fc.tuple(fc.constantFrom("phone", "email", "customer", "contact"), fc.integer({ min: 100, max: 106 })),
    );
    const verdicts = fc.array(
      fc.record({
        first: fc.integer({ min: 1, max: 30 }),
        second: fc.integer({ min: 1, max: 30 }),
        verdict: fc.constantFrom("same", "different"),
      }),
    );
    fc.assert(
      fc.property(conversations, fc.array(identities, { minLength: 20, maxLength: 20 }), verdicts, (numbers, own, decided) => {
        const all = numbers.map((number, index) => one(number, ...(own[index] ?? [])));
        const groups = groupsOf(all, decided, none);
        expect(groups.flat().toSorted((a, b) => a - b)).toEqual(numbers.toSorted((a, b) => a - b));
        for (const { first, second, verdict } of decided) {
          if (verdict !== "different" || first === second) continue;
          expect(groups.some((group) => group.includes(first) && group.includes(second))).toBe(false);
        }
      }),
    );
  });
});

describe("shared lines", () => {
  it("are those of customers with different ids, or with different names", () => {
    expect(
      isShared("phone", [
        { customers: [1], name: null },
        { customers: [2], name: null },
      ]),
    ).toBe(true);
    // Two people of one household.
    expect(
      isShared("phone", [
        { customers: [], name: "anna fields" },
        { customers: [], name: "peter fields" },
      ]),
    ).toBe(true);
    expect(
      isShared("email", [
        { customers: [1], name: "anna fields" },
        { customers: [], name: "ann fields" },
      ]),
    ).toBe(false);
    expect(
      isShared("phone", [
        { customers: [1], name: null },
        { customers: [1], name: null },
      ]),
    ).toBe(false);
  });

  it("are those of more conversations than one customer has: a company's switchboard", () => {
    expect(
      isShared(
        "phone",
        Array.from({ length: mostOfOneLine + 1 }, () => ({ customers: [], name: null })),
      ),
    ).toBe(true);
    expect(
      isShared(
        "customer",
        Array.from({ length: mostOfOneLine + 1 }, () => ({ customers: [], name: null })),
      ),
    ).toBe(false);
  });

  it("compare names as people write them", () => {
    expect(mayBeSameName("anna fields", "fields anna")).toBe(true);
    expect(mayBeSameName("anna fields", "anna feilds")).toBe(true);
    expect(mayBeSameName("anna fields", "john smith")).toBe(false);
    expect(isOneSlip("fields", "feilds")).toBe(true);
    expect(isOneSlip("fields", "field")).toBe(true);
    expect(isOneSlip("fields", "fresh")).toBe(false);
  });
});
