import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import type { SecretKeeper } from "../secret-keeper.ts";

/*
 * The key that identities of customers are hashed with. The system's keychain keeps it where the shell has one; elsewhere it
 * lies in a file beside the database that this user alone can read. A copy of the database alone says nothing of a number.
 */

const secretName = "journeys.identity";
const keyBytes = 32;

/** The key of a library, made where there is none. Rejects where it can neither be read nor kept. */
export async function identityKey(secrets: SecretKeeper | null, file: string): Promise<Buffer> {
  // A file goes first: what was hashed by its key goes on being found after a keychain has come.
  const lying = await keyInFile(file);
  if (lying !== null) return lying;
  if (secrets === null || (await secrets.protection?.()) !== "encrypted") return madeFile(file);
  const kept = Buffer.from((await secrets.get(secretName)) ?? "", "hex");
  if (kept.length === keyBytes) return kept;
  const key = randomBytes(keyBytes);
  await secrets.set(secretName, key.toString("hex"));
  return key;
}

async function keyInFile(file: string): Promise<Buffer | null> {
  const text = await readFile(file, "utf8").catch((thrown: unknown) => {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
    throw thrown;
  });
  if (text === null) return null;
  const key = Buffer.from(text.trim(), "hex");
  // Another in its place would know nobody again: it is for a person to bring the file back.
  if (key.length !== keyBytes) throw new Error("The key that identities are hashed with is damaged.");
  return key;
}

/** Whole on the disk or not there. */
async function madeFile(file: string): Promise<Buffer> {
  const key = randomBytes(keyBytes);
  const incomplete = `${file}.new`;
  try {
    const handle = await open(incomplete, "w", 0o600);
    try {
      await handle.writeFile(`${key.toString("hex")}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(incomplete, file);
  } catch (thrown) {
    await rm(incomplete, { force: true });
    throw thrown;
  }
  return key;
}
