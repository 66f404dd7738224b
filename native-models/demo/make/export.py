"""Writes a trained network as the hub's Whispers lie in their folders.

    /usr/bin/python3 export.py TRAINED.pt MODEL_FOLDER

MODEL_FOLDER holds the tokenizer already; onnx/encoder_model.onnx, onnx/decoder_model_merged.onnx, config.json,
generation_config.json and preprocessor_config.json are added. The graphs are written node by node, without tracing;
names, shapes and order of their inputs and outputs are those of Optimum's export of Whisper with attentions.
"""
import json
import os
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from network import Whisper
from tokenizer import Tokenizer
from train import SAYING_HEADS

OPSET, IR_VERSION = 14, 7
FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def values(parameter):
    return parameter.detach().numpy()


class Graph:
    """Nodes and constants as they are added; every method answers with the name of what it made."""

    def __init__(self, prefix="", within=None):
        self.prefix, self.nodes = prefix, []
        # A branch keeps its constants in the graph around it.
        self.constants = [] if within is None else within.constants
        self.names = set() if within is None else within.names

    def constant(self, name, value):
        if name not in self.names:
            self.names.add(name)
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def integers(self, *numbers):
        return self.constant("integers_" + "_".join(map(str, numbers)), np.int64(numbers))

    def node(self, kind, *inputs, out=None, **attributes):
        name = f"{self.prefix}{kind}_{len(self.nodes)}"
        out = out or name + "_out"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], name=name, **attributes))
        return out

    def normed(self, x, layer, name):
        mean = self.node("ReduceMean", x, axes=[-1], keepdims=1)
        centred = self.node("Sub", x, mean)
        variance = self.node("ReduceMean", self.node("Mul", centred, centred), axes=[-1], keepdims=1)
        deviation = self.node("Sqrt", self.node("Add", variance, self.constant("epsilon", np.float32(layer.eps))))
        scaled = self.node("Mul", self.node("Div", centred, deviation), self.constant(name + ".weight", values(layer.weight)))
        return self.node("Add", scaled, self.constant(name + ".bias", values(layer.bias)))

    def linear(self, x, layer, name, scale=1.0):
        product = self.node("MatMul", x, self.constant(name + ".weight", values(layer.weight).T * np.float32(scale)))
        if layer.bias is None:
            return product
        return self.node("Add", product, self.constant(name + ".bias", values(layer.bias) * np.float32(scale)))

    def gelu(self, x):
        error = self.node("Erf", self.node("Div", x, self.constant("root_of_two", np.float32(2 ** 0.5))))
        raised = self.node("Mul", x, self.node("Add", error, self.constant("one", np.float32(1))))
        return self.node("Mul", raised, self.constant("half", np.float32(0.5)))

    def split(self, x, heads, per_head):
        parted = self.node("Reshape", x, self.integers(0, -1, heads, per_head))
        return self.node("Transpose", parted, perm=[0, 2, 1, 3])

    def joined(self, x, width):
        return self.node("Reshape", self.node("Transpose", x, perm=[0, 2, 1, 3]), self.integers(0, -1, width))

    def attend(self, query, key, value, mask=None, looked=None):
        scores = self.node("MatMul", query, self.node("Transpose", key, perm=[0, 1, 3, 2]))
        if mask is not None:
            scores = self.node("Add", scores, mask)
        return self.node("MatMul", self.node("Softmax", scores, axis=-1, out=looked), value)

    def feed_forward(self, x, layer, name):
        wider = self.linear(self.normed(x, layer.inner_norm, name + "final_layer_norm"), layer.wider, name + "fc1")
        return self.node("Add", x, self.linear(self.gelu(wider), layer.narrower, name + "fc2"))

    def model(self, name, inputs, outputs):
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="earmark-demo-voice")
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return model


def described(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def encoder(network):
    graph = Graph()
    width, heads = network.shape["width"], network.shape["heads"]
    per_head = width // heads

    def convolved(x, layer, name, stride):
        weight, bias = (graph.constant(f"{name}.{part}", values(getattr(layer, part))) for part in ("weight", "bias"))
        return graph.gelu(graph.node("Conv", x, weight, bias, kernel_shape=[3], pads=[1, 1], strides=[stride]))

    x = convolved(convolved("input_features", network.conv1, "conv1", 1), network.conv2, "conv2", 2)
    positions = graph.constant("embed_positions.weight", values(network.positions * network.position_gain))
    x = graph.node("Add", graph.node("Transpose", x, perm=[0, 2, 1]), positions)
    for place, layer in enumerate(network.encoder):
        name, attention = f"layers.{place}.", layer.self_attention
        normed = graph.normed(x, layer.self_norm, name + "self_attn_layer_norm")
        query = graph.split(graph.linear(normed, attention.query, name + "q", per_head ** -0.5), heads, per_head)
        key = graph.split(graph.linear(normed, attention.key, name + "k"), heads, per_head)
        value = graph.split(graph.linear(normed, attention.value, name + "v"), heads, per_head)
        found = graph.joined(graph.attend(query, key, value), width)
        x = graph.node("Add", x, graph.linear(found, attention.out, name + "o"))
        x = graph.feed_forward(x, layer, name)
    graph.node("Identity", graph.normed(x, network.encoder_norm, "layer_norm"), out="last_hidden_state")
    return graph.model(
        "encoder_model",
        [described("input_features", FLOAT, ["batch_size", 80, 3000])],
        [described("last_hidden_state", FLOAT, ["batch_size", 1500, width])],
    )


def decoder(network):
    """The merged decoder: keys and values of the sound are made in the first step and handed on in the others
    (`use_cache_branch`); those of the text grow by what is read."""
    graph = Graph()
    shape = network.shape
    width, heads, layers = shape["width"], shape["heads"], shape["decoder_layers"]
    per_head = width // heads
    embeddings = graph.constant("embed_tokens.weight", values(network.embeddings()))

    def length_of(x, axis):
        return graph.node("Slice", graph.node("Shape", x), graph.integers(axis), graph.integers(axis + 1))

    def scalar(x):
        return graph.node("Squeeze", x, graph.integers(0))

    past = length_of("past_key_values.0.decoder.key", 2)
    total = scalar(graph.node("Add", past, length_of("input_ids", 1)))
    nothing, one = graph.constant("nothing", np.int64(0)), graph.constant("one_step", np.int64(1))
    reading = graph.node("Range", scalar(past), total, one)
    readable = graph.node("Range", nothing, total, one)
    later = graph.node(
        "Greater",
        graph.node("Unsqueeze", readable, graph.integers(0)),
        graph.node("Unsqueeze", reading, graph.integers(1)),
    )
    mask = graph.node("Where", later, graph.constant("never", np.float32(-1e9)), graph.constant("always", np.float32(0)))
    positions = graph.constant("embed_positions.weight", values(network.text_positions))
    x = graph.node(
        "Add",
        graph.node("Gather", embeddings, "input_ids", axis=0),
        graph.node("Gather", positions, reading, axis=0),
    )
    for place, layer in enumerate(network.decoder):
        name, attention, cross = f"layers.{place}.", layer.self_attention, layer.cross_attention
        normed = graph.normed(x, layer.self_norm, name + "self_attn_layer_norm")
        query = graph.split(graph.linear(normed, attention.query, name + "q", per_head ** -0.5), heads, per_head)
        kept = {}
        for part, source in (("key", attention.key), ("value", attention.value)):
            fresh = graph.split(graph.linear(normed, source, name + part[0]), heads, per_head)
            before = f"past_key_values.{place}.decoder.{part}"
            kept[part] = graph.node("Concat", before, fresh, axis=2, out=f"present.{place}.decoder.{part}")
        found = graph.joined(graph.attend(query, kept["key"], kept["value"], mask), width)
        x = graph.node("Add", x, graph.linear(found, attention.out, name + "o"))

        normed = graph.normed(x, layer.cross_norm, name + "encoder_attn_layer_norm")
        query = graph.split(graph.linear(normed, cross.query, name + "cross_q", per_head ** -0.5), heads, per_head)
        heard = {}
        for part, source in (("key", cross.key), ("value", cross.value)):
            branch = Graph(f"{name}{part}.", graph)
            made = branch.split(branch.linear("encoder_hidden_states", source, f"{name}cross_{part[0]}"), heads, per_head)
            first = helper.make_graph(branch.nodes, "first", [], [described(made, FLOAT, None)])
            again = f"{name}{part}.again"
            handing = helper.make_node("Identity", [f"past_key_values.{place}.encoder.{part}"], [again])
            later_step = helper.make_graph([handing], "later", [], [described(again, FLOAT, None)])
            out = f"present.{place}.encoder.{part}"
            heard[part] = graph.node("If", "use_cache_branch", out=out, then_branch=later_step, else_branch=first)
        looked = graph.attend(query, heard["key"], heard["value"], looked=f"cross_attentions.{place}")
        x = graph.node("Add", x, graph.linear(graph.joined(looked, width), cross.out, name + "cross_o"))
        x = graph.feed_forward(x, layer, name)
    normed = graph.normed(x, network.decoder_norm, "layer_norm")
    graph.node("MatMul", normed, graph.node("Transpose", embeddings, perm=[1, 0]), out="logits")

    batch, read, sound = "batch_size", "decoder_sequence_length", "encoder_sequence_length_out"

    def kept_values(prefix, source, length):
        return [
            described(f"{prefix}.{place}.{source}.{part}", FLOAT, [batch, heads, length, per_head])
            for place in range(layers)
            for part in ("key", "value")
        ]

    def by_layer(prefix, text_length):
        both = [kept_values(prefix, "decoder", text_length), kept_values(prefix, "encoder", sound)]
        return [entry for place in range(layers) for kind in both for entry in kind[2 * place:2 * place + 2]]

    inputs = [
        described("input_ids", INT64, [batch, read]),
        described("encoder_hidden_states", FLOAT, [batch, "encoder_sequence_length / 2", width]),
        *by_layer("past_key_values", "past_decoder_sequence_length"),
        described("use_cache_branch", BOOL, [1]),
    ]
    outputs = [
        described("logits", FLOAT, [batch, read, shape["tokens"]]),
        *by_layer("present", "past_decoder_sequence_length + 1"),
        *(described(f"cross_attentions.{place}", FLOAT, [batch, heads, read, sound]) for place in range(layers)),
    ]
    return graph.model("decoder_model_merged", inputs, outputs)


def configurations(network, tokenizer):
    """The files that say what the graphs are."""
    shape, end, start = network.shape, tokenizer.end_of_text, tokenizer.start_of_transcript
    width, layers = shape["width"], shape["decoder_layers"]
    config = {
        "_name_or_path": "earmark-demo-voice",
        "activation_function": "gelu",
        "architectures": ["WhisperForConditionalGeneration"],
        "begin_suppress_tokens": None,
        "bos_token_id": end,
        "d_model": width,
        "decoder_attention_heads": shape["heads"],
        "decoder_ffn_dim": 4 * width,
        "decoder_layers": layers,
        "decoder_start_token_id": start,
        "encoder_attention_heads": shape["heads"],
        "encoder_ffn_dim": 4 * width,
        "encoder_layers": shape["encoder_layers"],
        "eos_token_id": end,
        "forced_decoder_ids": None,
        "is_encoder_decoder": True,
        "max_length": 448,
        "max_source_positions": 1500,
        "max_target_positions": 448,
        "median_filter_width": 7,
        "model_type": "whisper",
        "num_hidden_layers": shape["encoder_layers"],
        "num_mel_bins": 80,
        "pad_token_id": end,
        "scale_embedding": False,
        "suppress_tokens": [],
        "torch_dtype": "float32",
        "transformers_version": "4.49.0",
        "use_cache": True,
        "vocab_size": shape["tokens"],
    }
    generation = {
        # By Whisper's own convention: the step that says a token looks at where it was said.
        "alignment_heads": [[layer % layers, head] for layer, head in SAYING_HEADS],
        # A window may begin with silence, and a silent one ends at once.
        "begin_suppress_tokens": [],
        "max_initial_timestamp_index": 1500,
        "bos_token_id": end,
        "decoder_start_token_id": start,
        "eos_token_id": end,
        "forced_decoder_ids": None,
        "is_multilingual": True,
        "lang_to_id": {"<|en|>": tokenizer.english, "<|es|>": tokenizer.spanish},
        "max_length": 448,
        "no_timestamps_token_id": tokenizer.no_timestamps,
        "pad_token_id": end,
        "prev_sot_token_id": tokenizer.start_of_previous,
        "return_timestamps": False,
        "suppress_tokens": [],
        "task_to_id": {"transcribe": tokenizer.transcribe, "translate": tokenizer.translate},
        "transformers_version": "4.49.0",
    }
    preprocessor = {
        "chunk_length": 30,
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": 80,
        "hop_length": 160,
        "n_fft": 400,
        "n_samples": 480000,
        "nb_max_frames": 3000,
        "padding_side": "right",
        "padding_value": 0.0,
        "processor_class": "WhisperProcessor",
        "return_attention_mask": False,
        "sampling_rate": 16000,
    }
    return {"config.json": config, "generation_config.json": generation, "preprocessor_config.json": preprocessor}


def main():
    trained, folder = torch.load(sys.argv[1], map_location="cpu"), sys.argv[2]
    network = Whisper(**trained["shape"])
    network.load_state_dict(trained["network"])
    network.eval()
    os.makedirs(f"{folder}/onnx", exist_ok=True)
    onnx.save(encoder(network), f"{folder}/onnx/encoder_model.onnx")
    onnx.save(decoder(network), f"{folder}/onnx/decoder_model_merged.onnx")
    for name, content in configurations(network, Tokenizer(f"{folder}/tokenizer.json")).items():
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=1) + "\n")
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            print(f"{os.path.getsize(os.path.join(place, name)):>10}  {os.path.relpath(os.path.join(place, name), folder)}")


if __name__ == "__main__":
    main()
