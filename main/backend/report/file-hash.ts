import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { EarmarkError } from "../../../app/contract/errors.ts";

/** A stretch of a file, in bytes; the last one included, as streams have it. */
export interface Stretch {
  readonly start?: number;
  readonly end?: number;
}

/** SHA-256 (hex) over a file, or over stretches of it one after the other; no more than a piece of it is held. */
export async function streamHash(path: string, stretches: readonly Stretch[] = [{}]): Promise<string> {
  const hash = createHash("sha256");
  for (const stretch of stretches) for await (const chunk of createReadStream(path, stretch)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

/** Other work has its turn. Throws `cancelled`. */
export async function turn(signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
  await new Promise((resolve) => setImmediate(resolve));
}
