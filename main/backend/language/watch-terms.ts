import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What a string map's files look like now, those for single languages included; empty where there are none. */
export async function termsState(path: string): Promise<string> {
  const stem = basename(path)
    .replace(/\.csv$/iu, "")
    .replace(/-[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?$/u, "");
  const names = await readdir(dirname(path)).catch(() => []);
  const own = names.filter((name) => name.startsWith(stem) && /\.csv$/iu.test(name)).sort();
  const states = await Promise.all(
    own.map(async (name) => {
      const found = await stat(join(dirname(path), name)).catch(() => null);
      return found === null ? "" : `${name} ${found.size} ${found.mtimeMs}`;
    }),
  );
  return states.join("\n");
}

/**
 * Looks at the string map's files again and again, and tells when one has changed, come or gone, or another is set. Looking
 * rather than being told works on every file system, and over editors that put a new file in the old one's place.
 *
 * @param path of the map as it is set now; null for none.
 * @returns its end.
 */
export function watchTerms(path: () => string | null, onChange: () => void, everyMs = 2_000): () => void {
  let before: string | undefined;
  let looking = false;
  const look = async (): Promise<void> => {
    const now = path();
    const state = now === null ? "" : `${now}\n${await termsState(now)}`;
    if (before !== undefined && before !== state) onChange();
    before = state;
  };
  const once = (): void => {
    if (looking) return;
    looking = true;
    look()
      .catch(() => undefined)
      .finally(() => {
        looking = false;
      });
  };
  once();
  const timer = setInterval(once, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
