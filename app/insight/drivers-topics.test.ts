import { describe, expect, it } from "vitest";
import { topicsOf, withTopics } from "./drivers-topics.ts";

const ids = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, index) => `c${from + index}`);

describe("topics", () => {
  it("are phrases of the same conversations, led by the most frequent", () => {
    const phrases = [
      { term: "late refund", conversationIds: ids(0, 8) },
      { term: "refund", conversationIds: ids(0, 10) },
      { term: "router", conversationIds: ids(20, 30) },
      { term: "red light", conversationIds: ids(21, 27) },
      { term: "parrot", conversationIds: ids(40, 45) },
      { term: "rare", conversationIds: ids(0, 2) },
    ];
    expect(topicsOf(phrases, 100)).toEqual([{ phrases: ["refund", "late refund"] }, { phrases: ["router", "red light"] }]);
  });

  it("are not made of what everybody says", () => {
    const phrases = [
      { term: "account", conversationIds: ids(0, 9) },
      { term: "problem", conversationIds: ids(0, 9) },
    ];
    expect(topicsOf(phrases, 10)).toEqual([]);
  });

  it("are counted where any phrase of theirs is said, once", () => {
    const topics = [{ phrases: ["refund", "late refund"] }];
    const counted = withTopics(
      [
        { id: "a", at: 1, terms: ["refund", "late refund"] },
        { id: "b", at: 2, terms: ["late refund"] },
        { id: "c", at: 3, terms: ["router"] },
      ],
      topics,
    );
    expect(counted.map(({ terms }) => terms)).toEqual([["refund\nlate refund"], ["refund\nlate refund"], []]);
  });
});
