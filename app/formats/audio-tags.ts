import { toInstant } from "./imported.ts";

/** What a recording's own tags say of it; null where they do not. */
export interface TagFacts {
  readonly title: string | null;
  /** ISO 8601 UTC. */
  readonly startedAt: string | null;
}

/** Titles that recorders and converters write into every file. */
const meaningless = /^(?:track ?\d*|recording|untitled|audio|voice(?: memo)?|new recording ?\d*|\d+)$/iu;

/**
 * The facts in the tags that ffmpeg reads off a recording: MP4's `creation_time`, Broadcast Wave's `origination_date` and
 * `origination_time`, a `date` that names a day and a time. A year alone is when something was published.
 */
export function tagFacts(tags: Readonly<Record<string, string>>): TagFacts {
  const title = tags["title"]?.trim().slice(0, 200) ?? "";
  const origin = [tags["origination_date"], tags["origination_time"]].filter((part) => part !== undefined).join(" ");
  const startedAt = [tags["creation_time"], origin, tags["date"]]
    .filter((text) => text !== undefined && /\d{4}-\d\d-\d\d[T ]\d\d[:-]\d\d/u.test(text))
    .map((text) => toInstant(text?.replace(/(\d\d)-(\d\d)-(\d\d)$/u, "$1:$2:$3")))
    // Devices without a clock write the beginning of their time: 1904, 1970, 1980.
    .find((instant) => instant !== null && instant !== undefined && instant >= "1990");
  return { title: title === "" || meaningless.test(title) ? null : title, startedAt: startedAt ?? null };
}
