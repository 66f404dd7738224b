import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, sep } from "node:path";
import { catalogue } from "../../native-models/catalogue.ts";

/*
 * Gathers the notices of everything that is shipped with Earmark but is not Earmark:  npm run notices
 * Writes THIRD-PARTY-NOTICES.txt, and fails when a package under a licence that is not on the list would be linked.
 */

/** A package as the lock file knows it. */
interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}
/** The part of package-lock.json that is read here; keys are paths (`node_modules/zod`). */
export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** One package that is shipped. */
export interface Notice {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly text: string;
}

const licencesThatMayBeLinked: ReadonlySet<string> = new Set([
  ...["MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "CC0-1.0", "Unlicense", "Zlib"],
  ...["BlueOak-1.0.0", "Python-2.0", "CC-BY-4.0"],
]);

/**
 * Packages whose program is run in a process of its own, or that only fetch it at installation: the way they are
 * licensed does not reach Earmark.
 */
export const separatePrograms: ReadonlySet<string> = new Set(["ffmpeg-static"]);

/** Packages that name their licence in an older form, as their licence file says it. */
const readByHand: Readonly<Record<string, string>> = { "parse-cache-control": "BSD-3-Clause", "png-js": "MIT" };

/** Whether an SPDX expression leaves a choice that may be linked: each part of an `AND`, one part of an `OR`. */
export function mayBeLinked(licence: string): boolean {
  const plain = licence.trim().replace(/^\((.*)\)$/u, "$1");
  if (plain.includes(" OR ")) return plain.split(" OR ").some(mayBeLinked);
  if (plain.includes(" AND ")) return plain.split(" AND ").every(mayBeLinked);
  return licencesThatMayBeLinked.has(plain);
}

/** Names of packages that a folder's sources import (not their tests): what a bundler takes in. */
export function importedPackages(folder: string): Set<string> {
  const found = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/u.test(entry.name) || /\.(?:test|config)\.tsx?$/u.test(entry.name)) continue;
    const source = readFileSync(join(entry.parentPath, entry.name), "utf8");
    for (const [, specifier = ""] of source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/gu)) {
      if (specifier.startsWith(".") || isBuiltin(specifier)) continue;
      const [first = "", second = ""] = specifier.split("/");
      found.add(first.startsWith("@") ? `${first}/${second}` : first);
    }
  }
  return found;
}

/** Where a package's dependency lies: beside it, else in a folder above, as Node looks. */
function placeOf(lock: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; ) {
    const place = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (Object.hasOwn(lock.packages, place)) return place;
    if (folder === "") return undefined;
    const above = folder.lastIndexOf("node_modules/");
    folder = above <= 0 ? "" : folder.slice(0, above - 1);
  }
}

/** Paths in node_modules of all that is shipped: the production packages, and what the page's bundle takes in. */
export function shippedPlaces(lock: Lock, bundled: Iterable<string>): string[] {
  const places = new Set<string>();
  const add = (place: string | undefined): void => {
    if (place === undefined || places.has(place)) return;
    places.add(place);
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = lock.packages[place] ?? {};
    const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
    for (const name of [...Object.keys(dependencies), ...peers]) add(placeOf(lock, place, name));
  };
  for (const [place, { dev, devOptional }] of Object.entries(lock.packages)) {
    if (place !== "" && dev !== true && devOptional !== true) add(place);
  }
  for (const name of bundled) add(placeOf(lock, "", name));
  // Declarations hold no code that is shipped.
  return [...places].filter((place) => !place.includes("node_modules/@types/")).sort();
}

/** The licence texts that lie in a package's folder; a sentence when there are none. */
function textOf(folder: string, name: string, licence: string): string {
  let files: string[] = [];
  try {
    files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/iu.test(file));
  } catch {
    // An optional package of another platform is not installed.
  }
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim());
  return texts.length > 0 ? texts.join("\n\n") : `${name} comes without a file of its licence; its package names ${licence}.`;
}

/** The notices of shipped packages, by name. Throws when one may not be linked, naming it. */
export function noticesOf(root: string, lock: Lock, bundled: Iterable<string>): Notice[] {
  const refused: string[] = [];
  const notices = shippedPlaces(lock, bundled).map((place): Notice => {
    const name = place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
    const { version = "", license } = lock.packages[place] ?? {};
    const licence = license ?? readByHand[name] ?? "unknown";
    if (!mayBeLinked(licence) && !separatePrograms.has(name)) refused.push(`${name} ${version} (${licence})`);
    return { name, version, licence, text: textOf(join(root, ...place.split("/")), name, licence) };
  });
  if (refused.length > 0) {
    throw new Error(`These packages may not be linked into an Apache-2.0 program: ${refused.join(", ")}.`);
  }
  const seen = new Set<string>();
  return notices
    .filter(({ name, version }) => !seen.has(`${name} ${version}`) && seen.add(`${name} ${version}`))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

const rule = "=".repeat(100);

/** The whole file of notices. Packages with the same licence text share it. */
export function writeNotices(root: string, lock: Lock, bundled: Iterable<string>): string {
  const notices = noticesOf(root, lock, bundled);
  const byText = new Map<string, Notice[]>();
  for (const notice of notices) byText.set(notice.text, [...(byText.get(notice.text) ?? []), notice]);
  const models = [...catalogue].map(({ id, licence, source }) => {
    return `${id}: ${licence}${source === null ? "" : `, https://huggingface.co/${source.repo}`}`;
  });
  return `${[
    "THIRD-PARTY NOTICES OF EARMARK",
    "Earmark is licensed under Apache-2.0 (LICENSE). What follows is shipped with it or used by it, under terms of its own.",
    `${rule}\nffmpeg (GPL-3.0-or-later)\n\n${[
      "ffmpeg is a program of its own. Earmark starts it as a separate process and exchanges files and streams with it; no code",
      "of ffmpeg is linked into Earmark. The binary is the one that the package ffmpeg-static fetches; where that binary was",
      "built and from which sources is told in https://github.com/eugeneware/ffmpeg-static and in its releases; the source of",
      "ffmpeg itself is at https://ffmpeg.org/download.html and https://git.ffmpeg.org/ffmpeg.git. The licence lies beside the",
      "program, and at https://www.gnu.org/licenses/gpl-3.0.html. You may put another ffmpeg in its place: EARMARK_FFMPEG names it.",
    ].join("\n")}`,
    `${rule}\nElectron and Chromium\n\n${[
      "The desktop program runs in Electron (MIT), which contains Chromium and Node.js. Their notices lie beside the program",
      "as LICENSE.electron.txt and LICENSES.chromium.html.",
    ].join("\n")}`,
    `${rule}\nModels\n\n${[
      "Models are no part of the program: a person fetches or adds them, or they lie beside it. Their licences, by id:",
      "",
      ...models,
    ].join("\n")}`,
    ...[...byText].map(([text, sharing]) => {
      return `${rule}\n${sharing.map(({ name, version, licence }) => `${name} ${version} (${licence})`).join("\n")}\n\n${text}`;
    }),
  ].join("\n\n")}\n`;
}

/** The repository's lock file and the packages that its pages take in: the app's, and the one that verifies reports. */
export function readShipped(root: string): { lock: Lock; bundled: string[] } {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lock;
  const bundled = ["renderer", "app", "resources/verify"].flatMap((folder) => [...importedPackages(join(root, folder))]);
  return { lock, bundled: bundled.filter((name) => Object.hasOwn(lock.packages, `node_modules/${name}`)) };
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..", "..");
  const { lock, bundled } = readShipped(root);
  const file = join(import.meta.dirname, "THIRD-PARTY-NOTICES.txt");
  writeFileSync(file, writeNotices(root, lock, bundled));
  console.log(`${noticesOf(root, lock, bundled).length} packages, written to ${file.split(sep).slice(-3).join("/")}`);
}
