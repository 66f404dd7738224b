import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { SafeStorage } from "electron";
import { z } from "zod";
import { EarmarkError } from "../../app/contract/errors.ts";

/**
 * How secrets are kept on this machine. `encrypted`: on disk, by the system's keychain. `session-only`: in memory until
 * Earmark ends, because the system has no safe place. `refused`: not at all.
 */
export type SecretProtection = "encrypted" | "session-only" | "refused";

/** Credentials that a person gave. Their values stay in this process: a page learns only whether there is one. */
export interface Secrets {
  protection(): Promise<SecretProtection>;
  has(name: string): Promise<boolean>;
  /** The value, or null. A value that can no longer be decrypted (another keychain, another user) counts as absent. */
  get(name: string): Promise<string | null>;
  /** Keeps a value. Rejects with `not-allowed` where secrets are refused. */
  set(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** What the secrets are kept with. */
export interface SecretsOptions {
  readonly safeStorage: Pick<
    SafeStorage,
    "isAsyncEncryptionAvailable" | "encryptStringAsync" | "decryptStringAsync" | "getSelectedStorageBackend"
  >;
  readonly platform: NodeJS.Platform;
  /** The file of encrypted values. */
  readonly file: string;
  /** What to do without a safe place: keep values for this session, or refuse them. Plain text on disk is not a choice. */
  readonly withoutKeychain: "session-only" | "refused";
}

const fileSchema = z.object({ version: z.literal(1), secrets: z.record(z.string(), z.base64()) });
const nameSchema = z.string().regex(/^[a-z][a-z0-9.-]{0,63}$/u);

/** Opens the secrets of a library. Electron's app must be ready. */
export function openSecrets(options: SecretsOptions): Secrets {
  const { safeStorage } = options;
  const session = new Map<string, string>();
  let writing: Promise<unknown> = Promise.resolve();

  const protection = async (): Promise<SecretProtection> => {
    // On Linux without a keychain Electron "encrypts" with a password that is printed in Chromium's source.
    const backend = options.platform === "linux" ? safeStorage.getSelectedStorageBackend() : undefined;
    if (backend === "basic_text" || backend === "unknown") return options.withoutKeychain;
    return (await safeStorage.isAsyncEncryptionAvailable()) ? "encrypted" : options.withoutKeychain;
  };

  const read = async (): Promise<Record<string, string>> => {
    try {
      return fileSchema.parse(JSON.parse(await readFile(options.file, "utf8"))).secrets;
    } catch {
      return {};
    }
  };

  /** Changes follow one another, and each is whole on disk or not there. */
  const change = (edit: (secrets: Record<string, string>) => void): Promise<void> => {
    const next = writing.then(async () => {
      const secrets = await read();
      edit(secrets);
      await mkdir(dirname(options.file), { recursive: true });
      const incomplete = `${options.file}.new`;
      await writeFile(incomplete, JSON.stringify({ version: 1, secrets }), { mode: 0o600 });
      await rename(incomplete, options.file).catch(async (error: unknown) => {
        await rm(incomplete, { force: true });
        throw error;
      });
    });
    writing = next.catch(() => undefined);
    return next;
  };

  const encrypt = async (name: string, value: string): Promise<void> => {
    const encrypted = (await safeStorage.encryptStringAsync(value)).toString("base64");
    await change((secrets) => {
      secrets[name] = encrypted;
    });
  };

  const get = async (name: string): Promise<string | null> => {
    const kept = session.get(name);
    if (kept !== undefined) return kept;
    if ((await protection()) !== "encrypted") return null;
    await writing;
    const secrets = await read();
    const encrypted = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (encrypted === undefined) return null;
    try {
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(Buffer.from(encrypted, "base64"));
      if (shouldReEncrypt) await encrypt(name, result);
      return result;
    } catch {
      return null;
    }
  };

  return {
    protection,
    get,
    has: async (name) => (await get(name)) !== null,
    async set(name, value) {
      if (!nameSchema.safeParse(name).success) throw new EarmarkError("input-invalid", "This is no name for a secret.");
      const how = await protection();
      switch (how) {
        case "encrypted":
          session.delete(name);
          return await encrypt(name, value);
        case "session-only":
          session.set(name, value);
          return;
        case "refused":
          throw new EarmarkError("not-allowed", "This system has no keychain, and secrets are not kept in plain text.");
      }
    },
    async remove(name) {
      session.delete(name);
      await change((secrets) => {
        delete secrets[name];
      });
    },
  };
}
