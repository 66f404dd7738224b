import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { getCACertificates } from "node:tls";
import { type Dispatcher, EnvHttpProxyAgent, type Response, fetch as undiciFetch } from "undici";
import { z } from "zod";
import { EarmarkError, throwIfCancelled, toFailure } from "../../../app/contract/errors.ts";
import type { Attention } from "../../../app/ports.ts";
import type { CatalogueModel, ModelSource } from "../../../native-models/catalogue.ts";
import { gitBlobOfFile, sha256OfFile } from "./file-hash.ts";

/** Where models are fetched from unless a mirror is set. */
const defaultHub = "https://huggingface.co";

/** Where and how to fetch. */
export interface HubOptions {
  /** The hub or a mirror of it, without a slash at the end. */
  readonly baseUrl?: string;
  /** Milliseconds without a byte after which a connection counts as stalled. */
  readonly stallMs?: number;
  /** Tries of one file after the connection was lost. */
  readonly tries?: number;
  /** Milliseconds before the second try; doubled for each further one. */
  readonly retryDelayMs?: number;
  /** The way to the network; by default through the proxy of the environment, trusting the system's authorities too. */
  readonly dispatcher?: Dispatcher;
  /** Free bytes where the folder lies; injected by tests. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

/** A file as the hub describes it. */
export interface HubFile {
  readonly path: string;
  /** Null where the hub does not say. */
  readonly bytes: number | null;
  /** Of a file in LFS. */
  readonly sha256: string | null;
  /** Git's name of the content of a file outside LFS. */
  readonly gitBlob: string | null;
}

/** What was fetched. */
export interface FetchedModel {
  /** The commit it came from. */
  readonly commit: string;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

const listingSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/u),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().min(0).nullish(),
      blobId: z.string().nullish(),
      lfs: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/u), size: z.number().min(0) }).nullish(),
    }),
  ),
});

const listingLimit = 8 * 1_048_576;
const spareBytes = 64 * 1_048_576;
const marginOfDisk = 0.02;

let processDispatcher: Dispatcher | undefined;

/** Made once: the proxies and authorities of a process do not change. */
function ordinaryDispatcher(): Dispatcher {
  processDispatcher ??= networkDispatcher();
  return processDispatcher;
}

/** Certificates of Node and those the system's administrator has added: a proxy that opens TLS signs with one of those. */
function authorities(): string[] {
  const found = new Set<string>();
  for (const kind of ["default", "system", "extra"] as const) {
    try {
      for (const certificate of getCACertificates(kind)) found.add(certificate);
    } catch {
      // Not every build of Node knows every kind; what is left still verifies.
    }
  }
  return [...found];
}

/**
 * A way to the network as the system has it: HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment, and the system's
 * certificate authorities beside Node's own and NODE_EXTRA_CA_CERTS.
 */
export function networkDispatcher(env: NodeJS.ProcessEnv = process.env): Dispatcher {
  const ca = authorities();
  return new EnvHttpProxyAgent({
    connect: { ca },
    requestTls: { ca },
    proxyTls: { ca },
    // Empty strings stand for "none"; undefined would make undici read the process's own environment.
    httpProxy: env["http_proxy"] ?? env["HTTP_PROXY"] ?? "",
    httpsProxy: env["https_proxy"] ?? env["HTTPS_PROXY"] ?? "",
    noProxy: env["no_proxy"] ?? env["NO_PROXY"] ?? "",
  });
}

/** Rejects with `disk-full` when the disk of a folder has not the room for so many bytes and a little spare. */
export async function checkFreeSpace(
  folder: string,
  neededBytes: number,
  freeBytes: (folder: string) => Promise<number> = freeBytesOf,
): Promise<void> {
  const free = await freeBytes(folder);
  const needed = Math.ceil(neededBytes * (1 + marginOfDisk)) + spareBytes;
  if (free >= needed) return;
  throw new EarmarkError("disk-full", `${needed} bytes are needed and ${free} are free.`, {
    neededBytes: needed,
    freeBytes: free,
  });
}

/** Bytes that this user may still write on the disk of a folder. */
async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function notAModel(response: Response, what: string): EarmarkError {
  // A page in place of a file is a proxy's login or refusal, or a hotel's welcome: the text names the host that sent it.
  const { host } = new URL(response.url);
  return new EarmarkError("download-not-a-model", `${host} answered with a page instead of ${what}.`, {
    host,
    file: what,
    remedy: "proxy-login",
  });
}

function isPage(response: Response): boolean {
  return (response.headers.get("content-type") ?? "").toLowerCase().startsWith("text/html");
}

function looksLikePage(start: Buffer): boolean {
  const text = start.subarray(0, 256).toString("latin1").trimStart().toLowerCase();
  return text.startsWith("<!doctype html") || text.startsWith("<html");
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Ends a request when nothing has come for a while; told of every piece. */
class StallWatch {
  readonly signal: AbortSignal;
  stalled = false;
  private readonly controller = new AbortController();
  private readonly stallMs: number;
  private readonly outer: AbortSignal;
  private readonly cancel = (): void => this.controller.abort();
  private timer: NodeJS.Timeout;

  constructor(stallMs: number, outer: AbortSignal) {
    this.stallMs = stallMs;
    this.outer = outer;
    this.signal = this.controller.signal;
    outer.addEventListener("abort", this.cancel, { once: true });
    if (outer.aborted) this.controller.abort();
    this.timer = setTimeout(() => this.expire(), stallMs);
  }

  private expire(): void {
    this.stalled = true;
    this.controller.abort();
  }

  heard(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.expire(), this.stallMs);
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener("abort", this.cancel);
  }
}

interface Settings {
  readonly baseUrl: string;
  readonly stallMs: number;
  readonly tries: number;
  readonly retryDelayMs: number;
  readonly dispatcher: Dispatcher;
}

function settle(options: HubOptions): Settings {
  return {
    baseUrl: (options.baseUrl ?? defaultHub).replace(/\/+$/u, ""),
    stallMs: options.stallMs ?? 30_000,
    tries: options.tries ?? 4,
    retryDelayMs: options.retryDelayMs ?? 1_000,
    dispatcher: options.dispatcher ?? ordinaryDispatcher(),
  };
}

/** What went wrong with a request, in our words; `lost` says that another try may help. */
function explain(thrown: unknown, watch: StallWatch, outer: AbortSignal, what: string): { error: EarmarkError; lost: boolean } {
  if (thrown instanceof EarmarkError) return { error: thrown, lost: thrown.details["lost"] === true };
  if (outer.aborted) return { error: new EarmarkError("cancelled", "Cancelled."), lost: false };
  if (watch.stalled) {
    return { error: new EarmarkError("download-stalled", `Nothing of ${what} came for a while.`, { file: what }), lost: true };
  }
  const failure = toFailure(thrown);
  if (failure.code === "disk-full") return { error: new EarmarkError("disk-full", failure.message, { file: what }), lost: false };
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : undefined;
  const reason = cause === undefined ? failure.message : cause.message;
  const systemCode = cause !== undefined && "code" in cause && typeof cause.code === "string" ? cause.code : null;
  return {
    error: new EarmarkError("download-failed", `${what} could not be fetched: ${reason}`, { file: what, systemCode }),
    lost: true,
  };
}

function refuse(status: number, what: string): EarmarkError {
  // 5xx and 429 pass; the others will be the same the next time.
  const lost = status >= 500 || status === 429;
  return new EarmarkError("download-failed", `The hub answered ${status} for ${what}.`, { file: what, status, lost });
}

async function withTries<T>(settings: Settings, signal: AbortSignal, work: () => Promise<T | EarmarkError>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    throwIfCancelled(signal);
    const result = await work();
    if (!(result instanceof EarmarkError)) return result;
    if (attempt >= settings.tries) throw result;
    await delay(settings.retryDelayMs * 2 ** (attempt - 1), undefined, { signal }).catch(() => throwIfCancelled(signal));
  }
}

/**
 * The files of a model at a revision: sizes, hashes, and the commit that the revision stands for.
 *
 * Rejects with `download-failed`, `download-stalled`, `download-not-a-model`, `cancelled`.
 */
async function hubListing(
  source: ModelSource,
  signal: AbortSignal,
  options: HubOptions = {},
): Promise<{ commit: string; files: HubFile[] }> {
  const settings = settle(options);
  const what = `the list of ${source.repo}`;
  const url = `${settings.baseUrl}/api/models/${encodePath(source.repo)}/revision/${encodeURIComponent(source.revision)}?blobs=true`;
  const text = await withTries(settings, signal, async () => {
    const watch = new StallWatch(settings.stallMs, signal);
    try {
      const response = await undiciFetch(url, {
        dispatcher: settings.dispatcher,
        signal: watch.signal,
        headers: { accept: "application/json" },
      });
      watch.heard();
      if (isPage(response)) throw notAModel(response, what);
      if (!response.ok) throw refuse(response.status, what);
      let read = 0;
      const pieces: Uint8Array[] = [];
      for await (const piece of response.body ?? []) {
        watch.heard();
        const bytes = piece as Uint8Array;
        read += bytes.length;
        if (read > listingLimit) throw new EarmarkError("download-failed", `${what} is too long.`, { file: what });
        pieces.push(bytes);
      }
      const answer = Buffer.concat(pieces);
      if (looksLikePage(answer)) throw notAModel(response, what);
      return answer.toString("utf8");
    } catch (thrown) {
      const { error, lost } = explain(thrown, watch, signal, what);
      if (!lost) throw error;
      return error;
    } finally {
      watch.end();
    }
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const parsed = listingSchema.safeParse(json);
  if (!parsed.success) {
    throw new EarmarkError("download-failed", `${what} is not in the hub's form.`, { file: what, reason: "listing" });
  }
  const files = parsed.data.siblings.map((one): HubFile => {
    const lfs = one.lfs ?? null;
    return {
      path: one.rfilename,
      bytes: lfs?.size ?? one.size ?? null,
      sha256: lfs?.sha256 ?? null,
      gitBlob: lfs === null && /^[0-9a-f]{40}$/u.test(one.blobId ?? "") ? (one.blobId ?? null) : null,
    };
  });
  return { commit: parsed.data.sha, files };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/** Whether a finished file is what the hub says; null when it is, else what differs. */
async function differs(path: string, file: HubFile, signal: AbortSignal): Promise<"size" | "hash" | null> {
  const { bytes, sha256 } = await sha256OfFile(path, signal);
  if (file.bytes !== null && bytes !== file.bytes) return "size";
  if (file.sha256 !== null && sha256 !== file.sha256) return "hash";
  if (file.gitBlob !== null && (await gitBlobOfFile(path, signal)) !== file.gitBlob) return "hash";
  return null;
}

/** Brings one file to `target` through `target.part`, resuming what lies there. */
async function fetchFile(
  url: string,
  target: string,
  file: HubFile,
  settings: Settings,
  attention: Attention & { onBytes: (here: number) => void },
): Promise<void> {
  const { signal } = attention;
  const part = `${target}.part`;
  await mkdir(dirname(target), { recursive: true });

  if ((await sizeOf(target)) > 0) {
    if ((await differs(target, file, signal)) === null) {
      attention.onBytes(file.bytes ?? (await sizeOf(target)));
      return;
    }
    await rm(target, { force: true });
  }

  // Once more from the beginning when the joined pieces do not give the file: the first piece may be from elsewhere.
  for (let round = 1; ; round += 1) {
    const resumed = await sizeOf(part);
    if (file.bytes === null || resumed !== file.bytes) {
      await withTries(settings, signal, () => transfer(url, part, file, settings, attention));
    }
    const wrong = await differs(part, file, signal);
    if (wrong === null) break;
    await rm(part, { force: true });
    if (resumed > 0 && round === 1) continue;
    throw new EarmarkError("download-failed", `${file.path} came with the wrong ${wrong}.`, { file: file.path, reason: wrong });
  }
  const handle = await open(part, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, target);
}

/** One connection: appends what comes to the part. Answers with an error when another try may help, throws otherwise. */
async function transfer(
  url: string,
  part: string,
  file: HubFile,
  settings: Settings,
  attention: Attention & { onBytes: (here: number) => void },
): Promise<true | EarmarkError> {
  const { signal } = attention;
  const watch = new StallWatch(settings.stallMs, signal);
  try {
    let have = await sizeOf(part);
    if (file.bytes !== null && have > file.bytes) {
      await rm(part, { force: true });
      have = 0;
    }
    const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity" };
    if (have > 0) headers["range"] = `bytes=${have}-`;
    const response = await undiciFetch(url, { dispatcher: settings.dispatcher, signal: watch.signal, headers });
    watch.heard();
    if (isPage(response)) throw notAModel(response, file.path);
    if (response.status === 416) {
      // More was asked for than there is: what lies here is not this file.
      await rm(part, { force: true });
      return new EarmarkError("download-failed", `${file.path} is shorter than what was there.`, { file: file.path });
    }
    if (!response.ok) throw refuse(response.status, file.path);
    const appended = response.status === 206;
    if (!appended) have = 0;
    const expected = file.bytes === null ? null : file.bytes - have;
    let came = 0;
    const sink = createWriteStream(part, { flags: appended ? "a" : "w" });
    try {
      for await (const piece of response.body ?? []) {
        watch.heard();
        const bytes = Buffer.from(piece as Uint8Array);
        if (came === 0 && have === 0 && looksLikePage(bytes)) throw notAModel(response, file.path);
        came += bytes.length;
        if (expected !== null && came > expected) {
          throw new EarmarkError("download-failed", `More came than ${file.path} has.`, { file: file.path, reason: "size" });
        }
        await new Promise<void>((resolve, reject) => {
          sink.write(bytes, (error) => (error ? reject(error) : resolve()));
        });
        attention.onBytes(have + came);
      }
    } finally {
      await new Promise<void>((resolve) => {
        sink.end(() => resolve());
        sink.once("error", () => resolve());
      });
    }
    if (expected !== null && came < expected) {
      return new EarmarkError("download-failed", `${file.path} was cut off.`, { file: file.path, reason: "cut" });
    }
    return true;
  } catch (thrown) {
    const { error, lost } = explain(thrown, watch, signal, file.path);
    // What is wrong from its first byte must not be resumed.
    if (error.code === "download-not-a-model" || error.details["reason"] === "size") await rm(part, { force: true });
    if (!lost) throw error;
    return error;
  } finally {
    watch.end();
  }
}

/**
 * Brings the files of a catalogue model into a folder, at the commit its revision stands for. Files that are there and
 * whole are kept, begun ones (`.part`) are taken up where they stopped; each is checked against the hub's SHA-256, or
 * git's name of the content, before it gets its name.
 *
 * Rejects with `download-failed` (also for a wrong hash), `download-stalled`, `download-not-a-model`, `disk-full`,
 * `cancelled`; what has come stays.
 */
export async function fetchModel(
  model: CatalogueModel,
  source: ModelSource,
  folder: string,
  attention: Attention,
  options: HubOptions = {},
): Promise<FetchedModel> {
  const { signal, onProgress } = attention;
  const settings = settle(options);
  const { commit, files } = await hubListing(source, signal, options);
  const wanted = model.files.flatMap((one) => {
    const file = files.find((candidate) => candidate.path === one.path);
    if (file !== undefined) {
      // Large weights may lie in files beside the graph.
      const beside = files.filter(
        ({ path }) => path.startsWith(one.path) && /^(?:_data|\.data)[\w.]*$/u.test(path.slice(one.path.length)),
      );
      return [{ file, about: file.bytes ?? one.bytes }, ...beside.map((data) => ({ file: data, about: data.bytes ?? 0 }))];
    }
    if (!one.needed) return [];
    throw new EarmarkError("download-failed", `${source.repo} has no ${one.path}.`, { file: one.path, reason: "absent" });
  });
  await mkdir(folder, { recursive: true });
  const total = wanted.reduce((sum, one) => sum + one.about, 0);
  let present = 0;
  for (const { file } of wanted) {
    present += (await sizeOf(join(folder, file.path))) + (await sizeOf(join(folder, `${file.path}.part`)));
  }
  await checkFreeSpace(folder, Math.max(0, total - present), options.freeBytes);

  const done: { path: string; bytes: number; sha256: string }[] = [];
  let before = 0;
  for (const { file, about } of wanted) {
    const onBytes = (here: number): void => onProgress(total === 0 ? 0 : Math.min(1, (before + here) / total));
    const url = `${settings.baseUrl}/${encodePath(source.repo)}/resolve/${commit}/${encodePath(file.path)}`;
    const target = join(folder, file.path);
    await fetchFile(url, target, file, settings, { signal, onProgress, onBytes });
    const { bytes, sha256 } = await sha256OfFile(target, signal);
    done.push({ path: file.path, bytes, sha256 });
    before += about;
  }
  onProgress(1);
  return { commit, files: done };
}
