/**
 * Who keeps small secrets for the backend. The desktop shell keeps them in the system's keychain; elsewhere they are gone
 * when Earmark ends.
 */
export interface SecretKeeper {
  /** Whether what is kept outlives this process: `encrypted` where it does. Absent where it never does. */
  protection?(): Promise<"encrypted" | "session-only" | "refused">;
  /** The value, or null where there is none, or none that can still be read. */
  get(name: string): Promise<string | null>;
  /** Rejects with `not-allowed` where no secret may be kept. */
  set(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Keeps secrets in memory, until Earmark ends: for shells without a keychain. */
export function forThisSession(): SecretKeeper {
  const kept = new Map<string, string>();
  return {
    get: (name) => Promise.resolve(kept.get(name) ?? null),
    set: async (name, value) => void kept.set(name, value),
    remove: async (name) => void kept.delete(name),
  };
}
