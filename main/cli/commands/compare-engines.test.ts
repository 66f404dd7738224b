import { describe, expect, it } from "vitest";
import { settingsSchema } from "../../../app/contract/views.ts";
import { comparisonText, offloadFor } from "./compare-engines.ts";

const word = { participantId: "p0", text: "yes", startMs: 61_000, endMs: 61_250, confidence: 1 };

describe("compare-engines", () => {
  it("takes what the settings say, and what the command line says instead", () => {
    const { offload } = settingsSchema.parse({ offload: { endpoint: "calls", bucket: "kept-calls", region: "eu-west-1" } });
    expect(offloadFor(offload, { region: "us-east-1" })).toMatchObject({
      use: "sagemaker",
      contract: "earmark",
      endpoint: "calls",
      bucket: "kept-calls",
      region: "us-east-1",
    });
    expect(offloadFor(offload, { diarizationEndpoint: "d", transcriptionEndpoint: "t" }).contract).toBe(
      "conversation-intelligence",
    );
  });

  it("prints each difference with its time, and the sum", () => {
    const nothing = { firstWords: 7, secondWords: 7, same: 7, differences: [], others: [] };
    expect(comparisonText(nothing)).toBe("No difference in 7 words.\n");
    const text = comparisonText({
      firstWords: 7,
      secondWords: 6,
      same: 5,
      differences: [
        { kind: "only-first", first: word },
        { kind: "other-word", first: word, second: { ...word, text: "no" } },
      ],
      others: ["language: en and null"],
    });
    expect(text.split("\n")).toEqual([
      "   1:01  here only   yes [p0 61.00-61.25]",
      "   1:01  other word  yes [p0 61.00-61.25]  no [p0 61.00-61.25]",
      "other language: en and null",
      "7 words here, 6 there; 5 the same, 2 differences.",
      "",
    ]);
  });
});
