import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";

/*
 * Draws the icons of every platform from icon.svg:  node resources/icons/draw.ts [PATH OF CHROMIUM]
 * icon.png (512), icon-256.png, icon.ico (Windows), icon.icns (macOS).
 */

const folder = import.meta.dirname;

/** A Windows icon: a directory of pictures, each a whole PNG. Sizes at most 256. */
export function icoOf(pictures: ReadonlyMap<number, Buffer>): Buffer {
  const header = Buffer.alloc(6 + 16 * pictures.size);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.size, 4);
  let entry = 6;
  let offset = header.length;
  for (const [size, png] of pictures) {
    header.writeUInt8(size % 256, entry);
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    entry += 16;
    offset += png.length;
  }
  return Buffer.concat([header, ...pictures.values()]);
}

/** Apple's names for PNG pictures by their side in pixels. */
const icnsTypes: ReadonlyMap<number, string> = new Map([
  [32, "ic11"],
  [64, "ic12"],
  [128, "ic07"],
  [256, "ic08"],
  [512, "ic09"],
  [1024, "ic10"],
]);

/** A macOS icon: named pictures one after another, lengths big-endian. */
export function icnsOf(pictures: ReadonlyMap<number, Buffer>): Buffer {
  const parts = [...pictures].flatMap(([size, png]) => {
    const type = icnsTypes.get(size);
    if (type === undefined) throw new Error(`macOS has no icon of ${size} pixels.`);
    return [chunk(type, png)];
  });
  return chunk("icns", Buffer.concat(parts));
}

function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, "latin1");
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}

async function draw(executablePath: string | undefined): Promise<void> {
  const svg = await readFile(join(folder, "icon.svg"), "utf8");
  const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const pictureOf = async (size: number): Promise<[number, Buffer]> => {
      await page.setViewportSize({ width: size, height: size });
      const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
      await page.setContent(
        `<style>body{margin:0;background:transparent}</style><img width="${size}" height="${size}" style="display:block" src="${source}">`,
      );
      return [size, await page.screenshot({ omitBackground: true })];
    };
    const drawn = new Map<number, Buffer>();
    for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024]) drawn.set(...(await pictureOf(size)));
    const some = (sizes: readonly number[]): Map<number, Buffer> => new Map([...drawn].filter(([size]) => sizes.includes(size)));
    for (const [size, name] of [
      [512, "icon.png"],
      [256, "icon-256.png"],
    ] as const) {
      const png = drawn.get(size);
      if (png !== undefined) await writeFile(join(folder, name), png);
    }
    await writeFile(join(folder, "icon.ico"), icoOf(some([16, 24, 32, 48, 64, 128, 256])));
    await writeFile(join(folder, "icon.icns"), icnsOf(some([32, 64, 128, 256, 512, 1024])));
  } finally {
    await browser.close();
  }
}

if (import.meta.main) await draw(process.argv[2]);
