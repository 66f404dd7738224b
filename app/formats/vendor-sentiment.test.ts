import { describe, expect, it } from "vitest";
import { readTranscriptFile } from "./detect.ts";

const turn = (role: string, begin: number, mood: string) => ({
  Id: `${role}${begin}`,
  ParticipantRole: role,
  BeginOffsetMillis: begin,
  EndOffsetMillis: begin + 1_000,
  Content: "Hello there.",
  Sentiment: mood,
  LoudnessScores: [],
});

describe("another program's sentiment", () => {
  it("is kept of Call Analytics: by turn, and by side with its quarters", () => {
    const { transcript } = readTranscriptFile(
      JSON.stringify({
        JobName: "a.wav",
        JobStatus: "COMPLETED",
        LanguageCode: "en-US",
        Channel: "VOICE",
        Participants: [{ ParticipantRole: "AGENT" }, { ParticipantRole: "CUSTOMER" }],
        Transcript: [turn("CUSTOMER", 0, "NEGATIVE"), turn("AGENT", 2_000, "POSITIVE")],
        ConversationCharacteristics: {
          TotalConversationDurationMillis: 4_000,
          Sentiment: {
            OverallSentiment: { AGENT: 2.4, CUSTOMER: -1.8 },
            SentimentByPeriod: { QUARTER: { CUSTOMER: [{ Score: -3 }, { Score: 0 }, { Score: 0 }, { Score: 1.5 }] } },
          },
        },
      }),
    );
    const [customer, agent] = transcript.participants;
    expect(transcript.turns.map(({ vendor }) => vendor?.label)).toEqual(["negative", "positive"]);
    expect(transcript.vendor?.sentiment).toEqual([
      { participantId: agent?.id, score: 2.4, change: null, quarters: [] },
      { participantId: customer?.id, score: -1.8, change: 4.5, quarters: [-3, 0, 0, 1.5] },
    ]);
  });

  it("is kept of post call analytics: with the sign that its flags give", () => {
    const segment = (speaker: string, start: number, positive: number, negative: number, score: number) => ({
      SegmentStartTime: start,
      SegmentEndTime: start + 1,
      SegmentSpeaker: speaker,
      DisplayText: "Hello there.",
      SentimentIsPositive: positive,
      SentimentIsNegative: negative,
      SentimentScore: score,
      WordConfidence: [],
    });
    const trend = { SentimentScore: -1.7, SentimentChange: -2.5, SentimentPerQuarter: [{ Quarter: 1, Score: 2.5 }] };
    const { transcript } = readTranscriptFile(
      JSON.stringify({
        ConversationAnalytics: { Duration: "4", LanguageCode: "en-US", SentimentTrends: { spk_0: trend, spk_9: trend } },
        SpeechSegments: [segment("spk_0", 0, 0, 1, 4.5), segment("spk_1", 2, 1, 0, 3), segment("spk_1", 3, 0, 0, 0)],
      }),
    );
    expect(transcript.turns.map(({ vendor }) => vendor)).toEqual([
      { label: "negative", score: -4.5 },
      { label: "positive", score: 3 },
      { label: "neutral", score: 0 },
    ]);
    expect(transcript.vendor?.sentiment).toEqual([
      { participantId: transcript.participants[0]?.id, score: -1.7, change: -2.5, quarters: [2.5] },
    ]);
  });
});

describe("what another program found", () => {
  const items = (text: string, begin: number) =>
    text.split(" ").map((word, index) => ({
      Type: "pronunciation",
      Content: word,
      BeginOffsetMillis: begin + index * 100,
      EndOffsetMillis: begin + index * 100 + 100,
    }));

  it("is kept of Call Analytics: on the words that its offsets and times name, with the loudness of each second", () => {
    const broken = "my line is broken today";
    const { transcript, notes } = readTranscriptFile(
      JSON.stringify({
        JobName: "a.wav",
        LanguageCode: "en-US",
        Channel: "VOICE",
        Participants: [{ ParticipantRole: "AGENT" }, { ParticipantRole: "CUSTOMER" }],
        ConversationCharacteristics: { TotalConversationDurationMillis: 4_000 },
        Categories: {
          MatchedCategories: ["Fault"],
          MatchedDetails: { Fault: { PointsOfInterest: [{ BeginOffsetMillis: 300, EndOffsetMillis: 400 }, { odd: true }] } },
        },
        Transcript: [
          {
            ...turn("CUSTOMER", 0, "NEGATIVE"),
            Content: broken,
            Items: items(broken, 0),
            IssuesDetected: [{ CharacterOffsets: { Begin: 3, End: 17 } }],
            LoudnessScores: [80.5, null, "71"],
          },
          { ...turn("AGENT", 2_000, "NEUTRAL"), ActionItemsDetected: [{ Text: "Hello there." }] },
        ],
      }),
    );
    const [customer] = transcript.participants;
    const ids = transcript.turns[0]?.words.map(({ id }) => id) ?? [];
    expect(transcript.vendor?.findings).toEqual([
      { kind: "issue", name: "", turnId: "t1", wordIds: ids.slice(1, 4), startMs: 100, endMs: 400 },
      { kind: "category", name: "Fault", turnId: "t1", wordIds: [ids[3]], startMs: 300, endMs: 400 },
      { kind: "action", name: "", turnId: "t2", wordIds: [], startMs: 2_000, endMs: 3_000 },
    ]);
    expect(transcript.vendor?.loudness).toEqual([{ participantId: customer?.id, startMs: 0, scores: [80.5, null, 71] }]);
    expect(notes.filter(({ level }) => level === "kept").map(({ what }) => what)).toEqual(
      expect.arrayContaining(["Issues that Amazon marked: 1.", "Actions that Amazon marked: 1."]),
    );
  });

  it("is kept of post call analytics: by segment", () => {
    const segment = {
      SegmentStartTime: 1,
      SegmentEndTime: 3,
      SegmentSpeaker: "spk_0",
      DisplayText: "Hello there.",
      LoudnessScores: [70, 71],
      CategoriesDetected: ["Greeting", 3],
      IssuesDetected: [{ Text: "there.", BeginOffset: 6, EndOffset: 12 }],
      WordConfidence: [
        { Text: "Hello", Confidence: 0.9, StartTime: 1, EndTime: 1.5 },
        { Text: " there.", Confidence: 0.9, StartTime: 1.5, EndTime: 2 },
      ],
    };
    const { transcript } = readTranscriptFile(
      JSON.stringify({ ConversationAnalytics: { Duration: "4", LanguageCode: "en-US" }, SpeechSegments: [segment] }),
    );
    const [turnRead] = transcript.turns;
    expect(transcript.vendor?.findings?.map(({ kind, name, wordIds }) => [kind, name, wordIds.length])).toEqual([
      ["category", "Greeting", 2],
      ["issue", "", 1],
    ]);
    expect(transcript.vendor?.findings?.[1]?.wordIds).toEqual([turnRead?.words[1]?.id]);
    expect(transcript.vendor?.loudness?.[0]).toMatchObject({ startMs: 1_000, scores: [70, 71] });
  });

  it("is kept of a Contact Lens chat: by message, by side with its shift, with issues and categories at their messages", () => {
    const item = (id: string, role: string, second: number, content: string) => ({
      AbsoluteTime: `2026-03-01T10:00:0${second}.000Z`,
      Content: content,
      ContentType: "text/plain",
      Id: id,
      ParticipantId: role,
      ParticipantRole: role,
      Type: "MESSAGE",
    });
    const { transcript, notes } = readTranscriptFile(
      JSON.stringify({
        Channel: "CHAT",
        ChatTranscriptVersion: "2019-08-26",
        LanguageCode: "en-US",
        Transcript: [item("a", "CUSTOMER", 0, "My order is lost. Hello?"), item("b", "AGENT", 3, "I will send another.")],
        Categories: {
          MatchedCategories: ["lost-order"],
          MatchedDetails: {
            "lost-order": {
              PointsOfInterest: [{ TranscriptItems: [{ Id: "a", CharacterOffsets: { BeginOffsetChar: 3, EndOffsetChar: 16 } }] }],
            },
          },
        },
        ConversationCharacteristics: {
          ContactSummary: {
            SummaryItemsDetected: [
              {
                IssuesDetected: [{ TranscriptItems: [{ Id: "a", CharacterOffsets: { BeginOffsetChar: 0, EndOffsetChar: 17 } }] }],
                ActionItemsDetected: [{ TranscriptItems: [{ Id: "b" }, { Id: "gone" }] }],
              },
            ],
          },
          Sentiment: {
            DetailsByTranscriptItemGroup: [
              { ParticipantRole: "CUSTOMER", ProgressiveScore: -1.67, Sentiment: "NEGATIVE", TranscriptItems: [{ Id: "a" }] },
              { ParticipantRole: "AGENT", ProgressiveScore: 0, Sentiment: "NEUTRAL", TranscriptItems: [{ Id: "b" }] },
            ],
            OverallSentiment: { DetailsByParticipantRole: { AGENT: 1.15, CUSTOMER: -2.5 } },
            SentimentShift: { DetailsByParticipantRole: { CUSTOMER: { BeginScore: -5, EndScore: 0 } } },
          },
        },
      }),
    );
    const [customer, agent] = transcript.participants;
    expect(transcript.turns.map(({ vendor }) => vendor)).toEqual([
      { label: "negative", score: -1.67 },
      { label: "neutral", score: 0 },
    ]);
    expect(transcript.vendor).toMatchObject({
      source: "Amazon Connect Contact Lens chat",
      sentiment: [
        { participantId: agent?.id, score: 1.15, change: null, quarters: [] },
        { participantId: customer?.id, score: -2.5, change: 5, quarters: [] },
      ],
    });
    expect(transcript.vendor?.findings?.map(({ kind, name, turnId }) => [kind, name, turnId]).sort()).toEqual([
      ["action", "", "t2"],
      ["category", "lost-order", "t1"],
      ["issue", "", "t1"],
    ]);
    expect(notes.filter(({ level }) => level === "kept").map(({ where }) => where)).toEqual([
      "ConversationCharacteristics.Sentiment",
      "ConversationCharacteristics.ContactSummary",
      "Categories.MatchedCategories",
    ]);
  });

  it("is kept of Lex, in both of its writings, with the score of its label", () => {
    const bot = { name: "Billing", localeId: "en_GB" };
    const v2 = (response: unknown) => ({
      messageVersion: "2.0",
      sessionId: "s",
      bot,
      inputTranscript: "I hate this",
      interpretations: [{ intent: { name: "X", slots: {} }, sentimentResponse: response }],
      sessionState: { intent: { name: "X" } },
    });
    const read = (entry: unknown) => readTranscriptFile(JSON.stringify(entry)).transcript.turns[0]?.vendor;
    expect(read(v2({ sentiment: "NEGATIVE", sentimentScore: { positive: 0.01, negative: 0.93 } }))).toEqual({
      label: "negative",
      score: 0.93,
    });
    expect(read(v2({ sentiment: "MIXED" }))).toEqual({ label: "mixed", score: null });
    expect(read(v2(null))).toBeUndefined();
    const v1 = {
      messageVersion: "1.0",
      botName: "Old",
      inputTranscript: "I hate this",
      sentimentResponse: { sentimentLabel: "NEGATIVE", sentimentScore: "{Positive: 0.01, Negative: 9.3E-1}" },
    };
    expect(read(v1)).toEqual({ label: "negative", score: 0.93 });
  });
});
