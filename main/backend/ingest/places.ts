import { basename, extname } from "node:path";
import { z } from "zod";
import type { SeenFile } from "../store/intake.ts";
import { parseJson } from "../store/stored-json.ts";

/** Where a file of a source is. */
const placeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), path: z.string() }),
  /** Within an archive. */
  z.object({ kind: z.literal("member"), archive: z.string(), name: z.string() }),
  /** In the bucket of its source. */
  z.object({ kind: z.literal("object"), key: z.string(), contactId: z.string().nullable() }),
]);
/** Where a file of a source is. */
export type Place = z.infer<typeof placeSchema>;

/** A place as it is kept. */
export function writePlace(place: Place): string {
  return JSON.stringify(place);
}

/** A place as it was kept; null for none. */
export function readPlace(text: string | null): Place | null {
  return placeSchema.safeParse(parseJson(text)).data ?? null;
}

/** The path of a file as a person knows it: on the disk, within its archive, in its bucket. */
export function pathOf(place: Place): string {
  switch (place.kind) {
    case "file":
      return place.path;
    case "member":
      return place.name;
    case "object":
      return place.key;
  }
}

/** The name of a file, without folders. */
export function nameOf(place: Place): string {
  return basename(pathOf(place).replaceAll("\\", "/"));
}

/** Endings of files that hold what was written or transcribed. Any other is taken for sound, which is held back more. */
const writtenEndings: ReadonlySet<string> = new Set(
  "json jsonl ndjson txt text md csv tsv srt vtt sbv rttm ctm stm vcon log gz".split(" ").map((ending) => `.${ending}`),
);

/** Whether a file's name says that it holds words, not sound. */
export function isWrittenName(name: string): boolean {
  return writtenEndings.has(extname(name).toLowerCase());
}

/** A file as it is put on the list. */
export function seenFile(place: Place, bytes: number, fingerprint: string): SeenFile {
  return { place: writePlace(place), fingerprint, bytes, written: isWrittenName(pathOf(place)), pair: pairOf(place) };
}

/** What a transcript and its recording have in common: the contact of Amazon Connect, else the name without its ending, in one place. */
function pairOf(place: Place): string {
  if (place.kind === "object" && place.contactId !== null) return place.contactId;
  const path = pathOf(place);
  const stem = path.slice(0, path.length - extname(path).length);
  return place.kind === "member" ? JSON.stringify([place.archive, stem]) : stem;
}
