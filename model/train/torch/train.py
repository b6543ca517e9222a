#!/usr/bin/env python3
"""Trains the model of par-midi in PyTorch, on a card; options and run as par-midi train's."""

import os
import signal
import sys
import time

try:
    import numpy  # noqa: F401
    import torch
    import torch.distributed as dist
except ImportError as missing:
    sys.exit(f"train.py: {missing}: it takes PyTorch and NumPy (apt install "
             f"python3-torch, or pip install torch numpy)")

import files
import options
import run as runs
import trainer
import windows
from files import Wrong


def find_device(a):
    name = a.device or "cuda"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise Wrong("there is no card that PyTorch can use; --device cpu trains without one")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise Wrong(f'--device cannot be "{name}", only cuda, cuda:N or cpu') from None
    if device.type == "cuda" and "LOCAL_RANK" in os.environ:
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    if device.type == "cuda":
        torch.cuda.set_device(device)
    return device


def open_corpora(paths, mix, all, tokenizer):
    whole = None
    for path, weight in zip(paths, mix):
        corpus = files.Corpus(path)
        if not corpus.tokenizer or tokenizer not in (None, corpus.tokenizer):
            raise Wrong(f"{path}: is a corpus of {corpus.vocabulary} tokens, those of "
                        f"{corpus.tokenizer or 'no tokenizer that is known'}" +
                        (f", not of {tokenizer}" if tokenizer else ""))
        tokenizer = corpus.tokenizer
        if not corpus.of(0):
            raise Wrong(f"{path}: has nothing to train on")
        corpus.weigh(weight)
        if whole:
            whole.join(corpus, all)
        whole = whole or corpus
    return whole


def set_up(a):
    device = find_device(a)
    ranks = trainer.Ranks(device)
    parent = a.resume or a.cooldown
    model = files.read_model(a.begin) if a.begin else None
    o, paths, ranges = None, a.corpora, dict(windows.USUAL)
    mix, all = [], a.validate_all
    if parent:
        o = runs.read_options(parent)
        known, mix, all, ranges = runs.Run(parent).read_data()
        paths = paths or known
        if not paths:
            raise Wrong(f"{parent} does not say what it was trained on, so the corpus must be given")
    if len(mix) != len(paths):
        mix = options.read_mix(a.mix, len(paths))
    corpus = open_corpora(paths, mix, all, o.tokenizer if o else a.tokenizer)
    if a.cooldown and ranges:
        runs.narrow(ranges)
    if a.no_augment:
        ranges = None
    for name in windows.AUGMENTS:
        if getattr(a, name):
            if ranges is None:
                raise Wrong(f"--{name} does not go with a run without augmentation")
            ranges[name] = runs.read_range(name, getattr(a, name))
    if a.cooldown:
        options.branch_options(a, o)
    elif a.resume:
        options.set_course(a, o)
    else:
        o = options.new_options(a, corpus, model)
    for text in a.change:
        o.add_change(text)
    folder = a.resume or a.out or (f"{a.cooldown}-cooled" if a.cooldown else
                                   time.strftime("runs/torch-%Y-%m-%d-%H%M"))
    if not a.resume and ranks.rank == 0 and \
            os.path.exists(os.path.join(folder, "config.json")):
        raise Wrong(f"{folder} already holds a run: --resume continues it, another --out "
                    f"makes a new one")
    o.report_every = o.report_every or 20
    o.validate_every = o.validate_every or max(250, o.steps // 20)
    o.validation_windows = o.validation_windows or 64
    if min([o.batch] + [c[2] for c in o.changes if c[1] == "batch"]) < ranks.count:
        raise Wrong(f"a batch of {o.batch} windows cannot be shared by {ranks.count} processes")
    if a.workers is None:
        a.workers = min(12, os.cpu_count() // ranks.count) if device.type == "cuda" else 0
    torch.manual_seed(o.seed + ranks.rank)
    run = runs.Run(folder)
    t = trainer.Trainer(o, corpus, ranges, run, ranks, device, a)
    if ranks.rank == 0:
        if a.resume and run.has_state():
            t.load(run)
        elif a.cooldown:
            t.branch(runs.Run(a.cooldown))
        elif model:
            t.begin_with(model[1])
        past = [c for c in a.change if int(c.split(":")[0]) < t.at.step]
        if past:
            raise Wrong(f"--change: {folder} is at step {t.at.step} and past {past[0]}")
        run.forget(t.at.step)
        run.write_options(o)
        run.write_data(paths, mix, all, corpus, ranges)
    return t


def main():
    a = options.parse()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, trainer.ask_to_stop)
    try:
        set_up(a).train()
    except Wrong as wrong:
        print(f"train.py: {wrong}", file=sys.stderr)
        return 1
    return 128 + trainer.stop if trainer.stop else 0


if __name__ == "__main__":
    status = main()
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()
    sys.exit(status)
