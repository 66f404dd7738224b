import { randomBytes } from "node:crypto";
import { type FileHandle, open, readFile, realpath, stat } from "node:fs/promises";
import { extname, isAbsolute, join, relative, sep } from "node:path";
import { type ByteRange, parseByteRange } from "./byte-range.ts";

/*
 * The page and its media as one function from `Request` to `Response`, the same behind `app://earmark` and behind
 * 127.0.0.1. Who may ask is the shells' affair; what may be had is decided here.
 */

/** What the router serves from. */
export interface RouterOptions {
  /** The built page: `index.html` and what it names. */
  readonly pageFolder: string;
  /** The file behind a media id; null for an unknown one. */
  readonly mediaFile: (mediaId: string) => Promise<{ readonly path: string; readonly mediaType: string } | null>;
  /** Earmark's version, told to the page in a `meta` element. */
  readonly version: string;
}

/** Answers one request. Never rejects. */
export type Router = (request: Request) => Promise<Response>;

const pieceBytes = 64 * 1024;

/** The policy of the page; `nonce` is new for each page. Source: OWASP and Electron's security tutorial, item 7. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Headers of every answer: nothing is guessed, nothing is told to others, nothing is shared with other windows. */
export const commonHeaders: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
  ".wav": "audio/wav",
};

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, {
    status,
    headers: {
      ...commonHeaders,
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
      ...headers,
    },
  });
}

/**
 * Part of a file as a stream. The file is opened by the first read and closed at the end or when the reader goes away,
 * so an answer that nobody reads holds nothing.
 */
function streamFile(path: string, range: ByteRange): ReadableStream<Uint8Array> {
  let file: FileHandle | undefined;
  let position = range.start;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          file ??= await open(path, "r");
          const wanted = Math.min(pieceBytes, range.end + 1 - position);
          const piece = new Uint8Array(wanted);
          const { bytesRead } = await file.read(piece, 0, wanted, position);
          position += bytesRead;
          // Shorter than it was announced: better a broken answer than one that hangs.
          if (bytesRead === 0) throw new Error("The file became shorter while it was read.");
          controller.enqueue(piece.subarray(0, bytesRead));
          if (position > range.end) {
            await file.close();
            controller.close();
          }
        } catch (error) {
          await file?.close().catch(() => undefined);
          controller.error(error);
        }
      },
      async cancel() {
        await file?.close().catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Size of a file; null where there is none. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const facts = await stat(path);
    return facts.isFile() ? facts.size : null;
  } catch {
    return null;
  }
}

/** A whole file or the part of it that was asked for. */
async function serveFile(request: Request, path: string, headers: Record<string, string>): Promise<Response> {
  const size = await sizeOf(path);
  if (size === null) return plain(404, "Not found");
  const all = { ...commonHeaders, "Accept-Ranges": "bytes", ...headers };
  const range = parseByteRange(request.headers.get("range"), size);
  if (range === "unsatisfiable") {
    return plain(416, "Range not satisfiable", { "Accept-Ranges": "bytes", "Content-Range": `bytes */${size}` });
  }
  const part = range ?? { start: 0, end: size - 1 };
  const length = part.end + 1 - part.start;
  const answered = {
    status: range === null ? 200 : 206,
    headers: {
      ...all,
      "Content-Length": String(length),
      ...(range === null ? {} : { "Content-Range": `bytes ${part.start}-${part.end}/${size}` }),
    },
  };
  return new Response(request.method === "HEAD" || length === 0 ? null : streamFile(path, part), answered);
}

/** The path of a URL, decoded once; null for one that no file of ours has. */
function decodedPath(request: Request): string | null {
  try {
    const path = decodeURIComponent(new URL(request.url).pathname);
    if (path.includes("\0") || path.includes("\\") || !path.startsWith("/")) return null;
    return path.split("/").includes("..") ? null : path;
  } catch {
    return null;
  }
}

/** The real path of a file of the page; null where it leads out of the page's folder, by `..`, a link or a drive. */
async function pageFile(pageFolder: string, path: string): Promise<string | null> {
  try {
    const folder = await realpath(pageFolder);
    const file = await realpath(join(folder, `.${path}`));
    const inside = relative(folder, file);
    if (inside === "" || isAbsolute(inside) || inside === ".." || inside.startsWith(`..${sep}`)) return null;
    return file;
  } catch {
    return null;
  }
}

function escapeAttribute(text: string): string {
  return text.replace(/[&"<>]/gu, (character) => `&#${character.charCodeAt(0)};`);
}

/** `index.html` with its nonce, in place of the mark `__CSP_NONCE__` and in a `meta` element that the page reads. */
async function serveIndex(request: Request, options: RouterOptions): Promise<Response> {
  const file = await pageFile(options.pageFolder, "/index.html");
  if (file === null) return plain(503, "The page of Earmark is not built. Run: npm run build");
  const nonce = randomBytes(16).toString("base64");
  const facts = [
    `<meta property="csp-nonce" nonce="${nonce}">`,
    `<meta name="earmark-version" content="${escapeAttribute(options.version)}">`,
  ].join("");
  const source = await readFile(file, "utf8");
  const marked = source.replaceAll("__CSP_NONCE__", nonce);
  const hasMeta = /<meta\s[^>]*property="csp-nonce"/u.test(marked);
  const html = marked.replace(/<head[^>]*>/u, (head) => head + (hasMeta ? facts.slice(facts.indexOf("<meta name")) : facts));
  const bytes = new TextEncoder().encode(html);
  return new Response(request.method === "HEAD" ? null : bytes, {
    status: 200,
    headers: {
      ...commonHeaders,
      "Content-Type": "text/html; charset=utf-8",
      "Content-Length": String(bytes.length),
      "Content-Security-Policy": contentSecurityPolicy(nonce),
    },
  });
}

async function servePage(request: Request, path: string, options: RouterOptions): Promise<Response> {
  if (path === "/" || path === "/index.html") return await serveIndex(request, options);
  const file = await pageFile(options.pageFolder, path);
  const mediaType = mediaTypes[extname(path).toLowerCase()];
  if (file !== null && mediaType !== undefined) {
    const response = await serveFile(request, file, {
      "Content-Type": mediaType,
      // Names under assets/ carry a hash of their content.
      "Cache-Control": path.startsWith("/assets/") ? "private, max-age=31536000, immutable" : "no-cache",
    });
    if (response.status !== 404) return response;
  }
  // A place in the app (`/review/42`): the page finds its way itself. Names of files do not become the page.
  const isPlace = extname(path) === "" && !/^\/(?:assets|media|rpc|events|upload)(?:\/|$)/u.test(path);
  return isPlace ? await serveIndex(request, options) : plain(404, "Not found");
}

async function serveMedia(request: Request, path: string, options: RouterOptions): Promise<Response> {
  const id = path.slice("/media/".length);
  const media = id === "" || id.includes("/") || id.length > 200 ? null : await options.mediaFile(id);
  return media === null ? plain(404, "Not found") : await serveFile(request, media.path, { "Content-Type": media.mediaType });
}

/**
 * The function that serves page and media to both shells: `/media/:id` with byte ranges, files of the page, and the
 * page itself for every place in the app. GET and HEAD only.
 */
export function createRouter(options: RouterOptions): Router {
  return async (request) => {
    try {
      if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "Method not allowed", { Allow: "GET, HEAD" });
      const path = decodedPath(request);
      if (path === null) return plain(404, "Not found");
      if (path.startsWith("/media/")) return await serveMedia(request, path, options);
      return await servePage(request, path, options);
    } catch {
      // What went wrong may name paths of this machine: the page learns only that it did.
      return plain(500, "Earmark could not answer.");
    }
  };
}
