import { describe, expect, it } from "vitest";
import { api } from "../../../app/contract/api.ts";
import { everyEntry, findInput, isBackwards, isFiltered, lookOfAddress } from "./ledger-filter.ts";

describe("what the ledger's page asks for", () => {
  it("is everything, until something is chosen", () => {
    expect(isFiltered(everyEntry)).toBe(false);
    expect(api["ledger.find"].input.parse(findInput(everyEntry, 9, 0, 100))).toEqual({
      ...{ kinds: [], author: null, subject: null, from: null, to: null, upTo: 9, offset: 0, limit: 100 },
    });
  });

  it("is one kind, by one person, of one conversation, in some days", () => {
    const look = { kind: "export", author: "", subject: "c1", from: "2026-11-01", to: "2026-11-30" };
    expect(isFiltered(look)).toBe(true);
    expect(isBackwards(look)).toBe(false);
    expect(isBackwards({ ...look, to: "2026-10-01" })).toBe(true);
    expect(api["ledger.find"].input.parse(findInput(look, 9, 100, 50))).toMatchObject({
      ...{ kinds: ["export"], author: "", subject: "c1", from: "2026-11-01", to: "2026-11-30", offset: 100 },
    });
  });

  it("begins with the conversation of the address", () => {
    expect(lookOfAddress("?conversation=c%201")).toEqual({ ...everyEntry, subject: "c 1" });
    expect(lookOfAddress("")).toEqual(everyEntry);
  });
});
