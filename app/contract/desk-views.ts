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

/** A stretch of a recording, at most half an hour, in milliseconds. */
export const clipSchema = z
  .object({ id: z.string().min(1), startMs: z.int().min(0), endMs: z.int().min(1) })
  .refine(({ startMs, endMs }) => startMs < endMs && endMs - startMs <= 1_800_000, "A clip is at most 30 minutes long.");

/** A job that took longer than this is worth telling somebody who has turned to something else. */
export const longJobMs = 30_000;

/** Whether a job has just ended, with a result or a failure, after a long time; one that a person cancelled has not. */
export function tookLong({ state, createdAt, endedAt }: Pick<JobView, "state" | "createdAt" | "endedAt">): boolean {
  if (endedAt === null || (state !== "done" && state !== "failed")) return false;
  return Date.parse(endedAt) - Date.parse(createdAt) >= longJobMs;
}
