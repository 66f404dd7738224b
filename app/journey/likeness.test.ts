import { describe, expect, it } from "vitest";
import { type Likeable, likenessOf } from "./likeness.ts";

const day = 24 * 3_600_000;
const nobody: Likeable = {
  names: [],
  places: [],
  reasons: [],
  times: [0],
  customers: [],
  saidPhones: [],
  saidEmails: [],
  nearPhones: [],
  nearEmails: [],
};
const anna: Likeable = {
  ...nobody,
  names: ["anna fields"],
  places: ["leeds"],
  reasons: ["intent:OpenAccount"],
  nearPhones: ["a", "b"],
};

describe("likeness", () => {
  it("proposes a name with its place and its matter, close in time, and says why", () => {
    const found = likenessOf(anna, { ...anna, nearPhones: [], times: [3 * day] }, 1);
    expect(found).toEqual({ signs: ["same-name", "same-place", "same-reason", "close-in-time"], confidence: 0.7 });
  });

  it("proposes a name beside a number that differs by a digit", () => {
    expect(likenessOf(anna, { ...nobody, names: ["anna fields"], nearPhones: ["b"], times: [400 * day] }, 1)).toEqual({
      signs: ["same-name", "near-phone"],
      confidence: 0.65,
    });
  });

  it("proposes whoever gives the number or the address that another has", () => {
    expect(likenessOf({ ...nobody, saidPhones: ["p"] }, { ...nobody, saidPhones: ["p"] }, 0)?.signs).toContain("said-phone");
  });

  it("does not propose the same name alone: there are many of one name", () => {
    expect(likenessOf({ ...nobody, names: ["anna fields"] }, { ...nobody, names: ["anna fields"] }, 1)).toBeNull();
    const far = { ...anna, nearPhones: [], reasons: [], times: [100 * day] };
    expect(likenessOf({ ...anna, nearPhones: [] }, far, 1)).toBeNull();
  });

  it("says less of a name that many customers have", () => {
    const [one, other] = [
      { ...anna, nearPhones: [] },
      { ...anna, nearPhones: [], times: [day] },
    ];
    expect(likenessOf(one, other, 20)).toBeNull();
  });

  it("does not propose two people of one household", () => {
    const peter = { ...anna, names: ["peter fields"] };
    expect(likenessOf(anna, peter, 1)).toBeNull();
    expect(likenessOf({ ...anna, saidEmails: ["e"] }, { ...peter, saidEmails: ["e"] }, 1)).toBeNull();
  });

  it("does not propose two customers of a company that calls from one number", () => {
    // The number of a switchboard is no sign (its marks are left out), and what is left is not enough.
    const [one, other] = [
      { ...nobody, names: ["anna fields"], reasons: ["category:complaint"], times: [0] },
      { ...nobody, names: [], reasons: ["category:complaint"], times: [day] },
    ];
    expect(likenessOf(one, other, 1)).toBeNull();
  });

  it("does not propose those whose systems know them by different ids", () => {
    expect(likenessOf({ ...anna, customers: ["1"] }, { ...anna, customers: ["2"] }, 1)).toBeNull();
    expect(likenessOf({ ...anna, customers: ["1"] }, anna, 1)).not.toBeNull();
  });
});
