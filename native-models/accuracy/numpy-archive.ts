import { inflateRawSync } from "node:zlib";

/** An array out of a numpy archive. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Reads the float32 arrays of an `.npz` file: a zip of `.npy` files. */
export function readNpz(bytes: Buffer): Map<string, NumpyArray> {
  const arrays = new Map<string, NumpyArray>();
  // The end record says where the directory begins; the directory where each member lies.
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  let at = bytes.readUInt32LE(end + 16);
  for (let member = bytes.readUInt16LE(end + 10); member > 0; member--) {
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString("latin1", at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const raw = bytes.subarray(from, from + packed);
    arrays.set(name.replace(/\.npy$/u, ""), readNpy(method === 0 ? raw : inflateRawSync(raw)));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return arrays;
}

function readNpy(bytes: Buffer): NumpyArray {
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, 10 + headerLength);
  const shape = (/'shape': \(([^)]*)\)/u.exec(header)?.[1] ?? "")
    .split(",")
    .map(Number)
    .filter((n) => n > 0);
  if (!header.includes("<f4")) throw new Error(`Only float32 is read, not ${header}.`);
  const from = 10 + headerLength;
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + bytes.length));
  return { shape, data };
}
