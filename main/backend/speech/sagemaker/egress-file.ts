import { appendFile } from "node:fs/promises";
import type { RecordEgress } from "./egress.ts";

/**
 * Keeps egress records in a file, one JSON object a line, each on the disk before the thing itself is sent. Records come
 * whole and in order however many are kept at once.
 */
export function createEgressFile(path: string): RecordEgress {
  let last: Promise<void> = Promise.resolve();
  return (record) => {
    const kept = last.catch(() => undefined).then(() => appendFile(path, `${JSON.stringify(record)}\n`, { flush: true }));
    last = kept;
    return kept;
  };
}
