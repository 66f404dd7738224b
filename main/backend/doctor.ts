import { constants } from "node:fs";
import { access, readFile, stat, statfs } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { ProviderView } from "../../app/contract/engine-views.ts";
import { toFailure } from "../../app/contract/errors.ts";
import type { DoctorLine, ModelTask, ModelView } from "../../app/contract/views.ts";
import type { Ffmpeg } from "./media/ffmpeg.ts";
import type { StartProcess } from "./process.ts";
import { type ProviderTrial, tryExecutionProviders } from "./speech/execution-providers.ts";
import { endpointOf, type OffloadSettings } from "./speech/sagemaker/offload.ts";

/** What the state report looks at. */
export interface DoctorOptions {
  readonly libraryPath: string;
  readonly startProcess: StartProcess;
  /** Resolves with an ffmpeg that started; rejects with `ffmpeg-missing`. */
  readonly findFfmpeg: () => Promise<Ffmpeg>;
  readonly models: () => Promise<readonly ModelView[]>;
  /** Windows that a shell could open, where the caller knows: paths, or null where there is none. */
  readonly shells?: { readonly electron: string | null; readonly chromium: string | null };
  /** Tries execution providers; by default with a tiny graph, each in a process of its own. */
  readonly tryProviders?: () => Promise<readonly ProviderTrial[]>;
  /** What hears on this machine and why, where the caller has a library open. */
  readonly provider?: () => ProviderView;
  /** How hearing elsewhere is set, where the caller has a library open. */
  readonly offload?: OffloadSettings;
  readonly env?: NodeJS.ProcessEnv;
  /** Folder in which `.aws` lies; by default the person's home. */
  readonly home?: string;
}

/** Below this, hearing a few recordings may fill the disk: 2 GB of decoded sound is about nine hours of stereo. */
const leastFreeBytes = 2e9;

/**
 * Looks at everything Earmark works with, and says of each whether it works. What can be tried is tried: ffmpeg is
 * started, execution providers run a graph. Never rejects: what cannot be looked at is a line that says so. Credentials
 * are named by where they come from, never by value.
 */
export async function runDoctor(options: DoctorOptions): Promise<DoctorLine[]> {
  const { env = process.env, home = homedir() } = options;
  const parts = await Promise.all([
    guarded("node", "Node", () => Promise.resolve([nodeLine()])),
    guarded("electron", "Electron", () => Promise.resolve(shellLines(options.shells))),
    guarded("ffmpeg", "ffmpeg", () => ffmpegLines(options.findFfmpeg)),
    guarded("execution-provider", "Execution providers", async () => {
      const trials = await (options.tryProviders ?? (() => tryExecutionProviders(options.startProcess)))();
      return [...trials.map(providerLine), ...(options.provider === undefined ? [] : [hearingLine(options.provider())])];
    }),
    guarded("model", "Models", async () => modelLines(await options.models())),
    guarded("aws", "AWS credentials", async () => [await awsLine(env, home)]),
    guarded("aws", "Hearing on SageMaker", () =>
      Promise.resolve(options.offload === undefined ? [] : [offloadLine(options.offload)]),
    ),
    guarded("library", "Library", async () => [await libraryLine(options.libraryPath)]),
    guarded("disk", "Free disk", async () => [await diskLine(options.libraryPath)]),
  ]);
  return parts.flat();
}

async function guarded(
  topic: DoctorLine["topic"],
  label: string,
  look: () => Promise<readonly DoctorLine[]>,
): Promise<readonly DoctorLine[]> {
  try {
    return await look();
  } catch (thrown) {
    return [{ topic, label, state: "wrong", detail: `Could not be looked at: ${toFailure(thrown).message}` }];
  }
}

function nodeLine(): DoctorLine {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const enough = major > 22 || (major === 22 && minor >= 18);
  return {
    topic: "node",
    label: "Node",
    state: enough ? "ok" : "wrong",
    detail: `${process.version}, ${process.platform} ${process.arch}${enough ? "" : "; 22.18 or later is needed"}`,
  };
}

function shellLines(shells: DoctorOptions["shells"]): DoctorLine[] {
  const running = process.versions["electron"];
  if (running !== undefined) return [{ topic: "electron", label: "Electron", state: "ok", detail: `${running}, running` }];
  if (shells === undefined) return [];
  return [
    {
      topic: "electron",
      label: "Electron",
      state: shells.electron === null ? "absent" : "ok",
      detail: shells.electron ?? "Its program is not installed; a browser's window takes its place",
    },
    {
      topic: "chromium",
      label: "Chromium",
      state: shells.chromium === null ? "absent" : "ok",
      detail: shells.chromium ?? "No Chromium, Chrome or Edge was found",
    },
  ];
}

async function ffmpegLines(find: () => Promise<Ffmpeg>): Promise<DoctorLine[]> {
  try {
    const { version, path, source } = await find();
    const from = { environment: "named by EARMARK_FFMPEG", bundled: "Earmark's own", system: "the system's" }[source];
    return [{ topic: "ffmpeg", label: "ffmpeg", state: "ok", detail: `${version}, ${from}, ${path}` }];
  } catch (thrown) {
    const { code, message } = toFailure(thrown);
    return [{ topic: "ffmpeg", label: "ffmpeg", state: code === "ffmpeg-missing" ? "absent" : "wrong", detail: message }];
  }
}

function providerLine({ provider, ran, ms, reason }: ProviderTrial): DoctorLine {
  if (ran) {
    const time = ms === null ? "" : ` in ${ms} ms, with its process`;
    return { topic: "execution-provider", label: provider, state: "ok", detail: `Ran a small graph${time}` };
  }
  // Every machine has a processor; the others are extras that a machine may lack.
  return {
    topic: "execution-provider",
    label: provider,
    state: provider === "cpu" ? "wrong" : "absent",
    // ONNX Runtime begins some messages with its own source line and the condition that failed.
    detail: (reason ?? "It did not run.").replace(/^\/onnxruntime_src\/.* was false\.\s*/u, "").split("\n")[0] ?? "",
  };
}

/** What hearing runs on here: not the same as what could run. */
function hearingLine({ setting, provider, reason, trials }: ProviderView): DoctorLine {
  const line = { topic: "execution-provider", label: "Hearing runs on" } as const;
  if (provider === null) return { ...line, state: "ok", detail: "Found out when the first call is heard with a full model" };
  const replaced = setting !== "auto" && setting !== provider;
  const failed = replaced || (provider === "cpu" && trials.some((trial) => reason.startsWith(`${trial.provider} failed: `)));
  const why = reason === "" ? (setting === "auto" ? "" : ", as set") : `. ${reason}`;
  return { ...line, state: failed ? "wrong" : "ok", detail: `${provider}${replaced ? ` instead of ${setting}` : ""}${why}` };
}

/** How hearing elsewhere is set. Nothing is sent for it: the button in Settings tries with real calls. */
function offloadLine(settings: OffloadSettings): DoctorLine {
  const line = { topic: "aws", label: "Hearing on SageMaker" } as const;
  const endpoint = endpointOf(settings);
  if (endpoint === null) {
    return settings.use === "sagemaker"
      ? { ...line, state: "wrong", detail: "Asked for, and no endpoint is named" }
      : { ...line, state: "absent", detail: "Not set up; everything is heard on this machine" };
  }
  const names = endpoint.contract === "earmark" ? endpoint.name : `${endpoint.diarization} and ${endpoint.transcription}`;
  const asynchronous = endpoint.contract === "conversation-intelligence" || endpoint.mode === "asynchronous";
  if (asynchronous && settings.bucket === null)
    return { ...line, state: "wrong", detail: `${names} needs a bucket, and none is set` };
  const when = {
    local: "set up, used where an import asks for it",
    sagemaker: "used for every recording",
    auto: `used when more than ${settings.backlogMinutes} min of sound wait`,
  }[settings.use];
  return { ...line, state: "ok", detail: `${names}${settings.bucket === null ? "" : ` by way of ${settings.bucket}`}: ${when}` };
}

const tasks: Record<ModelTask, string> = {
  transcription: "what was said",
  segmentation: "who spoke when in a mono recording",
  embedding: "which voice is whose",
  activity: "when somebody speaks",
};

function modelLines(models: readonly ModelView[]): DoctorLine[] {
  const lines: DoctorLine[] = [];
  for (const task of Object.keys(tasks) as ModelTask[]) {
    const here = models.filter((model) => model.task === task && model.state !== "absent");
    for (const model of here) {
      const label = model.id;
      const purpose = `${tasks[task]}${model.limited ? ", for a narrow material only" : ""}`;
      if (model.state === "installed") lines.push({ topic: "model", label, state: "ok", detail: `Installed: ${purpose}` });
      else if (model.state === "fetching") {
        const share = Math.round((model.progress ?? 0) * 100);
        lines.push({ topic: "model", label, state: "absent", detail: `Being fetched, ${share} %: ${purpose}` });
      } else lines.push({ topic: "model", label, state: "wrong", detail: model.failure?.message ?? "Damaged: fetch it again" });
    }
    if (!here.some((model) => model.state === "installed")) {
      lines.push({ topic: "model", label: task, state: "absent", detail: `No model for ${tasks[task]} is installed` });
    }
  }
  return lines;
}

/** Where credentials for AWS would come from, in the order in which AWS' own programs look. Reads names, never prints a value. */
async function awsLine(env: NodeJS.ProcessEnv, home: string): Promise<DoctorLine> {
  const way = await awsWay(env, home);
  return way === null
    ? { topic: "aws", label: "AWS credentials", state: "absent", detail: "None; everything works on this machine without them" }
    : { topic: "aws", label: "AWS credentials", state: "ok", detail: `Present, ${way}` };
}

async function awsWay(env: NodeJS.ProcessEnv, home: string): Promise<string | null> {
  const has = (name: string): boolean => env[name] !== undefined && env[name] !== "";
  if (has("AWS_ACCESS_KEY_ID") && has("AWS_SECRET_ACCESS_KEY")) return "in the environment (AWS_ACCESS_KEY_ID)";
  const profile = has("AWS_PROFILE") ? (env["AWS_PROFILE"] ?? "default") : "default";
  const credentials = await iniSection(env["AWS_SHARED_CREDENTIALS_FILE"] ?? join(home, ".aws", "credentials"), [profile]);
  if (credentials.has("aws_access_key_id")) return `in the credentials file, profile "${profile}"`;
  const config = await iniSection(env["AWS_CONFIG_FILE"] ?? join(home, ".aws", "config"), [`profile ${profile}`, profile]);
  if (config.has("sso_session") || config.has("sso_start_url")) return `by single sign-on, profile "${profile}"`;
  if (config.has("role_arn")) return `by a role, profile "${profile}"`;
  if (config.has("credential_process")) return `by a program, profile "${profile}"`;
  if (config.has("aws_access_key_id")) return `in the configuration file, profile "${profile}"`;
  if (has("AWS_WEB_IDENTITY_TOKEN_FILE")) return "by a web identity token";
  if (has("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") || has("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    return "from the container's host";
  return null;
}

/** The names set in the first of some sections of an ini file; empty when the file or the sections are not there. */
async function iniSection(path: string, sections: readonly string[]): Promise<Set<string>> {
  const text = await readFile(path, "utf8").catch(() => "");
  const names = new Set<string>();
  let inside = false;
  for (const line of text.split(/\r?\n/u)) {
    const heading = /^\s*\[([^\]]+)\]/u.exec(line)?.[1]?.trim();
    if (heading !== undefined) inside = sections.includes(heading.replace(/\s+/gu, " "));
    // A setting without a value sets nothing.
    const name = inside ? /^\s*([\w-]+)\s*=\s*\S/u.exec(line)?.[1] : undefined;
    if (name !== undefined) names.add(name);
  }
  return names;
}

async function libraryLine(path: string): Promise<DoctorLine> {
  const line = { topic: "library", label: "Library" } as const;
  const found = await stat(path).catch(() => null);
  if (found === null) return { ...line, state: "absent", detail: `${path}, made when it is first used` };
  if (!found.isDirectory()) return { ...line, state: "wrong", detail: `${path} is not a folder` };
  try {
    await access(path, constants.R_OK | constants.W_OK);
  } catch {
    return { ...line, state: "wrong", detail: `${path} may not be written to` };
  }
  return { ...line, state: "ok", detail: path };
}

async function diskLine(path: string): Promise<DoctorLine> {
  let folder = path;
  for (;;) {
    const found = await statfs(folder).catch(() => null);
    if (found !== null) {
      const free = found.bavail * found.bsize;
      const enough = free >= leastFreeBytes;
      const detail = `${(free / 1e9).toFixed(1)} GB where the library lies${enough ? "" : ", which a few long recordings fill"}`;
      return { topic: "disk", label: "Free disk", state: enough ? "ok" : "wrong", detail };
    }
    // The library may not have been made yet: the disk is that of the folder it will be made in.
    const parent = dirname(folder);
    if (parent === folder) return { topic: "disk", label: "Free disk", state: "wrong", detail: "The disk cannot be looked at" };
    folder = parent;
  }
}
