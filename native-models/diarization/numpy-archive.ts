import { inflateRaw } from "./inflate.ts";

/*
 * numpy's archives: a zip of `.npy` files (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Read
 * from outside, so that nothing in one is believed: every place is checked, and no more is unpacked than a model needs.
 */

/** An array out of a numpy archive, its last dimension running fastest. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Most arrays of an archive, and most bytes of all of them unpacked: 64 MiB. */
const mostArrays = 256;
const mostBytes = 64 * 2 ** 20;
const mostDimensions = 8;

/**
 * Reads the arrays of an `.npz` file, float32 and float64, packed or not.
 *
 * @throws RangeError for anything else.
 */
export function readNpz(bytes: Uint8Array): Map<string, NumpyArray> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slice = (from: number, length: number): Uint8Array => {
    if (from < 0 || from + length > bytes.length) throw new RangeError("The archive points outside of itself.");
    return bytes.subarray(from, from + length);
  };
  // The end record says where the directory begins; the directory where each member lies.
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new RangeError("It is no zip archive, or its end is missing.");
  const members = view.getUint16(end + 10, true);
  if (members > mostArrays) throw new RangeError(`The archive has ${members} members.`);
  const arrays = new Map<string, NumpyArray>();
  let at = view.getUint32(end + 16, true);
  let unpacked = 0;
  for (let member = 0; member < members; member++) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new RangeError("The archive's directory is damaged.");
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true);
    const name = String.fromCharCode(...slice(at + 46, nameLength)).replace(/\.npy$/u, "");
    const local = view.getUint32(at + 42, true);
    unpacked += size;
    if (unpacked > mostBytes) throw new RangeError("The archive is too large.");
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const raw = slice(from, packed);
    if (method !== 0 && method !== 8) throw new RangeError(`The archive packs in a way that is not known (${method}).`);
    if (arrays.has(name)) throw new RangeError(`The archive has ${name} twice.`);
    arrays.set(name, readNpy(method === 0 ? raw : inflateRaw(raw, size)));
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return arrays;
}

function readNpy(bytes: Uint8Array): NumpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, false) !== 0x934e554d) throw new RangeError("A member is no array of numpy's.");
  const wide = (bytes[6] ?? 0) >= 2;
  const headerLength = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const from = (wide ? 12 : 10) + headerLength;
  if (headerLength > 10_000 || from > bytes.length) throw new RangeError("The description of an array is damaged.");
  const header = String.fromCharCode(...bytes.subarray(wide ? 12 : 10, from));
  const kind = /'descr':\s*'([^']*)'/u.exec(header)?.[1];
  if (kind !== "<f4" && kind !== "<f8") throw new RangeError(`Arrays of ${kind ?? "nothing known"} are not read.`);
  const inside = /'shape':\s*\(([\d,\sL]*)\)/u.exec(header)?.[1];
  if (inside === undefined) throw new RangeError("An array does not say its shape.");
  const shape = [...inside.matchAll(/\d+/gu)].map(([digits]) => Number(digits));
  const width = kind === "<f4" ? 4 : 8;
  const count = shape.reduce((product, n) => product * n, 1);
  if (shape.length > mostDimensions || count * width !== bytes.length - from)
    throw new RangeError("An array is not as long as its shape.");
  // Copied, because a member may lie anywhere and numbers have to lie at whole multiples of their width.
  const copy = new Uint8Array(bytes.length - from);
  copy.set(bytes.subarray(from));
  const data = kind === "<f4" ? new Float32Array(copy.buffer) : new Float64Array(copy.buffer);
  const columnsFirst = /'fortran_order':\s*True/u.test(header);
  return { shape, data: columnsFirst ? rowsFirst(data, shape) : data };
}

/** An array whose first dimension runs fastest, the other way round. */
function rowsFirst<Numbers extends Float32Array | Float64Array>(data: Numbers, shape: readonly number[]): Numbers {
  const out = data.slice() as Numbers;
  for (let i = 0; i < data.length; i++) {
    let [rest, to] = [i, 0];
    for (const [d, n] of shape.entries()) {
      const stride = shape.slice(d + 1).reduce((product, m) => product * m, 1);
      to += (rest % n) * stride;
      rest = Math.floor(rest / n);
    }
    out[to] = data[i] as number;
  }
  return out;
}
