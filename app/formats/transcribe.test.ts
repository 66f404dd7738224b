import { describe, expect, it } from "vitest";
import { readTranscriptFile } from "./detect.ts";
import { transcribeChannels, transcribeSpeakers } from "./format-samples.test-data.ts";

const read = (value: unknown) => readTranscriptFile(JSON.stringify(value));
const turnsOf = (value: unknown) =>
  read(value).transcript.turns.map(({ participantId, startMs, endMs, text }) => [participantId, startMs, endMs, text]);

describe("a result of Amazon Transcribe", () => {
  it("gives each word to the speaker of its start time, and begins a turn after a pause of 3 s", () => {
    expect(turnsOf(transcribeSpeakers)).toEqual([
      ["p1", 100, 1_000, "Hello there."],
      ["p2", 1_400, 1_900, "Hi."],
      ["p2", 6_000, 6_900, "Are you well?"],
    ]);
    const { format, transcript } = read(transcribeSpeakers);
    expect([format, transcript.language, transcript.shortfalls]).toEqual(["Amazon Transcribe result, by speaker", "en-US", []]);
    expect(transcript.turns[0]?.words[1]).toEqual({ id: "w2", text: "there.", startMs: 500, endMs: 1_000, confidence: 0.98 });
  });

  it("reads newer files, whose items name the speaker, alike", () => {
    const { speaker_labels: _, ...results } = transcribeSpeakers.results;
    const speakers = ["spk_0", "spk_0", "spk_0", "spk_1", "spk_1", "spk_1", "spk_1", "spk_1", "spk_1"];
    const items = results.items.map((item, index) => ({ ...item, speaker_label: speakers[index] }));
    expect(turnsOf({ results: { ...results, items } })).toEqual(turnsOf(transcribeSpeakers));
  });

  it("puts what one channel says between the pauses of the other, and keeps masked words masked", () => {
    expect(turnsOf(transcribeChannels)).toEqual([
      ["p1", 1_000, 2_500, "My card, [PII]"],
      ["p2", 1_500, 3_400, "Right. Done."],
      ["p1", 4_500, 5_000, "thanks."],
    ]);
    const { participants, turns } = read(transcribeChannels).transcript;
    expect(participants.map(({ channel }) => channel)).toEqual([0, 1]);
    expect(turns[0]?.words.map(({ redaction }) => redaction)).toEqual([undefined, undefined, "pii"]);
  });

  it("drops a channel that only repeats the first, as of a mono recording made stereo", () => {
    const items = Array.from({ length: 12 }, (_, index) => ({
      type: "pronunciation",
      start_time: String(index),
      end_time: String(index + 0.8),
      alternatives: [{ confidence: "0.9", content: `word${index}` }],
    }));
    const channels = [0, 1].map((index) => ({ channel_label: `ch_${index}`, items }));
    const { transcript, notes } = read({ results: { transcripts: [], channel_labels: { channels } } });
    expect([transcript.participants.length, transcript.turns.length]).toEqual([1, 1]);
    expect(transcript.shortfalls.map(({ lacks }) => lacks)).toEqual(["speakers"]);
    expect(notes.map(({ where }) => where)).toEqual(["results.channel_labels.channels[1]"]);
  });

  it("of several languages takes the one spoken longest, else the one Amazon was surest of", () => {
    const { language_code: _, ...results } = transcribeSpeakers.results;
    const codes = [
      { language_code: "en-US", duration_in_seconds: "2.5" },
      { language_code: "es-US", duration_in_seconds: 9 },
    ];
    const several = read({ results: { ...results, language_codes: codes } });
    expect(several.transcript.language).toBe("es-US");
    expect(several.notes).toContainEqual(expect.objectContaining({ level: "converted", where: "results.language_codes" }));
    const identified = [
      { score: "0.2", code: "de-DE" },
      { score: "0.7", code: "en-GB" },
    ];
    expect(read({ results: { ...results, language_identification: identified } }).transcript.language).toBe("en-GB");
  });

  it("says that nobody is told apart where nobody is", () => {
    const { speaker_labels: _, ...results } = transcribeSpeakers.results;
    expect(read({ results }).transcript.shortfalls).toEqual([{ lacks: "speakers", reason: "not-asked", modelId: null }]);
  });

  it("reads a recording in which nobody spoke, and one of which only the text is left", () => {
    expect(read({ results: { transcripts: [{ transcript: "" }], items: [] } }).transcript.turns).toEqual([]);
    const bare = read({ results: { transcripts: [{ transcript: "Hello there." }] } }).transcript;
    expect(bare.turns.map(({ text }) => text)).toEqual(["Hello there."]);
    expect(bare.shortfalls.map(({ lacks }) => lacks)).toEqual(["word-times", "speakers"]);
  });
});
