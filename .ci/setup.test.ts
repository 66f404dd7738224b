import { spawn } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
let folder: string;
let programs: string;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the set-up of a small project, with an ffmpeg of its own on the PATH and no display. */
function setup(project: string, ...args: string[]): Promise<Ended> {
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${programs}${delimiter}${process.env["PATH"] ?? ""}` };
  for (const name of ["DISPLAY", "WAYLAND_DISPLAY", "EARMARK_FFMPEG", "npm_execpath", "NODE_OPTIONS"]) delete env[name];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(project, "setup.mjs"), ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (piece) => {
      out += piece;
    });
    child.stderr.on("data", (piece) => {
      err += piece;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out, err }));
  });
}

/** A project with one library, which lies in a folder of its own so that nothing is fetched. */
async function makeProject(name: string, library: string): Promise<string> {
  const project = join(folder, name);
  await mkdir(join(project, "parts", library), { recursive: true });
  await copyFile(join(repository, "setup.mjs"), join(project, "setup.mjs"));
  const dependencies = { [library]: `file:parts/${library}` };
  const write = (path: string, content: unknown) => writeFile(join(project, path), JSON.stringify(content));
  await write("package.json", { name: "small", version: "1.0.0", type: "module", dependencies });
  await write(join("parts", library, "package.json"), { name: library, version: "1.0.0" });
  await write("package-lock.json", {
    name: "small",
    version: "1.0.0",
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "small", version: "1.0.0", dependencies },
      [`node_modules/${library}`]: { resolved: `parts/${library}`, link: true },
      [`parts/${library}`]: { name: library, version: "1.0.0" },
    },
  });
  await writeFile(join(project, "next.mjs"), "console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;");
  return project;
}

describe.skipIf(process.platform === "win32")("setup.mjs", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark set-up é 語 "));
    programs = join(folder, "programs");
    await mkdir(programs);
    await writeFile(join(programs, "ffmpeg"), "#!/bin/sh\necho 'ffmpeg version 9.9 for tests'\n");
    await chmod(join(programs, "ffmpeg"), 0o755);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("installs once, in a folder with spaces and letters of other scripts, and hands over with its arguments", async () => {
    const project = await makeProject("one two ü", "tiny");
    const first = await setup(project, "install", "--then", "next.mjs", "a b", "--port", "1");
    expect(first.err).toBe("");
    expect(first.out).toContain('["a b","--port","1"]');
    expect(first.out).toMatch(/^Libraries: +installed in /mu);
    expect(first.code).toBe(7);
    const second = await setup(project);
    expect(second).toMatchObject({ code: 0, err: "" });
    expect(second.out).toMatch(/^Libraries: +up to date$/mu);
  });

  it("does not install again over what was installed by hand", async () => {
    const project = await makeProject("by hand", "tiny");
    await setup(project);
    await rm(join(project, "node_modules", ".earmark-setup.json"));
    expect((await setup(project)).out).toContain("up to date (installed before)");
  });

  it("remembers a refused download, and tries again only when asked", async () => {
    const project = await makeProject("refused", "ffmpeg-static");
    const tries = join(project, "tries");
    const script = `require("node:fs").appendFileSync(${JSON.stringify(tries)}, "x"); console.error("Error: connect ECONNREFUSED"); process.exit(1);`;
    await writeFile(join(project, "parts", "ffmpeg-static", "install.js"), script);
    const first = await setup(project, "start");
    expect(first.out).toContain("9.9");
    expect(first.out).toContain("download refused: Error: connect ECONNREFUSED");
    expect(first.out).toMatch(/^Electron: +skipped, because there is no display/mu);
    const second = await setup(project, "start");
    expect(second.out).toContain("download refused before");
    expect(await readFile(tries, "utf8")).toBe("x");
    await setup(project, "start", "--retry");
    expect(await readFile(tries, "utf8")).toBe("xx");
  });

  it("says what failed and what to do, and ends with 1", async () => {
    const project = await makeProject("broken", "tiny");
    await writeFile(join(project, "package-lock.json"), "{}");
    await writeFile(join(project, "package.json"), "{ not json");
    const ended = await setup(project);
    expect(ended.code).toBe(1);
    expect(ended.err).toContain("npm could not install the libraries");
    expect(ended.err).toContain("What to do:");
  });

  it("refuses a mode it does not have", async () => {
    const ended = await setup(await makeProject("mode", "tiny"), "sing");
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('There is no mode "sing"') });
  });
});
