#!/usr/bin/env node
/*
 * Makes a fresh clone ready: libraries, Node 24, ffmpeg, Electron, a Chromium, the built page. Runs under Node 18 or later
 * with nothing installed, does only what is still missing, and says in one line each what it did and what it left.
 *
 *   node setup.mjs [install|start|test|e2e|page|doctor] [--retry] [--then FILE ARGUMENTS...]
 *
 * `--then` runs a file under the Node that was set up, in the place of this process: a shell that has just started the
 * system's Node by name remembers where it was, and would not find the new one.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const modules = join(root, "node_modules");
const stampFile = join(modules, ".earmark-setup.json");
const windows = process.platform === "win32";
const modes = ["install", "start", "test", "e2e", "page", "doctor"];

/** A refused download is tried again after this long, in milliseconds; until then nobody waits for it at every start. */
const refusalLastsMs = 24 * 60 * 60 * 1000;
/** Longest waits for what comes from outside, in milliseconds. */
const limits = {
  libraries: 15 * 60_000,
  node: 3 * 60_000,
  ffmpeg: 60_000,
  electron: 120_000,
  chromium: 180_000,
  apt: 10 * 60_000,
};

/** Who asks for another try has a slow line, and waits this many times longer. */
const patience = 10;

/** A failure with what to do about it: the only kind of error that is meant for people. */
class SetupError extends Error {
  constructor(what, remedy, output = "") {
    super(what);
    this.remedy = remedy;
    this.output = output;
  }
}

function say(topic, text) {
  console.log(`${`${topic}:`.padEnd(11)} ${text}`);
}

function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}

// --- Running programs ---------------------------------------------------------------------------------------------------

/** What children get: the proxy and the authorities that npm and the system know, where the caller has not said otherwise. */
function environment(extra = {}) {
  const env = { ...process.env };
  const proxy =
    env.HTTPS_PROXY || env.https_proxy || env.npm_config_https_proxy || env.npm_config_proxy || env.HTTP_PROXY || env.http_proxy;
  if (proxy) {
    env.HTTPS_PROXY = env.HTTPS_PROXY || proxy;
    env.HTTP_PROXY = env.HTTP_PROXY || proxy;
    env.NODE_USE_ENV_PROXY = env.NODE_USE_ENV_PROXY || "1";
    env.ELECTRON_GET_USE_PROXY = env.ELECTRON_GET_USE_PROXY || "1";
  }
  if (env.npm_config_cafile && !env.NODE_EXTRA_CA_CERTS) env.NODE_EXTRA_CA_CERTS = env.npm_config_cafile;
  env.NODE_USE_SYSTEM_CA = env.NODE_USE_SYSTEM_CA || "1";
  return { ...env, ...extra };
}

/** Runs a program to its end or its limit, its output captured. Resolves with `{ code, output, late }`; never rejects. */
function run(program, args, { limitMs, cwd = root, env = environment(), shell = false } = {}) {
  return new Promise((resolve) => {
    let output = "";
    let late = false;
    const keep = (piece) => {
      output = (output + piece.toString("utf8")).slice(-200_000);
    };
    // A group of its own, so that at the limit the children of a package manager end with it.
    const child = spawn(program, args, {
      cwd,
      env,
      shell,
      detached: !windows,
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const end = () => {
      if (child.pid === undefined) return;
      try {
        if (windows) spawnSync("taskkill", ["/pid", String(child.pid), "/T", "/F"]);
        else process.kill(-child.pid, "SIGKILL");
      } catch {
        child.kill("SIGKILL");
      }
    };
    const timer = setTimeout(() => {
      late = true;
      end();
    }, limitMs);
    const interrupted = () => {
      end();
      process.exit(130);
    };
    process.once("SIGINT", interrupted);
    process.once("SIGTERM", interrupted);
    const finish = (code, message = "") => {
      clearTimeout(timer);
      process.removeListener("SIGINT", interrupted);
      process.removeListener("SIGTERM", interrupted);
      resolve({ code, output: output + message, late });
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error) => finish(null, error.message));
    child.once("close", (code) => finish(code));
  });
}

/** The first line of what a program answers when asked quickly; null when it does not start or fails. */
function answerOf(program, args) {
  const asked = spawnSync(program, args, {
    encoding: "utf8",
    timeout: 15_000,
    windowsHide: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (asked.status !== 0 || typeof asked.stdout !== "string") return null;
  return asked.stdout.split("\n")[0].trim();
}

/** Whether this process runs under the Node inside node_modules, which an installation takes away under it. */
function runsUnderOwnNode() {
  return process.execPath.startsWith(modules);
}

/** Runs npm: the one that started us, else the one on the PATH; always under a Node that an installation leaves alone. */
function npm(args, limitMs) {
  const outside = [runsUnderOwnNode() ? null : process.execPath, process.env.npm_node_execpath].find(
    (path) => path && existsSync(path) && !path.startsWith(modules),
  );
  const own = process.env.npm_execpath;
  if (outside && own && /^npm-cli\.[cm]?js$/u.test(basename(own)) && existsSync(own)) {
    return run(outside, [own, ...args], { limitMs });
  }
  const path = (process.env.PATH || process.env.Path || "").split(delimiter).filter((folder) => !folder.startsWith(modules));
  const env = environment({ PATH: path.join(delimiter) });
  // npm is a batch file on Windows, which only a shell starts; the arguments are our own constants.
  return windows ? run("npm.cmd", args, { limitMs, shell: true, env }) : run("npm", args, { limitMs, env });
}

function onPath(names) {
  for (const folder of (process.env.PATH || process.env.Path || "").split(delimiter)) {
    if (folder === "") continue;
    for (const name of names) {
      const path = join(folder, windows ? `${name}.exe` : name);
      try {
        accessSync(path, windows ? constants.F_OK : constants.X_OK);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  return null;
}

// --- What is remembered -------------------------------------------------------------------------------------------------

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

function readStamp() {
  const stamp = readJson(stampFile);
  return stamp !== null && typeof stamp === "object" ? stamp : {};
}

function remember(change) {
  mkdirSync(modules, { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify({ ...readStamp(), ...change }, null, 2)}\n`);
}

/** When and why a download was refused, while that is recent; null when it may be tried. */
function refusal(name, retry) {
  const found = readStamp().refused?.[name];
  if (retry || found === undefined || typeof found.at !== "number") return null;
  const age = Date.now() - found.at;
  return age >= 0 && age < refusalLastsMs ? found : null;
}

function rememberRefusal(name, why) {
  remember({ refused: { ...readStamp().refused, [name]: { at: Date.now(), why } } });
}

/** The last telling line of an installer's output, short enough for one line. */
function reason({ code, output, late }) {
  if (late) return "it took too long";
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^at |^npm warn|^\{|^\}|^Node\.js v/iu.test(line));
  const network = /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|certificate|status(?: code)? \d{3}/iu;
  const telling = lines.find((line) => network.test(line)) ?? lines.find((line) => /error|refused/iu.test(line)) ?? lines.at(-1);
  return (telling ?? `exit code ${code}`).slice(0, 140);
}

function hashOf(text) {
  return createHash("sha256").update(text).digest("hex");
}

// --- Libraries and Node -------------------------------------------------------------------------------------------------

/** Whether what is installed is what the lock file says: every package of it, at its version, that this machine takes. */
function installedMatches(lock) {
  const installed = readJson(join(modules, ".package-lock.json"));
  if (installed?.packages === undefined || lock?.packages === undefined) return false;
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === "" || wanted.link) continue;
    const found = installed.packages[path];
    if (found === undefined) {
      // Builds for other platforms are in the lock and not on the disk.
      if (wanted.optional || wanted.devOptional || wanted.peer) continue;
      return false;
    }
    if (found.version !== wanted.version) return false;
  }
  return true;
}

async function installLibraries() {
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  const lockFile = join(root, "package-lock.json");
  const lockText = existsSync(lockFile) ? readFileSync(lockFile, "utf8") : null;
  const wanted = hashOf(`${process.platform}-${process.arch}\n${lockText ?? manifest}`);
  const present = existsSync(join(modules, ".package-lock.json"));
  if (present && readStamp().libraries === wanted) {
    say("Libraries", "up to date");
    return;
  }
  if (present && lockText !== null && installedMatches(JSON.parse(lockText))) {
    remember({ libraries: wanted });
    say("Libraries", "up to date (installed before)");
    return;
  }
  say("Libraries", `installing with npm, ${lockText === null ? "without a lock file" : "as package-lock.json says"} …`);
  const began = Date.now();
  // Scripts of packages are not run by the installation: several fetch binaries of their own and would fail it where they
  // cannot. The few that are needed run below; an npm older than 11 does not know `allowScripts`.
  const flags = ["--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const refused = readStamp().refused;
  // Windows does not let go of a program that runs, and `npm ci` would have to remove ours.
  const clean = lockText !== null && !(windows && runsUnderOwnNode());
  let done = clean ? await npm(["ci", ...flags], limits.libraries) : null;
  if (done === null || (done.code !== 0 && /EUSAGE|in sync/u.test(done.output))) {
    // A registry that lacks builds for other platforms makes `npm ci` refuse the lock; the lock itself stays as it is.
    done = await npm(["install", ...(lockText === null ? [] : ["--no-save"]), ...flags], limits.libraries);
  }
  if (done.code !== 0) {
    throw new SetupError(
      `npm could not install the libraries (${reason(done)}).`,
      "Check the connection (a proxy is taken from HTTPS_PROXY or `npm config set proxy`), then run this again. npm 9 or later comes with Node 18.",
      done.output,
    );
  }
  const allowed = Object.entries(JSON.parse(manifest).allowScripts ?? {})
    .filter(([name, may]) => may === true && existsSync(join(modules, name)))
    .map(([name]) => name);
  if (allowed.length > 0) {
    const built = await npm(["rebuild", ...allowed, "--no-audit", "--loglevel=error"], limits.node);
    if (built.code !== 0) say("Libraries", `the install scripts of ${allowed.join(", ")} failed (${reason(built)})`);
  }
  remember({ libraries: wanted, ...(refused === undefined ? {} : { refused }) });
  say("Libraries", `installed in ${seconds(began)}`);
}

function versionAtLeast(version, major, minor) {
  const match = /^v?(\d+)\.(\d+)\./u.exec(version ?? "");
  if (match === null) return false;
  return Number(match[1]) > major || (Number(match[1]) === major && Number(match[2]) >= minor);
}

function localNode() {
  const path = join(modules, "node", "bin", windows ? "node.exe" : "node");
  if (!existsSync(path)) return null;
  const version = answerOf(path, ["--version"]);
  return version === null ? null : { path, version };
}

/** The Node that runs TypeScript as it is: Earmark's own, else this one when it can. Null when neither. */
function typescriptNode() {
  const local = localNode();
  if (local !== null && versionAtLeast(local.version, 22, 12)) return { ...local, own: true };
  // Types are stripped without a flag from 22.18 on (https://nodejs.org/docs/latest-v22.x/api/typescript.html).
  if (versionAtLeast(process.version, 22, 18)) return { path: process.execPath, version: process.version, own: false };
  return null;
}

async function mendNode() {
  const found = typescriptNode();
  if (found?.own) {
    say("Node", `${found.version} (Earmark's own)`);
    return found.path;
  }
  let failed = null;
  if (existsSync(join(modules, "node", "package.json"))) {
    say("Node", "fetching Earmark's own Node from npm …");
    failed = await npm(["rebuild", "node", "--no-audit", "--loglevel=error"], limits.node);
  }
  const mended = typescriptNode();
  if (mended === null) {
    throw new SetupError(
      `Node 24 could not be installed${failed === null ? "" : ` (${reason(failed)})`}, and this Node (${process.version}) is too old to run Earmark itself.`,
      "Check the connection and run this again, or install Node 24 or later from https://nodejs.org.",
      failed?.output ?? "",
    );
  }
  say("Node", `${mended.version} (${mended.own ? "Earmark's own" : "this machine's; Earmark's own could not be fetched"})`);
  return mended.path;
}

// --- Programs beside Earmark --------------------------------------------------------------------------------------------

function canUseApt() {
  return process.platform === "linux" && process.getuid?.() === 0 && onPath(["apt-get"]) !== null;
}

let aptUpdated = false;
async function apt(packageName) {
  const env = environment({ DEBIAN_FRONTEND: "noninteractive" });
  if (!aptUpdated) {
    const updated = await run("apt-get", ["update", "-q"], { limitMs: limits.apt, env });
    if (updated.code !== 0) return updated;
    aptUpdated = true;
  }
  return run("apt-get", ["install", "-y", "-q", "--no-install-recommends", packageName], { limitMs: limits.apt, env });
}

function ffmpegVersion(path) {
  const line = path === null ? null : answerOf(path, ["-hide_banner", "-version"]);
  return /^ffmpeg version (\S+)/u.exec(line ?? "")?.[1] ?? null;
}

function bundledFfmpeg() {
  return join(modules, "ffmpeg-static", windows ? "ffmpeg.exe" : "ffmpeg");
}

/** The ffmpeg that Earmark would use, in the order in which it looks. */
function findFfmpeg() {
  const named = process.env.EARMARK_FFMPEG;
  if (named) {
    const version = ffmpegVersion(named);
    return version === null ? null : { path: named, version, source: "named by EARMARK_FFMPEG" };
  }
  const bundled = bundledFfmpeg();
  if (existsSync(bundled)) {
    const version = ffmpegVersion(bundled);
    if (version !== null) return { path: bundled, version, source: "ffmpeg-static" };
  }
  const system = onPath(["ffmpeg"]);
  const version = ffmpegVersion(system);
  return version === null ? null : { path: system, version, source: system };
}

const ffmpegAdvice = {
  linux: "Install it with your package manager (`sudo apt-get install ffmpeg`).",
  darwin: "Install it with `brew install ffmpeg`.",
  win32: "Install it with `winget install ffmpeg`.",
};

async function prepareFfmpeg(retry, node) {
  const before = findFfmpeg();
  if (before !== null && before.source !== before.path) {
    say("ffmpeg", `${before.version} (${before.source})`);
    return;
  }
  const script = join(modules, "ffmpeg-static", "install.js");
  const refused = refusal("ffmpeg", retry);
  let why = refused === null ? null : `download refused before: ${refused.why}`;
  if (refused === null && existsSync(script) && !process.env.EARMARK_FFMPEG) {
    say("ffmpeg", "fetching ffmpeg-static's program …");
    const fetched = await run(node, [script], {
      limitMs: limits.ffmpeg * (retry ? patience : 1),
      cwd: dirname(script),
      env: environment({ CI: "1" }),
    });
    if (ffmpegVersion(bundledFfmpeg()) === null) {
      // What a broken download leaves would count as installed the next time.
      rmSync(bundledFfmpeg(), { force: true });
      why = `download refused: ${reason(fetched)}`;
      rememberRefusal("ffmpeg", reason(fetched));
    }
  }
  let found = findFfmpeg();
  if (found === null && canUseApt()) {
    say("ffmpeg", "installing with apt-get …");
    const installed = await apt("ffmpeg");
    if (installed.code !== 0) why = `apt-get failed: ${reason(installed)}`;
    found = findFfmpeg();
  }
  if (found !== null) {
    say("ffmpeg", `${found.version} (${found.source}${why === null || found.source !== found.path ? "" : `; ${why}`})`);
    return;
  }
  const how = process.env.EARMARK_FFMPEG
    ? "EARMARK_FFMPEG names no ffmpeg that starts: mend or unset it."
    : `${ffmpegAdvice[process.platform] ?? "Install ffmpeg."} Or try the download again with --retry.`;
  say("ffmpeg", `absent${why === null ? "" : ` (${why})`}. Without it no recording can be read. ${how}`);
}

/** Electron's program when its binary is here; its package is never imported, because that would begin a download. */
function electronBinary() {
  const pathFile = join(modules, "electron", "path.txt");
  if (!existsSync(pathFile)) return null;
  const binary = join(
    process.env.ELECTRON_OVERRIDE_DIST_PATH || join(modules, "electron", "dist"),
    readFileSync(pathFile, "utf8").trim(),
  );
  return existsSync(binary) ? binary : null;
}

function hasDisplay() {
  return process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

async function prepareElectron(retry, node) {
  if (electronBinary() !== null) {
    say("Electron", "installed");
    return true;
  }
  if (!hasDisplay()) {
    say("Electron", "skipped, because there is no display; the loopback shell serves a browser");
    return false;
  }
  const script = join(modules, "electron", "install.js");
  const refused = refusal("electron", retry);
  let why = refused === null ? "its package is not installed" : `download refused before: ${refused.why}`;
  if (refused === null && existsSync(script)) {
    say("Electron", "fetching its binary …");
    const fetched = await run(node, [script], { limitMs: limits.electron * (retry ? patience : 1), cwd: dirname(script) });
    if (electronBinary() !== null) {
      say("Electron", "installed");
      return true;
    }
    why = `download refused: ${reason(fetched)}`;
    rememberRefusal("electron", reason(fetched));
  }
  say("Electron", `absent (${why}); the loopback shell takes its place`);
  return false;
}

function chromiumPlaces() {
  if (process.platform === "darwin") {
    const names = ["Google Chrome", "Chromium", "Microsoft Edge"];
    return names.flatMap((name) => [
      join("/Applications", `${name}.app`, "Contents/MacOS", name),
      join(homedir(), "Applications", `${name}.app`, "Contents/MacOS", name),
    ]);
  }
  if (windows) {
    const bases = [process.env.ProgramFiles, process.env["ProgramFiles(x86)"], process.env.LOCALAPPDATA].filter(Boolean);
    const ends = [
      "Google\\Chrome\\Application\\chrome.exe",
      "Microsoft\\Edge\\Application\\msedge.exe",
      "Chromium\\Application\\chrome.exe",
    ];
    return bases.flatMap((base) => ends.map((end) => join(base, end)));
  }
  return [
    "/usr/bin/chromium",
    "/usr/bin/google-chrome",
    "/usr/bin/chromium-browser",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
  ];
}

/** Where Playwright keeps the Chromium it fetched for this version of itself; null when it is not there. */
function playwrightChromium(node) {
  if (node === null || !existsSync(join(modules, "playwright-core"))) return null;
  const asked = spawnSync(node, ["-p", "require('playwright-core').chromium.executablePath()"], {
    cwd: root,
    encoding: "utf8",
    timeout: 15_000,
  });
  const path = asked.status === 0 ? asked.stdout.trim() : "";
  return path !== "" && existsSync(path) ? path : null;
}

function findChromium(node) {
  const named = process.env.EARMARK_CHROMIUM;
  if (named && existsSync(named)) return named;
  const names = [
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chromium-browser",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chrome",
  ];
  return chromiumPlaces().find((path) => existsSync(path)) ?? onPath(names) ?? playwrightChromium(node);
}

async function prepareChromium(retry, node, needed) {
  const before = findChromium(node);
  if (before !== null) {
    say("Chromium", before);
    return before;
  }
  if (!needed) {
    say("Chromium", "none installed; the page opens in the default browser");
    return null;
  }
  const refused = refusal("chromium", retry);
  let why = refused === null ? null : `download refused before: ${refused.why}`;
  const cli = join(modules, "playwright-core", "cli.js");
  if (refused === null && existsSync(cli)) {
    say("Chromium", "fetching Playwright's …");
    const withSystem = canUseApt() ? ["--with-deps"] : [];
    const fetched = await run(node, [cli, "install", ...withSystem, "--no-shell", "chromium"], {
      limitMs: limits.chromium * (retry ? patience : 1),
    });
    if (fetched.code !== 0 || playwrightChromium(node) === null) {
      why = `download refused: ${reason(fetched)}`;
      rememberRefusal("chromium", reason(fetched));
    }
  }
  let found = findChromium(node);
  if (found === null && canUseApt()) {
    say("Chromium", "installing with apt-get …");
    const installed = await apt("chromium");
    if (installed.code !== 0) why = `apt-get failed: ${reason(installed)}`;
    found = findChromium(node);
  }
  if (found === null) {
    throw new SetupError(
      `There is no Chromium for the end-to-end tests${why === null ? "" : ` (${why})`}.`,
      "Install Chromium, Chrome or Edge (`sudo apt-get install chromium`), name one in EARMARK_CHROMIUM, or run this again with --retry. `npm run check` needs none.",
    );
  }
  say("Chromium", found);
  return found;
}

// --- Building -----------------------------------------------------------------------------------------------------------

/** A hash over the sources in some folders and files, tests left out: whatever it says the same of builds the same. */
function hashOfSources(places) {
  const hash = createHash("sha256");
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (name !== "node_modules" && !name.startsWith(".")) visit(join(path, name));
      }
      return;
    }
    if (/\.test\.tsx?$|\.md$/u.test(path)) return;
    hash.update(relative(root, path).split("\\").join("/")).update("\0").update(readFileSync(path)).update("\0");
  };
  for (const place of places) visit(join(root, place));
  return hash.digest("hex");
}

async function build(topic, name, sources, result, node, args) {
  const stamp = join(root, "build", "setup", `${name}.json`);
  const wanted = hashOfSources([...sources, "package.json", "package-lock.json", "tsconfig.base.json"]);
  if (existsSync(join(root, "build", result)) && readJson(stamp)?.sources === wanted) {
    say(topic, "built before, sources unchanged");
    return;
  }
  const began = Date.now();
  const built = await run(node, args, { limitMs: 5 * 60_000 });
  if (built.code !== 0) {
    throw new SetupError(
      `${topic} could not be built.`,
      "The messages above say where; mend the source and run this again.",
      built.output,
    );
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, `${JSON.stringify({ sources: wanted })}\n`);
  say(topic, `built in ${seconds(began)}`);
}

async function buildPage(node) {
  if (!existsSync(join(root, "renderer", "vite.config.ts"))) return say("Page", "skipped, there are no sources");
  const args = [join("node_modules", "vite", "bin", "vite.js"), "build", "--config", join("renderer", "vite.config.ts")];
  return build("Page", "page", ["renderer", "app"], join("renderer", "index.html"), node, args);
}

async function buildDesktop(node) {
  const args = [join("main", "build.ts"), "--only", "electron"];
  return build("Desktop", "desktop", ["main", "app", "native-models"], join("electron", "main.js"), node, args);
}

// --- Modes --------------------------------------------------------------------------------------------------------------

/** Runs a file under the Node that was set up and ends with its exit code; signals pass on to it. */
function then(node, file, args, env) {
  const child = spawn(node, [file, ...args], { cwd: root, env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A Ctrl-C at the terminal has reached the child already: sent twice it would mean "at once".
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // npm's shell ends on a signal without passing it on; whoever stopped npm meant us too.
  const parent = process.ppid;
  const orphaned = process.env.npm_lifecycle_event
    ? setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 1_000)
    : undefined;
  child.once("exit", () => clearInterval(orphaned));
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(new SetupError(`${file} could not be started (${error.message}).`, "Run `node setup.mjs` again.")),
    );
    child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

async function doctor(args) {
  const node = typescriptNode();
  const cli = join("main", "cli", "earmark.ts");
  const ready = existsSync(join(modules, "zod")) && existsSync(join(modules, "commander")) && existsSync(join(root, cli));
  if (node !== null && ready) return then(node.path, cli, ["doctor", ...args], environment());
  say("Node", node === null ? `${process.version}, too old to run Earmark itself` : node.version);
  say("Libraries", existsSync(modules) ? "incomplete: run `node setup.mjs`" : "not installed: run `node setup.mjs`");
  const ffmpeg = findFfmpeg();
  say("ffmpeg", ffmpeg === null ? "absent" : `${ffmpeg.version} (${ffmpeg.source})`);
  say("Electron", electronBinary() === null ? "absent" : "installed");
  say("Chromium", findChromium(node?.path ?? null) ?? "absent");
  say("More", "what needs Earmark itself (models, engines, library) is printed after `node setup.mjs`");
  return 0;
}

function parse(args) {
  const at = args.indexOf("--then");
  const [file, ...rest] = at === -1 ? [] : args.slice(at + 1);
  const own = at === -1 ? args : args.slice(0, at);
  if (at !== -1 && file === undefined) throw new SetupError("--then needs a file.", "Name the file to run.");
  const named = own.filter((arg) => !arg.startsWith("-"));
  const mode = named[0] ?? "install";
  if (!modes.includes(mode)) throw new SetupError(`There is no mode "${mode}".`, `Use one of: ${modes.join(", ")}.`);
  return {
    mode,
    retry: own.includes("--retry"),
    next: file,
    nextArgs: rest,
    extra: own.filter((arg) => arg !== mode && arg !== "--retry"),
  };
}

async function main() {
  const { mode, retry, next, nextArgs, extra } = parse(process.argv.slice(2));
  if (!versionAtLeast(process.version, 18, 0)) {
    throw new SetupError(`Node ${process.version} is too old.`, "Install Node 18 or later from https://nodejs.org.");
  }
  if (mode === "doctor") return doctor(extra);
  await installLibraries();
  const node = await mendNode();
  let chromium = null;
  if (mode === "start" || mode === "test" || mode === "e2e") {
    await prepareFfmpeg(retry, node);
    const desktop = mode === "test" ? electronBinary() !== null : await prepareElectron(retry, node);
    if (mode !== "start" || (!desktop && hasDisplay())) chromium = await prepareChromium(retry, node, mode !== "start");
    if (desktop) await buildDesktop(node);
  }
  if (mode === "start" || mode === "e2e" || mode === "page") await buildPage(node);
  if (next === undefined) return 0;
  const path = [join(modules, ".bin"), dirname(node), process.env.PATH || process.env.Path || ""].join(delimiter);
  return then(node, next, nextArgs, {
    ...environment(),
    PATH: path,
    ...(chromium === null ? {} : { EARMARK_CHROMIUM: chromium }),
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  if (error.output !== "") console.error(error.output.trimEnd());
  console.error(`Set-up: ${error.message}`);
  console.error(`What to do: ${error.remedy}`);
  process.exitCode = 1;
}
