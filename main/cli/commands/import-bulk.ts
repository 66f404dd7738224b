import { resolve } from "node:path";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type BucketPlan, bucketPlanSchema, type IntakeSource } from "../../../app/contract/intake-views.ts";
import { type ExitCode, exitCodeFor, exitCodes } from "../exit-codes.ts";
import { describeFailure } from "../failure-text.ts";
import { type HearingRequest, importWishes } from "../hearing.ts";
import { type LibraryOptions, type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `import` takes of folders, archives and buckets. */
export interface BulkOptions extends LibraryOptions, Omit<HearingRequest, "files"> {
  readonly json?: boolean;
  readonly recursive?: boolean;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly s3Url?: string;
  /** The bucket is laid out as Amazon Connect does. */
  readonly connect?: boolean;
  readonly dryRun?: boolean;
}

const lookMs = 300;
/** Failed files that are named. */
const mostNamed = 500;

/** Whether what is asked for goes over the list of what is coming in: a bucket, or a choice of files. */
export function isBulk(files: readonly string[], { recursive, include, exclude, dryRun }: BulkOptions): boolean {
  return files.some((file) => file.startsWith("s3://")) || recursive === false || dryRun === true || !!include || !!exclude;
}

/**
 * Puts files, folders, archives or what lies in a bucket on the list, and waits until all of it has been taken in and worked
 * on. Broken off, it goes on the next time the library is opened. Answers with the code of the first failure.
 */
export async function importBulk(files: readonly string[], options: BulkOptions, terminal: Terminal): Promise<ExitCode> {
  const buckets = files.filter((file) => file.startsWith("s3://"));
  if (buckets.length > 0 && (buckets.length !== files.length || buckets.length > 1)) {
    throw new EarmarkError("input-invalid", "Name one bucket, or files and folders of this machine.");
  }
  return withLibrary(openLibrary(options), async (library) => {
    const [bucket] = buckets;
    if (bucket === undefined) {
      if (options.dryRun === true) throw new EarmarkError("input-invalid", "--dry-run is for buckets.");
      return follow(library, await listed(library, files, options, terminal), options, terminal);
    }
    const plan = planOf(bucket, options);
    if (options.dryRun === true) return dryRun(library, plan, options, terminal);
    return follow(library, await looked(library, plan), options, terminal);
  });
}

async function listed(library: OpenLibrary, files: readonly string[], options: BulkOptions, terminal: Terminal): Promise<string> {
  const { id, refused } = await library.call("intake.begin", {
    paths: files.map((file) => resolve(file)),
    recursive: options.recursive ?? true,
    include: [...(options.include ?? [])],
    exclude: [...(options.exclude ?? [])],
    speech: await importWishes(options),
  });
  for (const { name, failure } of refused) terminal.err(describeFailure(failure, name));
  return id;
}

function planOf(address: string, options: BulkOptions): BucketPlan {
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]*)\/?(.*)$/su.exec(address) ?? [];
  const parsed = bucketPlanSchema.safeParse({
    kind: "bucket",
    bucket,
    prefix,
    profile: options.profile ?? null,
    region: options.region ?? null,
    url: options.s3Url ?? null,
    since: options.since ?? null,
    until: options.until ?? null,
    include: options.include ?? [],
    exclude: options.exclude ?? [],
    layout: options.connect === true ? "connect" : "any",
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new EarmarkError("input-invalid", `${String(issue?.path[0] ?? "bucket")}: ${issue?.message ?? "it cannot be used"}`);
}

/** Looks at a bucket as the same source as before, so that only what is new or changed comes. */
async function looked(library: OpenLibrary, plan: BucketPlan): Promise<string> {
  const { sources } = await library.call("intake.list", {});
  const same = sources.find(
    (source) => source.plan.kind === "bucket" && source.plan.bucket === plan.bucket && source.plan.prefix === plan.prefix,
  );
  const everyMinutes = same?.plan.kind === "bucket" ? same.plan.everyMinutes : null;
  const { id } = await library.call("intake.save", { id: same?.id ?? null, plan: { ...plan, everyMinutes } });
  await library.call("intake.look", { id });
  return id;
}

async function dryRun(library: OpenLibrary, plan: BucketPlan, options: BulkOptions, terminal: Terminal): Promise<ExitCode> {
  const found = await library.call("intake.dryRun", { plan, limit: 10_000 });
  if (options.json === true) terminal.out(`${JSON.stringify(found)}\n`);
  else {
    const fresh = found.objects.filter(({ known }) => !known);
    terminal.out(fresh.map(({ key, bytes, at }) => `${String(bytes).padStart(13)}  ${at ?? ""}  ${key}\n`).join(""));
    terminal.err(`${found.total} would come, ${found.bytes} bytes; ${found.known} came before.\n`);
  }
  return exitCodes.done;
}

type Counts = Readonly<Partial<IntakeSource["counts"]>>;

async function follow(library: OpenLibrary, id: string, options: BulkOptions, terminal: Terminal): Promise<ExitCode> {
  let counts: Counts = {};
  let told = "";
  for (;;) {
    if (terminal.signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
    const { sources, hold } = await library.call("intake.list", {});
    counts = sources.find((source) => source.id === id)?.counts ?? {};
    const left = (counts.waiting ?? 0) + (counts.running ?? 0);
    const { jobs } = await library.call("queue.list", { limit: 1 });
    const works = jobs.some(({ state }) => state === "running" || state === "waiting");
    const line = `${(counts.done ?? 0) + (counts.known ?? 0)} taken in, ${counts.failed ?? 0} failed, ${left} to come${hold === null ? "" : ` (${hold})`}\n`;
    if (line !== told) terminal.err(line);
    told = line;
    if (left === 0 && !works) break;
    await new Promise((done) => setTimeout(done, lookMs));
  }
  const { items } = await library.call("intake.items", { id, state: "failed", limit: mostNamed });
  for (const { name, failure } of items) if (failure !== null) terminal.err(describeFailure(failure, name));
  if (options.json === true) {
    terminal.out(`${JSON.stringify({ ...counts, failures: items.map(({ name, failure }) => ({ name, failure })) })}\n`);
  }
  const [first] = items;
  return first?.failure == null ? exitCodes.done : exitCodeFor(first.failure.code);
}
