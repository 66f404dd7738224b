import { createHash } from "node:crypto";
import type { DecodedAudio, Diarization, SpeechOptions } from "../../../../app/conversation/speech.ts";
import { canonicalJson } from "../../pipeline/input-hash.ts";
import { sha256OfFile } from "./encode-sound.ts";

/**
 * SHA-256 over everything a remote hearing depends on: the samples themselves, not where they lie, so that a library
 * that was moved goes on with what it had sent. Rejects with `file-missing`, `cancelled`.
 *
 * @param how contract and endpoints, and what is asked of them.
 */
export async function hearingKey(
  how: readonly string[],
  audio: DecodedAudio,
  options: SpeechOptions,
  diarization: Diarization | null,
  signal: AbortSignal,
): Promise<string> {
  const channels: { sha256: string; samples: number }[] = [];
  for (const channel of audio.channels) {
    channels.push({ sha256: await sha256OfFile(channel.path, signal), samples: channel.samples });
  }
  const { durationMs, layout, correlation, silentChannels } = audio;
  const facts = [how, { durationMs, layout, correlation, silentChannels }, channels, options, diarization];
  return createHash("sha256").update(canonicalJson(facts)).digest("hex");
}
