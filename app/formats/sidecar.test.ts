import { describe, expect, it } from "vitest";
import { tagFacts } from "./audio-tags.ts";
import { readJsonSidecar, readTableSidecar } from "./sidecar.ts";

describe("what lies beside a recording", () => {
  it("is read out of a file of its own, however its system names the fields", () => {
    expect(
      readJsonSidecar(
        { metadata: { Call_ID: "c-9", "Agent Name": "Ann", ANI: "+44 20 7946 0000", start_time: "2026-03-29 09:00:00" }, x: 1 },
        "Europe/London",
      ),
    ).toMatchObject({
      contactId: "c-9",
      agent: "Ann",
      phone: "+44 20 7946 0000",
      startedAt: "2026-03-29T08:00:00.000Z",
      timeZone: "Europe/London",
      queue: null,
    });
  });

  it("is read out of a table, by the name of the file", () => {
    const facts = readTableSidecar([
      ["Recording File", "Customer ID", "Queue", "Call direction", "Start", "Time zone"],
      ["\\\\server\\share\\A.WAV", "4711", "Billing", "Incoming", "2026-01-02T03:04:05", "America/New_York"],
      ["", "1"],
      ["b.wav", "", "", "", "1767323045", ""],
    ]);
    expect([...facts.keys()]).toEqual(["a.wav", "b.wav"]);
    expect(facts.get("a.wav")).toMatchObject({
      customer: "4711",
      queue: "Billing",
      direction: "inbound",
      startedAt: "2026-01-02T08:04:05.000Z",
    });
    expect(facts.get("b.wav")?.startedAt).toBe("2026-01-02T03:04:05.000Z");
  });

  it("says nothing where it is something else", () => {
    expect(readJsonSidecar(["a"])).toBeNull();
    expect(readJsonSidecar({ __proto__: { agent: "x" }, nested: { agent: "x" } })).toBeNull();
    expect(
      readTableSidecar([
        ["Agent", "Text"],
        ["Ann", "Hello"],
      ]).size,
    ).toBe(0);
  });
});

describe("tags of a recording", () => {
  it("tell when it was made, and its title where it is one", () => {
    expect(tagFacts({ creation_time: "2026-02-03T04:05:06.000000Z", title: "Claim 12" })).toEqual({
      startedAt: "2026-02-03T04:05:06.000Z",
      title: "Claim 12",
    });
    expect(tagFacts({ origination_date: "2026-02-03", origination_time: "04-05-06" }).startedAt).toBe("2026-02-03T04:05:06.000Z");
  });

  it("are not believed where devices had no clock, and a year is no moment", () => {
    expect(tagFacts({ creation_time: "1904-01-01T00:00:00.000000Z", title: "Track 01" })).toEqual({
      startedAt: null,
      title: null,
    });
    expect(tagFacts({ date: "2019" }).startedAt).toBeNull();
  });
});
