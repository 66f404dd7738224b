import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identitiesIn, identitiesInFile } from "./contact-identity.ts";

const of = (value: unknown) => identitiesIn(value, "GB").map(({ kind, value: written }) => `${kind} ${written}`);

describe("identities in files", () => {
  // Shapes: https://docs.aws.amazon.com/connect/latest/adminguide/ctr-data-model.html
  it("are those of Amazon Connect's contact record, and never the centre's own", () => {
    const record = {
      ContactId: "c-12345",
      InitialContactId: "c-12340",
      CustomerEndpoint: { Type: "TELEPHONE_NUMBER", Address: "+447700900417" },
      SystemEndpoint: { Type: "TELEPHONE_NUMBER", Address: "+448000000000" },
      Agent: { Username: "kim", CustomerId: "nobody" },
      Attributes: { customerId: "NB-1", email: "anna@example.com", phone: "07700 900417" },
    };
    expect(of(record)).toEqual([
      "contact c-12345",
      "contact c-12340",
      "phone +447700900417",
      "customer nb-1",
      "email anna@example.com",
    ]);
    expect(of({ ContactTraceRecord: record })).toEqual(of(record));
  });

  it("are those of a bot's session, whatever its log is wrapped in", () => {
    const entry = {
      sessionId: "+447700900471",
      sessionState: { sessionAttributes: { CustomerPhone: "+44 7700 900417", ContactId: "c-12345" } },
      messages: [{ content: "customerEmail: other@example.com" }],
    };
    const other = { ...entry, sessionId: "+447700900999", sessionState: {} };
    const lines = [other, entry, entry].map((one) => JSON.stringify(one)).join("\n");
    expect(identitiesInFile(lines, null).map(({ value }) => value)).toEqual(["+447700900471", "+447700900417", "c-12345"]);
  });

  it("are not what stands in the words of a conversation, or under a bare name of anybody's", () => {
    expect(
      of({ Transcript: [{ ContactId: "c-12345" }], email: "anna@example.com", agent: { customerEmail: "a@b.example" } }),
    ).toEqual([]);
    expect(identitiesInFile("Agent: my number is 07700 900417", "GB")).toEqual([]);
  });

  it("come to an end for anything at all, however deep or wide", () => {
    let deep: unknown = "end";
    for (let level = 0; level < 5_000; level++) deep = { customer: deep };
    expect(of(deep)).toEqual([]);
    expect(
      of({ attributes: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`customerId${index}`, "x"])) }),
    ).toEqual([]);
    const many = Array.from({ length: 50_000 }, (_, index) => ({ customerId: `c-${index}` }));
    expect(of(many).length).toBeLessThanOrEqual(20);
    fc.assert(fc.property(fc.anything(), (value) => identitiesIn(value, "GB").length <= 20));
    fc.assert(fc.property(fc.string(), (text) => identitiesInFile(text, null).length <= 20));
    expect(of(JSON.parse('{"__proto__":{"customerId":"evil-1"},"attributes":{"constructor":"x"}}'))).toEqual(["customer evil-1"]);
  });
});
