"""Writes the trained networks that tell voices apart as models lie in their folders.

    /usr/bin/python3 voices_export.py SEGMENTATION.pt EMBEDDING.pt FOLDER

FOLDER/segmentation and FOLDER/embedding each get onnx/model.onnx (opset 14) and config.json. The segmentation takes and
gives what the hub's pyannote-segmentation-3.0 does, the embedding what a WeSpeaker export does.
"""
import argparse
import json
import os

import onnx
import torch
from voices_network import FIELD, FRAMES, RATE, SETS, STEP, WINDOW, Embedding, Hearing, Segmentation

OPSET = 14


def trained(path, kind):
    saved = torch.load(path, map_location="cpu")
    network = kind(**saved["shape"])
    network.load_state_dict(saved["network"])
    return network.eval()


def write(folder, network, sample, names, axes, config):
    os.makedirs(f"{folder}/onnx", exist_ok=True)
    path = f"{folder}/onnx/model.onnx"
    named = {"input_names": names[:1], "output_names": names[1:], "dynamic_axes": axes}
    torch.onnx.export(network, sample, path, opset_version=OPSET, **named)
    graph = onnx.load(path)
    graph.producer_name, graph.producer_version, graph.doc_string = "earmark", "", ""
    for node in graph.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, path)
    with open(f"{folder}/config.json", "w", encoding="utf-8") as file:
        file.write(json.dumps(config, indent=2) + "\n")
    print(path, os.path.getsize(path))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("segmentation")
    parser.add_argument("embedding")
    parser.add_argument("folder")
    options = parser.parse_args()
    segmentation, embedding = trained(options.segmentation, Segmentation), trained(options.embedding, Embedding)
    segmentation.who = None
    bands, size = embedding.shape["bands"], embedding.shape["size"]
    write(
        f"{options.folder}/segmentation", Hearing(segmentation), torch.randn(2, 1, WINDOW) * 0.1, ("input_values", "logits"),
        {"input_values": {0: "batch", 2: "samples"}, "logits": {0: "batch", 1: "frames"}},
        {"model_type": "earmark-demo-segmentation", "sampling_rate": RATE, "step": STEP, "field": FIELD, "frames": FRAMES,
         "sets": len(SETS)},
    )
    write(
        f"{options.folder}/embedding", embedding, torch.randn(2, 150, bands), ("feats", "embs"),
        {"feats": {0: "batch", 1: "frames"}, "embs": {0: "batch"}},
        {"model_type": "earmark-demo-embedding", "sampling_rate": RATE, "bands": bands, "size": size},
    )


if __name__ == "__main__":
    main()
