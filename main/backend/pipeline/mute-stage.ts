import { stat } from "node:fs/promises";
import { z } from "zod";
import { type Span, spanSchema } from "../../../app/conversation/conversation.ts";
import { muteRanges } from "../../../app/insight/mute-ranges.ts";
import type { Ffmpeg } from "../media/ffmpeg.ts";
import { muteKey, muteMedia } from "../media/muting.ts";
import { mediaInfoSchema } from "../media/probe.ts";
import type { MediaRecord } from "../store/media.ts";
import type { Store } from "../store/store.ts";
import type { Stage, StageInput } from "./queue.ts";
import { readRevision } from "./revision.ts";

/** What the stage works with: paths in its results are relative to the library, as in those of its neighbours. */
export interface MuteWorld {
  readonly store: Store;
  readonly ffmpeg: () => Promise<Ffmpeg>;
  /** The imported file. Rejects with `file-missing`. */
  readonly originalOf: (input: StageInput) => Promise<string>;
  /** The folder of the recording's content hash. */
  readonly folderOf: (input: StageInput) => string;
  readonly stored: (path: string) => string;
  readonly opened: (path: string) => string;
}

/** The ranges of a recording that must not be heard as its transcript stands on screen; none before it was heard. */
export function rangesToMute(store: Store, conversationId: string): Span[] {
  return muteRanges(readRevision(store, conversationId).transcript);
}

/**
 * Notes what has to be muted as the transcript stands now; call it in the transaction that changes the transcript. From
 * then on nothing is heard until the rendition is there. Answers whether one has to be made: then the stage `mute` has to
 * run again.
 */
export function requireMuting(store: Store, conversationId: string): boolean {
  const before = store.media.get(conversationId);
  // A chat has no sound.
  if (before?.audio == null) return false;
  const wanted = muteKey(rangesToMute(store, conversationId));
  const { muted } = wanted === before.muteKey ? before : store.media.put(conversationId, { muteKey: wanted });
  return wanted !== (muted?.key ?? null);
}

const resultSchema = z
  .object({
    key: z.string(),
    path: z.string(),
    mediaType: z.string(),
    peaksPath: z.string(),
    ranges: z.array(spanSchema),
  })
  .nullable();

/**
 * The stage that renders a recording with what is masked in its text, what a person has hidden, and the keys pressed
 * under a beep. It comes last, so that it sees the transcript as it stands, and runs even where hearing failed: keys
 * are found without a word.
 */
export function muteStage(world: MuteWorld): Stage {
  const { store } = world;
  return {
    name: "mute",
    version: 1,
    resource: "io",
    needs: ["probe", "decode", "playback"],
    optional: ["align", "diarize", "recognise", "roles"],
    async facts({ conversationId }) {
      const media = store.media.get(conversationId);
      const wanted = muteKey(rangesToMute(store, conversationId));
      const files = media?.muted == null || wanted === null ? [] : [media.muted.path, media.muted.peaksPath];
      const there = await Promise.all(files.map((path) => stat(path).catch(() => null)));
      return { wanted, ...(there.includes(null) ? { gone: true } : {}) };
    },
    async run(context) {
      const media = store.media.get(context.conversationId);
      const ranges = rangesToMute(store, context.conversationId);
      if (ranges.length === 0 || media?.audio == null) return null;
      const sound = await muteMedia(
        await world.ffmpeg(),
        {
          path: await world.originalOf(context),
          info: mediaInfoSchema.parse(context.results.probe),
          ranges,
          audio: media.audio,
          folder: world.folderOf(context),
          keep: media.muted === null ? [] : [media.muted.path, media.muted.peaksPath],
        },
        context,
      );
      return { ...sound, path: world.stored(sound.path), peaksPath: world.stored(sound.peaksPath), ranges };
    },
    commit(result, { conversationId }) {
      const made = resultSchema.parse(result);
      const muted = made === null ? null : { ...made, path: world.opened(made.path), peaksPath: world.opened(made.peaksPath) };
      // Should a person have hidden more meanwhile, this is not what they wait for.
      store.media.put(conversationId, { muted, muteKey: muteKey(rangesToMute(store, conversationId)) });
    },
  };
}

/**
 * The waveform to show of a stretch, as arguments for `readPeaks`: of what is heard, where something is muted. The decoded
 * samples hold what was muted, and are drawn only where nothing was: keys can be read off a fine enough picture of them.
 */
export function peaksToShow(media: MediaRecord, startMs: number, endMs: number): { path: string; samples: string[] } | null {
  if (media.peaks === null) return null;
  const samples = media.audio?.channels.map((channel) => channel.path) ?? [];
  if (media.muteKey === null) return { path: media.peaks.path, samples };
  if (media.muted?.key !== media.muteKey) return { path: media.peaks.path, samples: [] };
  // The rendition is switched in frames of 5 ms.
  const meets = media.muted.ranges.some((range) => range.startMs - 10 < endMs && range.endMs + 10 > startMs);
  return { path: media.muted.peaksPath, samples: meets ? [] : samples };
}
