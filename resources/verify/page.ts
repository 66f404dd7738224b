import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Checks } from "../../app/report/digests.ts";
import { breakText, findingText } from "../../app/report/finding-text.ts";
import type { Verification } from "../../app/report/findings.ts";
import { fingerprint } from "../../app/report/sealed.ts";
import { verifyFile } from "../../app/report/verify-file.ts";

/*
 * The page that checks a report without Earmark: bundled into verify.html, one file that needs nothing else. The rules are
 * those of app/report, the same that `earmark verify` runs.
 */

/** Findings shown at most; a file that was written anew would list thousands. */
const mostShown = 200;

const keys = new Map<string, Promise<CryptoKey>>();

/** The browser's own Ed25519 where it has one (older browsers and some settings have none), else noble's. */
const checks: Checks = {
  sha256,
  async checkSignature(publicKey, message, signature) {
    const subtle = globalThis.crypto?.subtle;
    if (subtle !== undefined) {
      try {
        const name = publicKey.toString();
        const key = keys.get(name) ?? subtle.importKey("raw", Uint8Array.from(publicKey), "Ed25519", false, ["verify"]);
        keys.set(name, key);
        return await subtle.verify("Ed25519", await key, Uint8Array.from(signature), Uint8Array.from(message));
      } catch {
        // Not supported here, or no key at all: noble says which.
      }
    }
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  },
};

function element<K extends keyof HTMLElementTagNameMap>(name: K, text = "", kind = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind !== "") made.className = kind;
  return made;
}

function part<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${id}.`);
  return found;
}

const drop = part("drop", HTMLDivElement);
const input = part("file", HTMLInputElement);
const keyInput = part("key", HTMLInputElement);
const result = part("result", HTMLElement);
let latest: { readonly name: string; readonly bytes: Uint8Array } | null = null;
let turn = 0;

function show(name: string, found: Verification): void {
  const { sound, format, findings, keys: signedBy, breaks, entries, checkpoint } = found;
  const verdict = element("div", "", `verdict ${sound ? "sound" : "altered"}`);
  const isOther = findings.every(({ kind }) => kind === "key-unexpected");
  const heading = element("h2");
  heading.append(element("strong", sound ? "Nothing was changed" : isOther ? "Sealed by another key" : "Not as it was sealed"));
  verdict.append(heading, element("p", name));
  const list = element("ul");
  for (const finding of findings.slice(0, mostShown)) list.append(element("li", findingText(finding)));
  if (findings.length > mostShown) list.append(element("li", `And ${findings.length - mostShown} more.`));
  if (list.children.length > 0) verdict.append(list);
  for (const one of breaks) verdict.append(element("p", breakText(one)));

  const facts = element("dl");
  const fact = (term: string, value: string): void => void facts.append(element("dt", term), element("dd", value));
  if (format !== null) fact("What it is", format === "ledger" ? `A ledger of ${entries ?? 0} entries` : "A sealed document");
  for (const { keyId, fromSeq } of signedBy)
    fact(fromSeq === null ? "Key that sealed it" : `Key from entry ${fromSeq}`, `${fingerprint(keyId)} (${keyId})`);
  if (checkpoint !== null)
    fact(
      "State of the ledger",
      `entry ${checkpoint.seq}, ${new Date(checkpoint.at).toLocaleString("en-GB", { timeZone: "UTC" })} UTC, ${checkpoint.hash}`,
    );
  result.replaceChildren(verdict, facts);
}

async function check(): Promise<void> {
  if (latest === null) return;
  const { name, bytes } = latest;
  const own = ++turn;
  result.replaceChildren(element("p", `Checking ${name} …`, "quiet"));
  // Lets the page say so before it is busy.
  await new Promise((resolve) => setTimeout(resolve, 20));
  try {
    const verification = await verifyFile(bytes, checks, { keyIds: [keyInput.value] });
    if (own === turn) show(name, verification);
  } catch (thrown) {
    if (own !== turn) return;
    result.replaceChildren(
      element("p", `The file could not be checked: ${thrown instanceof Error ? thrown.message : String(thrown)}`),
    );
  }
}

async function take(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    latest = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    latest = null;
    turn += 1;
    result.replaceChildren(element("p", `${file.name} could not be read. Copy it to another folder and choose it again.`));
    return;
  }
  await check();
}

input.addEventListener("change", () => void take(input.files?.[0]));
keyInput.addEventListener("change", () => void check());
for (const name of ["dragenter", "dragover"] as const)
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
for (const name of ["dragleave", "drop"] as const)
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.type === "drop") void take((event as DragEvent).dataTransfer?.files[0]);
  });
