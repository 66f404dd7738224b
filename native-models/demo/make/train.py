"""Trains the demo voice.

    /usr/bin/python3 train.py CORPUS TOKENIZER.json OUT.pt --minutes 120 [--processes 2] [--from EARLIER.pt --start 0.35]

The time budget is the schedule. Up to 0.3 of it windows hold a single utterance, up to 0.8 mostly several in 5 to 14 s,
then mostly whole windows of 30 s; the rate falls from 0.15 on. Several single-thread processes that average their
gradients are about three times as fast on two cores as one process with two threads. OUT.pt is written every minute;
--from and --start go on from one, in the middle of the schedule.

What makes it learn in an hour or two: every frame of the encoder is told which token is being said (word times are
known), some cross-attention heads are told where to look, the encoder begins by looking nearby (network.look_nearby),
and some of the words the decoder has read are replaced by others, so that it listens and does not complete sentences.
"""
import argparse
import math
import os
import random as randomness
import time

import torch
import torch.distributed as together
import torch.nn.functional as F

import windows
from features import log_mel
from network import POSITIONS, Whisper, look_nearby
from tokenizer import Tokenizer
from windows import POSITIONS_A_SECOND, RATE, Corpus

# What each head of cross attention is told to look at: the token that its step says, or the one that it reads.
# Whisper's own word times come from the steps that say a token; those two heads are the alignment heads at export.
SAYING_HEADS = ((-1, 0), (-1, 1))
READING_HEADS = ((0, 0), (-1, 2))
# A timestamp that is off by 20 or 40 ms is nearly right.
TIMESTAMP_SHARES = ((-2, 0.06), (-1, 0.2), (0, 0.48), (1, 0.2), (2, 0.06))
REPLACED = 0.15
DROPOUT = 0.05


def random_batch(corpus, tokenizer, random, progress, seconds_a_batch):
    kind = random.random()
    if (progress > 0.5 and kind < 0.3) or (progress > 0.8 and kind < 0.7):
        # Whole windows, most of them padded with silence, as a recogniser gets them.
        chosen = [filled(corpus, random, 30.0, 0.35) for _ in range(max(1, int(seconds_a_batch / 26)))]
        return windows.batch_of(tokenizer, chosen, [0] * len(chosen), random)
    early, late = progress < 0.3, progress >= 0.8
    if early or random.random() < (0.1 if late else 0.3):
        # Single utterances of about the same length; the longest come a little later.
        last = len(corpus.utterances) - 1 if progress > 0.1 else int(len(corpus.utterances) * 0.8)
        place = random.randrange(0, last)
        seconds = corpus.utterances[min(place + 8, last)]["n"] / RATE * 1.09 + random.uniform(0.25, 0.8)
        seconds = math.ceil(seconds * POSITIONS_A_SECOND) / POSITIONS_A_SECOND
        count = max(2, int(seconds_a_batch / seconds))
        near = [corpus.utterances[min(last, max(0, place + random.randrange(-20, 9)))] for _ in range(count)]
        chosen = [windows.lay_out(corpus, random, seconds, [utterance], lead=0.5) for utterance in near]
    else:
        seconds = random.uniform(8, 20) if late else random.uniform(5, 14)
        seconds = round(seconds * POSITIONS_A_SECOND) / POSITIONS_A_SECOND
        chosen = [filled(corpus, random, seconds) for _ in range(max(2, int(seconds_a_batch / seconds)))]
    # Short windows stand anywhere in the thirty seconds, so that all positions are learned.
    room = POSITIONS - round(seconds * POSITIONS_A_SECOND)
    offsets = [0 if random.random() < (0.6 if late else 0.4) else random.randrange(0, room + 1) for _ in chosen]
    return windows.batch_of(tokenizer, chosen, offsets, random)


def filled(corpus, random, seconds, crowded=0.65):
    """A window with as many utterances as fit, or one to three; one in fifty without any."""
    if random.random() < 0.02:
        return windows.lay_out(corpus, random, seconds, [])
    count = 1 + int(seconds / 3) if random.random() < crowded else random.randrange(1, 4)
    utterances = [random.choice(corpus.utterances) for _ in range(count)]
    lead = 3 if random.random() < 0.3 else 0.6
    return windows.lay_out(corpus, random, seconds, utterances, cut_in=0.2, lead=lead, gap=1.2, far_apart=random.random() < 0.3)


def misread(read, tokenizer, progress):
    """Some of the text tokens that the decoder reads are replaced by any others."""
    replaced = (torch.rand(read.shape) < REPLACED * min(1, progress / 0.3)) & (read < tokenizer.text_tokens)
    replaced[:, :3] = False
    return torch.where(replaced, torch.randint(0, tokenizer.text_tokens, read.shape), read)


def losses(network, tokenizer, batch, progress):
    """What is to become small, and figures to print: words, frames, attention, share of text tokens right, timestamp error (s)."""
    dropout = DROPOUT if progress > 0.1 else 0.0
    encoded = network.encode(batch.features, batch.offsets, dropout)
    logits, looks = network.decode(misread(batch.read, tokenizer, progress), encoded, dropout)

    said = batch.said >= 0
    truth = batch.said[said]
    likely = logits[said].log_softmax(-1)
    words = -likely.gather(1, truth[:, None])[:, 0]
    timed = truth >= tokenizer.first_timestamp
    if timed.any():
        spread = 0
        for shift, share in TIMESTAMP_SHARES:
            near = (truth + shift).clamp(tokenizer.first_timestamp, tokenizer.size - 1).masked_fill(~timed, 0)
            spread = spread - share * likely.gather(1, near[:, None])[:, 0]
        words = torch.where(timed, spread, words)
    right = (likely.argmax(1) == truth)[~timed].float().mean().item()
    guessed = likely[:, tokenizer.first_timestamp:].argmax(1) + tokenizer.first_timestamp
    time_error = (guessed - truth).abs()[timed].float().mean().item() / POSITIONS_A_SECOND if timed.any() else 0.0

    # Half of the frames are enough.
    some = torch.randint(0, batch.frames.numel(), (batch.frames.numel() // 2,))
    frames = F.cross_entropy(network.frame(encoded.reshape(-1, encoded.shape[-1])[some]), batch.frames.view(-1)[some])

    attention = torch.tensor(0.0)
    if len(batch.spans) > 0:
        saying = attention_loss(looks, SAYING_HEADS, batch.spans)
        reading = batch.spans + torch.tensor([0, 1, 0, 0])
        reading = reading[reading[:, 1] < batch.said.shape[1]]
        attention = saying / 2 + attention_loss(looks, READING_HEADS, reading) / 2

    frame_weight = 1.5 if progress < 0.3 else 0.6 if progress < 0.6 else 0.3
    attention_weight = 0.15 if progress < 0.5 else 0.3
    total = words.mean() + frame_weight * frames + attention_weight * attention
    return total, (words.mean().item(), frames.item(), attention.item(), right, time_error)


def attention_loss(looks, heads, spans):
    """How little each head looks at where a token was said, summed over the heads."""
    rows, places, first, after = spans.t()
    positions = torch.arange(looks[0].shape[-1])[None]
    inside = ((positions >= first[:, None]) & (positions < after[:, None])).float()
    inside = inside / inside.sum(1, keepdim=True)
    return sum(-(inside * (looks[layer][rows, head, places] + 1e-6).log()).sum(1).mean() for layer, head in heads)


@torch.no_grad()
def word_error(network, tokenizer, corpus, count):
    """Word error on validation utterances, heard greedily and without timestamps."""
    network.eval()
    random, seconds = randomness.Random(3), 12.0
    short = [utterance for utterance in corpus.utterances if utterance["n"] < (seconds - 0.6) * RATE]
    chosen = short[:: max(1, len(short) // count)]
    errors = words = 0
    for first in range(0, len(chosen), 8):
        some = [windows.lay_out(corpus, random, seconds, [one], altered=False, lead=0.3) for one in chosen[first:first + 8]]
        encoded = network.encode(log_mel(torch.stack([torch.from_numpy(window.samples) for window in some])))
        prompt = [tokenizer.start_of_transcript, tokenizer.english, tokenizer.transcribe, tokenizer.no_timestamps]
        tokens = torch.tensor([prompt] * len(some))
        done = torch.zeros(len(some), dtype=torch.bool)
        for _ in range(70):
            best = network.decode(tokens, encoded)[0][:, -1].argmax(-1).masked_fill(done, tokenizer.end_of_text)
            tokens = torch.cat([tokens, best[:, None]], 1)
            done |= best == tokenizer.end_of_text
            if done.all():
                break
        for window, row in zip(some, tokens.tolist()):
            truth = comparable(" ".join(word for phrase in window.phrases for word, _, _ in phrase))
            errors += edits(comparable(tokenizer.text(row[len(prompt):])), truth)
            words += len(truth)
    network.train()
    return errors / max(1, words)


def comparable(text):
    return "".join(letter if letter.isalnum() or letter in "' " else " " for letter in text.lower()).split()


def edits(first, second):
    row = list(range(len(second) + 1))
    for i, one in enumerate(first, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(second, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
    return row[-1]


def average(parameters, progress, processes):
    """Gradients, and the clock, as the mean over all processes, so that all stay the same network."""
    gradients = [torch.zeros_like(one) if one.grad is None else one.grad for one in parameters]
    flat = torch.cat([gradient.view(-1) for gradient in gradients] + [torch.tensor([progress])])
    together.all_reduce(flat)
    flat /= processes
    place = 0
    for one in parameters:
        one.grad = flat[place:place + one.numel()].view_as(one)
        place += one.numel()
    return float(flat[-1])


def save(path, network, optimiser):
    torch.save({"network": network.state_dict(), "shape": network.shape, "optimiser": optimiser.state_dict()}, path + ".part")
    os.replace(path + ".part", path)


def train(rank, options):
    torch.set_num_threads(1)
    leads = rank == 0
    if options.processes > 1:
        address = f"tcp://127.0.0.1:{options.port}"
        together.init_process_group("gloo", init_method=address, rank=rank, world_size=options.processes)
    torch.manual_seed(options.seed)
    tokenizer = Tokenizer(options.tokenizer)
    corpus, validation = Corpus(options.corpus, "train"), Corpus(options.corpus, "valid")
    network = Whisper(tokenizer.text_tokens, tokenizer.size)
    if options.earlier is None:
        look_nearby(network)
    matrices = [one for one in network.parameters() if one.dim() > 1]
    others = [one for one in network.parameters() if one.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0}]
    optimiser = torch.optim.AdamW(groups, lr=options.rate, betas=(0.9, 0.98))
    if options.earlier is not None:
        before = torch.load(options.earlier)
        network.load_state_dict(before["network"])
        optimiser.load_state_dict(before["optimiser"])
    if leads:
        hours = sum(utterance["n"] for utterance in corpus.utterances) / RATE / 3600
        size = sum(one.numel() for one in network.parameters()) / 1e6
        print(f"{len(corpus.utterances)} utterances, {hours:.1f} h; {size:.2f} million parameters", flush=True)

    # From here on each process draws its own windows.
    random = randomness.Random(options.seed * 100 + rank)
    torch.manual_seed(options.seed * 100 + rank)
    parameters = list(network.parameters())
    warm_up = 150 if options.earlier is None else 40
    begun = saved = validated = time.time()
    progress, step, heard, mean = options.start, 0, 0.0, None
    while progress < 1:
        falling = 1 if progress < 0.15 else max(0.02, 1 - (progress - 0.15) / 0.85)
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1, (step + 1) / warm_up) * falling
        batch = random_batch(corpus, tokenizer, random, progress, options.seconds)
        heard += batch.features.shape[0] * batch.features.shape[2] / 100
        total, figures = losses(network, tokenizer, batch, progress)
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        progress = options.start + (1 - options.start) * (time.time() - begun) / (options.minutes * 60)
        if options.processes > 1:
            progress = average(parameters, progress, options.processes)
        norm = torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        if torch.isfinite(norm):
            optimiser.step()
        step += 1
        mean = figures if mean is None else [0.97 * old + 0.03 * new for old, new in zip(mean, figures)]
        if not leads:
            continue
        if step % 50 == 0:
            words, frames, attention, right, error = mean
            print(
                f"{step} at {progress:.3f}, {heard / 3600:.2f} h heard: words {words:.3f}, frames {frames:.3f}, "
                f"attention {attention:.2f}, right {right:.3f}, times {error:.2f} s",
                flush=True,
            )
        if time.time() - validated > 360:
            print(f"word error {word_error(network, tokenizer, validation, 16):.3f}", flush=True)
            validated = time.time()
        if time.time() - saved > 60:
            save(options.out, network, optimiser)
            saved = time.time()
    if leads:
        save(options.out, network, optimiser)
        print(f"word error {word_error(network, tokenizer, validation, 64):.3f} after {step} steps", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("tokenizer")
    parser.add_argument("out")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rate", type=float, default=2e-3, help="1e-3 when going on from an earlier run")
    parser.add_argument("--seconds", type=float, default=26, help="of sound in a batch of one process")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="earlier")
    parser.add_argument("--start", type=float, default=0.0, help="where in the schedule to begin, 0 to 1")
    parser.add_argument("--port", type=int, default=29555)
    options = parser.parse_args()
    if options.processes == 1:
        train(0, options)
    else:
        torch.multiprocessing.spawn(train, (options,), options.processes)


if __name__ == "__main__":
    main()
