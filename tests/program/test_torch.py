#!/usr/bin/env python3
"""The model of model/train/torch beside the program's: TAP, a line a rule.

usage: test_torch.py PAR-MIDI SOURCES TORCH-DEMO
"""

import json
import math
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile

PAR, SOURCES, DEMO = map(os.path.abspath, sys.argv[1:])
TORCH = os.path.join(SOURCES, "model/train/torch")
sys.path.insert(0, TORCH)
sys.dont_write_bytecode = True
try:
    import numpy as np
    import torch
except ImportError as error:
    print(f"1..0 # SKIP {error}: apt install python3-torch")
    sys.exit(0)
import chords  # noqa: E402
import files  # noqa: E402
import optimizer  # noqa: E402
import perceiver  # noqa: E402
import windows  # noqa: E402

torch.set_num_threads(1)
SHAPE = ("--context 64 --latents 16 --width 16 --heads 2 --layers 2 --batch 2 --seed 3 "
         "--report-every 1 --validate-every 1000 --save-every 1000").split()
rules = []


def rule(test):
    rules.append(test)
    return test


def run(*command, status=0):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == status, (command, done.returncode, done.stderr)
    return done.stderr.strip()


def demo(*arguments):
    run(DEMO, arguments[0], "demo.safetensors", *arguments[1:])
    return files.read_safetensors("demo.safetensors")[0]


def train(*arguments, status=0):
    return run(sys.executable, os.path.join(TORCH, "train.py"), *arguments,
               "--device", "cpu", status=status)


def near(got, want, absolute=0.0, relative=0.0):
    off = (got - want).norm() if relative else (got - want).abs().max()
    bound = absolute + relative * want.norm() if relative else absolute
    assert off <= bound, (float(off), float(bound))


def cases():
    yield os.path.join(SOURCES, "tests/golden/small")
    more = os.environ.get("PAR_GOLDEN", os.path.join(SOURCES, "../shared/golden"))
    for name in ("short", "long"):
        if os.path.isdir(os.path.join(more, name)):
            yield os.path.join(more, name)


def open_model(path):
    c, weights, _ = files.read_model(path)
    net = perceiver.Perceiver(c)
    net.load_state_dict(weights, strict=True)
    return net


def window_of(tokens, c):
    tokens = np.asarray(tokens, np.int64)
    return windows.cut(tokens, len(tokens) - 1, c.latents, c)


def open_case(folder):
    golden, said = files.read_safetensors(os.path.join(folder, "golden.safetensors"))
    net = open_model(os.path.join(folder, "model.safetensors"))
    return net, golden, said, window_of(golden["tokens"], net.config)


def loss_of(net, w):
    batch = windows.batch_of([w], net.config)
    logits = net(batch)
    loss, nats = perceiver.loss_sums(logits, batch.targets)
    return logits, loss / w.n, nats / w.n


@rule
def logits_and_losses_are_the_reference_s():
    for folder in cases():
        net, golden, said, w = open_case(folder)
        logits, loss, nats = loss_of(net, w)
        near(logits[0], golden["logits"], 2e-4)
        assert abs(float(loss) - float(said["loss"])) < 2e-5
        assert abs(float(nats) - float(said["nll"])) < 2e-5


@rule
def under_a_prefix_dropout_too():
    for folder in cases():
        net, golden, said, w = open_case(folder)
        kept = np.concatenate([golden["prefix_kept"].numpy().astype(int), w.kept[-w.n:]])
        _, loss, nats = loss_of(net, w._replace(kept=kept))
        assert abs(float(loss) - float(said["loss_prefix_kept"])) < 2e-5
        assert abs(float(nats) - float(said["nll_prefix_kept"])) < 2e-5


@rule
def gradients_are_the_reference_s():
    for folder in cases():
        net, _, _, w = open_case(folder)
        grads, _ = files.read_safetensors(os.path.join(folder, "grads.safetensors"))
        loss_of(net, w)[1].backward()
        for name, p in net.named_parameters():
            near(p.grad, grads[name], 1e-7, 1e-3)


@rule
def ten_steps_of_adamw_are_the_reference_s():
    for folder in cases():
        net, golden, _, w = open_case(folder)
        o = optimizer.Optimizer(net, muon=False, beta2=0.999, decay_all=True)
        for want, norm in zip(golden["adamw_losses"], golden["adamw_grad_norms"]):
            o.zero()
            _, loss, _ = loss_of(net, w)
            loss.backward()
            assert abs(float(loss) - float(want)) < 1e-3
            assert abs(o.norm() - float(norm)) < 1e-3 * float(norm)
            o.update(1e-3, min(1.0, 1 / o.norm()), 0.01)


@rule
def chords_are_found_where_the_program_finds_them():
    for seed, count, steps in ((1, 1, 3), (2, 40, 3), (3, 900, 3), (4, 900, 1), (5, 1500, 6)):
        want = demo("chords", seed, count, steps)
        tokens = np.append(want["tokens"].numpy(), 0).astype(np.int64)
        c = perceiver.Config(393, count, count, *[0] * 6, 3, 131)._replace(
            chord_steps=steps, time_first=259, time_end=359)
        for n in (count, count // 3 + 1):
            got = chords.chords_of(windows.cut(tokens, count, n, c), c)
            assert (got["code"] == want["codes"].numpy()[count - n:]).all(), (seed, n)
            assert (got["found"] == got["code"].any(1)).all()
        assert count < 900 or len(np.unique(got["code"])) > 30


@rule
def recall_chords_gates_values_and_a_cap_say_what_the_program_s_say_and_learn_as_they():
    net = added_model()
    for seed in (1, 2):
        want = demo("model", "added.safetensors", seed)
        w = window_of(want["tokens"], net.config)
        net.zero_grad()
        logits, loss, _ = loss_of(net, w)
        near(logits[0], want["logits"], 2e-4)
        loss.backward()
        assert (net.recall.chords.grad != 0).sum() > 5
        for name, p in net.named_parameters():
            near(p.grad, want["d." + name], 1e-6, 1e-3)


def added_model():
    c = perceiver.Config(393, 96, 32, 16, 2, 2, 96.0, 4, 1, 3, 131, 1, 1, 4, 3, 259, 359)
    net = perceiver.Perceiver(c)
    optimizer.initialise(net, 7)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, p in net.named_parameters():  # or what is at zero would hide mistakes
            size = 1 if "lags" in name else 3 / 64 if "chords" in name else 0.2
            p += size * torch.randn(p.shape, generator=generator)
    files.write_model("added.safetensors", c, dict(net.named_parameters()),
                      "performance-pedal", {}, torch.float32)
    return net


@rule
def windows_of_a_batch_do_not_know_of_each_other():
    net, rng = added_model(), np.random.default_rng(4)
    some = []
    for size in (97, 20, 70, 2):
        w = window_of(np.append(rng.integers(40, 50, size - 1), 200), net.config)
        some.append(windows.drop_prefix(w, 0.5, 8, 1, windows.Rng(size, 1)))
    together = net(windows.batch_of(some, net.config))
    for i, w in enumerate(some):
        near(net(windows.batch_of([w], net.config))[0], together[i, :w.n], 2e-5)


@rule
def pieces_of_an_attention_are_the_whole():
    q, k, v = (torch.randn(2, 3, n, 8, requires_grad=True) for n in (600, 900, 900))
    got = perceiver.attend_written_out(q, k, v, 0.3)
    s = (q @ k.transpose(-1, -2) * 0.3).masked_fill(
        torch.ones(600, 900).triu(301).bool(), -math.inf)
    want = s.softmax(-1) @ v
    near(got, want, 1e-5)
    g = torch.randn(got.shape)
    grads = []
    for out in (got, want):
        for x in (q, k, v):
            x.grad = None
        out.backward(g, retain_graph=True)
        grads.append([x.grad for x in (q, k, v)])
    for a, b in zip(*grads):
        near(a, b, 1e-4)


@rule
def muon_s_updates_are_the_program_s():
    want = demo("muon", 5)
    net = torch.nn.Module()
    net.inner = torch.nn.Linear(*reversed(want["before"].shape), bias=False)
    net.inner.weight.data = want["before"].clone()
    o = optimizer.Optimizer(net, muon=True, beta2=0.99)
    for _ in range(2):
        net.inner.weight.grad.copy_(want["grad"])
        o.update(0.02, 0.5, 0.1)
    near(net.inner.weight.data, want["after"], 1e-4)
    near(o.tensors()["adam_m"], want["momentum"].flatten(), 1e-6)


@rule
def what_a_seed_begins_with_is_the_same():
    run(PAR, "train", "set", "--cache", "set.corpus", "--out", "begun", *SHAPE,
        "--steps", 1, "--rate", 1e-9, "--threads", 1, "--float")
    state, _ = files.read_safetensors("begun/state.safetensors")
    net = perceiver.Perceiver(perceiver.Config(393, 64, 16, 16, 2, 2, 64.0, 4, 1, 3, 131, 1, 1, 15,
                                               3, 259, 359))
    optimizer.initialise(net, 3)
    mine = torch.cat([p.detach().flatten() for p in net.parameters()])
    near(state["weights"], mine, 1e-6)


def corpus():
    if not os.path.exists("set.corpus"):
        run(PAR, "train", "--check", "set", "--cache", "set.corpus")
    return files.Corpus("set.corpus")


class Asked:
    def __init__(self, **options):
        self.__dict__.update(options)


@rule
def windows_are_the_program_s_token_for_token():
    set, ranges = corpus(), {**windows.USUAL, "loudness": (-2, 2), "untouched": (0.2, 0.2)}
    for weight, seed, context, latents, keep, span, bias, where in (
            (1, 1, 64, 16, 1, 1, 0, "anywhere"), (1, 2, 100, 8, 0.5, 1, 1, "anywhere"),
            (1, 3, 400, 32, 0.25, 64, 0.5, "epoch"), (1.4, 4, 50, 50, 0.3, 9, 0, "epoch"),
            (0.3, 5, 2000, 16, 0.6, 100, 1, "anywhere")):
        set.weigh(weight)
        want = demo("windows", "set.corpus", weight, seed, context, latents, keep, span, bias, where)
        c = perceiver.Config(393, context, latents, 0, 0, 0, 0)
        source = windows.Source(set, Asked(seed=seed, span=span, bias=bias), ranges)
        epochs = windows.Epochs(set.of(0), context, seed)
        for i in range(12):
            segment = epochs.take(1, latents)[0] if where == "epoch" else None
            w = source.draw(c, keep, segment, 3, i)
            for name, mine in (("tokens", w.tokens), ("kept", w.kept), ("n", [w.n])):
                assert want[f"{name}{i}"].tolist() == list(mine), (seed, i, name)
            assert abs(float(want[f"bias{i}"]) - w.bias) < 1e-6


def metrics(folder, name="loss"):
    with open(os.path.join(folder, "metrics.jsonl")) as file:
        return [m[name] for m in map(json.loads, file) if name in m]


def same(here, there, name="loss", count=None, within=1e-3):
    a, b = metrics(here, name), metrics(there, name)
    assert len(a) == len(b) and len(a) == (count or len(a)) and a, (a, b)
    assert max(abs(x - y) for x, y in zip(a, b)) < within, (a, b)


def chords_in(said):
    return [said.get(key) for key in ("chord_steps", "time_first", "time_end")]


def chords_of_run(folder):
    with open(os.path.join(folder, "config.json")) as file:
        return chords_in(json.load(file))


def there(*arguments):
    run(PAR, "train", *arguments, "--threads", 1)


@rule
def twenty_steps_here_are_the_twenty_steps_there():
    corpus()
    for i, more in enumerate((
            ["--keep", 0.5, "--span", 16, "--bias", 1, "--windows", "epoch"],
            ["--recall", "off", "--gates", "off", "--values", "off", "--cap", 0,
             "--optimizer", "adamw", "--average", 0.9,
             "--change", "10:batch=3", "--change", "15:latents=24"])):
        course = [*SHAPE, *more, "--steps", 20, "--float"]
        there("set", "--cache", "set.corpus", "--out", f"there{i}", *course)
        train("set.corpus", "--out", f"here{i}", *course)
        for name in ("loss", "rate", "norm"):
            same(f"here{i}", f"there{i}", name, 20)
        same(f"here{i}", f"there{i}", "validation", 1)
    same("here1", "there1", "validation_average", 1)
    same("here0", "there0", "epoch")


@rule
def corpora_are_mixed_as_folders_are():
    os.mkdir("more")
    for i in range(3):
        shutil.copy(f"set/p{i}.mid", f"more/q{i}.mid")
    with open("more/more.csv", "w") as file:
        file.write("split,midi_filename\ntrain,q0.mid\ntrain,q1.mid\nvalidation,q2.mid\n")
    run(PAR, "train", "--check", "more", "--cache", "more.corpus")
    course = [*SHAPE, "--steps", 5, "--float", "--mix", "1,0.4", "--windows", "epoch",
              "--chords", "off", "--validate-all", "--decay-epochs", 1]
    there("set", "more", "--out", "mixed-there", *course)
    train("set.corpus", "more.corpus", "--out", "mixed-here", *course)
    for name in ("loss", "validation", "epoch"):
        same("mixed-here", "mixed-there", name)
    assert chords_of_run("mixed-here") == chords_of_run("mixed-there") == [0, 0, 0]


@rule
def a_run_goes_on_from_there_to_here_and_back():
    shutil.copytree("there1", "on")
    train("set.corpus", "--resume", "on", "--steps", 30)
    there("set", "--resume", "on", "--cache", "set.corpus", "--steps", 40)
    train("--resume", "on", "set.corpus", "--steps", 50)
    there("set", "--resume", "there1", "--cache", "set.corpus", "--steps", 30)
    there("--resume", "there1", "--cache", "set.corpus", "--steps", 40)
    there("--resume", "there1", "--cache", "set.corpus", "--steps", 50)
    same("on", "there1", count=50)


@rule
def a_constant_run_is_cooled_down_as_there():
    course = [*SHAPE, "--schedule", "constant", "--steps", 10, "--float"]
    train("set.corpus", "--out", "constant", *course)
    shutil.copytree("constant", "constant2")
    train("--cooldown", "constant", "--steps", 5)
    there("set", "--cooldown", "constant2", "--steps", 5, "--cache", "set.corpus")
    same("constant-cooled", "constant2-cooled", "rate", 5, 1e-9)
    same("constant-cooled", "constant2-cooled", count=5)


@rule
def a_model_of_either_is_one_of_both():
    def says(*arguments):
        return json.loads(subprocess.run([PAR, *arguments], capture_output=True,
                                         check=True).stdout)

    for i, numbers in ((0, [3, 259, 359]), (1, [0, 0, 0])):
        for run_of in ("here", "there"):
            path = f"{run_of}{i}/last.safetensors"
            assert says("info", path, "--json")["chord_steps"] == numbers[0]
            assert 1 < says("eval", "set", "--json", "--model", path)["nats_per_token"] < 7
            metadata = files.read_safetensors(path)[1]
            assert chords_in(metadata) == [str(x) if x else None for x in numbers]
            assert chords_of_run(f"{run_of}{i}") == numbers
    course = ["--layers", 3, "--steps", 1, "--seed", 3, "--report-every", 1]
    there("set", "--cache", "set.corpus", "--from", "here0/best.safetensors", "--out",
          "from1", "--float", *course)
    train("set.corpus", "--from", "there0/best.safetensors", "--out", "from2", *course)
    assert abs(metrics("from1")[0] - metrics("from2")[0]) < 0.03  # two roundings to bf16
    assert chords_of_run("from1") == chords_of_run("from2") == [3, 259, 359]


@rule
def windows_one_after_the_other_are_windows_together():
    course = [*SHAPE, "--steps", 4, "--batch", 4]
    train("set.corpus", "--out", "one", *course, "--micro", 1)
    train("set.corpus", "--out", "all", *course, "--workers", 2)
    same("one", "all", count=4, within=1e-4)


@rule
def two_processes_come_to_the_same():
    if not torch.distributed.is_available() or not torch.distributed.is_gloo_available():
        return "this PyTorch has no processes"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # What torchrun says to each.
    said = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2"}
    both = [subprocess.Popen([sys.executable, os.path.join(TORCH, "train.py"), "set.corpus",
                              "--out", "two", *SHAPE, "--steps", "4", "--batch", "4",
                              "--device", "cpu"], stderr=subprocess.DEVNULL,
                             env={**os.environ, **said, "RANK": str(rank)})
            for rank in range(2)]
    assert [p.wait(300) for p in both] == [0, 0]
    same("two", "all", count=4, within=1e-4)


@rule
def what_cannot_be_done_is_said_in_a_sentence():
    def says(text, status, *arguments):
        said = train(*arguments, status=status)
        assert text in said and "\n" not in said, said

    says("a corpus is missing", 2)
    says("set/p1.mid: is no corpus of tokens", 1, "set/p1.mid")
    says("none: No such file", 1, "none")
    says("those of performance-pedal, not of performance", 1, "set.corpus", "--tokenizer",
         "performance")
    says("already holds a run", 1, "set.corpus", "--out", "here0")
    says("--keep must be a number from 0 to 1", 2, "set.corpus", "--keep", "2")
    says("cannot be shared by 7 heads", 1, "set.corpus", "--heads", "7", "--out", "new")
    says("chord_steps need recall", 1, "set.corpus", "--recall", "off", "--chords", "on",
         "--out", "new")
    says("only a run with --schedule constant", 1, "--cooldown", "here0", "--steps", "3")
    assert not os.path.exists("new")
    if not torch.cuda.is_available():
        said = run(sys.executable, os.path.join(TORCH, "train.py"), "set.corpus", status=1)
        assert "there is no card" in said and "\n" not in said, said


@rule
def a_damaged_file_is_named_and_the_state_before_it_goes_on():
    def spoil(name):
        with open(name, "r+b") as file:
            file.truncate(os.path.getsize(name) - 9)

    shutil.copytree("here0", "spoilt")
    spoil("spoilt/last.safetensors")
    said = train("set.corpus", "--from", "spoilt/last.safetensors", "--out", "new", status=1)
    assert "spoilt/last.safetensors: is damaged" in said and "\n" not in said, said
    shutil.copy("spoilt/state.safetensors", "spoilt/previous.safetensors")
    spoil("spoilt/state.safetensors")
    said = train("--resume", "spoilt", "--steps", 21)
    assert "continues from previous.safetensors, at step 20" in said, said
    spoil("spoilt/state.safetensors")
    spoil("spoilt/previous.safetensors")
    said = train("--resume", "spoilt", "--steps", 22, status=1)
    assert "spoilt/state.safetensors: is damaged" in said and "\n" not in said, said


@rule
def without_pytorch_a_sentence_says_what_is_missing():
    os.mkdir("no")
    with open("no/torch.py", "w") as file:
        file.write("raise ImportError(\"No module named 'torch'\")\n")
    done = subprocess.run([sys.executable, os.path.join(TORCH, "train.py")],
                          env={**os.environ, "PYTHONPATH": "no"}, capture_output=True,
                          text=True)
    assert done.returncode == 1 and "apt install python3-torch" in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def lease(*arguments, status=0):
    done = subprocess.run([os.path.join(TORCH, "lease.sh"), *arguments], text=True,
                          capture_output=True, env={**os.environ, "OUT": "leased",
                                                    "PYTHON": sys.executable})
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


@rule
def a_stay_on_a_card_is_rehearsed_without_one():
    lease("--pack", "packed", "set.corpus", "more.corpus")
    assert sorted(os.listdir("packed")) == ["0-set.corpus.xz", "1-more.corpus.xz"]
    os.mkdir("leased")
    said = lease("--dry-run", "packed")
    assert "validation" in said
    names = os.listdir("leased")
    parts = sorted(n for n in names if n.startswith("best.safetensors."))
    assert len(parts) > 1 and max(os.path.getsize(f"leased/{n}") for n in parts) < 16 << 20
    with open("whole.safetensors", "wb") as whole:
        for n in parts:
            whole.write(open(f"leased/{n}", "rb").read())
    assert files.read_model("whole.safetensors")[2] == "performance-pedal"
    cooled = json.loads(open("leased/cooled/config.json").read())
    rates = metrics("leased/cooled", "rate")
    assert 0 < rates[-1] < 0.2 * cooled["rate"], rates  # it ended in time
    assert cooled["schedule"] == "cooldown"


@rule
def what_a_lease_lacks_is_said():
    assert "at most 10" in lease("packed", "11", status=2)
    assert "none: holds no *.corpus.xz" in lease("--dry-run", "none", status=2)


def make_set():
    """A folder of made-up pieces."""
    os.mkdir("set")
    names = [f"p{i}.mid" for i in range(6)]
    with open("set/set.csv", "w") as file:
        file.write("split,midi_filename\n")
        for i, name in enumerate(names):
            file.write(f"{'validation' if i == 5 else 'train'},{name}\n")
    rng = random.Random(1)
    for name in names:
        tokens = [2]
        for _ in range(150):
            pitch = rng.randint(30, 90)
            tokens += [359 + rng.randint(0, 31), 3 + pitch, 259 + rng.randint(0, 99)]
            tokens += [358] * rng.randint(0, 1) + [131 + pitch]
            tokens += [259 + rng.randint(0, 40)] * rng.randint(0, 1)
        text = " ".join(map(str, tokens + [1]))
        subprocess.run([PAR, "detokenize", "-", "-o", "set/" + name], input=text, text=True,
                       check=True, capture_output=True)


def main():
    failures, home = 0, os.getcwd()
    print(f"1..{len(rules)}")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_set()
        only = os.environ.get("ONLY")
        for i, test in enumerate(rules, 1):
            name = re.sub("_s(?=_|$)", "'s", test.__name__).replace("_", " ")
            if only and only not in test.__name__:
                continue
            try:
                skipped = test()
                print(f"ok {i} - {name}" + (f" # SKIP {skipped}" if skipped else ""),
                      flush=True)
            except Exception as error:
                failures += 1
                print(f"not ok {i} - {name}", flush=True)
                import traceback
                print("# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
        os.chdir(home)
    sys.exit(failures > 0)


main()
