"""A run's folder, as model/train/run.h has it: config.json, metrics.jsonl, the state and
the models. par-midi reads what is written here, and the other way round."""

import configparser
import json
import math
import os

import torch

import files
import windows
from files import Wrong
from perceiver import Config

SCHEDULES = ("cosine", "constant", "cooldown")
WINDOWS = ("anywhere", "epoch")
CHANGES = {"batch": (1, 65536), "latents": (1, 1 << 14), "rate": (1e-9, 10),
           "dropout": (0, 0.99), "keep": (0, 1)}

# The options in config.json's order; a text of digits where C has 64 bits.
WIDE = ("steps", "warmup", "seed", "branched")
FLOATS = ("minutes", "rate", "decay", "decay_epochs", "average", "beta2", "dropout", "keep",
          "bias", "clip", "branched_elapsed")
FIELDS = ("batch steps minutes muon schedule rate warmup decay decay_epochs average beta2 "
          "dropout windows keep span bias clip mixed seed report_every validate_every "
          "save_every validation_windows branched branched_elapsed").split()
SHAPE = {"vocabulary": "vocabulary", "rotary_max_wavelength": "rotary_wavelength",
         **{n: n for n in ("context", "latents", "width", "heads", "layers",
                           "recall_heads", "recall_layer", "recall_first", "recall_end",
                           "chord_steps", "time_first", "time_end", "gates", "values",
                           "logit_cap")}}
SHAPE_ORDER = ("vocabulary context latents width heads layers rotary_max_wavelength "
               "recall_heads recall_layer recall_first recall_end chord_steps "
               "time_first time_end gates values logit_cap").split()
ADDED = SHAPE_ORDER[7:]  # which older runs lack, and their values are 0 then

# context, latents, width, heads, layers, batch, muon, rate, beta2, decay, warmup, dropout,
# keep: model/train/preset.c
PRESETS = {
    "tiny": (2048, 256, 128, 4, 4, 2, 1, 3e-3, 0.98, 0.1, 200, 0, 0.5),
    "small": (4096, 512, 192, 6, 5, 2, 1, 3e-3, 0.98, 0.1, 200, 0, 0.5),
    "base": (8192, 1024, 512, 8, 8, 4, 0, 6e-4, 0.98, 0.01, 500, 0.1, 0.5),
    "paper": (4096, 2048, 1024, 16, 12, 16, 0, 3e-4, 0.999, 0.01, 10000, 0.1, 0.5),
}


class Options:
    """model/train/trainer.h's TrainOptions; `config` is a perceiver.Config."""

    def __init__(self, **values):
        self.__dict__.update({name: 0 for name in FIELDS}, schedule="cosine",
                             windows="anywhere", clip=1, mixed=1, changes=[])
        self.__dict__.update(values)

    def copy(self, **values):
        return Options(**{**self.__dict__, "changes": list(self.changes), **values})

    def at(self, step, epoch_tokens):
        """As they hold at a step: schedule_options()."""
        now = self.copy()
        for when, name, value in self.changes:
            if when > step:
                continue
            if name == "latents":
                now.config = now.config._replace(latents=int(value))
            else:
                setattr(now, name, int(value) if name == "batch" else value)
        if self.decay_epochs > 0:
            steps = max(1, epoch_tokens / (now.batch * now.config.latents))
            now.decay = min(1, 1 / (now.rate * self.decay_epochs * steps))
        return now

    def rate_at(self, step, done):
        warm, shape = min(1, (step + 1) / max(1, self.warmup)), 1
        if self.schedule == "cosine":
            shape = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))
        if self.schedule == "cooldown":
            shape = 1 - math.sqrt(done)
        return self.rate * warm * shape

    def add_change(self, text):
        def wrong(what):
            return Wrong(f'"{text}" is no change: {what}')

        step, _, rest = text.partition(":")
        name, equals, value = rest.partition("=")
        if not equals or not step.isdigit():
            raise wrong("it must read STEP:NAME=VALUE")
        if name not in CHANGES:
            raise wrong("only batch, latents, rate, dropout and keep can change")
        try:
            value = float(value)
        except ValueError:
            value = math.nan
        least, most = CHANGES[name]
        if name == "latents":
            most = min(most, self.config.context)
        if not least <= value <= most or (name in ("batch", "latents") and value % 1):
            raise wrong("its value is out of bounds")
        if self.changes and self.changes[-1][0] > int(step):
            raise wrong("it comes before the one given last")
        self.changes.append((int(step), name, value))

    def json(self):
        shape = {name: getattr(self.config, SHAPE[name]) for name in SHAPE_ORDER}
        own = {name: str(getattr(self, name)) if name in WIDE else getattr(self, name)
               for name in FIELDS}
        changes = [f"{step}:{name}={value:.17g}" for step, name, value in self.changes]
        return {**shape, **own, "changes": changes, "tokenizer": self.tokenizer}


def read_options(folder):
    path = os.path.join(folder, "config.json")
    try:
        with open(path) as file:
            said = json.load(file)
        config = Config(**{SHAPE[n]: said.get(n, 0) if n in ADDED else said[n]
                           for n in SHAPE_ORDER})
        if not all(isinstance(x, (int, float)) for x in config):
            raise ValueError("its shape is not of numbers")
        o = Options(config=config, tokenizer=said["tokenizer"])
        for name in FIELDS:
            value = said.get(name, getattr(o, name))
            setattr(o, name, int(value) if name in WIDE else
                    float(value) if name in FLOATS else value)
        for change in said.get("changes", []):
            o.add_change(change)
    except OSError as error:
        raise Wrong(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, Wrong) as error:
        raise Wrong(f"{path}: is not a run's: {error}") from None
    if o.tokenizer not in files.TOKENIZERS.values():
        raise Wrong(f"{path}: is a run of the tokens {o.tokenizer}, which only par-midi "
                    f"trains")
    return o


def write_text(path, text):
    files.replace(path, lambda file: file.write(text.encode()))


class At:
    """Where a run stands: RunState."""
    step = loss_count = reported = validated = 0
    elapsed = loss_sum = 0.0
    best = validation = average = math.nan


class Run:
    def __init__(self, folder):
        self.folder, self.damaged = folder, False
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise Wrong(f"{folder}: cannot be made: {error.strerror}") from None

    def path(self, name):
        return os.path.join(self.folder, name)

    def write_options(self, o):
        write_text(self.path("config.json"), json.dumps(o.json(), indent=2) + "\n")

    def add_metric(self, **metric):
        kept = {k: v for k, v in metric.items() if v is not None and math.isfinite(v)}
        with open(self.path("metrics.jsonl"), "a") as file:
            file.write(json.dumps(kept) + "\n")

    def forget(self, step):
        """Metrics that are later than the state."""
        try:
            with open(self.path("metrics.jsonl")) as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return
        kept = []
        for line in lines:
            try:
                if json.loads(line)["step"] <= step:
                    kept.append(line + "\n")
            except (ValueError, KeyError, TypeError):
                pass
        write_text(self.path("metrics.jsonl"), "".join(kept))

    def write_model(self, name, o, weights, at, nats):
        extra = {"training_step": at.step, "training_seconds": repr(at.elapsed),
                 "validation_nats": repr(nats)}
        files.write_model(self.path(name), o.config, weights, o.tokenizer, extra)

    # --- the state ---

    def has_state(self):
        return any(os.path.exists(self.path(n)) for n in ("state.safetensors",
                                                          "previous.safetensors"))

    def write_state(self, tensors, at):
        names = ("step", "loss_count", "reported", "validated", "elapsed", "best",
                 "validation", "loss_sum", "average")
        m = {**{n: repr(getattr(at, n)) for n in names}, "copy_inputs": "0", "copy_loss": "0"}
        state, previous = self.path("state.safetensors"), self.path("previous.safetensors")
        if not self.damaged and os.path.exists(state):
            try:
                if os.path.exists(previous):
                    os.unlink(previous)
                os.link(state, previous)
            except OSError:
                pass  # not every file system has links
        files.write_safetensors(state, tensors, m)
        self.damaged = False

    def read_one_state(self, name, count, averaged):
        path = self.path(name)
        tensors, m = files.read_safetensors(path)
        need = ["weights", "adam_m", "adam_v"] + (["average"] if averaged else [])
        if "step" not in m or any(n not in tensors or tensors[n].numel() != count or
                                  tensors[n].dtype != torch.float32 for n in need):
            raise Wrong(f"{path}: is not the state of such a run")
        at = At()
        for name in ("step", "loss_count", "reported", "validated"):
            setattr(at, name, int(m.get(name, 0)))
        for name in ("elapsed", "best", "validation", "average", "loss_sum"):
            setattr(at, name, float(m.get(name, "nan")))
        return tensors, at

    def read_state(self, count, averaged):
        """Of the newest state, or of the one before it. The trouble is a sentence."""
        try:
            return (*self.read_one_state("state.safetensors", count, averaged), None)
        except Wrong as newest:
            try:
                tensors, at = self.read_one_state("previous.safetensors", count, averaged)
            except Wrong:
                raise newest from None
            self.damaged = True
            return tensors, at, f"{newest}; continues from previous.safetensors, at step " \
                f"{at.step}"

    # --- data.ini ---

    def read_data(self):
        """The corpora, their weights and whether all validate; and the augmentation, or
        None if there is none."""
        ini = self.ini()
        ranges = dict(windows.USUAL)
        for name in windows.AUGMENTS:
            if name in ini:
                ranges[name] = read_range(name, ini[name])
        mix = [float(x) for x in ini.get("mix", "").split(";") if x]
        return ([x for x in ini.get("corpora", "").split(";") if x], mix,
                ini.get("validate_all") == "true",
                ranges if ini.get("augment", "true") == "true" else None)

    def ini(self):
        ini = configparser.ConfigParser(interpolation=None, delimiters="=")
        try:
            ini.read(self.path("data.ini"))
        except configparser.Error as error:
            raise Wrong(f"{self.path('data.ini')}: {error}".replace("\n", " ")) from None
        return dict(ini["data"]) if ini.has_section("data") else {}

    def write_data(self, corpora, mix, all, corpus, ranges):
        kept = {**self.ini(), "corpora": "".join(f"{os.path.abspath(p)};" for p in corpora),
                "mix": "".join(f"{x:g};" for x in mix),
                "validate_all": "true" if all else "false",
                "tokens": sum(len(p.tokens) for p in corpus.pieces),
                "augment": "true" if ranges else "false"}
        for name, (least, most) in (ranges or windows.USUAL).items():
            kept[name] = f"{least:g}" if name == "untouched" else f"{least:g}..{most:g}"
        lines = [f"{key}={value}\n" for key, value in kept.items()]
        write_text(self.path("data.ini"), "[data]\n" + "".join(lines))


def narrow(ranges):
    """What a cooldown has: no further from what was played."""
    for name, least, most in (("transpose", -2, 2), ("tempo", 0.97, 1.03)):
        ranges[name] = tuple(min(max(x, least), most) for x in ranges[name])


def read_range(name, text):
    first, dots, last = text.partition("..")
    bounds = {"transpose": (-127, 127), "tempo": (0.25, 4), "loudness": (-32, 32),
              "untouched": (0, 1)}[name]
    try:
        least, most = float(first), float(last if dots else first)
    except ValueError:
        least, most = 1, 0
    whole = name in ("transpose", "loudness") and (least % 1 or most % 1)
    if not bounds[0] <= least <= most <= bounds[1] or whole or \
            (name == "untouched" and least < most):
        raise Wrong(f'--{name} cannot be "{text}"')
    return least, most
