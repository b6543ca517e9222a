"""The loop of train.py: draws windows ahead, steps, validates, reports and saves."""

import contextlib
import math
import os
import signal
import sys
import time

import torch
import torch.distributed as dist

import optimizer
import perceiver
import run as runs
import windows
from files import Wrong

SAVE_SECONDS = 120
COARSE = 512  # sizes of batches on a card are multiples of this
stop = 0      # the signal that asked for an end


def ask_to_stop(number, _):
    global stop
    stop = number


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
        """Of tensors with rows a token the rows that both have, and further layers without
        effect: parameters_take()."""
        with torch.no_grad():
            for name, p in self.net.named_parameters():
                t = weights.get(name)
                if t is not None and t.shape[1:] == p.shape[1:]:
                    rows = min(len(t), len(p))
                    p[:rows] = t[:rows].to(p.device)
                elif name.startswith("layers.") and \
                        name.endswith(("attn.out.weight", "mlp.down.weight")):
                    p.zero_()
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
