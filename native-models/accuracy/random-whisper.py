#!/usr/bin/env python3
"""Writes a Whisper with random weights in the hub's layout, for measuring speed and comparing engines.

python3 random-whisper.py SIZE FOLDER [--tiktoken multilingual.tiktoken] [--seed N] [--tokens N]

SIZE is tiny, base, small, turbo or mite (a decoder and encoder of one small layer). The graphs take and give what the
hub's `whisper-*_timestamped` exports do: an encoder, `decoder_model`, `decoder_with_past_model`, and the two joined
behind `use_cache_branch`, each with its cross attentions. They are written node by node, so no tracing is needed.
What it says is nonsense, as sure of itself as a real one is, and ends after about as many tokens as are asked for: without
that every window would run to its limit and be tried at every temperature.
Needs numpy and onnx, and openai/whisper's multilingual.tiktoken for the words.
"""
import argparse
import base64
import json
import os

import numpy as np
import onnx
from onnx import TensorProto as TP
from onnx import helper as H
from onnx import numpy_helper as NH

SIZES = {
    # width, heads, encoder layers, decoder layers, mel bands
    "mite": (32, 2, 1, 1, 80),
    "tiny": (384, 6, 4, 4, 80),
    "base": (512, 8, 6, 6, 80),
    "small": (768, 12, 12, 12, 80),
    "turbo": (1280, 20, 32, 4, 128),
}
POSITIONS, STEPS = 1500, 448
# The token that ends a text, in every multilingual Whisper.
END = 50257
LANGUAGES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa "
    "lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn "
    "mt sa lb my bo tl mg as tt haw ln ha ba jw su"
).split()


class Graph:
    """Nodes and weights of one graph; a branch shares the weights of the graph it lies in."""

    def __init__(self, prefix="", weights=None):
        self.nodes, self.prefix = [], prefix
        self.weights = {} if weights is None else weights

    def const(self, name, value):
        if name not in self.weights:
            self.weights[name] = NH.from_array(np.ascontiguousarray(value), name)
        return name

    def ints(self, *values):
        return self.const("i_" + "_".join(map(str, values)), np.int64(values))

    def op(self, kind, *inputs, out=None, **attributes):
        out = out or f"{self.prefix}{kind}_{len(self.nodes)}"
        self.nodes.append(H.make_node(kind, list(inputs), [out], name=out + "_node", **attributes))
        return out


class Weights:
    """Random weights by name, the same for every graph of the model; variance is kept from layer to layer."""

    def __init__(self, seed, most):
        self.seed, self.made, self.most = seed, {}, most

    def get(self, name, *shape, scale=None):
        if name not in self.made:
            random = np.random.default_rng([self.seed, *name.encode()])
            scale = scale if scale is not None else 1 / np.sqrt(np.prod(shape[:-1]))
            self.made[name] = (random.standard_normal(shape) * scale).astype(np.float32)
        return self.made[name]


def linear(g, w, x, name, size_in, size_out, bias=True, scale=1.0):
    y = g.op("MatMul", x, g.const(name + ".weight", w.get(name + ".weight", size_in, size_out) * np.float32(scale)))
    return g.op("Add", y, g.const(name + ".bias", w.get(name + ".bias", size_out, scale=0.02) * np.float32(scale))) if bias else y


def norm(g, x, d, name):
    mean = g.op("ReduceMean", x, axes=[-1], keepdims=1)
    off = g.op("Sub", x, mean)
    variance = g.op("ReduceMean", g.op("Mul", off, off), axes=[-1], keepdims=1)
    y = g.op("Div", off, g.op("Sqrt", g.op("Add", variance, g.const("epsilon", np.float32(1e-5)))))
    y = g.op("Mul", y, g.const(name + ".weight", np.ones(d, np.float32)))
    return g.op("Add", y, g.const(name + ".bias", np.zeros(d, np.float32)))


def gelu(g, x):
    erf = g.op("Erf", g.op("Div", x, g.const("root_two", np.float32(2**0.5))))
    return g.op("Mul", g.op("Mul", x, g.op("Add", erf, g.const("one", np.float32(1)))), g.const("half", np.float32(0.5)))


def split(g, x, heads, width):
    return g.op("Transpose", g.op("Reshape", x, g.ints(0, -1, heads, width)), perm=[0, 2, 1, 3])


def join(g, x, d):
    return g.op("Reshape", g.op("Transpose", x, perm=[0, 2, 1, 3]), g.ints(0, -1, d))


def attend(g, q, k, v, mask=None, out=None):
    scores = g.op("MatMul", q, g.op("Transpose", k, perm=[0, 1, 3, 2]))
    if mask is not None:
        scores = g.op("Add", scores, mask)
    weights = g.op("Softmax", scores, axis=-1, out=out)
    return g.op("MatMul", weights, v)


def feed_forward(g, w, x, d, name):
    y = norm(g, x, d, name + "final_layer_norm")
    y = linear(g, w, gelu(g, linear(g, w, y, name + "fc1", d, 4 * d)), name + "fc2", 4 * d, d)
    return g.op("Add", x, y)


def value(name, kind, shape):
    return H.make_tensor_value_info(name, kind, shape)


def finished(g, name, inputs, outputs):
    graph = H.make_graph(g.nodes, name, inputs, outputs, list(g.weights.values()))
    model = H.make_model(graph, opset_imports=[H.make_opsetid("", 14)], producer_name="earmark-random-whisper")
    model.ir_version = 7
    return model


def encoder(w, size):
    d, heads, layers, _, bands = size
    g, width = Graph(), d // heads
    conv = lambda x, name, rows, stride: gelu(
        g,
        g.op(
            "Conv",
            x,
            g.const(name + ".weight", w.get(name + ".weight", d, rows, 3, scale=1 / np.sqrt(3 * rows))),
            g.const(name + ".bias", w.get(name + ".bias", d, scale=0.02)),
            kernel_shape=[3],
            pads=[1, 1],
            strides=[stride],
        ),
    )
    x = conv(conv("input_features", "conv1", bands, 1), "conv2", d, 2)
    x = g.op("Transpose", x, perm=[0, 2, 1])
    x = g.op("Add", x, g.const("embed_positions", w.get("encoder.positions", POSITIONS, d, scale=0.3)))
    for i in range(layers):
        name = f"encoder.{i}."
        y = norm(g, x, d, name + "self_attn_layer_norm")
        q = split(g, linear(g, w, y, name + "q", d, d, scale=width**-0.5), heads, width)
        k = split(g, linear(g, w, y, name + "k", d, d, bias=False), heads, width)
        v = split(g, linear(g, w, y, name + "v", d, d), heads, width)
        x = g.op("Add", x, linear(g, w, join(g, attend(g, q, k, v), d), name + "o", d, d))
        x = feed_forward(g, w, x, d, name)
    g.op("Identity", norm(g, x, d, "layer_norm"), out="last_hidden_state")
    states = value("last_hidden_state", TP.FLOAT, ["batch_size", POSITIONS, d])
    return finished(g, "encoder", [value("input_features", TP.FLOAT, ["batch_size", bands, 2 * POSITIONS])], [states])


def positions_of(w, size, table, end, most):
    """The decoder's positions; from `most` on they point to where the end of the text lies."""
    positions = w.get("decoder.positions", STEPS, size[0], scale=1.5).copy()
    if most is not None:
        positions[most:] += 20 * table[end] / np.linalg.norm(table[end]) * np.sqrt(size[0])
    return positions


def decoder_nodes(g, w, size, vocabulary, cached):
    """The nodes of a decoder's step, ending in the outputs named `g.prefix` + their names."""
    d, heads, _, layers, _ = size
    width = d // heads
    out = lambda name: g.prefix + name
    table = g.const("embed_tokens", w.get("embed_tokens", vocabulary, d, scale=6 / np.sqrt(d)))
    scalar = lambda t: g.op("Squeeze", t, g.ints(0))
    length = g.op("Slice", g.op("Shape", "input_ids"), g.ints(1), g.ints(2))
    past = g.op("Slice", g.op("Shape", "past_key_values.0.decoder.key"), g.ints(2), g.ints(3)) if cached else g.ints(0)
    total = g.op("Add", past, length)
    zero, one = g.const("i0", np.int64(0)), g.const("i1", np.int64(1))
    rows = g.op("Range", scalar(past), scalar(total), one)
    columns = g.op("Range", zero, scalar(total), one)
    later = g.op("Greater", g.op("Unsqueeze", columns, g.ints(0)), g.op("Unsqueeze", rows, g.ints(1)))
    mask = g.op("Where", later, g.const("never", np.float32(-1e9)), g.const("always", np.float32(0)))
    positions = g.const("decoder.positions", positions_of(w, size, w.get("embed_tokens", vocabulary, d), END, w.most))
    # With one table for both ends a token is followed by itself: it is looked up in another's place.
    moved = g.op("Mod", g.op("Mul", "input_ids", g.const("stride", np.int64(48271))), g.const("words", np.int64(END)))
    x = g.op("Add", g.op("Gather", table, moved, axis=0), g.op("Gather", positions, rows, axis=0))
    for i in range(layers):
        name = f"decoder.{i}."
        y = norm(g, x, d, name + "self_attn_layer_norm")
        q = split(g, linear(g, w, y, name + "q", d, d, scale=width**-0.5), heads, width)
        pairs = {}
        for side, bias in (("key", False), ("value", True)):
            new = split(g, linear(g, w, y, name + side, d, d, bias=bias), heads, width)
            target = out(f"present.{i}.decoder.{side}")
            if cached:
                pairs[side] = g.op("Concat", f"past_key_values.{i}.decoder.{side}", new, axis=2, out=target)
            else:
                pairs[side] = g.op("Identity", new, out=target)
        x = g.op("Add", x, linear(g, w, join(g, attend(g, q, pairs["key"], pairs["value"], mask), d), name + "o", d, d))
        y = norm(g, x, d, name + "encoder_attn_layer_norm")
        q = split(g, linear(g, w, y, name + "cross_q", d, d, scale=3 * width**-0.5), heads, width)
        for side, bias in (("key", False), ("value", True)):
            if cached:
                pairs[side] = f"past_key_values.{i}.encoder.{side}"
            else:
                new = split(g, linear(g, w, "encoder_hidden_states", name + "cross_" + side, d, d, bias=bias), heads, width)
                pairs[side] = g.op("Identity", new, out=out(f"present.{i}.encoder.{side}"))
        heard = attend(g, q, pairs["key"], pairs["value"], out=out(f"cross_attentions.{i}"))
        x = g.op("Add", x, linear(g, w, join(g, heard, d), name + "cross_o", d, d))
        x = feed_forward(g, w, x, d, name)
    y = norm(g, x, d, "layer_norm")
    g.op("MatMul", y, g.op("Transpose", table, perm=[1, 0]), out=out("logits"))


def decoder(w, size, vocabulary, mode):
    """`first` takes the encoder's states, `past` takes what was remembered, `merged` holds both."""
    d, heads, _, layers, _ = size
    width, batch, sides = d // heads, "batch_size", ("key", "value")
    memory = lambda start, owner, length: [
        value(f"{start}.{i}.{owner}.{side}", TP.FLOAT, [batch, heads, length, width]) for i in range(layers) for side in sides
    ]
    by_layer = lambda names: sorted(names, key=lambda one: int(one.name.split(".")[1]))
    heard, said = "encoder_sequence_length_out", "past_decoder_sequence_length"
    inputs = [value("input_ids", TP.INT64, [batch, "decoder_sequence_length"])]
    if mode != "past":
        inputs.append(value("encoder_hidden_states", TP.FLOAT, [batch, "encoder_sequence_length / 2", d]))
    if mode != "first":
        inputs += by_layer(memory("past_key_values", "decoder", said) + memory("past_key_values", "encoder", heard))
    if mode == "merged":
        inputs.append(value("use_cache_branch", TP.BOOL, [1]))
    presents = memory("present", "decoder", said + " + 1")
    if mode != "past":
        presents = by_layer(presents + memory("present", "encoder", heard))
    outputs = [value("logits", TP.FLOAT, [batch, "decoder_sequence_length", vocabulary]), *presents]
    outputs += [
        value(f"cross_attentions.{i}", TP.FLOAT, [batch, heads, "decoder_sequence_length", heard]) for i in range(layers)
    ]
    g = Graph()
    if mode != "merged":
        decoder_nodes(g, w, size, vocabulary, mode == "past")
        return finished(g, "decoder_" + mode, inputs, outputs)
    branches = []
    for prefix, cached in (("cached.", True), ("first.", False)):
        branch = Graph(prefix, g.weights)
        decoder_nodes(branch, w, size, vocabulary, cached)
        if cached:
            # As in Optimum's merged graphs the cached branch gives nothing for the sound's keys and values.
            for i in range(layers):
                for side in sides:
                    empty = g.const("empty", np.zeros((0, heads, 1, width), np.float32))
                    branch.op("Identity", empty, out=f"{prefix}present.{i}.encoder.{side}")
        named = [value(prefix + one.name, TP.FLOAT, None) for one in outputs]
        branches.append(H.make_graph(branch.nodes, prefix + "step", [], named))
    names = [one.name for one in outputs]
    g.nodes.append(H.make_node("If", ["use_cache_branch"], names, name="step", then_branch=branches[0], else_branch=branches[1]))
    return finished(g, "decoder_merged", inputs, outputs)


def tokenizer(tiktoken, large):
    """tokenizer.json of the multilingual Whispers, from the ranks of their words."""
    ranks = {}
    with open(tiktoken, "rb") as lines:
        for line in lines:
            if line.strip():
                token, rank = line.split()
                ranks[base64.b64decode(token)] = int(rank)
    letters = [*range(33, 127), *range(161, 173), *range(174, 256)]
    spare = iter(range(256, 512))
    sign = {byte: chr(byte) if byte in letters else chr(next(spare)) for byte in range(256)}
    text = lambda token: "".join(sign[byte] for byte in token)
    merges = []
    for token, rank in sorted(ranks.items(), key=lambda one: one[1]):
        parts = [token[i : i + 1] for i in range(len(token))]
        while len(parts) > 2:
            best = min(
                (i for i in range(len(parts) - 1) if ranks.get(parts[i] + parts[i + 1], rank) < rank),
                key=lambda i: ranks[parts[i] + parts[i + 1]],
            )
            parts[best : best + 2] = [parts[best] + parts[best + 1]]
        if len(parts) == 2:
            merges.append(f"{text(parts[0])} {text(parts[1])}")
    languages = [*LANGUAGES, "yue"] if large else LANGUAGES
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{one}|>" for one in languages)]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
    words = {text(token): rank for token, rank in ranks.items()}
    first = len(ranks)
    ids = {name: first + i for i, name in enumerate(special)}
    times = {f"<|{i * 0.02:.2f}|>": first + len(special) + i for i in range(1501)}
    added = [
        {"id": id, "content": name, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": name in ids}
        for name, id in {**ids, **times}.items()
    ]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    whole = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": level,
        "post_processor": None,
        "decoder": level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "vocab": words, "merges": merges},
    }
    return whole, ids, first + len(special) + 1501, languages


def main():
    options = argparse.ArgumentParser()
    options.add_argument("size", choices=SIZES)
    options.add_argument("folder")
    here = os.path.dirname(os.path.abspath(__file__))
    options.add_argument("--tiktoken", default=os.path.join(here, "../../../shared/models/whisper-reference/multilingual.tiktoken"))
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--tokens", type=int, default=80, help="about how many tokens a window comes to")
    asked = options.parse_args()
    size = SIZES[asked.size]
    d, heads, encoder_layers, decoder_layers, bands = size
    words, ids, vocabulary, languages = tokenizer(asked.tiktoken, bands == 128)
    os.makedirs(os.path.join(asked.folder, "onnx"), exist_ok=True)

    def write(name, content):
        with open(os.path.join(asked.folder, name), "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=None if name == "tokenizer.json" else 2)

    end, start = ids["<|endoftext|>"], ids["<|startoftranscript|>"]
    control = list(range(start, ids["<|notimestamps|>"]))
    common = {"bos_token_id": end, "eos_token_id": end, "pad_token_id": end, "decoder_start_token_id": start}
    generation = {"suppress_tokens": control, "begin_suppress_tokens": [220, end], "max_length": STEPS}
    shape = {"d_model": d, "vocab_size": vocabulary, "num_mel_bins": bands}
    shape |= {"encoder_layers": encoder_layers, "encoder_attention_heads": heads, "encoder_ffn_dim": 4 * d}
    shape |= {"decoder_layers": decoder_layers, "decoder_attention_heads": heads, "decoder_ffn_dim": 4 * d}
    shape |= {"max_source_positions": POSITIONS, "max_target_positions": STEPS, "num_hidden_layers": encoder_layers}
    kind = {"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"], "is_encoder_decoder": True}
    write("config.json", {**kind, **shape, **common, **generation, "median_filter_width": 7, "use_cache": True})
    upper = [[layer, head] for layer in range(decoder_layers // 2, decoder_layers) for head in range(heads)]
    write(
        "generation_config.json",
        {
            **common,
            **generation,
            "alignment_heads": upper[:8],
            "is_multilingual": True,
            "lang_to_id": {f"<|{one}|>": ids[f"<|{one}|>"] for one in languages},
            "task_to_id": {"transcribe": ids["<|transcribe|>"], "translate": ids["<|translate|>"]},
            "no_timestamps_token_id": ids["<|notimestamps|>"],
            "prev_sot_token_id": ids["<|startofprev|>"],
            "max_initial_timestamp_index": 50,
            "return_timestamps": False,
        },
    )
    features = {"feature_extractor_type": "WhisperFeatureExtractor", "processor_class": "WhisperProcessor", "feature_size": bands}
    features |= {"hop_length": 160, "n_fft": 400, "n_samples": 480000, "nb_max_frames": 3000, "chunk_length": 30}
    write("preprocessor_config.json", {**features, "sampling_rate": 16000, "padding_value": 0.0, "return_attention_mask": False})
    write("tokenizer.json", words)
    written = {"tokenizer_class": "WhisperTokenizer", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}
    write("tokenizer_config.json", {**written, "pad_token": "<|endoftext|>", "unk_token": "<|endoftext|>"})

    weights = Weights(asked.seed, asked.tokens)
    save = lambda model, name: onnx.save(model, os.path.join(asked.folder, "onnx", name + ".onnx"))
    save(encoder(weights, size), "encoder_model")
    for mode, name in (("first", "decoder_model"), ("past", "decoder_with_past_model"), ("merged", "decoder_model_merged")):
        save(decoder(weights, size, vocabulary, mode), name)
    for name in sorted(os.listdir(os.path.join(asked.folder, "onnx"))):
        print(name, round(os.path.getsize(os.path.join(asked.folder, "onnx", name)) / 1e6, 1), "MB")


if __name__ == "__main__":
    main()
