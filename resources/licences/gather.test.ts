import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { importedPackages, type Lock, mayBeLinked, noticesOf, readShipped, shippedPlaces, writeNotices } from "./gather.ts";

const root = join(import.meta.dirname, "..", "..");
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "earmark-notices-"));
  folders.push(folder);
  return folder;
}

it("finds the notices up to date with what is shipped (else: npm run notices)", () => {
  const { lock, bundled } = readShipped(root);
  const kept = readFileSync(join(import.meta.dirname, "THIRD-PARTY-NOTICES.txt"), "utf8");
  const missing = noticesOf(root, lock, bundled)
    .map(({ name, version, licence }) => `${name} ${version} (${licence})`)
    .filter((line) => !kept.includes(line));
  expect(missing).toEqual([]);
  expect(kept === writeNotices(root, lock, bundled)).toBe(true);
});

it("names ffmpeg as a separate program under the GPL, with its source, and the models' licences", () => {
  const kept = readFileSync(join(import.meta.dirname, "THIRD-PARTY-NOTICES.txt"), "utf8");
  expect(kept).toMatch(/ffmpeg \(GPL-3\.0-or-later\)[\s\S]*separate process[\s\S]*https:\/\/ffmpeg\.org/u);
  expect(kept).toContain("onnx-community/wespeaker-voxceleb-resnet34-LM: CC-BY-4.0");
  expect(kept).toContain("LICENSES.chromium.html");
});

it("fails on a copyleft licence among linked packages, however deep it lies", () => {
  const lock: Lock = {
    packages: {
      "": {},
      "node_modules/outer": { version: "1.0.0", license: "MIT", dependencies: { inner: "*" } },
      "node_modules/outer/node_modules/inner": { version: "2.0.0", license: "LGPL-3.0-only", dependencies: {} },
      "node_modules/tool": { version: "1.0.0", license: "GPL-3.0-only", dev: true },
    },
  };
  expect(() => noticesOf(temporary(), lock, [])).toThrow("inner 2.0.0 (LGPL-3.0-only)");
  expect(() => noticesOf(temporary(), lock, ["tool"])).toThrow("tool 1.0.0");
});

it("reads expressions: one part of a choice is enough, each part of a sum is needed", () => {
  expect(mayBeLinked("(MIT OR GPL-3.0-only)")).toBe(true);
  expect(mayBeLinked("MIT AND GPL-3.0-only")).toBe(false);
  expect(mayBeLinked("MPL-2.0")).toBe(false);
  expect(mayBeLinked("unknown")).toBe(false);
});

it("follows dependencies as Node finds them, and leaves out what only developers use", () => {
  const lock: Lock = {
    packages: {
      "": {},
      "node_modules/a": { license: "MIT", dev: true, dependencies: { b: "*" }, peerDependencies: { p: "*" } },
      "node_modules/a/node_modules/b": { license: "MIT", dev: true },
      "node_modules/b": { license: "MIT", dev: true },
      "node_modules/p": { license: "MIT", dev: true },
      "node_modules/unused": { license: "MIT", dev: true },
      "node_modules/linked": { license: "MIT" },
    },
  };
  expect(shippedPlaces(lock, ["a"])).toEqual([
    "node_modules/a",
    "node_modules/a/node_modules/b",
    "node_modules/linked",
    "node_modules/p",
  ]);
});

it("takes over the texts that lie in a package, and says when there are none", () => {
  const folder = temporary();
  mkdirSync(join(folder, "node_modules", "with"), { recursive: true });
  writeFileSync(join(folder, "node_modules", "with", "LICENSE.md"), "Copyright somebody\r\n");
  const lock: Lock = {
    packages: { "node_modules/with": { version: "1.0.0", license: "MIT" }, "node_modules/without": { license: "ISC" } },
  };
  expect(noticesOf(folder, lock, []).map(({ text }) => text)).toEqual([
    "Copyright somebody",
    "without comes without a file of its licence; its package names ISC.",
  ]);
});

it("sees the packages that sources import, not those of their tests", () => {
  const folder = temporary();
  writeFileSync(
    join(folder, "a.tsx"),
    'import { x } from "@scope/name/part";\nimport "plain/styles.css";\nimport { y } from "./b.ts";\nimport "node:fs";',
  );
  writeFileSync(join(folder, "a.test.ts"), 'import { expect } from "vitest";');
  expect([...importedPackages(folder)].sort()).toEqual(["@scope/name", "plain"]);
});
