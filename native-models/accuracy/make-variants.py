#!/usr/bin/env python3
"""Writes a Whisper in other precisions, in the hub's layout and names, for measuring what each costs.

python3 make-variants.py MODEL OUT VARIANT...

MODEL is a folder with onnx/encoder_model.onnx and onnx/decoder_model_merged.onnx in float32. For each VARIANT a whole model
folder OUT/VARIANT is written. The variants, with what the hub calls their files:

  fp16      (_fp16)       weights and arithmetic in half precision; float32 in and out
  int8      (_quantized)  8-bit weights with one scale a tensor, the other side quantised as it comes (DynamicQuantizeLinear)
  int8-columns (_int8)    the same with one scale a column
  int4      (_q4)         4-bit weights in blocks of 32 with one scale each (MatMulNBits of com.microsoft), arithmetic in float32

int8 takes in products with a weight, look-ups in a table of weights, and the product with that table turned over, by which
a Whisper gives its logits. int4 takes in products with a weight alone: tables stay in float32, as in the hub's.
Convolutions stay in float32 in both. Needs numpy and onnx.
"""
import argparse
import os
import shutil

import numpy as np
import onnx
from onnx import TensorProto as TP
from onnx import helper as H
from onnx import numpy_helper as NH

GRAPHS = ["encoder_model", "decoder_model_merged"]
TEXTS = ["config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"]
SUFFIX = {"fp16": "_fp16", "int8": "_quantized", "int8-columns": "_int8", "int4": "_q4"}
BLOCK = 32


def subgraphs(node):
    return [one.g for one in node.attribute if one.type == onnx.AttributeProto.GRAPH]


def graphs_in(graph):
    yield graph
    for node in graph.node:
        for inner in subgraphs(node):
            yield from graphs_in(inner)


def inside_out(graph):
    """The innermost first: nodes that are put back into a graph are copies, and so are the graphs in them."""
    return list(graphs_in(graph))[::-1]


def all_inputs(graph):
    for inner in graphs_in(graph):
        for node in inner.node:
            yield from node.input
        for output in inner.output:
            yield output.name


class Weights:
    """The constants of a model, wherever they lie, and those that are put in their place."""

    def __init__(self, model):
        self.model = model
        self.arrays = {one.name: one for graph in graphs_in(model.graph) for one in graph.initializer}
        self.made = {}

    def get(self, name):
        return NH.to_array(self.arrays[name]) if name in self.arrays else None

    def put(self, name, array):
        if name not in self.made:
            self.made[name] = NH.from_array(np.ascontiguousarray(array), name)
        return name

    def finish(self):
        """Adds what was made at the top, where every subgraph sees it, and drops what nobody reads any more."""
        used = set(all_inputs(self.model.graph))
        for graph in graphs_in(self.model.graph):
            kept = [one for one in graph.initializer if one.name in used]
            del graph.initializer[:]
            graph.initializer.extend(kept)
        self.model.graph.initializer.extend(self.made[name] for name in sorted(self.made))


def whole_numbers(weight, columns):
    """8-bit numbers and their scales; symmetric, so that nought stays nought."""
    largest = np.abs(weight).max(axis=0) if columns else np.abs(weight).max()
    scale = np.maximum(largest, 1e-9).astype(np.float32) / np.float32(127)
    return np.clip(np.rint(weight / scale), -127, 127).astype(np.int8), np.float32(scale)


def to_int8(model, columns):
    weights = Weights(model)

    def product(node, quantised, scale):
        # y = (x - zero) W, in whole numbers, times both scales.
        name, x = node.output[0], node.input[0]
        return [
            H.make_node("DynamicQuantizeLinear", [x], [f"{name}_x", f"{name}_scale", f"{name}_zero"], name=f"{name}_quantise"),
            H.make_node("MatMulInteger", [f"{name}_x", quantised, f"{name}_zero"], [f"{name}_whole"], name=f"{name}_multiply"),
            H.make_node("Cast", [f"{name}_whole"], [f"{name}_float"], to=TP.FLOAT, name=f"{name}_cast"),
            H.make_node("Mul", [f"{name}_scale", scale], [f"{name}_scales"], name=f"{name}_scales_node"),
            H.make_node("Mul", [f"{name}_float", f"{name}_scales"], [name], name=f"{name}_node"),
        ]

    for graph in inside_out(model.graph):
        turned = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Transpose"}
        nodes = []
        for node in graph.node:
            right = node.input[1] if node.op_type == "MatMul" else None
            weight = None if right is None else weights.get(right)
            table = weights.get(turned[right]) if right in turned else None
            looked_up = weights.get(node.input[0]) if node.op_type == "Gather" else None
            if weight is not None and weight.ndim == 2:
                whole, scale = whole_numbers(weight, columns)
                nodes += product(node, weights.put(f"{right}_int8", whole), weights.put(f"{right}_int8_scale", scale))
            elif table is not None and table.ndim == 2:
                # One scale for the table: its rows are looked up, its columns are multiplied with.
                whole, scale = whole_numbers(table, False)
                source, turned_name = turned[right], f"{node.output[0]}_turned"
                nodes.append(H.make_node("Transpose", [weights.put(f"{source}_int8", whole)], [turned_name], perm=[1, 0]))
                nodes += product(node, turned_name, weights.put(f"{source}_int8_scale", scale))
            elif looked_up is not None and looked_up.ndim == 2 and looked_up.dtype == np.float32 and looked_up.shape[0] > 1000:
                whole, scale = whole_numbers(looked_up, False)
                name, source = node.output[0], node.input[0]
                picked = H.make_node("Gather", [weights.put(f"{source}_int8", whole), node.input[1]], [f"{name}_whole"], axis=0)
                nodes += [picked, H.make_node("Cast", [f"{name}_whole"], [f"{name}_float"], to=TP.FLOAT)]
                nodes += [H.make_node("Mul", [f"{name}_float", weights.put(f"{source}_int8_scale", scale)], [name])]
            else:
                nodes.append(node)
        del graph.node[:]
        graph.node.extend(nodes)
        # What turned over a table for a product is read no more.
        read = set(all_inputs(graph))
        kept = [one for one in graph.node if one.op_type != "Transpose" or one.output[0] in read]
        del graph.node[:]
        graph.node.extend(kept)
    weights.finish()
    return model


def to_int4(model):
    weights = Weights(model)
    for graph in inside_out(model.graph):
        nodes = []
        for node in graph.node:
            weight = weights.get(node.input[1]) if node.op_type == "MatMul" else None
            if weight is None or weight.ndim != 2 or weight.shape[0] % BLOCK != 0:
                nodes.append(node)
                continue
            name, (rows, columns) = node.input[1], weight.shape
            blocks = weight.T.reshape(columns, rows // BLOCK, BLOCK)
            # Symmetric about 8: the largest of a block, with its sign, becomes -8.
            at = np.abs(blocks).argmax(axis=2)[..., None]
            scale = np.take_along_axis(blocks, at, 2) / np.float32(-8)
            scale[scale == 0] = 1
            nibbles = np.clip(np.rint(blocks / scale) + 8, 0, 15).astype(np.uint8)
            packed = nibbles[..., 0::2] | (nibbles[..., 1::2] << 4)
            inputs = [node.input[0], weights.put(f"{name}_q4", packed)]
            inputs.append(weights.put(f"{name}_q4_scale", scale.reshape(-1).astype(np.float32)))
            shape = {"K": rows, "N": columns, "bits": 4, "block_size": BLOCK}
            nodes.append(H.make_node("MatMulNBits", inputs, list(node.output), name=node.name, domain="com.microsoft", **shape))
        del graph.node[:]
        graph.node.extend(nodes)
    weights.finish()
    model.opset_import.append(H.make_opsetid("com.microsoft", 1))
    return model


def half(tensor):
    array = NH.to_array(tensor)
    # What is larger than half precision knows is as good as infinite (the mask of attention).
    return NH.from_array(np.clip(array, -65504, 65504).astype(np.float16), tensor.name)


def to_fp16(model):
    for graph in inside_out(model.graph):
        for tensor in graph.initializer:
            if tensor.data_type == TP.FLOAT:
                tensor.CopyFrom(half(tensor))
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.TENSOR and attribute.t.data_type == TP.FLOAT:
                    attribute.t.CopyFrom(half(attribute.t))
                elif node.op_type == "Cast" and attribute.name == "to" and attribute.i == TP.FLOAT:
                    attribute.i = TP.FLOAT16
        # Types are found anew; those of the graph's own inputs and outputs stay.
        del graph.value_info[:]
        if graph is not model.graph:
            for value in [*graph.input, *graph.output]:
                if value.type.tensor_type.elem_type == TP.FLOAT:
                    value.type.tensor_type.elem_type = TP.FLOAT16
    graph = model.graph
    half_name = lambda name: name + "_half"
    inputs = {one.name for one in graph.input if one.type.tensor_type.elem_type == TP.FLOAT}
    outputs = {one.name for one in graph.output if one.type.tensor_type.elem_type == TP.FLOAT}
    for inner in graphs_in(graph):
        for node in inner.node:
            for names in (node.input, node.output):
                for i, name in enumerate(names):
                    if name in inputs or name in outputs:
                        names[i] = half_name(name)
        if inner is not graph:
            for value in inner.output:
                if value.name in inputs or value.name in outputs:
                    value.name = half_name(value.name)
    before = [H.make_node("Cast", [name], [half_name(name)], to=TP.FLOAT16) for name in sorted(inputs)]
    after = [H.make_node("Cast", [half_name(name)], [name], to=TP.FLOAT) for name in sorted(outputs)]
    nodes = [*before, *graph.node, *after]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def main():
    options = argparse.ArgumentParser()
    options.add_argument("model")
    options.add_argument("out")
    options.add_argument("variants", nargs="+", choices=SUFFIX)
    asked = options.parse_args()
    make = {"fp16": to_fp16, "int8": lambda one: to_int8(one, False), "int8-columns": lambda one: to_int8(one, True), "int4": to_int4}
    for variant in asked.variants:
        folder = os.path.join(asked.out, variant)
        os.makedirs(os.path.join(folder, "onnx"), exist_ok=True)
        for text in TEXTS:
            shutil.copyfile(os.path.join(asked.model, text), os.path.join(folder, text))
        for name in GRAPHS:
            model = make[variant](onnx.load(os.path.join(asked.model, "onnx", name + ".onnx")))
            target = os.path.join(folder, "onnx", name + SUFFIX[variant] + ".onnx")
            onnx.save(model, target)
            print(f"{variant} {name} {os.path.getsize(target)}")


if __name__ == "__main__":
    main()
