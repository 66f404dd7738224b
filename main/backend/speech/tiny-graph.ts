/*
 * The smallest graph that proves an execution provider: y = x + x over four floats, ONNX IR 8, opset 13. Written out
 * here byte by byte in protobuf's encoding, so that no binary file has to be trusted.
 * Fields: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

function number(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)];
}

function bytes(field: number, value: readonly number[]): number[] {
  return [...varint(field * 8 + 2), ...varint(value.length), ...value];
}

function text(field: number, value: string): number[] {
  return bytes(field, [...Buffer.from(value, "utf8")]);
}

/** A ValueInfoProto: a float32 tensor of one dimension. */
function value(name: string, size: number): number[] {
  const shape = bytes(1, number(1, size));
  const tensor = [...number(1, 1), ...bytes(2, shape)];
  return [...text(1, name), ...bytes(2, bytes(1, tensor))];
}

/** Numbers the tiny graph takes and gives. */
export const tinyGraphSize = 4;

/** The graph `y = x + x` as the bytes of an ONNX file, about 90 of them. */
export function tinyGraph(input = "x", output = "y"): Uint8Array {
  const node = [...text(1, input), ...text(1, input), ...text(2, output), ...text(4, "Add")];
  const graph = [
    ...bytes(1, node),
    ...text(2, "tiny"),
    ...bytes(11, value(input, tinyGraphSize)),
    ...bytes(12, value(output, tinyGraphSize)),
  ];
  const opset = number(2, 13);
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, opset)]);
}
