import { beforeEach, describe, expect, it } from "vitest";
import { changeView, currentView, listInput, placeOfLeft, plainView } from "./view.ts";

describe("the view of the library", () => {
  beforeEach(() => changeView(plainView));

  it("sorts a new search by match, and goes back when the search ends", () => {
    changeView({ text: "refund" });
    expect(currentView()).toMatchObject({ sortBy: "relevance", direction: "descending" });
    changeView({ sortBy: "title", direction: "ascending" });
    changeView({ text: "refund card" });
    expect(currentView().sortBy).toBe("title");
    changeView({ sortBy: "relevance" });
    changeView({ text: " " });
    expect(currentView().sortBy).toBe("importedAt");
  });

  it("finds the row that was left, also when others came in above it", () => {
    const left = { index: 1, id: "b" };
    const now = new Map([
      [0, { id: "new" }],
      [1, { id: "a" }],
      [2, { id: "b" }],
    ]);
    expect(placeOfLeft(left, now)).toBe(2);
    expect(placeOfLeft({ index: 1, id: "deleted" }, now)).toBe(1);
  });

  it("asks for one page, leaving out what is not filtered", () => {
    changeView({ channel: "voice" });
    const input = listInput(currentView(), 200, 100);
    expect(input).toEqual({ text: "", channel: "voice", sortBy: "importedAt", direction: "descending", offset: 200, limit: 100 });
  });
});
