import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { forThisSession, type SecretKeeper } from "../secret-keeper.ts";
import { identityKey } from "./identity-key.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-identity-key-"));
  file = join(folder, "identity.key");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keychain = (): SecretKeeper => ({ ...forThisSession(), protection: () => Promise.resolve("encrypted") });

it("is kept in the keychain where there is one, and in no file then", async () => {
  const secrets = keychain();
  const key = await identityKey(secrets, file);
  expect(key).toHaveLength(32);
  expect(await identityKey(secrets, file)).toEqual(key);
  expect(() => statSync(file)).toThrow();
  expect(await identityKey(keychain(), file)).not.toEqual(key);
});

it("lies elsewhere in a file for this user alone, and stays the same after a keychain has come", async () => {
  const key = await identityKey(forThisSession(), file);
  expect(await identityKey(null, file)).toEqual(key);
  expect(await identityKey(keychain(), file)).toEqual(key);
  if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8").trim()).toMatch(/^[0-9a-f]{64}$/u);
});

it("is not made anew where it cannot be read: nobody would be known again", async () => {
  await expect(identityKey(null, folder)).rejects.toThrow();
});
