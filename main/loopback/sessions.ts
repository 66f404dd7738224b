import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/*
 * Who may speak to the loopback shell: a browser that has shown a token which was good once, and since then shows the
 * cookie it got for it. Cookies are shared by all ports of a host, so the cookie's name carries the port.
 */

const mostWaitingTokens = 32;
const mostSessions = 256;

function secret(): string {
  return randomBytes(32).toString("base64url");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Takes a secret out of a list when it is there, comparing in constant time. */
function indexOf(digests: readonly Buffer[], text: string): number {
  const wanted = digest(text);
  return digests.findIndex((each) => timingSafeEqual(each, wanted));
}

/** The tokens that have not been used, and the sessions begun with those that have. Only digests are kept. */
export class Sessions {
  readonly #waiting: Buffer[] = [];
  readonly #sessions: Buffer[] = [];

  /** A new token, good for one exchange; the oldest unused ones are given up when there are many. */
  newToken(): string {
    const token = secret();
    this.#waiting.push(digest(token));
    if (this.#waiting.length > mostWaitingTokens) this.#waiting.shift();
    return token;
  }

  /** Exchanges a token for a session; null for one that is not known, or has been used. */
  exchange(token: string): string | null {
    const at = indexOf(this.#waiting, token);
    if (at < 0) return null;
    this.#waiting.splice(at, 1);
    const session = secret();
    this.#sessions.push(digest(session));
    if (this.#sessions.length > mostSessions) this.#sessions.shift();
    return session;
  }

  /** Whether a `Cookie` header carries a session of ours under this name. */
  isKnown(cookieHeader: string | undefined, cookieName: string): boolean {
    for (const pair of (cookieHeader ?? "").split(";")) {
      const [name, value] = pair.trim().split("=", 2);
      if (name === cookieName && value !== undefined && indexOf(this.#sessions, value) >= 0) return true;
    }
    return false;
  }
}
