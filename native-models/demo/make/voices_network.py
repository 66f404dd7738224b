"""The two networks that tell voices apart: who speaks when in ten seconds, and how one voice sounds.

Their graphs take and give what the hub's exports of pyannote's segmentation 3.0 and WeSpeaker's ResNet34 do. Convolutions are
written as matrix products: Debian's torch 1.13 gets the gradients of its own wrong.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

RATE = 16_000
WINDOW = 10 * RATE
# A frame for each STEP samples, each hearing FIELD of them: 589 frames in ten seconds.
STEP, FIELD = 270, 991
FRAMES = (WINDOW - FIELD) // STEP + 1
# Sets of the three voices of a window, as bits, in the order of the hub's export.
SETS = (0b000, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110)
VOICES = 3
PERMUTATIONS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))

# Pitch is in the harmonics, heard over the whole field; the mouth in the bands, heard over its middle.
LOWEST, HIGHEST, TONES = 80.0, 1000.0, 58
SHORT, BANDS = 400, 40
FEATURES = TONES + BANDS


def waves(hertz, length):
    """[2 * tones, 1, length]: cosines, then sines, of tones under a window."""
    at = torch.arange(length, dtype=torch.float64)
    window = 0.5 - 0.5 * torch.cos(2 * math.pi * (at + 0.5) / length)
    turns = 2 * math.pi * torch.as_tensor(hertz, dtype=torch.float64)[:, None] * at[None] / RATE
    return (torch.cat([turns.cos(), turns.sin()]) * window / window.sum())[:, None].float()


def mel_bands(hertz, lowest=60.0, highest=7600.0):
    """[tones, BANDS]: triangles, even on the mel scale."""
    def mel(value):
        return 2595 * torch.log10(1 + torch.as_tensor(value, dtype=torch.float64) / 700)

    edges = torch.linspace(float(mel(lowest)), float(mel(highest)), BANDS + 2, dtype=torch.float64)
    place = mel(hertz)[:, None]
    rising = (place - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - place) / (edges[2:] - edges[1:-1])
    weights = torch.minimum(rising, falling).clamp_min(0)
    return (weights / weights.sum(0)).float()


class Spectra(nn.Module):
    """[batch, 1, samples] -> [batch, frames, FEATURES]: log energies below the loudest of the window, from -3 to 1."""

    def __init__(self):
        super().__init__()
        hertz = torch.arange(1, SHORT // 2, dtype=torch.float64) * RATE / SHORT
        self.register_buffer("tones", waves(torch.linspace(LOWEST, HIGHEST, TONES), FIELD))
        self.register_buffer("mouth", waves(hertz, SHORT))
        self.register_buffer("bands", mel_bands(hertz))

    @torch.no_grad()
    def forward(self, samples):
        before = (FIELD - SHORT) // 2
        middle = samples[..., before:samples.shape[2] - (FIELD - SHORT - before)]
        sounds = ((samples, self.tones), (middle, self.mouth))
        heard = [F.conv1d(sound, waves, stride=STEP).transpose(1, 2) ** 2 for sound, waves in sounds]
        power = [one[..., :one.shape[2] // 2] + one[..., one.shape[2] // 2:] for one in heard]
        levels = torch.cat([power[0], power[1] @ self.bands], 2).clamp_min(1e-11).log10()
        loudest = levels.amax((1, 2), keepdim=True)
        return torch.maximum(levels - loudest, levels.new_full((1,), -6.0)) / 1.5 + 1


class Segmentation(nn.Module):
    """Features of a window -> log probability of each set of voices in each frame. Three frames are heard in one step."""

    TOGETHER = 3

    def __init__(self, speakers, width=160, hidden=112):
        super().__init__()
        self.shape = {"speakers": speakers, "width": width, "hidden": hidden}
        self.enter = nn.Linear(FEATURES * self.TOGETHER, width)
        self.mix = nn.Linear(width * 3, width)
        self.first = nn.GRU(width, hidden, batch_first=True, bidirectional=True)
        self.second = nn.GRU(2 * hidden, hidden, batch_first=True, bidirectional=True)
        self.leave = nn.Linear(2 * hidden, 128)
        self.sets = nn.Linear(128, len(SETS) * self.TOGETHER)
        # Only for training: which speaker of the corpus this is.
        self.who = nn.Linear(2 * hidden, speakers)

    def forward(self, features, dropout=0.0):
        """Answers with [batch, frames, sets] and what `who` is asked of: [batch, frames / 3, 2 * hidden]."""
        frames = features.shape[1]
        steps = (frames + self.TOGETHER - 1) // self.TOGETHER
        padded = F.pad(features, (0, 0, 0, self.TOGETHER - 1))[:, :steps * self.TOGETHER]
        x = torch.relu(self.enter(padded.reshape(features.shape[0], steps, FEATURES * self.TOGETHER)))
        x = torch.relu(self.mix(neighbours(x, 3, 1)))
        known, _ = self.first(F.dropout(x, dropout, self.training))
        told, _ = self.second(F.dropout(known, dropout, self.training))
        scores = self.sets(torch.relu(self.leave(told)))
        scores = scores.reshape(features.shape[0], steps * self.TOGETHER, len(SETS))[:, :frames]
        return scores.log_softmax(-1), known


class Hearing(nn.Module):
    """What is exported of a segmentation: samples in, log probabilities out."""

    def __init__(self, segmentation):
        super().__init__()
        self.spectra, self.segmentation = Spectra(), segmentation

    def forward(self, samples):
        return self.segmentation(self.spectra(samples))[0]


def neighbours(x, size, apart):
    """[batch, frames, width] -> [batch, frames, size * width]: each frame with those around it, nothing beyond the ends."""
    reach = size // 2 * apart
    padded = F.pad(x, (0, 0, reach, reach))
    return torch.cat([padded[:, k * apart:k * apart + x.shape[1]] for k in range(size)], 2)


class Embedding(nn.Module):
    """[batch, frames, 80] features as Kaldi makes them, less their mean -> [batch, 64], of length one."""

    CONTEXTS = ((5, 1), (3, 2), (3, 3))

    def __init__(self, bands=80, width=128, wide=256, size=64):
        super().__init__()
        self.shape = {"bands": bands, "width": width, "wide": wide, "size": size}
        widths = [bands, width, width, width]
        self.layers = nn.ModuleList(nn.Linear(a * n, b) for a, b, (n, _) in zip(widths, widths[1:], self.CONTEXTS))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in self.CONTEXTS)
        self.widen = nn.Linear(width, wide)
        self.leave = nn.Linear(2 * wide, size)

    def forward(self, features):
        x = features / 4
        for layer, norm, (size, apart) in zip(self.layers, self.norms, self.CONTEXTS):
            x = norm(torch.relu(layer(neighbours(x, size, apart))))
        x = torch.relu(self.widen(x))
        mean = x.mean(1)
        spread = ((x - mean[:, None]) ** 2).mean(1).add(1e-5).sqrt()
        out = self.leave(torch.cat([mean, spread], 1))
        return out / out.norm(dim=1, keepdim=True).clamp_min(1e-6)
