"""Trains the segmentation: who of three speaks when in a window, told apart within the window alone.

    /usr/bin/python3 voices_segmentation.py OUT.pt MIXES... --valid MIXES [--minutes 12] [--from OTHER.pt --start 0.5]

MIXES and the others are what voices_mixes.py wrote. The loss is the cross entropy of the sets under the naming of the voices
that makes it least (the powerset loss of Plaquet and Bredin). Without more it takes long to find that voices differ at all, so
the layer in the middle also learns which speaker of the corpus is heard where one speaks alone.
"""
import argparse
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from voices_network import PERMUTATIONS, SETS, Segmentation

BATCH = 24
# Halves of windows come first: twice as many of them can be heard, and there is less in each to tell apart.
HALVES, HALF = 0.55, 297
KNOWING = 0.5  # weight of the speakers' names, falling to a tenth
MASKED = 0.3  # chance that some bands of a window are not heard

# [permutation, bits] -> class: the same voices under other names.
CLASSES = torch.tensor([
    [SETS.index(renamed) if renamed in SETS else SETS.index(0b011)  # never three at once: two of them
     for renamed in (sum((bits >> name & 1) << other for name, other in enumerate(naming)) for bits in range(8))]
    for naming in PERMUTATIONS
])


class Mixes:
    """The windows of one or several files of voices_mixes.py."""

    def __init__(self, *paths):
        self.parts = [np.load(f"{path}.features.npy", mmap_mode="r") for path in paths]
        self.voices = np.concatenate([np.load(f"{path}.voices.npy") for path in paths])
        self.speakers = np.concatenate([np.load(f"{path}.speakers.npy") for path in paths])
        self.places = [(part, row) for part, rows in enumerate(self.parts) for row in range(len(rows))]

    def __len__(self):
        return len(self.voices)

    def batch(self, chosen):
        features = np.stack([self.parts[part][row] for part, row in (self.places[k] for k in chosen)])
        return tuple(torch.from_numpy(one) for one in (
            features.astype(np.float32), self.voices[chosen].astype(np.int64), self.speakers[chosen].astype(np.int64)
        ))


def set_loss(scores, bits):
    """The mean over windows of the least cross entropy, and the naming that gives it, [batch]."""
    named = CLASSES[:, bits]  # [permutations, batch, frames]
    costs = torch.stack([-scores.gather(2, one[..., None])[..., 0].mean(1) for one in named])
    least, naming = costs.min(0)
    return least.mean(), naming


def knowing_loss(network, known, bits, speakers):
    """Cross entropy of the speaker's name in steps where one is heard alone in all frames."""
    steps = known.shape[1]
    together = F.pad(bits, (0, steps * network.TOGETHER - bits.shape[1])).reshape(len(bits), steps, network.TOGETHER)
    alone = (together == together[..., :1]).all(2) & torch.isin(together[..., 0], torch.tensor([1, 2, 4]))
    place = together[..., 0].div(2, rounding_mode="floor").clamp_max(2)
    return F.cross_entropy(network.who(known[alone]), speakers.gather(1, place)[alone])


def masked(features):
    """Hides a run of bands, or all above a telephone's, in some windows."""
    for row in range(len(features)):
        if np.random.random() < MASKED:
            first = np.random.randint(features.shape[2])
            features[row, :, first:first + np.random.randint(1, 12)] = 0
    return features


@torch.no_grad()
def error(network, mixes, count):
    """Diarization error on whole windows: speech missed, invented and given to another, of all speech."""
    network.eval()
    table = torch.tensor(SETS)
    wrong = speech = 0
    for first in range(0, min(count, len(mixes)), BATCH):
        features, bits, _ = mixes.batch(list(range(first, min(len(mixes), first + BATCH))))
        scores, _ = network(features)
        _, naming = set_loss(scores, bits)
        found = table[scores.argmax(2)]
        truth = table[CLASSES[naming].gather(1, bits)]
        both, heads = found & truth, lambda x: (x & 1) + (x >> 1 & 1) + (x >> 2 & 1)
        wrong += (torch.maximum(heads(found), heads(truth)) - heads(both)).sum().item()
        speech += heads(truth).sum().item()
    network.train()
    return wrong / max(1, speech)


def save(path, network):
    torch.save({"network": network.state_dict(), "shape": network.shape}, path + ".part")
    os.replace(path + ".part", path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("mixes", nargs="+")
    parser.add_argument("--valid", required=True)
    parser.add_argument("--minutes", type=float, default=12, help="of processor time")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="earlier")
    parser.add_argument("--start", type=float, default=0.0, help="where in the schedule to begin, 0 to 1")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    np.random.seed(options.seed)
    mixes, valid = Mixes(*options.mixes), Mixes(options.valid)
    network = Segmentation(int(max(mixes.speakers.max(), valid.speakers.max())) + 1)
    if options.earlier is not None:
        network.load_state_dict(torch.load(options.earlier)["network"])
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.rate, betas=(0.9, 0.98), weight_decay=0.01)
    print(f"{len(mixes)} windows, {sum(one.numel() for one in network.parameters())} parameters", flush=True)
    begun, validated = time.process_time(), time.time()
    progress, step, mean, order = options.start, 0, None, []
    while progress < 1:
        falling = 1 if progress < 0.2 else max(0.02, 1 - (progress - 0.2) / 0.8)
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1, (step + 1) / 100) * falling
        if len(order) < BATCH:
            order = np.random.permutation(len(mixes)).tolist()
        features, bits, speakers = mixes.batch(sorted(order.pop() for _ in range(BATCH)))
        if progress < HALVES:
            first = np.random.randint(features.shape[1] - HALF + 1)
            features, bits = features[:, first:first + HALF], bits[:, first:first + HALF]
        scores, known = network(masked(features), dropout=0.1)
        told, _ = set_loss(scores, bits)
        knowing = knowing_loss(network, known, bits, speakers)
        optimiser.zero_grad(set_to_none=True)
        (told + KNOWING * max(0.1, 1 - progress) * knowing).backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        if torch.isfinite(norm):
            optimiser.step()
        step += 1
        progress = options.start + (1 - options.start) * (time.process_time() - begun) / (options.minutes * 60)
        figures = (told.item(), knowing.item())
        mean = figures if mean is None else [0.97 * old + 0.03 * new for old, new in zip(mean, figures)]
        if step % 100 == 0:
            print(f"{step} at {progress:.3f}: sets {mean[0]:.3f}, names {mean[1]:.3f}", flush=True)
        if time.time() - validated > 180:
            print(f"error {error(network, valid, 120):.3f}", flush=True)
            save(options.out, network)
            validated = time.time()
    save(options.out, network)
    print(f"error {error(network, valid, 10_000):.3f} after {step} steps", flush=True)


if __name__ == "__main__":
    main()
