import { describe, expect, it } from "vitest";
import { copyOf, freeId, newText, readText } from "./category-draft.ts";

describe("the text of a category", () => {
  it("is understood with a sentence, or refused at its line", () => {
    expect(readText("id: a\nname: A\nrule:\n  said: refund\n  by: customer")).toMatchObject({
      category: { id: "a" },
      sentence: "the customer says “refund”",
      fault: null,
    });
    expect(readText("id: a\nname: A\nrule:\n  said: refund\n  of: customer").fault).toEqual({
      line: 4,
      message: expect.stringContaining("Nothing is called 'of' here"),
    });
    expect(readText("").fault).toEqual({ line: 1, message: "There are no rules in this file." });
  });

  it("begins as a rule that can be read", () => {
    expect(readText(newText(["new-category"])).category?.id).toBe("new-category-2");
  });
});

describe("ids", () => {
  it("are made of names, and are free", () => {
    expect(freeId("Späte Erstattung!", [])).toBe("spa-te-erstattung");
    expect(freeId("??", [])).toBe("category");
    expect(freeId("a", ["a", "a-2"])).toBe("a-3");
  });

  it("of a copy are another's", () => {
    const { category } = readText("id: a\nname: A\nrule: { said: x }");
    if (category === null) throw new Error("It can be read.");
    expect(copyOf(category, ["a"])).toMatchObject({ id: "a-2", name: "A (2)", rule: category.rule });
  });
});
