import { describe, expect, it } from "vitest";
import { connectFacts, genesysFacts } from "./contact-facts.ts";
import { readTranscriptFile } from "./detect.ts";

describe("queue and direction", () => {
  it.each([
    ["INBOUND", "inbound"],
    ["API", "inbound"],
    ["OUTBOUND", "outbound"],
    ["CALLBACK", "outbound"],
    ["TRANSFER", null],
    ["QUEUE_TRANSFER", null],
    [7, null],
  ])("of a contact record begun by %s: %s", (InitiationMethod, direction) => {
    expect(connectFacts({ InitiationMethod, Queue: { Name: "Billing", ARN: "arn:aws:connect:x" } })).toEqual({
      queue: "Billing",
      direction,
    });
  });

  it("are found where Contact Lens and its neighbours put them, and nowhere else", () => {
    expect(connectFacts({ ContactTraceRecord: { Queue: { Name: " Sales " }, InitiationMethod: "outbound" } })).toEqual({
      queue: "Sales",
      direction: "outbound",
    });
    expect(connectFacts({ Queue: { ARN: "arn:aws:connect:x" } })).toEqual({ queue: null, direction: null });
    expect(connectFacts(null)).toEqual({ queue: null, direction: null });
    expect(
      genesysFacts({
        ConversationAnalytics: { Telephony: { Genesys: { originatingDirection: "inbound", queueIds: ["q-1", "q-2"] } } },
      }),
    ).toEqual({
      queue: "q-1",
      direction: "inbound",
    });
    expect(genesysFacts({ ConversationAnalytics: {} })).toEqual({ queue: null, direction: null });
  });

  it("come out of a file with its turns", () => {
    const call = readTranscriptFile(
      JSON.stringify({
        Channel: "VOICE",
        CustomerMetadata: { ContactId: "c" },
        ContactTraceRecord: { InitiationMethod: "INBOUND", Queue: { Name: "Billing" } },
        Participants: [{ ParticipantId: "a", ParticipantRole: "AGENT" }],
        Transcript: [{ ParticipantId: "a", BeginOffsetMillis: 0, EndOffsetMillis: 900, Content: "Hello." }],
        ConversationCharacteristics: {},
      }),
    );
    expect(call).toMatchObject({ queue: "Billing", direction: "inbound" });
    const chat = readTranscriptFile(
      JSON.stringify({
        ContactId: "c",
        InitiationMethod: "API",
        Queue: { Name: "Web" },
        Transcript: [{ AbsoluteTime: "2026-01-05T10:00:00Z", Type: "MESSAGE", Content: "Hi", ParticipantRole: "CUSTOMER" }],
      }),
    );
    expect(chat).toMatchObject({ queue: "Web", direction: "inbound" });
  });
});

describe("the topic that another program named", () => {
  const file = (Topic: unknown) => ({
    ConversationAnalytics: { Summary: { Topic } },
    SpeechSegments: [{ SegmentSpeaker: "spk_0", SegmentStartTime: 0, SegmentEndTime: 1, DisplayText: "Hello there." }],
  });
  it.each([
    ["Lost card", ["Lost card"]],
    ["n/a", undefined],
    ["", undefined],
    [{ is: "no text" }, undefined],
  ])("%j is kept as %j", (topic, topics) => {
    expect(readTranscriptFile(JSON.stringify(file(topic))).transcript.vendor?.topics).toEqual(topics);
  });
});
