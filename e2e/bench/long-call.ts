import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { root } from "../earmark.ts";

/** The sample that the long call is made of, again and again. */
export const sample = join(root, "resources", "samples", "bluebird-energy-bill.opus");

/** The ffmpeg to make it with: Earmark's own, else the system's. */
function ffmpeg(): string {
  const own = join(root, "node_modules", "ffmpeg-static", process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg");
  return existsSync(own) ? own : "ffmpeg";
}

/** Writes a recording of so many hours: the sample end to end, without encoding it anew. Throws when ffmpeg does not. */
export function makeLongRecording(path: string, hours: number): void {
  const input = ["-stream_loop", "-1", "-i", sample, "-t", String(hours * 3_600)];
  const { status, stderr } = spawnSync(ffmpeg(), ["-v", "error", "-y", ...input, "-c", "copy", path], { encoding: "utf8" });
  if (status !== 0) throw new Error(`ffmpeg could not make the long recording: ${stderr}`);
}

interface Stretch {
  id: string;
  startMs: number;
  endMs: number;
}

interface StoredTranscript {
  durationMs: number;
  turns: (Stretch & { words: Stretch[] })[];
}

/**
 * Gives the long call the words of the sample, again and again, in a library that no Earmark has open: hearing four hours
 * takes long, and what is measured here is the page. Answers with the numbers of turns and of words.
 */
export async function giveWords(library: string, longId: string, sampleId: string): Promise<{ turns: number; words: number }> {
  const file = (await readdir(library)).find((name) => /\.(db|sqlite)$/u.test(name));
  if (file === undefined) throw new Error("The library has no database.");
  const database = new DatabaseSync(join(library, file));
  try {
    const row = database.prepare("SELECT transcript FROM transcripts WHERE conversation_id = ?").get(sampleId);
    const heard = JSON.parse(String(row?.["transcript"])) as StoredTranscript;
    const duration = database.prepare("SELECT duration_ms FROM conversations WHERE id = ?").get(longId)?.["duration_ms"];
    const durationMs = Number(duration);
    const turns: StoredTranscript["turns"] = [];
    for (let round = 0; (round + 1) * heard.durationMs <= durationMs; round++) {
      const later = <T extends Stretch>(each: T): T => ({
        ...each,
        id: `${each.id}-${round}`,
        startMs: each.startMs + round * heard.durationMs,
        endMs: each.endMs + round * heard.durationMs,
      });
      turns.push(...heard.turns.map((turn) => ({ ...later(turn), words: turn.words.map(later) })));
    }
    const transcript = JSON.stringify({ ...heard, durationMs, turns });
    database.prepare("DELETE FROM transcripts WHERE conversation_id = ?").run(longId);
    database
      .prepare("INSERT INTO transcripts (conversation_id, made_at, transcript) VALUES (?, ?, ?)")
      .run(longId, Date.now(), transcript);
    return { turns: turns.length, words: turns.reduce((sum, turn) => sum + turn.words.length, 0) };
  } finally {
    database.close();
  }
}
