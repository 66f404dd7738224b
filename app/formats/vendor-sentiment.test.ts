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
