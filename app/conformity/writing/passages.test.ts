import { describe, expect, it } from "vitest";
import { conversationOf } from "./hostile.test-data.ts";
import { findPassages, mostPassages, wordsAskedFor } from "./passages.ts";

const quotesOf = (question: string, ...said: string[]) =>
  findPassages(question, conversationOf(said.map((text, index) => ({ by: index % 2 === 0 ? "customer" : "agent", text })))).map(
    ({ anchor }) => anchor.quote,
  );

describe("passages of a conversation that match a question", () => {
  it("are looked for by the words that say what is asked, in their base form", () => {
    expect([...wordsAskedFor("Did the agent ever apologise for the cancelled orders?")]).toEqual(["apologis", "cancel", "order"]);
    expect([...wordsAskedFor("¿Cuándo llega el técnico?")]).toEqual(["llega", "tecnico"]);
    // A question of such words alone is looked for as it is.
    expect([...wordsAskedFor("Who is it?")]).toEqual(["who", "is", "it"]);
  });

  it("are the turns with its rarest words first, and none where none of them is said", () => {
    expect(
      quotesOf(
        "Was the refund for the broken router promised?",
        "hello I call about my router",
        "which router is it",
        "the router by the door and you promised a refund",
        "yes the router",
      )[0],
    ).toBe("the router by the door and you promised a refund");
    expect(quotesOf("What about the invoice?", "hello there", "good morning")).toEqual([]);
  });

  it("are a few, and of a long turn the stretch where most of the words stand", () => {
    const long = [
      ...Array.from({ length: 200 }, () => "so"),
      "we",
      "refund",
      "the",
      "late",
      "refund",
      ...Array.from({ length: 80 }, () => "well"),
    ];
    const [quote = ""] = quotesOf("When is the late refund paid?", "hello", long.join(" "));
    expect(quote).toContain("refund the late refund");
    expect(quote.split(" ").length).toBeLessThanOrEqual(40);
    const many = Array.from({ length: 20 }, (_, index) => `refund number ${index}`);
    expect(quotesOf("Which refund?", ...many)).toHaveLength(mostPassages);
  });
});
