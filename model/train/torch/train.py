#!/usr/bin/env python3
"""Trains the model of par-midi in PyTorch, on a card; options and run as par-midi train's.

usage: train.py CORPUS... [OPTIONS]    CORPUS: what `par-midi train --check DIR --cache CORPUS`
       torchrun --nproc-per-node K train.py CORPUS... [OPTIONS]       wrote
"""

import argparse
import contextlib
import math
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
import optimizer
import perceiver
import run as runs
import windows
from files import Wrong

SAVE_SECONDS = 120
COARSE = 512  # sizes of batches on a card are multiples of this
stop = 0      # the signal that asked for an end


# --- ranks ---

class Ranks:
    def __init__(self, device):
        self.count = int(os.environ.get("WORLD_SIZE", 1))
        self.rank = int(os.environ.get("RANK", 0))
        if self.count > 1:
            dist.init_process_group("nccl" if device.type == "cuda" else "gloo")

    def sum(self, x):
        if self.count > 1:
            dist.all_reduce(x)

    def share(self, x):
        if self.count > 1:
            dist.broadcast(x, 0)


# --- windows, drawn ahead ---

class Steps(torch.utils.data.Dataset):
    """The batches of a step that are this rank's, `micro` windows each."""

    def __init__(self, corpus, o, ranges, ranks, micro, coarse):
        self.o, self.rank, self.count = o, ranks.rank, ranks.count
        self.micro, self.coarse = micro, coarse
        self.source = windows.Source(corpus, o, ranges)
        self.segments = SegmentsAt(corpus, o)

    def __getitem__(self, step):
        now = self.o.at(step, 1)
        segments = self.segments.of(step)
        mine = [self.source.draw(now.config, now.keep, segments and segments[i], step, i)
                for i in range(self.rank, now.batch, self.count)]
        size = self.micro or len(mine)
        return [(windows.batch_of(mine[i:i + size], now.config, self.coarse),
                 sum(w.n for w in mine[i:i + size])) for i in range(0, len(mine), size)]


class SegmentsAt:
    """An epoch's segments by step."""

    def __init__(self, corpus, o):
        self.o, self.drawn, self.last = o, 0, None
        self.epochs = windows.Epochs(corpus.of(0), o.config.context, o.seed) \
            if o.windows == "epoch" else None

    def of(self, step):
        while self.epochs and self.drawn <= step:
            then = self.o.at(self.drawn, 1)
            self.last = self.epochs.take(then.batch, then.config.latents)
            self.drawn += 1
        return self.last

    def done(self, step):
        if self.epochs and step > 0:
            self.of(step - 1)
        return self.epochs.done() if self.epochs else math.nan


def as_it_is(x):
    return x


def ignore_signals(_):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it


def loader(steps, first, workers, device):
    return iter(torch.utils.data.DataLoader(
        steps, batch_size=None, sampler=range(first, 1 << 40), num_workers=workers,
        collate_fn=as_it_is, pin_memory=device.type == "cuda",
        worker_init_fn=ignore_signals, prefetch_factor=4 if workers else
        (2 if torch.__version__ < "2" else None)))


# --- training ---

class Trainer:
    def __init__(self, o, corpus, ranges, run, ranks, device, a):
        self.o, self.corpus, self.ranges, self.run = o, corpus, ranges, run
        self.ranks, self.device, self.a = ranks, device, a
        self.at, self.tokens = runs.At(), corpus.share(0)
        self.net = perceiver.Perceiver(o.config)
        optimizer.initialise(self.net, o.seed)
        self.net.to(device)
        self.optimizer = optimizer.Optimizer(self.net, o.muon, o.beta2,
                                             heads=o.config.heads)
        self.average = self.optimizer.w.clone() if o.average else None
        self.segments = SegmentsAt(corpus, o)
        self.sums = torch.zeros(4, dtype=torch.float64, device=device)
        self.norm = math.nan
        if device.type == "cuda" and not a.no_compile and hasattr(torch, "compile"):
            limits = torch._dynamo.config  # each layer, training and validating, is one
            for name in ("cache_size_limit", "recompile_limit"):
                if hasattr(limits, name):
                    setattr(limits, name, 8 + 4 * o.config.layers)
            for layer in self.net.layers:
                layer.forward = torch.compile(layer.forward)

    leads = property(lambda self: self.ranks.rank == 0)

    # --- beginning ---

    def load(self, run):
        tensors, self.at, trouble = run.read_state(len(self.optimizer.w), self.o.average > 0)
        self.optimizer.load(tensors)
        self.optimizer.step = self.at.step
        if self.average is not None:
            self.optimizer.into(self.average, tensors["average"])
        if trouble:
            print(f"train.py: {trouble}", file=sys.stderr)

    def begin_with(self, weights):
        """Of tensors with rows a token the rows that both have: parameters_take()."""
        with torch.no_grad():
            for name, p in self.net.named_parameters():
                t = weights.get(name)
                if t is not None and t.shape[1:] == p.shape[1:]:
                    rows = min(len(t), len(p))
                    p[:rows] = t[:rows].to(p.device)
        if self.average is not None:
            self.average.copy_(self.optimizer.w)

    def branch(self, parent):
        self.load(parent)
        self.o.branched, self.o.branched_elapsed = self.at.step, self.at.elapsed
        if not self.o.minutes:
            self.o.steps += self.at.step
        self.o.changes = [c for c in self.o.changes if c[0] <= self.at.step]
        self.at.best = math.nan

    # --- the course ---

    def elapsed(self):
        return self.before + time.monotonic() - self.sitting

    def progress(self):
        o = self.o
        done = (self.clock - o.branched_elapsed) / (o.minutes * 60) if o.minutes > 0 else \
            (self.at.step - o.branched) / max(1, o.steps - o.branched)
        return min(max(done, 0), 1)

    def autocast(self):
        if self.device.type == "cuda" and self.o.mixed:
            return torch.autocast("cuda", torch.bfloat16)
        return contextlib.nullcontext()

    def step(self, batches, now, rate):
        """False: it was stopped. All ranks hear of it in the same sum."""
        opt, s = self.optimizer, self.sums
        opt.zero()
        s.zero_()
        for batch, latents in batches:
            batch = windows.to_device(batch, self.device)
            with self.autocast():
                logits = self.net(batch, now.dropout)
            loss, nats = perceiver.loss_sums(logits, batch.targets)
            loss.backward()
            s[0] += nats
            s[1] += latents
        s[2], s[3] = self.elapsed() if self.leads else 0, float(stop > 0)
        self.ranks.sum(s)
        self.ranks.sum(opt.grad)
        nats, latents, clock, stopped = s.tolist()
        if stopped:
            return False
        self.norm = opt.norm() / latents
        if not math.isfinite(nats) or not math.isfinite(self.norm):
            raise self.diverged("is not a number any more")
        clip = self.o.clip / self.norm if self.norm > self.o.clip else 1
        opt.update(rate, clip / latents, now.decay)
        self.at.step += 1
        if self.average is not None:
            f = min(self.o.average, (1 + self.at.step) / (10 + self.at.step))
            self.average.lerp_(opt.w, 1 - f)
        self.at.loss_sum += nats
        self.at.loss_count += int(latents)
        self.latents += latents
        self.clock = clock
        return True

    def diverged(self, what):
        return Wrong(f"{self.run.folder}: the loss {what} at step {self.at.step}; the "
                     f"checkpoint before it stands (a lower --rate may help)")

    # --- books ---

    @contextlib.contextmanager
    def weights(self, flat):
        """The net has other weights for a while."""
        own = self.optimizer.w.clone()
        self.optimizer.w.copy_(flat)
        try:
            yield {n: p.detach() for n, p in self.net.named_parameters()}
        finally:
            self.optimizer.w.copy_(own)

    def validate(self, now):
        """Nats a token: evaluate_windows()."""
        c, count = now.config, self.o.validation_windows
        pieces = self.corpus.of(1)
        total = sum(len(p.tokens) for p in pieces)
        some, seen, nats, tokens = [], 0, 0.0, 0
        for p in pieces:
            while len(some) < count:
                end = (2 * len(some) + 1) * total // (2 * count) - seen
                if end >= len(p.tokens):
                    break
                end = max(end, 1)
                part = p.tokens[max(0, end - c.context):end + 1].astype("int64")
                some.append(windows.cut(part, len(part) - 1, c.latents, c))
            seen += len(p.tokens)
        size = self.a.micro or now.batch
        for i in range(0, len(some), size):
            part = some[i:i + size]
            batch = windows.batch_of(part, c, COARSE if self.device.type == "cuda" else 1)
            for row, w in zip(batch.targets, part):
                row[:w.n // 2] = -1
            tokens += int((batch.targets >= 0).sum())
            batch = windows.to_device(batch, self.device)
            with torch.no_grad(), self.autocast():
                nats += float(perceiver.loss_sums(self.net(batch), batch.targets)[1])
        return nats / tokens if tokens else math.nan

    def validated(self, now):
        at, began = self.at, time.monotonic()
        if self.average is not None:
            with self.weights(self.average):
                at.average = self.validate(now)
        at.validation, at.validated = self.validate(now), at.step
        at.elapsed = self.elapsed()
        self.run.add_metric(step=at.step, validation=at.validation,
                            validation_average=at.average, elapsed=at.elapsed,
                            epoch=self.segments.done(at.step))
        averaged = at.average < at.validation
        nats = at.average if averaged else at.validation
        if math.isfinite(nats) and not nats >= at.best:
            at.best = nats
            with self.weights(self.average if averaged else self.optimizer.w) as w:
                self.run.write_model("best.safetensors", now, w, at, nats)
        print(f"step {at.step}  validation {nats:.4f}", file=sys.stderr, flush=True)
        self.reported += time.monotonic() - began

    def report(self, rate):
        at, now = self.at, time.monotonic()
        loss = at.loss_sum / max(1, at.loss_count)
        if loss > 2 * math.log(self.o.config.vocabulary):
            raise self.diverged("has run away")
        speed = self.latents / max(1e-6, now - self.reported)
        self.run.add_metric(step=at.step, loss=loss, rate=rate, norm=self.norm,
                            latents_per_second=speed, elapsed=self.elapsed(),
                            epoch=self.segments.done(at.step))
        print(f"step {at.step}  loss {loss:.4f}  rate {rate:.2e}  {speed:.0f} latents/s",
              file=sys.stderr, flush=True)
        at.loss_sum, at.loss_count, at.reported, self.latents = 0.0, 0, at.step, 0
        self.reported = time.monotonic()

    def save(self, now):
        began, at, opt = time.monotonic(), self.at, self.optimizer
        if not torch.isfinite(opt.w).all():
            raise self.diverged("is not a number any more")
        at.elapsed = self.elapsed()
        tensors = opt.tensors()
        if self.average is not None:
            tensors["average"] = opt.out(self.average)
        self.run.write_state(tensors, at)
        for name, flat, nats in (("last", opt.w, at.validation),
                                 ("average", self.average, at.average)):
            if flat is not None:
                with self.weights(flat) as w:
                    self.run.write_model(f"{name}.safetensors", now, w, at, nats)
        self.saved = time.monotonic()
        self.reported += self.saved - began

    def begin_alike(self):
        """Whatever rank 0 began with or has read, all begin with."""
        o, at, opt = self.o, self.at, self.optimizer
        said = torch.tensor([o.steps, o.branched, o.branched_elapsed, at.step, at.elapsed],
                            dtype=torch.float64, device=self.device)
        for x in (said, opt.w, opt.m, opt.v):
            self.ranks.share(x)
        o.steps, o.branched, o.branched_elapsed, at.step, at.elapsed = said.tolist()
        o.steps, o.branched, at.step = int(o.steps), int(o.branched), int(at.step)
        opt.step = at.step
        self.before = self.clock = at.elapsed
        self.latents, self.sitting = 0, time.monotonic()
        self.reported = self.saved = self.sitting

    def train(self):
        o, at = self.o, self.at
        self.begin_alike()
        coarse = COARSE if self.device.type == "cuda" else 1
        steps = Steps(self.corpus, o, self.ranges, self.ranks, self.a.micro, coarse)
        batches = loader(steps, at.step, self.a.workers, self.device)
        now = o.at(at.step, self.tokens)
        while self.progress() < 1:
            now = o.at(at.step, self.tokens)
            rate = now.rate_at(at.step, self.progress())
            if not self.step(next(batches), now, rate):
                break
            if not self.leads:
                continue
            ended = self.progress() >= 1
            if at.step % o.report_every == 0 or ended:
                self.report(rate)
            if at.step % o.validate_every == 0 or ended:
                self.validated(now)
            due = at.step % o.save_every == 0 if o.save_every else \
                time.monotonic() - self.saved > SAVE_SECONDS
            if due and not ended:
                self.save(now)
        if self.leads:
            self.save(now)


# --- options ---

class Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"train.py: {message}", file=sys.stderr)
        sys.exit(2)


# name, least, most, whole, may be given with --resume, with --cooldown
NUMBERS = [("steps", 1, 1e12, 1, 1, 1), ("minutes", 1e-3, 1e6, 0, 1, 1),
           ("batch", 1, 65536, 1, 0, 1), ("rate", 1e-9, 10, 0, 0, 0),
           ("warmup", 0, 1e9, 1, 0, 0), ("decay", 0, 1, 0, 0, 0),
           ("decay-epochs", 0, 1e6, 0, 0, 1), ("average", 0, 0.9999999, 0, 0, 0),
           ("beta2", 0, 0.9999999, 0, 0, 0), ("dropout", 0, 0.99, 0, 0, 1),
           ("keep", 0, 1, 0, 0, 1), ("span", 1, 1 << 20, 1, 0, 1), ("bias", 0, 1, 0, 0, 1),
           ("context", 1, 1 << 20, 1, 0, 0), ("latents", 1, 1 << 14, 1, 0, 1),
           ("width", 4, 1 << 13, 1, 0, 0), ("heads", 1, 256, 1, 0, 0),
           ("layers", 0, 256, 1, 0, 0), ("seed", 0, 1e15, 1, 0, 0),
           ("validate-every", 1, 1e9, 1, 1, 1), ("save-every", 1, 1e9, 1, 1, 1),
           ("report-every", 1, 1e9, 1, 1, 1)]
TEXTS = ("preset", "optimizer", "schedule", "windows", "recall", "tokenizer", "from")


def parse():
    p = Parser(usage=__doc__.split("usage: ")[1], add_help=True)
    p.add_argument("corpora", nargs="*")
    p.add_argument("--mix", help="a weight for each corpus: 1,0.15")
    p.add_argument("--validate-all", action="store_true")
    for name in ("out", "resume", "cooldown") + TEXTS + windows.AUGMENTS:
        p.add_argument("--" + name, dest="begin" if name == "from" else name)
    for name, *_ in NUMBERS:
        p.add_argument("--" + name, type=float)
    p.add_argument("--change", action="append", default=[])
    p.add_argument("--no-augment", action="store_true")
    p.add_argument("--float", action="store_true", help="no bf16 on a card")
    p.add_argument("--device", help="cuda (the first card), cuda:N or cpu")
    p.add_argument("--micro", type=int, default=0, help="windows at once (all of a step)")
    p.add_argument("--workers", type=int, help="processes that draw windows ahead")
    p.add_argument("--no-compile", action="store_true", help="no torch.compile")
    a = p.parse_args()
    for name, least, most, whole, resumes, cools in NUMBERS:
        x = getattr(a, name.replace("-", "_"))
        if x is None:
            continue
        if not least <= x <= most or (whole and x % 1):
            p.error(f"--{name} must be a {'whole ' if whole else ''}number from {least:g} "
                    f"to {most:g}")
        if a.resume and not resumes:
            p.error(f"--{name} cannot be changed when a run goes on")
        if a.cooldown and not cools:
            p.error(f"--{name} stays that of the run which is cooled down")
        if whole:
            setattr(a, name.replace("-", "_"), int(x))
    other = [n for n in TEXTS if getattr(a, "begin" if n == "from" else n)]
    if (a.resume or a.cooldown) and (other or a.float or (a.resume and a.cooldown)):
        p.error("--resume and --cooldown take the run as it is: --" +
                (other or ["float" if a.float else "cooldown"])[0] + " does not go with them")
    if (a.resume or a.cooldown) and (a.mix or a.validate_all):
        p.error("--mix and --validate-all cannot be changed when a run goes on")
    if a.resume and (a.out or a.no_augment or any(getattr(a, n) for n in windows.AUGMENTS)):
        p.error("--out and the augmentation cannot be changed when a run goes on")
    for name, known in (("preset", runs.PRESETS), ("optimizer", ("muon", "adamw")),
                        ("schedule", ("cosine", "constant")), ("windows", runs.WINDOWS),
                        ("recall", ("on", "off"))):
        if getattr(a, name) not in (None, *known):
            p.error(f'--{name} cannot be "{getattr(a, name)}", only {", ".join(known)}')
    if a.steps and a.minutes:
        p.error("--steps and --minutes cannot both be given")
    if a.cooldown and not (a.steps or a.minutes):
        p.error("--cooldown takes a length: --steps or --minutes")
    if not (a.corpora or a.resume or a.cooldown):
        p.error("a corpus is missing: par-midi train --check DIR --cache FILE writes one")
    return a


def give(a, o, *names):
    for name in names:
        if getattr(a, name) is not None:
            setattr(o, name, getattr(a, name))


def set_course(a, o):
    if a.steps:
        o.steps, o.minutes = a.steps, 0
    elif a.minutes:
        o.steps, o.minutes = 0, a.minutes
    give(a, o, "validate_every", "save_every", "report_every")


def new_options(a, corpus, model):
    preset = a.preset or ("tiny" if a.minutes and a.minutes <= 20 else "small")
    context, latents, width, heads, layers, batch, muon, rate, beta2, decay, warmup, \
        dropout, keep = runs.PRESETS[preset]
    c = model[0] if model else perceiver.Config(0, context, latents, width, heads, layers,
                                                float(context))
    if model and (a.width or a.heads or a.layers is not None):
        raise Wrong("the shape is that of the model given with --from")
    c = c._replace(vocabulary=corpus.vocabulary, context=a.context or c.context)
    if not model:
        c = c._replace(rotary_wavelength=float(c.context))
    c = c._replace(latents=a.latents or min(c.latents, c.context), width=a.width or c.width,
                   heads=a.heads or c.heads,
                   layers=c.layers if a.layers is None else a.layers)
    on = a.recall == "on" if a.recall else c.recall_heads > 0
    if not on or not c.recall_heads:
        c = c._replace(**dict(zip(c._fields[7:], (4, c.layers - 1, 3, 131) if on else
                                  (0, 0, 0, 0))))
    if c.width % c.heads or c.width // c.heads < 4:
        raise Wrong(f"a width of {c.width} cannot be shared by {c.heads} heads of 4 or more "
                    f"channels")
    if c.latents > c.context:
        raise Wrong(f"{c.latents} latents are more than the context of {c.context}")
    if on and c.layers == 0:
        raise Wrong("recall_layer must be one of the layers, counted from 0")
    o = runs.Options(config=c, tokenizer=corpus.tokenizer, batch=batch, muon=muon,
                     rate=rate / 3 if model else rate, beta2=beta2, decay=decay,
                     warmup=warmup, dropout=dropout, keep=keep, minutes=60)
    set_course(a, o)
    give(a, o, "schedule", "windows", "batch", "rate", "decay", "decay_epochs", "average",
         "beta2", "dropout", "keep", "span", "bias", "seed")
    if o.steps:
        o.warmup = min(o.warmup, o.steps // 10)
    give(a, o, "warmup")
    o.mixed = 0 if a.float else 1
    o.muon = int(a.optimizer == "muon") if a.optimizer else o.muon
    return o


def branch_options(a, o):
    if o.schedule != "constant":
        raise Wrong(f"{a.cooldown} has a rate that comes down by itself: only a run with "
                    f"--schedule constant can be cooled down")
    given = {"keep"} | {n for n in ("batch", "latents", "dropout") if getattr(a, n) is not None}
    o.changes = [c for c in o.changes if c[1] not in given]
    o.schedule, o.keep = "cooldown", 1
    set_course(a, o)
    give(a, o, "keep", "batch", "dropout", "span", "bias", "decay_epochs")
    if a.latents:
        o.config = o.config._replace(latents=a.latents)
    if o.config.latents > o.config.context:
        raise Wrong(f"{o.config.latents} latents are more than the context of "
                    f"{o.config.context}")


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


def read_mix(text, count):
    try:
        mix = [float(x) for x in text.split(",")] if text else [1.0] * count
    except ValueError:
        mix = []
    if len(mix) != count or not all(x == 0 or 0.001 <= x <= 1000 for x in mix) or not sum(mix):
        raise Wrong(f"--mix takes a number for each of the {count} corpora, 0 or from 0.001 "
                    f"to 1000, and not 0 for all")
    return mix


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
    ranks = Ranks(device)
    parent = a.resume or a.cooldown
    model = files.read_model(a.begin) if a.begin else None
    o, paths, ranges = None, a.corpora, dict(windows.USUAL)
    mix, all = [], a.validate_all
    if parent:
        o = runs.read_options(parent)
        known, mix, all, ranges = runs.Run(parent).read_data()
        paths = paths or known
        if not paths:
            raise Wrong(f"{parent} does not say what it was trained on: give the corpus")
    if len(mix) != len(paths):
        mix = read_mix(a.mix, len(paths))
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
        branch_options(a, o)
    elif a.resume:
        set_course(a, o)
    else:
        o = new_options(a, corpus, model)
    for text in a.change:
        o.add_change(text)
    folder = a.resume or a.out or (f"{a.cooldown}-cooled" if a.cooldown else
                                   time.strftime("runs/torch-%Y-%m-%d-%H%M"))
    if not a.resume and ranks.rank == 0 and \
            os.path.exists(os.path.join(folder, "config.json")):
        raise Wrong(f"{folder} holds a run already: --resume goes on with it, another --out "
                    f"leaves it")
    o.report_every = o.report_every or 20
    o.validate_every = o.validate_every or max(250, o.steps // 20)
    o.validation_windows = o.validation_windows or 64
    if min([o.batch] + [c[2] for c in o.changes if c[1] == "batch"]) < ranks.count:
        raise Wrong(f"a batch of {o.batch} windows cannot be shared by {ranks.count} processes")
    if a.workers is None:
        a.workers = min(12, os.cpu_count() // ranks.count) if device.type == "cuda" else 0
    torch.manual_seed(o.seed + ranks.rank)
    run = runs.Run(folder)
    t = Trainer(o, corpus, ranges, run, ranks, device, a)
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
    def hear(number, _):
        global stop
        stop = number

    a = parse()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hear)
    try:
        set_up(a).train()
    except Wrong as wrong:
        print(f"train.py: {wrong}", file=sys.stderr)
        return 1
    return 128 + stop if stop else 0


if __name__ == "__main__":
    status = main()
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()
    sys.exit(status)
