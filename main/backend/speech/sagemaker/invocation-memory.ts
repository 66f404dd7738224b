import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** What has been sent for one piece of work, and where its result will lie. No words of a call, only places. */
export const rememberedInvocationSchema = z.object({
  /** Hash of everything the result depends on: see `hearingKey`. */
  key: z.string().regex(/^[0-9a-f]{64}$/u),
  endpoint: z.string(),
  /** Our own id of the invocation, by which AWS's logs name it too. */
  inferenceId: z.string(),
  startedAt: z.iso.datetime(),
  /** Objects that were uploaded, or were about to be. */
  uploaded: z.array(z.string()),
  /** Uploads in parts that have not been completed: taken back where a kill left them. */
  multipart: z.array(z.object({ uri: z.string(), uploadId: z.string() })).default([]),
  /** Objects that the endpoint writes beside its answer. */
  written: z.array(z.string()),
  /** Where the answer will lie; null while nothing has been invoked. */
  outputLocation: z.string().nullable(),
  /** Where a failure would lie; null where the endpoint keeps none. */
  failureLocation: z.string().nullable(),
  /** The answer has come. */
  answered: z.boolean(),
  /** Nobody waits for it any more: to be removed, not to be gone on with. */
  abandoned: z.boolean(),
});
/** What has been sent for one piece of work, and where its result will lie. */
export type RememberedInvocation = z.infer<typeof rememberedInvocationSchema>;

/** Remembers invocations across restarts. */
export interface InvocationMemory {
  recall(key: string): Promise<RememberedInvocation | null>;
  /** Replaces what was remembered under the same key. Resolved means kept. */
  remember(invocation: RememberedInvocation): Promise<void>;
  forget(key: string): Promise<void>;
  all(): Promise<RememberedInvocation[]>;
}

/** A memory that ends with the process: for the command line and tests. */
export function createPassingMemory(): InvocationMemory {
  const kept = new Map<string, RememberedInvocation>();
  return {
    recall: (key) => Promise.resolve(kept.get(key) ?? null),
    remember: (invocation) => {
      kept.set(invocation.key, structuredClone(invocation));
      return Promise.resolve();
    },
    forget: (key) => {
      kept.delete(key);
      return Promise.resolve();
    },
    all: () => Promise.resolve([...kept.values()]),
  };
}

/**
 * A memory in a folder, a file for each invocation, written whole under another name first. What cannot be read back is
 * treated as not there.
 */
export function createFolderMemory(folder: string): InvocationMemory {
  const pathOf = (key: string): string => join(folder, `${key}.json`);
  const read = async (key: string): Promise<RememberedInvocation | null> => {
    try {
      const parsed = rememberedInvocationSchema.safeParse(JSON.parse(await readFile(pathOf(key), "utf8")));
      return parsed.success && parsed.data.key === key ? parsed.data : null;
    } catch {
      return null;
    }
  };
  return {
    recall: read,
    async remember(invocation) {
      await mkdir(folder, { recursive: true });
      const attempt = join(folder, `.${invocation.key}-${randomUUID().slice(0, 8)}`);
      try {
        await writeFile(attempt, JSON.stringify(invocation), { flush: true });
        await rename(attempt, pathOf(invocation.key));
      } catch (thrown) {
        await rm(attempt, { force: true });
        throw thrown;
      }
    },
    forget: (key) => rm(pathOf(key), { force: true }),
    async all() {
      const names = await readdir(folder).catch(() => []);
      const keys = names.flatMap((name) => /^([0-9a-f]{64})\.json$/u.exec(name)?.[1] ?? []);
      return (await Promise.all(keys.map(read))).filter((one) => one !== null);
    },
  };
}
