import { z } from "zod";
import type { JobView } from "./views.ts";

/*
 * What a person's desk looks like: which keys run which action, which windows stand where. The page decides what the
 * names mean; here they are bounded.
 */

/** Other chords than the usual ones, by the name of the action; an empty list leaves an action without a key. */
export const keyChoicesSchema = z.record(z.string().min(1).max(80), z.array(z.string().min(1).max(40)).max(8));

/** Names a window from one start to the next: the first is "1". */
export const windowNameSchema = z.string().regex(/^[1-9]\d{0,2}$/u);

/** Where a window of Earmark stands: the address inside of Earmark, and what its pages keep (scroll, playhead, tab, sizes). */
export const windowPlaceSchema = z.object({
  path: z
    .string()
    .max(2_000)
    .regex(/^\/(?![/\\])/u),
  kept: z
    .record(z.string().min(1).max(200), z.union([z.number(), z.string().max(500), z.boolean()]))
    .refine((kept) => Object.keys(kept).length <= 400, "A window keeps at most 400 values."),
});
/** Where a window of Earmark stands. */
export type WindowPlace = z.infer<typeof windowPlaceSchema>;

/** Where all windows stand, by name. */
export const windowPlacesSchema = z.record(windowNameSchema, windowPlaceSchema);

/** The formats of a clip: sample for sample, or a tenth of its size in Opus. */
export const clipFormats = ["wav", "opus"] as const;
/** A format of a clip. */
export type ClipFormat = (typeof clipFormats)[number];

/** A stretch of a recording, at most half an hour, in milliseconds, and how it is written. */
export const clipSchema = z
  .object({
    id: z.string().min(1),
    startMs: z.int().min(0),
    endMs: z.int().min(1),
    format: z.enum(clipFormats).default("wav"),
  })
  .refine(({ startMs, endMs }) => startMs < endMs && endMs - startMs <= 1_800_000, "A clip is at most 30 minutes long.");

/** A job that took longer than this is worth telling somebody who has turned to something else. */
export const longJobMs = 30_000;

/**
 * Hears every change of every job, and answers to each whether it ends work that took long, with a result or a failure; what
 * a person cancelled has no end worth telling. Work is counted from when it was first heard of: a call that was imported
 * long ago and has one stage run again, as after a correction, has not been worked on ever since.
 *
 * @param now milliseconds since 1970.
 */
export function longJobs(now: () => number): (job: Pick<JobView, "id" | "state" | "endedAt">) => boolean {
  const begun = new Map<string, number>();
  return ({ id, state, endedAt }) => {
    if (endedAt === null) {
      if (!begun.has(id)) begun.set(id, now());
      return false;
    }
    const from = begun.get(id);
    begun.delete(id);
    return from !== undefined && (state === "done" || state === "failed") && now() - from >= longJobMs;
  };
}
