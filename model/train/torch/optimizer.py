"""AdamW and Muon of model/train/optimizer/optimizer.h and muon.h, and what a model begins with.

Weights, gradients and moments are one flat array each, of which the parameters are
parts: AdamW's first, then Muon's matrices, those of one shape side by side. What is
saved is in the order of the table in model/parameters.h.
"""

import math

import torch

import windows

MOMENTUM = 0.95
QUINTIC = (3.4445, -4.7750, 2.0315)
STEPS = 5


def initialise(net, seed):
    """The numbers that par-midi draws for the same seed."""
    rng = windows.Rng(seed, 1)
    with torch.no_grad():
        for name, p in net.named_parameters():
            zeros = p.dim() < 2 or name.startswith(("head", "recall.")) or \
                name.endswith(("attn.gate.weight", "attn.values.weight"))
            if zeros:
                p.fill_(1.0 if "norm" in name and name.endswith(".weight") else 0.0)
                continue
            deviation = 1 if name.startswith("embed") else 1 / math.sqrt(p.shape[1])
            p.copy_(torch.from_numpy(deviation * rng.normals(p.numel())).view(p.shape))
        if net.config.recall_heads:
            initialise_recall(net.recall, rng)


def initialise_recall(r, rng):
    for h in range(r.heads):
        gain, decay = ((22, 0.8), (18, 0.6), (28, 0.9), (14, 0.7))[h % 4]
        for a in range(24):
            r.lags[h, a] = gain * (1 - decay) * decay ** a
    r.sink.fill_(8)
    r.past_table.copy_(torch.from_numpy(rng.normals(r.past_table.numel()))
                       .view(r.past_table.shape))
    signs = rng.many(r.past_lags.numel()) % 2
    signs = torch.from_numpy(signs.astype(float) * 2 - 1).view(r.past_lags.shape)
    sizes = 0.7 ** (torch.arange(len(r.past_lags), dtype=torch.float64) / 2)
    r.past_lags.copy_(signs * sizes[:, None])


def is_addition(name):
    return (name.startswith("recall.") and name != "recall.feed.weight") or \
        name.endswith(("attn.values.weight", "attn.gate.weight"))


def muon_takes(name, p):
    return p.dim() == 2 and name not in ("embed.weight", "head.weight") and \
        not is_addition(name)


def muon_shape(name, p, heads):
    """Of the matrices that Muon sees in it: queries and keys have one a head."""
    rows, columns = p.shape
    by_heads = name.endswith(("attn.q.weight", "attn.k.weight"))
    return rows // heads if by_heads else rows, columns


def orthogonal(x):
    """O(x) of each matrix. x: (count, rows, columns)"""
    wide = x.shape[1] <= x.shape[2]
    x = x if wide else x.transpose(1, 2)
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-20)
    if x.is_cuda:
        x = x.bfloat16()
    a, b, c = QUINTIC
    for _ in range(STEPS):
        s = x @ x.transpose(1, 2)
        x = a * x + (b * s + c * s @ s) @ x
    return (x if wide else x.transpose(1, 2)).float()


class Optimizer:
    def __init__(self, net, muon, beta2, decay_all=False, heads=1):
        named = list(net.named_parameters())
        self.beta1, self.beta2, self.step = 0.9, beta2, 0
        self.inner = {}  # Muon's: shape -> where it begins, how many
        ours = [x for x in named if not (muon and muon_takes(*x))]
        theirs = [x for x in named if muon and muon_takes(*x)]
        theirs.sort(key=lambda x: muon_shape(*x, heads))
        device, at, places = named[0][1].device, 0, {}
        self.w = torch.cat([p.detach().flatten() for _, p in ours + theirs])
        self.grad, self.m = (torch.zeros_like(self.w) for _ in range(2))
        for name, p in ours + theirs:
            if (muon and muon_takes(name, p)):
                shape = muon_shape(name, p, heads)
                first, count = self.inner.setdefault(shape, (at, 0))
                self.inner[shape] = first, count + p.shape[0] // shape[0]
            part = slice(at, at + p.numel())
            p.data, p.grad = self.w[part].view(p.shape), self.grad[part].view(p.shape)
            places[name] = part
            at += p.numel()
        self.adams = sum(p.numel() for _, p in ours)
        self.v = torch.zeros(self.adams, device=device)
        self.decays = torch.cat([torch.full((p.numel(),), float(decay_all or (
            p.dim() == 2 and not is_addition(name))), device=device)
            for name, p in ours]) if ours else self.v
        self.order = [places[name] for name, _ in named]

    def zero(self):
        self.grad.zero_()

    def norm(self):
        return float(self.grad.norm())

    def update(self, rate, scale, decay):
        """One update by `scale` times the gradient."""
        self.step += 1
        g, w, m, v = (x[:self.adams] for x in (self.grad, self.w, self.m, self.v))
        with torch.no_grad():
            g.mul_(scale)
            m.lerp_(g, 1 - self.beta1)
            v.mul_(self.beta2).addcmul_(g, g, value=1 - self.beta2)
            root = 1 / math.sqrt(1 - self.beta2 ** self.step)
            w.mul_(1 - rate * decay * self.decays)
            w.addcdiv_(m, (v.sqrt() * root).add_(1e-8),
                       value=-rate / (1 - self.beta1 ** self.step))
            for shape, (first, count) in self.inner.items():
                self.update_inner(shape, first, count, rate, scale, decay)

    def update_inner(self, shape, first, count, rate, scale, decay):
        part = slice(first, first + count * shape[0] * shape[1])
        w, m, g = (x[part].view(count, *shape) for x in (self.w, self.m, self.grad))
        g = g * ((1 - MOMENTUM) * scale)
        m.mul_(MOMENTUM).add_(g)
        u = orthogonal(g + MOMENTUM * m)
        w.mul_(1 - rate * decay).sub_(u, alpha=rate * 0.2 * math.sqrt(max(shape)))

    # --- state.safetensors, whose arrays are in the table's order ---

    def out(self, x):
        return torch.cat([x[part] for part in self.order]) if len(x) else x

    def into(self, x, flat):
        at = 0
        for part in self.order:
            size = part.stop - part.start
            x[part] = flat[at:at + size].to(x.device)
            at += size

    def tensors(self):
        v = torch.zeros_like(self.w)
        v[:self.adams] = self.v
        return {"weights": self.out(self.w), "adam_m": self.out(self.m),
                "adam_v": self.out(v)}

    def load(self, tensors):
        v = torch.zeros_like(self.w)
        for x, name in ((self.w, "weights"), (self.m, "adam_m"), (v, "adam_v")):
            self.into(x, tensors[name])
        self.v.copy_(v[:self.adams])
