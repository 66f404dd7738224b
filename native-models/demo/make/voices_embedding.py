"""Trains the embedding: what makes a voice the same in another sentence, another room and on the telephone.

    /usr/bin/python3 voices_embedding.py FEATURES OUT.pt [--minutes 6]

FEATURES is what voices_features.py wrote. It learns to name the speakers of the corpus by cosines with a margin (Wang and others,
"CosFace"), from a third of a second to four seconds of each. At the end the validation sentences say how alike the halves of
one voice are and how alike two voices are: the engine takes more than 0.85 for one voice (../../diarization/clustering.ts).
"""
import argparse
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from voices_network import Embedding

BATCH = 64
SCALE, MARGIN = 24.0, 0.25
SHORTEST, LONGEST = 30, 400  # frames of a crop
MASKED = 0.3  # chance that some bands of a crop are not heard


class Prints:
    def __init__(self, path, split):
        self.features = np.load(f"{path}.features.npy", mmap_mode="r")
        index = np.load(f"{path}.index.npy")
        self.speakers = int(index[:, 0].max()) + 1
        index = index[(index[:, 1] == split) & (index[:, 3] >= SHORTEST)]
        self.of = [index[index[:, 0] == speaker] for speaker in range(self.speakers)]

    def crop(self, speaker, frames):
        """So many frames of a speaker, from as many utterances as it takes, each band less its mean."""
        parts, left = [], frames
        while left > 0:
            _, _, first, count = self.of[speaker][np.random.randint(len(self.of[speaker]))]
            taken = min(left, count)
            begin = first + np.random.randint(count - taken + 1)
            parts.append(self.features[begin:begin + taken])
            left -= taken
        crop = np.concatenate(parts).astype(np.float32)
        return crop - crop.mean(0)

    def batch(self, speakers, frames):
        return torch.from_numpy(np.stack([self.crop(speaker, frames) for speaker in speakers]))


def margin_loss(prints, centres, speakers):
    likeness = prints @ F.normalize(centres, dim=1).t()
    return F.cross_entropy(SCALE * (likeness - MARGIN * F.one_hot(speakers, likeness.shape[1])), speakers)


@torch.no_grad()
def likenesses(network, prints, speakers, frames, each=12):
    """Cosines of the mean prints of two halves of one voice, and of the means of two voices, ascending."""
    network.eval()
    means = []
    for speaker in speakers:
        some = network(prints.batch([speaker] * each, frames))
        means.append(torch.stack([F.normalize(some[half::2].mean(0), dim=0) for half in (0, 1)]))
    network.train()
    first, second = torch.stack(means).unbind(1)
    between = (first @ first.t())[~torch.eye(len(means), dtype=torch.bool)]
    return (first * second).sum(1).sort()[0], between.sort()[0]


def report(network, prints, demo):
    for name, speakers in (("demo voices", range(demo)), ("others", range(demo, prints.speakers))):
        for frames in (60, 200):
            same, other = likenesses(network, prints, speakers, frames)
            most = other[int(0.95 * len(other))]
            print(f"{name}, {frames} frames: one voice from {same[0]:.3f}, median {same.median():.3f}; "
                  f"two up to {other[-1]:.3f}, 95 % {most:.3f}, median {other.median():.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("features")
    parser.add_argument("out")
    parser.add_argument("--minutes", type=float, default=6, help="of processor time")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--demo", type=int, default=8, help="demo voices, which come first")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    np.random.seed(options.seed)
    prints = Prints(options.features, 0)
    network = Embedding()
    centres = torch.nn.Parameter(torch.randn(prints.speakers, network.shape["size"]))
    parameters = [*network.parameters(), centres]
    optimiser = torch.optim.AdamW(parameters, lr=options.rate, weight_decay=0.02)
    # A demo voice is heard six times as often as another.
    chances = np.where(np.arange(prints.speakers) < options.demo, 6.0, 1.0)
    chances /= chances.sum()
    begun, progress, step, mean = time.process_time(), 0.0, 0, None
    while progress < 1:
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1, (step + 1) / 100) * max(0.02, 1 - progress)
        chosen = np.random.choice(prints.speakers, BATCH, p=chances)
        frames = int(np.exp(np.random.uniform(np.log(SHORTEST), np.log(LONGEST))))
        features = prints.batch(chosen, frames)
        for row in np.nonzero(np.random.random(BATCH) < MASKED)[0]:
            first = np.random.randint(features.shape[2])
            features[row, :, first:first + np.random.randint(1, 16)] = 0
        loss = margin_loss(network(features), centres, torch.from_numpy(chosen))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step += 1
        progress = (time.process_time() - begun) / (options.minutes * 60)
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        if step % 100 == 0:
            print(f"{step} at {progress:.3f}: {mean:.3f}", flush=True)
    torch.save({"network": network.state_dict(), "shape": network.shape}, options.out + ".part")
    os.replace(options.out + ".part", options.out)
    report(network, Prints(options.features, 1), options.demo)


if __name__ == "__main__":
    main()
