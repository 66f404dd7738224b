import type { ImportReport } from "../../../app/contract/import-views.ts";
import type { MediaInfo } from "../media/probe.ts";

/** What becomes of the parts of a recording. */
export function recordingReport({ label, channels, audioStreams, hasVideo, tags }: MediaInfo): ImportReport {
  const tagged = Object.keys(tags).length;
  const notes: ImportReport["notes"] = [
    { level: "kept", what: "The file itself, as it came.", where: "the whole file" },
    {
      level: "converted",
      what: `Its sound, ${channels} ${channels === 1 ? "channel" : "channels"}, for listening and for the speech engine.`,
      where: "the sound",
    },
  ];
  if (hasVideo) notes.push({ level: "ignored", what: "Its picture.", where: "the picture" });
  if (audioStreams > 1) notes.push({ level: "ignored", what: `Further sound tracks: ${audioStreams - 1}.`, where: "the sound" });
  if (tagged > 0)
    notes.push({
      level: "kept",
      what: `Of its ${tagged} tags the title and the time it began, where they say them.`,
      where: "the tags",
    });
  return { format: label, kind: "call", participants: 0, turns: 0, words: 0, notes };
}
