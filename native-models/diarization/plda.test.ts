import { crc32, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Model } from "../session.ts";
import { inflateRaw } from "./inflate.ts";
import { readNpz } from "./numpy-archive.ts";
import { parsePlda, pldaOfArchives, readPlda } from "./plda.ts";

let state = 7;
function uniform(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647 - 0.5;
}
const rowsOf = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.fround(uniform())));

/** An array as `numpy.save` writes it, a list or a matrix. */
function npy(array: readonly number[] | readonly number[][], type: "f4" | "f8", columnsFirst = false): Buffer {
  const matrix = array.map((row) => (typeof row === "number" ? [row] : row));
  const shape = typeof array[0] === "number" ? `${array.length},` : `${matrix.length}, ${matrix[0]?.length ?? 0}`;
  const order = columnsFirst ? (matrix[0] ?? []).flatMap((_, k) => matrix.map((row) => row[k] as number)) : matrix.flat();
  const text = `{'descr': '<${type}', 'fortran_order': ${columnsFirst ? "True" : "False"}, 'shape': (${shape}), }`;
  const header = Buffer.from(`${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`);
  const head = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length & 255, header.length >> 8]);
  const numbers = type === "f4" ? Float32Array.from(order) : Float64Array.from(order);
  return Buffer.concat([head, header, Buffer.from(numbers.buffer)]);
}

/** A zip archive as `numpy.savez` (or `savez_compressed`) writes it. */
function zip(members: Record<string, Buffer>, packs = false): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, raw] of Object.entries(members)) {
    const body = packs ? deflateRawSync(raw) : raw;
    const field = Buffer.alloc(26);
    field.writeUInt16LE(20, 0);
    field.writeUInt16LE(packs ? 8 : 0, 4);
    field.writeUInt32LE(crc32(raw), 10);
    field.writeUInt32LE(body.length, 14);
    field.writeUInt32LE(raw.length, 18);
    field.writeUInt16LE(name.length, 22);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(at, 10);
    const file = Buffer.concat([Buffer.from("PK\x03\x04"), field, Buffer.from(name), body]);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), field, more, Buffer.from(name)]));
    files.push(file);
    at += file.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...files, ...directory, Buffer.from("PK\x05\x06"), end]);
}

describe("numpy's archives", () => {
  const matrix = rowsOf(5, 3);
  const list = rowsOf(1, 70)[0] as number[];

  it.each([false, true])("are read, packed: %j", (packs) => {
    const arrays = readNpz(
      zip({ "a.npy": npy(matrix, "f8"), "b.npy": npy(matrix, "f4", true), "c.npy": npy(list, "f4") }, packs),
    );
    expect(arrays.get("a")).toEqual({ shape: [5, 3], data: Float64Array.from(matrix.flat()) });
    expect(arrays.get("b")).toEqual({ shape: [5, 3], data: Float32Array.from(matrix.flat()) });
    expect(arrays.get("c")).toEqual({ shape: [70], data: Float32Array.from(list) });
  });

  it("are unpacked as zlib packs them, whatever the kind of block", () => {
    const text = Buffer.from("one and another and another one, ".repeat(400));
    const noise = Buffer.from(Float32Array.from({ length: 3_000 }, uniform).buffer);
    for (const raw of [text, noise, Buffer.alloc(0), Buffer.from("abc")])
      for (const options of [{ level: 0 }, { level: 9 }, { strategy: 4 }])
        expect(Buffer.from(inflateRaw(deflateRawSync(raw, options), raw.length))).toEqual(raw);
    const packed = deflateRawSync(text);
    expect(() => inflateRaw(packed, text.length - 1)).toThrow(RangeError);
    expect(() => inflateRaw(packed, text.length + 1)).toThrow(RangeError);
  });

  it("are refused with one kind of error when they are cut, changed or lie about themselves", () => {
    for (const packs of [false, true]) {
      const whole = zip({ "a.npy": npy(matrix, "f8"), "c.npy": npy(list, "f4") }, packs);
      for (let length = 0; length < whole.length; length += 5) {
        expect(() => readNpz(whole.subarray(0, length))).toThrow(RangeError);
      }
      for (let i = 0; i < 250; i++) {
        const changed = Buffer.from(whole);
        changed[Math.floor((uniform() + 0.5) * whole.length) % whole.length] = Math.floor((uniform() + 0.5) * 256) & 255;
        try {
          readNpz(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
    }
    const bomb = zip({ "a.npy": npy(matrix, "f8") }, true);
    bomb.writeUInt32LE(0xf0_00_00_00, bomb.indexOf("PK\x01\x02") + 24);
    expect(() => readNpz(bomb)).toThrow("too large");
    expect(() =>
      readNpz(zip({ "a.npy": Buffer.from(npy(list, "f8").toString("latin1").replace("<f8", "|O8"), "latin1") })),
    ).toThrow("are not read");
  });
});

describe("the analysis of pyannote's community pipeline", () => {
  const [large, small] = [6, 4];
  const [mean1, mean2, mu] = [large, small, small].map((n) => rowsOf(1, n)[0] as number[]) as [number[], number[], number[]];
  const lda = rowsOf(large, small);
  const tr = rowsOf(small, small).map((row, i) => row.map((value, k) => (i === k ? 2 : value)));
  const psi = [0.5, 9, 2, 4];
  const transforms = zip({ "mean1.npy": npy(mean1, "f8"), "lda.npy": npy(lda, "f8", true), "mean2.npy": npy(mean2, "f8") });
  const analysis = zip({ "mu.npy": npy(mu, "f8"), "tr.npy": npy(tr, "f8"), "psi.npy": npy(psi, "f8") }, true);
  const embedding = Float32Array.from(rowsOf(1, large)[0] as number[]);

  const modelWith = (files: Record<string, Buffer>): Model => ({
    id: "x",
    sha256: "",
    limited: false,
    readText: (path) => (path in files ? Promise.resolve(String(files[path])) : Promise.reject(new Error("none"))),
    readBytes: (path) => (files[path] === undefined ? Promise.reject(new Error("none")) : Promise.resolve(files[path])),
    open: () => Promise.reject(new Error("none")),
  });

  it("is what its two archives say, the directions in the order of what they tell", async () => {
    const order = [1, 3, 2, 0];
    const json = { mean1, lda, mean2, mu, tr: order.map((row) => tr[row]), psi: order.map((row) => psi[row]) };
    const expected = parsePlda(JSON.stringify(json), "x");
    for (const folder of ["", "plda/"]) {
      const model = modelWith({ [`${folder}xvec_transform.npz`]: transforms, [`${folder}plda.npz`]: analysis });
      const read = await readPlda(model);
      expect(read?.between).toEqual(Float64Array.from([9, 4, 2, 0.5]));
      expect(read?.transform(embedding)).toEqual(expected.transform(embedding));
    }
    expect(await readPlda(modelWith({ "plda.npz": analysis }))).toBeNull();
    expect((await readPlda(modelWith({ "plda.json": Buffer.from(JSON.stringify(json)) })))?.between[0]).toBe(9);
  });

  it("makes both covariances diagonal: the rows of tr solve B v = psi W v", () => {
    // With v a row of tr: W v = tr^-1 e, B v = tr^-1 diag(psi) e, so that tr W v = e and tr B v = psi e.
    const times = (m: readonly (readonly number[])[], v: readonly number[]) =>
      m.map((row) => row.reduce((sum, value, k) => sum + value * (v[k] as number), 0));
    const within = inverse(transposed(tr).map((row) => times(transposed(tr), row)));
    const between = inverse(
      transposed(tr).map((row) =>
        times(
          transposed(tr),
          row.map((value, k) => value / (psi[k] as number)),
        ),
      ),
    );
    for (const [i, row] of tr.entries()) {
      const [b, w] = [times(between, row), times(within, row)];
      for (const [k, value] of b.entries()) expect(value).toBeCloseTo((psi[i] as number) * (w[k] as number), 6);
    }
  });

  it("that is damaged or does not fit together is a damaged model", () => {
    expect(() => pldaOfArchives(transforms.subarray(0, 300), analysis, "x")).toThrow(
      expect.objectContaining({ code: "model-damaged" }),
    );
    expect(() => pldaOfArchives(analysis, analysis, "x")).toThrow("lacks lda");
    const other = zip({ "mu.npy": npy(mu, "f8"), "tr.npy": npy(rowsOf(3, 3), "f8"), "psi.npy": npy(psi, "f8") });
    expect(() => pldaOfArchives(transforms, other, "x")).toThrow(expect.objectContaining({ code: "model-damaged" }));
  });
});

function transposed(m: readonly (readonly number[])[]): number[][] {
  return (m[0] ?? []).map((_, k) => m.map((row) => row[k] as number));
}

/** By Gauss and Jordan, with the largest pivot. */
function inverse(m: readonly (readonly number[])[]): number[][] {
  const n = m.length;
  const rows = m.map((row, i) => [...row, ...row.map((_, k) => (k === i ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i; r < n; r++) if (Math.abs(rows[r]?.[i] ?? 0) > Math.abs(rows[pivot]?.[i] ?? 0)) pivot = r;
    [rows[i], rows[pivot]] = [rows[pivot] as number[], rows[i] as number[]];
    const own = rows[i] as number[];
    const by = own[i] as number;
    for (let k = 0; k < 2 * n; k++) own[k] = (own[k] as number) / by;
    for (const [r, row] of rows.entries()) {
      const factor = row[i] as number;
      if (r !== i) for (let k = 0; k < 2 * n; k++) row[k] = (row[k] as number) - factor * (own[k] as number);
    }
  }
  return rows.map((row) => row.slice(n));
}
