"""Whisper's network in torch, with what training alone needs.

Beside the published network there are a classifier of encoder frames (left out at export), and embeddings of timestamps
that are a table of sinusoids times a learned matrix (written out as ordinary rows at export), so that what is learned
of one timestamp holds for its neighbours.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

POSITIONS, TIMESTAMPS, LONGEST = 1500, 1501, 448


def sinusoids(count, width):
    """[count, width]: sines in the first half of a row, cosines in the second."""
    step = math.log(10000) / (width // 2 - 1)
    rates = torch.exp(-step * torch.arange(width // 2).float())
    angles = torch.arange(count).float()[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], 1)


def convolve(x, layer, stride):
    """A convolution of width 3 and padding 1 over [batch, time, channels], as one matrix product: the backward pass of
    oneDNN's convolution in Debian 12's torch gave garbage on some processors."""
    padded = F.pad(x, (0, 0, 1, 1))
    steps = (x.shape[1] - 1) // stride + 1
    taps = torch.cat([padded[:, k:k + stride * (steps - 1) + 1:stride] for k in range(3)], -1)
    return F.linear(taps, layer.weight.permute(0, 2, 1).reshape(layer.weight.shape[0], -1), layer.bias)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def split(self, x):
        """[batch, time, width] -> [batch, heads, time, width / heads]"""
        return x.view(x.shape[0], -1, self.heads, x.shape[-1] // self.heads).transpose(1, 2)

    def forward(self, x, source, mask=None):
        """What x finds in the source, and how it looked: [batch, heads, time, time of the source]."""
        scale = (x.shape[-1] // self.heads) ** -0.5
        scores = self.split(self.query(x)) * scale @ self.split(self.key(source)).transpose(-1, -2)
        if mask is not None:
            scores = scores + mask
        looked = scores.softmax(-1)
        found = (looked @ self.split(self.value(source))).transpose(1, 2).reshape(x.shape)
        return self.out(found), looked


class EncoderLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.self_norm, self.self_attention = nn.LayerNorm(width), Attention(width, heads)
        self.inner_norm, self.wider, self.narrower = nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, dropout=0.0):
        normed = self.self_norm(x)
        x = x + F.dropout(self.self_attention(normed, normed)[0], dropout, self.training)
        return x + F.dropout(self.narrower(F.gelu(self.wider(self.inner_norm(x)))), dropout, self.training)


class DecoderLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.self_norm, self.self_attention = nn.LayerNorm(width), Attention(width, heads)
        self.cross_norm, self.cross_attention = nn.LayerNorm(width), Attention(width, heads)
        self.inner_norm, self.wider, self.narrower = nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, encoded, mask, dropout=0.0):
        normed = self.self_norm(x)
        x = x + F.dropout(self.self_attention(normed, normed, mask)[0], dropout, self.training)
        found, looked = self.cross_attention(self.cross_norm(x), encoded)
        x = x + F.dropout(found, dropout, self.training)
        return x + F.dropout(self.narrower(F.gelu(self.wider(self.inner_norm(x)))), dropout, self.training), looked


class Whisper(nn.Module):
    def __init__(self, text_tokens, tokens, width=160, heads=4, encoder_layers=4, decoder_layers=2):
        super().__init__()
        self.shape = {
            "text_tokens": text_tokens,
            "tokens": tokens,
            "width": width,
            "heads": heads,
            "encoder_layers": encoder_layers,
            "decoder_layers": decoder_layers,
        }
        self.conv1, self.conv2 = nn.Conv1d(80, width, 3, padding=1), nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.register_buffer("positions", sinusoids(POSITIONS, width))
        self.register_buffer("times", sinusoids(TIMESTAMPS, width))
        # How strongly the positions enter; folded into them at export.
        self.position_gain = nn.Parameter(torch.tensor([0.5]))
        self.encoder = nn.ModuleList(EncoderLayer(width, heads) for _ in range(encoder_layers))
        self.encoder_norm = nn.LayerNorm(width)
        self.embedding = nn.Embedding(tokens - TIMESTAMPS, width)
        self.time_embedding = nn.Linear(width, width)
        self.text_positions = nn.Parameter(torch.randn(LONGEST, width) * 0.02)
        self.decoder = nn.ModuleList(DecoderLayer(width, heads) for _ in range(decoder_layers))
        self.decoder_norm = nn.LayerNorm(width)
        self.frame = nn.Linear(width, text_tokens + 1)
        nn.init.normal_(self.embedding.weight, std=0.05)
        nn.init.normal_(self.time_embedding.weight, std=0.01)
        nn.init.zeros_(self.time_embedding.bias)

    def embeddings(self):
        """[tokens, width]: one row for each token, timestamps last; input and output share them."""
        return torch.cat([self.embedding.weight, self.time_embedding(self.times)], 0)

    def encode(self, features, offsets=None, dropout=0.0):
        """[batch, 80, frames] -> [batch, frames / 2, width]. With offsets each row begins that many positions late."""
        x = F.gelu(convolve(features.transpose(1, 2), self.conv1, 1))
        x = F.gelu(convolve(x, self.conv2, 2))
        length = x.shape[1]
        if offsets is None:
            positions = self.positions[:length]
        else:
            positions = torch.stack([self.positions[offset:offset + length] for offset in offsets])
        x = x + positions * self.position_gain
        for layer in self.encoder:
            x = layer(x, dropout)
        return self.encoder_norm(x)

    def decode(self, tokens, encoded, dropout=0.0):
        """Logits [batch, time, tokens], and how each layer looked at the sound."""
        table, length = self.embeddings(), tokens.shape[1]
        x = F.embedding(tokens, table) + self.text_positions[:length]
        mask = torch.full((length, length), float("-inf")).triu(1)
        looks = []
        for layer in self.decoder:
            x, looked = layer(x, encoded, mask, dropout)
            looks.append(looked)
        return self.decoder_norm(x) @ table.t(), looks


# Where each head of each encoder layer looks at first, in positions of 20 ms from its own; None is left to chance.
FIRST_LOOKS = ((-4, -1, 1, 4), (-8, -3, 3, 8), (-16, -6, 6, 16), (-10, 10, None, None))


@torch.no_grad()
def look_nearby(network, strength=1.98):
    """Starts the encoder's heads as attention to fixed offsets, made of the sinusoidal positions (the product of query
    and key is a sum of cosines of the distance). The encoder begins like a time-delay network and learns sounds several
    times faster; from an ordinary start it learned nothing for as long as the decoder could guess sentences instead."""
    width, heads = network.shape["width"], network.shape["heads"]
    per_head, half = width // heads, width // 2
    frequencies = [min(half - 1, 2 * k) for k in range(per_head // 2)]
    rates = torch.exp(-math.log(10000) / (half - 1) * torch.tensor(frequencies).float())
    network.position_gain.fill_(1.0)
    network.conv2.weight *= 2
    for layer, offsets in zip(network.encoder, FIRST_LOOKS):
        layer.self_attention.out.weight *= 0.4
        layer.narrower.weight *= 0.4
        query, key = layer.self_attention.query, layer.self_attention.key
        for head, offset in enumerate(offsets):
            if offset is None:
                continue
            rows = slice(head * per_head, (head + 1) * per_head)
            query.weight[rows] = torch.randn(per_head, width) * 0.02
            key.weight[rows] = torch.randn(per_head, width) * 0.02
            query.bias[rows] = 0
            for k, frequency in enumerate(frequencies):
                cosine, sine = torch.cos(rates[k] * offset), torch.sin(rates[k] * offset)
                first, second = head * per_head + k, head * per_head + per_head // 2 + k
                query.weight[first, frequency] += strength * cosine
                query.weight[first, half + frequency] += strength * sine
                query.weight[second, half + frequency] += strength * cosine
                query.weight[second, frequency] -= strength * sine
                key.weight[first, frequency] += strength
                key.weight[second, half + frequency] += strength
