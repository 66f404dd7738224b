import { describe, expect, it } from "vitest";
import type { CallInput } from "../../../app/contract/api.ts";
import { idsOfStretch, mostSelected } from "./selecting.ts";

describe("a stretch that is selected with Shift", () => {
  const order = { text: "tag:late", sortBy: "title", direction: "ascending", offset: 40, limit: 100 } as const;

  it("is asked for whole where one of its rows has not been read", async () => {
    const asked: CallInput<"library.ids">[] = [];
    const ids = await idsOfStretch(["a", undefined, "c"], order, async (stretch) => {
      asked.push(stretch);
      return { ids: ["a", "b", "c"] };
    });
    expect(ids).toEqual(["a", "b", "c"]);
    expect(asked).toEqual([{ text: "tag:late", sortBy: "title", direction: "ascending", offset: 40, limit: 3 }]);
  });

  it("is known where all of its rows have been read", async () => {
    const never = () => Promise.reject(new Error("asked"));
    expect(await idsOfStretch(["a", "b"], order, never)).toEqual(["a", "b"]);
  });

  it("ends where no more can be worked on at a time", async () => {
    const long = Array.from({ length: mostSelected + 5 }, () => undefined);
    const limits: (number | undefined)[] = [];
    await idsOfStretch(long, order, async ({ limit }) => {
      limits.push(limit);
      return { ids: [] };
    });
    expect(limits).toEqual([mostSelected]);
  });
});
