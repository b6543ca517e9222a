"""What train.py is told: its command line, and the settings of a run that follow from it."""

import argparse
import sys

import perceiver
import run as runs
import windows
from files import Wrong

USAGE = """train.py CORPUS... [OPTIONS]    CORPUS: what `par-midi train --check DIR --cache CORPUS`
       torchrun --nproc-per-node K train.py CORPUS... [OPTIONS]       wrote
"""


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
           ("layers", 0, 256, 1, 0, 0), ("cap", 0, 1000, 1, 0, 0), ("seed", 0, 1e15, 1, 0, 0),
           ("validate-every", 1, 1e9, 1, 1, 1), ("save-every", 1, 1e9, 1, 1, 1),
           ("report-every", 1, 1e9, 1, 1, 1)]
TEXTS = ("preset", "optimizer", "schedule", "windows", "recall", "chords", "gates", "values",
         "tokenizer", "from")


def parse():
    p = Parser(usage=USAGE, add_help=True)
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
            p.error(f"--{name} cannot be changed when a run is resumed")
        if a.cooldown and not cools:
            p.error(f"--{name} cannot be given with --cooldown, which keeps the run's")
        if whole:
            setattr(a, name.replace("-", "_"), int(x))
    other = [n for n in TEXTS if getattr(a, "begin" if n == "from" else n)]
    if (a.resume or a.cooldown) and (other or a.float or (a.resume and a.cooldown)):
        p.error("--resume and --cooldown take the run as it is: --" +
                (other or ["float" if a.float else "cooldown"])[0] + " does not go with them")
    if (a.resume or a.cooldown) and (a.mix or a.validate_all):
        p.error("--mix and --validate-all cannot be changed when a run is resumed")
    if a.resume and (a.out or a.no_augment or any(getattr(a, n) for n in windows.AUGMENTS)):
        p.error("--out and the augmentation cannot be changed when a run is resumed")
    for name, known in (("preset", runs.PRESETS), ("optimizer", ("muon", "adamw")),
                        ("schedule", ("cosine", "constant")), ("windows", runs.WINDOWS),
                        *((name, ("on", "off")) for name in ("recall", "chords", "gates",
                                                               "values"))):
        if getattr(a, name) not in (None, *known):
            p.error(f'--{name} cannot be "{getattr(a, name)}", only {", ".join(known)}')
    if a.steps and a.minutes:
        p.error("--steps and --minutes cannot both be given")
    if a.cooldown and not (a.steps or a.minutes):
        p.error("--cooldown needs a length: --steps or --minutes")
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
    if model and (a.width or a.heads):
        raise Wrong("the width and the heads cannot be given with --from, which keeps the "
                    "model's")
    if model and a.layers is not None and a.layers < c.layers:
        raise Wrong(f"--layers cannot be less than the {c.layers} of --from")
    c = c._replace(vocabulary=corpus.vocabulary, context=a.context or c.context)
    if not model:
        c = c._replace(rotary_wavelength=float(c.context))
    c = c._replace(latents=a.latents or min(c.latents, c.context), width=a.width or c.width,
                   heads=a.heads or c.heads,
                   layers=c.layers if a.layers is None else a.layers)
    more = not model and preset != "paper"  # than the paper's, by default
    if more:
        c = c._replace(gates=1, values=1, logit_cap=15)
    on = a.recall == "on" if a.recall else c.recall_heads > 0 or (more and c.layers > 0)
    if not on or not c.recall_heads:
        c = c._replace(**dict(zip(c._fields[7:11], (4, c.layers - 1, 3, 131) if on else
                                  (0, 0, 0, 0))))
    chords = a.chords == "on" if a.chords else on and (more or c.chord_steps > 0)
    if not chords or not c.chord_steps:
        c = c._replace(**dict(zip(("chord_steps", "time_first", "time_end"),
                                  (3, 259, 359) if chords else (0, 0, 0))))
    c = c._replace(**{name: int(getattr(a, name) == "on") for name in ("gates", "values")
                      if getattr(a, name)})
    c = c if a.cap is None else c._replace(logit_cap=a.cap)
    if c.width % c.heads or c.width // c.heads < 4:
        raise Wrong(f"a width of {c.width} cannot be shared by {c.heads} heads of 4 or more "
                    f"channels")
    if c.latents > c.context:
        raise Wrong(f"{c.latents} latents are more than the context of {c.context}")
    if on and c.layers == 0:
        raise Wrong("recall_layer must be one of the layers, counted from 0")
    if chords and not on:
        raise Wrong("chord_steps need recall of at most 128 ids")
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
        raise Wrong(f"{a.cooldown} lowers its rate by itself: only a run with "
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


def read_mix(text, count):
    try:
        mix = [float(x) for x in text.split(",")] if text else [1.0] * count
    except ValueError:
        mix = []
    if len(mix) != count or not all(x == 0 or 0.001 <= x <= 1000 for x in mix) or not sum(mix):
        raise Wrong(f"--mix takes a number for each of the {count} corpora, 0 or from 0.001 "
                    f"to 1000, and not 0 for all")
    return mix
