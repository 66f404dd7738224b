import { beforeEach, describe, expect, it } from "vitest";
import { changeTo, changeView, currentView, listInput, lookOf, placeOfLeft, plainView, withoutTerm, wordsOf } from "./view.ts";

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

  it("goes back to the person's own order when the search ends", () => {
    changeView({ sortBy: "customerSentiment", direction: "ascending" });
    changeView({ text: "refund" });
    expect(currentView().sortBy).toBe("relevance");
    changeView({ text: "" });
    expect(currentView()).toMatchObject({ sortBy: "customerSentiment", direction: "ascending" });
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

  it("asks for one page, with the search as it is", () => {
    changeView({ text: " channel:voice " });
    const input = listInput(currentView(), 200, 100);
    expect(input).toEqual({ text: "channel:voice", sortBy: "importedAt", direction: "descending", offset: 200, limit: 100 });
  });

  it("does not sort by match where only operators are asked for", () => {
    changeView({ text: "tag:late" });
    expect(currentView().sortBy).toBe("importedAt");
    changeView({ text: "tag:late refund" });
    expect(currentView().sortBy).toBe("relevance");
  });

  it("takes single terms out of a search, with the OR beside them", () => {
    const text = "refund channel:chat OR channel:sms -tag:late";
    expect(withoutTerm(text, { start: 7, end: 19 })).toBe("refund channel:sms -tag:late");
    expect(withoutTerm(text, { start: 23, end: 34 })).toBe("refund channel:chat -tag:late");
    expect(withoutTerm(text, { start: 0, end: 6 })).toBe("channel:chat OR channel:sms -tag:late");
    expect(wordsOf('said:"my card" by:customer refund -late')).toBe('"my card" refund');
  });

  it("comes back from a saved view as it was", () => {
    changeView({ text: "tag:late", sortBy: "agent", direction: "ascending", columns: [{ name: "agent", width: 90 }] });
    const look = lookOf(currentView());
    changeView(plainView);
    changeView(changeTo(look));
    expect(lookOf(currentView())).toEqual(look);
    expect(changeTo({ ...look, columns: [] }).columns).toBeNull();
  });
});
