import { type FileHandle, open } from "node:fs/promises";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { GraphSignature } from "../../../native-models/catalogue.ts";

/*
 * Reads what an ONNX file takes and gives without loading it: the fields of the protobuf are walked, and weights are
 * stepped over. Recognising the models of a folder thus costs a few reads, and no native code sees an unknown file in
 * the process that holds the library. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

const windowBytes = 65_536;
const valueLimit = 1_048_576;
const fieldLimit = 1_000_000;

const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const modelGraph = 7;
const graphInput = 11;
const graphOutput = 12;

function damaged(path: string, why: string): EarmarkError {
  return new EarmarkError("model-damaged", `${path} is not a whole ONNX file: ${why}.`, { why });
}

/** A forward reader over a file with a small window. */
class HeaderReader {
  readonly path: string;
  readonly size: number;
  private readonly handle: FileHandle;
  private window = Buffer.alloc(0);
  private windowStart = 0;
  position = 0;

  constructor(path: string, handle: FileHandle, size: number) {
    this.path = path;
    this.handle = handle;
    this.size = size;
  }

  async byte(): Promise<number> {
    const at = this.position - this.windowStart;
    if (at >= 0 && at < this.window.length) {
      this.position += 1;
      return this.window[at] ?? 0;
    }
    if (this.position >= this.size) throw damaged(this.path, "it ends early");
    const buffer = Buffer.alloc(windowBytes);
    const { bytesRead } = await this.handle.read(buffer, 0, windowBytes, this.position);
    if (bytesRead === 0) throw damaged(this.path, "it ends early");
    this.window = buffer.subarray(0, bytesRead);
    this.windowStart = this.position;
    return this.byte();
  }

  async varint(): Promise<number> {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const one = await this.byte();
      // Multiplication instead of shifts: lengths of weights pass 32 bits.
      value += (one & 0x7f) * 2 ** shift;
      if (one < 0x80) return value;
    }
    throw damaged(this.path, "a number in it has no end");
  }

  async bytes(length: number): Promise<Buffer> {
    if (length > valueLimit) throw damaged(this.path, "a description in it is too long");
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await this.handle.read(buffer, 0, length, this.position);
    if (bytesRead < length) throw damaged(this.path, "it ends early");
    this.position += length;
    return buffer;
  }

  skip(length: number): void {
    this.position += length;
    if (this.position > this.size) throw damaged(this.path, "it ends early");
  }

  async skipValue(wireType: number): Promise<void> {
    switch (wireType) {
      case wire.varint:
        await this.varint();
        return;
      case wire.fixed64:
        this.skip(8);
        return;
      case wire.bytes:
        this.skip(await this.varint());
        return;
      case wire.fixed32:
        this.skip(4);
        return;
      default:
        throw damaged(this.path, "a field in it has an unknown kind");
    }
  }
}

interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Buffer;
}

/** The fields of a small message in memory. Throws a RangeError when it is malformed. */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const one = message.readUInt8(at);
      at += 1;
      value += (one & 0x7f) * 2 ** shift;
      if (one < 0x80) return value;
    }
    throw new RangeError("A number has no end.");
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const kind = tag % 8;
    if (kind === wire.varint) {
      fields.push({ number, value: varint(), bytes: Buffer.alloc(0) });
    } else {
      const length = kind === wire.fixed64 ? 8 : kind === wire.fixed32 ? 4 : kind === wire.bytes ? varint() : -1;
      if (length < 0 || at + length > message.length) throw new RangeError("A field goes past the end.");
      fields.push({ number, value: 0, bytes: message.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

function child(message: Buffer, number: number): Buffer | undefined {
  return fieldsOf(message).find((field) => field.number === number)?.bytes;
}

/** The element type of half precision (TensorProto.DataType). */
const halfPrecision = 10;

/** Name, last dimension and element type of a ValueInfoProto. */
function describeValue(message: Buffer): { name: string; width: number | null; half: boolean } {
  const name = child(message, 1)?.toString("utf8") ?? "";
  const type = child(message, 2);
  const tensor = type === undefined ? undefined : child(type, 1);
  const shape = tensor === undefined ? undefined : child(tensor, 2);
  const last = shape === undefined ? undefined : fieldsOf(shape).findLast((field) => field.number === 1);
  const dimension = last === undefined ? undefined : fieldsOf(last.bytes).find((field) => field.number === 1);
  const element = tensor === undefined ? undefined : fieldsOf(tensor).find((field) => field.number === 1);
  const width = dimension === undefined || dimension.value === 0 ? null : dimension.value;
  return { name, width, half: element?.value === halfPrecision };
}

/**
 * What the graph in a file takes and gives.
 *
 * Throws `model-damaged` when the file is cut short or is no ONNX file; a file that is missing rejects with the
 * system's error.
 */
export async function readGraphHeader(path: string): Promise<GraphSignature> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const reader = new HeaderReader(path, handle, size);
    const inputs: string[] = [];
    const outputs: string[] = [];
    const half: string[] = [];
    let width: number | null = null;
    let found = false;
    let fields = 0;
    while (reader.position < size) {
      const tag = await reader.varint();
      if (tag % 8 !== wire.bytes || Math.floor(tag / 8) !== modelGraph) {
        if (Math.floor(tag / 8) === 0) throw damaged(path, "a field in it has no number");
        await reader.skipValue(tag % 8);
        continue;
      }
      found = true;
      const end = (await reader.varint()) + reader.position;
      if (end > size) throw damaged(path, "it ends early");
      while (reader.position < end) {
        fields += 1;
        if (fields > fieldLimit) throw damaged(path, "it has too many parts");
        const inner = await reader.varint();
        const number = Math.floor(inner / 8);
        if (inner % 8 === wire.bytes && (number === graphInput || number === graphOutput)) {
          const value = describeValue(await reader.bytes(await reader.varint()));
          if (value.half) half.push(value.name);
          if (number === graphInput) inputs.push(value.name);
          else {
            if (outputs.length === 0) width = value.width;
            outputs.push(value.name);
          }
        } else await reader.skipValue(inner % 8);
      }
    }
    if (!found || outputs.length === 0) throw damaged(path, "it holds no graph");
    return { inputs, outputs, width, half };
  } catch (thrown) {
    if (thrown instanceof RangeError) throw damaged(path, "a description in it is malformed");
    throw thrown;
  } finally {
    await handle.close();
  }
}
