import { describe, expect, it } from "vitest";
import type { Bookmark, Thread } from "../../../app/contract/editing-views.ts";
import { bookmarkMarkers, commentMarkers, type MarkerOpeners, openMarker } from "./player-markers.ts";
import { type MarkerKind, markerKinds } from "./player-moments.ts";

const anchor = {
  kind: "words" as const,
  state: "same" as const,
  wordIds: ["w1"],
  turnIds: ["t1"],
  startMs: 1_000,
  endMs: 2_000,
  quote: "hello",
  text: "hello there",
};
const comment = (body: string, deleted = false) => ({
  id: body,
  at: "2026-11-21T10:00:00Z",
  author: "Ada",
  own: true,
  body,
  mentions: [],
  editedAt: null,
  deleted,
});
const thread = (change: Partial<Thread>): Thread => ({
  id: "c1",
  conversationId: "x",
  anchor,
  comments: [comment("Was this said?")],
  resolved: null,
  ...change,
});

describe("markers of comments", () => {
  it("say the last word of each open thread, where it lies now", () => {
    const answered = thread({ comments: [comment("Was this said?"), comment("Yes,\nat once"), comment("", true)] });
    expect(commentMarkers([answered])).toEqual([
      {
        kind: "comment",
        id: "c1",
        startMs: 1_000,
        endMs: 2_000,
        label: "Ada: Yes, at once",
        place: { turnIds: ["t1"], wordIds: ["w1"] },
      },
    ]);
  });
  it("leave out what is resolved, deleted, or on the whole conversation", () => {
    const resolved = { at: "2026-11-21T11:00:00Z", by: "Ada" };
    expect(commentMarkers([thread({ resolved }), thread({ anchor: null }), thread({ comments: [comment("", true)] })])).toEqual(
      [],
    );
  });
  it("shorten what is long", () => {
    const [marker] = commentMarkers([thread({ comments: [comment("long ".repeat(60))] })]);
    expect(marker?.label.length).toBeLessThanOrEqual(80);
    expect(marker?.label.endsWith("…")).toBe(true);
  });
});

describe("markers of bookmarks", () => {
  it("are called as they were named, else by their words", () => {
    const bookmark: Bookmark = { id: "b", at: "2026-11-21T10:00:00Z", author: "Ada", label: "", anchor };
    expect(bookmarkMarkers([bookmark, { ...bookmark, label: "Disclosure" }]).map((each) => each.label)).toEqual([
      "hello there",
      "Disclosure",
    ]);
  });
});

describe("opening a marker", () => {
  const opened = (kind: MarkerKind, answers = true): string[] => {
    const told: string[] = [];
    const openers: MarkerOpeners = {
      thread: (id) => told.push(`thread ${id}`),
      bookmarks: () => told.push("bookmarks"),
      place: ({ id }) => told.push(`place ${id}`),
      answer: answers ? (id) => told.push(`answer ${id}`) : null,
    };
    openMarker({ kind, id: "1", label: "", startMs: 0, endMs: 1 }, openers);
    return told;
  };
  it("shows its place, and the thing it stands for", () => {
    expect(Object.fromEntries(markerKinds.map((kind) => [kind, opened(kind)]))).toEqual({
      comment: ["place 1", "thread 1"],
      bookmark: ["place 1", "bookmarks"],
      redaction: ["place 1"],
      answer: ["place 1", "answer 1"],
      unanswered: ["place 1", "answer 1"],
    });
  });
  it("shows the place alone where nobody answers questions", () => {
    expect(opened("answer", false)).toEqual(["place 1"]);
  });
});
