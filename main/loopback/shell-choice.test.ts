import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  appWindowArguments,
  chooseShell,
  electronProgram,
  installedChromium,
  lookAround,
  type ShellFacts,
} from "./shell-choice.ts";

const everything: ShellFacts = {
  platform: "linux",
  electron: "/e/electron",
  electronBuilt: true,
  chromium: "/c/chromium",
  openBrowser: ["xdg-open"],
  display: true,
  ci: false,
};

describe("the window that is opened", () => {
  it.each<[string, Partial<ShellFacts>, string, RegExp]>([
    ["Electron where it is installed", {}, "electron", /installed/u],
    ["an app window where it is not", { electron: null }, "app-window", /not installed/u],
    ["an app window where the desktop shell is not built", { electronBuilt: false }, "app-window", /not built/u],
    ["the browser where there is no Chromium", { electron: null, chromium: null }, "browser", /no Chromium/u],
    ["the address where there is no browser", { electron: null, chromium: null, openBrowser: null }, "address", /no browser/u],
    ["the address where there is no display", { display: false }, "address", /no display/u],
    ["the address on a build server", { ci: true }, "address", /build server/u],
  ])("is %s", (_, facts, kind, why) => {
    const choice = chooseShell({ ...everything, ...facts });
    expect(choice.kind).toBe(kind);
    expect(choice.why).toMatch(why);
  });

  it("has a profile of its own, and gives up the sandbox only as root on Linux", () => {
    const args = appWindowArguments("http://127.0.0.1:1/?token=t", "/l/window", "linux", false);
    expect(args).toContain("--app=http://127.0.0.1:1/?token=t");
    expect(args).toContain("--user-data-dir=/l/window");
    expect(args).toContain("--disable-background-networking");
    expect(args).not.toContain("--no-sandbox");
    expect(appWindowArguments("u", "p", "linux", true)).toContain("--no-sandbox");
    expect(appWindowArguments("u", "p", "darwin", true)).not.toContain("--no-sandbox");
  });
});

describe("looking around", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark around é "));
    await mkdir(join(folder, "bin"));
    await writeFile(join(folder, "bin", "chromium"), "");
    await chmod(join(folder, "bin", "chromium"), 0o755);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("finds Electron's program only where it has been downloaded", async () => {
    expect(electronProgram(folder)).toBeNull();
    const dist = join(folder, "node_modules", "electron", "dist");
    await mkdir(dist, { recursive: true });
    await writeFile(join(dist, "..", "path.txt"), "electron");
    expect(electronProgram(folder)).toBeNull();
    await writeFile(join(dist, "electron"), "");
    expect(electronProgram(folder)).toBe(join(dist, "electron"));
  });

  it.runIf(process.platform === "linux")("finds a Chromium by its variable and on the PATH", () => {
    const inBin = join(folder, "bin", "chromium");
    expect(installedChromium({ PATH: join(folder, "bin") }, "linux")).toBe(inBin);
    expect(installedChromium({ PATH: folder }, "linux")).toBeNull();
    expect(installedChromium({ PATH: "", EARMARK_CHROMIUM: inBin }, "linux")).toBe(inBin);
    expect(installedChromium({ PATH: join(folder, "bin"), EARMARK_CHROMIUM: join(folder, "absent") }, "linux")).toBeNull();
  });

  it("knows a display and a build server", () => {
    expect(lookAround(folder, { PATH: "" }, "linux")).toMatchObject({ display: false, ci: false, electronBuilt: false });
    expect(lookAround(folder, { PATH: "", WAYLAND_DISPLAY: "wayland-0", CI: "false" }, "linux")).toMatchObject({
      display: true,
      ci: false,
    });
    expect(lookAround(folder, { PATH: "", CI: "true" }, "darwin")).toMatchObject({ display: true, ci: true });
  });
});
