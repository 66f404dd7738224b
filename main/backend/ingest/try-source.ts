import { randomUUID } from "node:crypto";
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CallOutput } from "../../../app/contract/api.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { BucketPlan, FolderPlan } from "../../../app/contract/intake-views.ts";
import { pathChooser } from "../../../app/formats/name-pattern.ts";
import { trialSteps } from "../trial-steps.ts";
import { openBucket } from "./bucket.ts";
import { filesIn } from "./list-files.ts";

type Trials = CallOutput<"intake.test">["trials"];
type Step = Trials[number]["step"];

/** Files that are counted before a trial has seen enough. */
const enough = 1_000;

/** Tries a folder: whether it is there and can be read, and written where files are to be moved. */
export async function tryFolder(plan: FolderPlan, signal: AbortSignal): Promise<Trials> {
  const { trials, step, skip } = trialSteps<Step>(signal);
  const there = await step("folder", async () => {
    const facts = await stat(plan.path).catch((cause: unknown) => {
      throw new EarmarkError("file-missing", "The folder is not there.", {}, { cause });
    });
    if (!facts.isDirectory()) throw new EarmarkError("file-unreadable", "This is a file, not a folder.");
    return "The folder is there.";
  });
  if (!there) return skip("Not tried without the folder.", "read", "write");
  await step("read", async () => {
    let files = 0;
    const chooses = pathChooser(plan.include, plan.exclude);
    for await (const _ of filesIn(plan.path, { recursive: plan.recursive, chooses }, signal)) {
      files++;
      if (files >= enough) return `At least ${enough} files would be taken.`;
    }
    return files === 1 ? "1 file would be taken." : `${files} files would be taken.`;
  });
  if (plan.processed === "leave" && plan.failed === "leave") return skip("Files are left where they are.", "write");
  await step("write", async () => {
    const path = join(plan.path, `.earmark-${randomUUID()}`);
    try {
      await writeFile(path, "");
      await rm(path);
    } catch (cause) {
      throw new EarmarkError("file-unreadable", "Files cannot be moved: the folder may not be written.", {}, { cause });
    }
    return "Files can be moved.";
  });
  return trials;
}

/** Tries a bucket with one real call each: whether credentials are there, whether it may be listed, whether an object may be read. */
export async function tryBucket(plan: BucketPlan, signal: AbortSignal): Promise<Trials> {
  const { trials, step, skip } = trialSteps<Step>(signal);
  const bucket = await openBucket(plan, { rule: { attempts: 2, firstMs: 300, longestMs: 1_000 } });
  try {
    const known = await step("credentials", async () => {
      await bucket.credentials();
      return "Credentials were found.";
    });
    if (!known) return skip("Not tried without credentials.", "list", "get");
    let first: string | null = null;
    const listed = await step("list", async () => {
      first = (await bucket.tryList(signal))?.key ?? null;
      return first === null ? "The bucket may be listed; nothing lies under the prefix." : "The bucket may be listed.";
    });
    const key: string | null = first;
    if (!listed || key === null) return skip("There is no object to try.", "get");
    await step("get", async () => {
      await bucket.tryGet(key, signal);
      return "Objects may be read.";
    });
    return trials;
  } finally {
    bucket.close();
  }
}
