"""Perceiver AR in PyTorch: the model of model/perceiver.h, to be read beside it.

Parameters have the names, shapes and order of model/parameters.h's table, so that a
checkpoint of either is one of both. Shapes: B windows, N latents, S inputs, d channels in
h heads of dh, V kinds of tokens, E entries and C states of recall (model/recall/recall.h).
"""

import math
from collections import namedtuple

import torch
from torch import nn
from torch.nn import functional as F

import chords

try:  # PyTorch 2.3 and later
    from torch.nn.attention.bias import causal_lower_right
except ImportError:
    causal_lower_right = None

NORM_EPS = 1e-5
MLP_RATIO = 4
RECALL_STEPS, RECALL_IDS, RECALL_ENTRIES, RECALL_TOKENS = 24, 4, 12, 2
RECALL_LAGS, RECALL_PAST = RECALL_STEPS + RECALL_IDS, RECALL_ENTRIES + RECALL_TOKENS
NOWHERE = -1e4  # the bias of an input that is not there
QUERIES = 256   # a piece of the attention that is written out

Config = namedtuple("Config", "vocabulary context latents width heads layers "
                    "rotary_wavelength recall_heads recall_layer recall_first recall_end "
                    "gates values logit_cap chord_steps time_first time_end",
                    defaults=(0,) * 10)

# Windows side by side, as windows.py makes them. Inputs end with the latents' own; they
# are padded in front, latents behind.
#   tokens, positions: (B, S)   bias: (B, S), or None if it is 0 everywhere
#   targets: (B, N); -1: none   recall: a dict of what Recall.forward() reads, or None
#   chords: a dict of what chords.add() reads, or None
Batch = namedtuple("Batch", "tokens positions bias targets recall chords")


def attend_written_out(q, k, v, scale):
    """The same by pieces of queries, of which only one is in memory at once."""
    def piece(q, k, v, first):
        s = q @ k.transpose(-1, -2) * scale
        rows = torch.arange(q.shape[-2], device=q.device)[:, None] + first
        later = torch.arange(k.shape[-2], device=q.device) > rows
        return s.masked_fill(later, -math.inf).softmax(-1) @ v

    N, S, out = q.shape[-2], k.shape[-2], []
    for at in range(0, N, QUERIES):
        end = min(at + QUERIES, N)
        seen = S - N + end  # of the inputs
        part = (q[..., at:end, :], k[..., :seen, :], v[..., :seen, :], S - N + at)
        if torch.is_grad_enabled() and N > QUERIES:
            # What a piece needs backwards is made again there.
            from torch.utils.checkpoint import checkpoint
            kind = {} if torch.__version__ < "2" else {"use_reentrant": False}
            out.append(checkpoint(piece, *part, **kind))
        else:
            out.append(piece(*part))
    return torch.cat(out, -2)


def attend(q, k, v, bias=None):
    """Latent i of N reads the inputs up to S - N + i. q: (B, h, N, dh)  k, v: (B, h, S, dh)

    A bias of the inputs is eight further channels, of which the queries have ones in
    the first two: so the fused kernels need no mask. The second holds what bf16 rounds
    off the first.
    """
    N, S, dh = q.shape[-2], k.shape[-2], q.shape[-1]
    scale = 1 / math.sqrt(dh)
    if bias is not None:
        b = (bias * math.sqrt(dh))[:, None, :, None].expand(*k.shape[:-1], 1)
        high = b.to(k.dtype)
        low = (b - high).to(k.dtype)
        ones = torch.ones_like(q[..., :2])
        q = torch.cat([q, F.pad(ones, (0, 6))], -1)
        k = torch.cat([k, F.pad(torch.cat([high, low], -1), (0, 6))], -1)
        v = F.pad(v, (0, 8))
    if not hasattr(F, "scaled_dot_product_attention") or causal_lower_right is None:
        return attend_written_out(q, k, v, scale)[..., :dh]
    if N == S:
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=scale)
    else:
        out = F.scaled_dot_product_attention(q, k, v, causal_lower_right(N, S),
                                             scale=scale)
    return out[..., :dh]


def rotate(x, turn):
    """Turns the first r channels of each head by pairs. x: (B, h, N, dh)  turn: cos and
    sin, each (N or B by N, r / 2)."""
    cos, sin = (t.unsqueeze(-3) for t in turn)
    r = 2 * cos.shape[-1]
    a, b = x[..., 0:r:2].float(), x[..., 1:r:2].float()
    turned = torch.stack([a * cos - b * sin, b * cos + a * sin], -1).flatten(-2)
    return torch.cat([turned.to(x.dtype), x[..., r:]], -1)


class Attn(nn.Module):
    def __init__(self, c, gates=0, values=0):
        super().__init__()
        self.heads = c.heads
        self.q, self.k, self.v, self.out = (nn.Linear(c.width, c.width) for _ in range(4))
        self.gate = nn.Linear(c.width, c.heads) if gates else None
        self.values = nn.Embedding(c.vocabulary, c.width) if values else None

    def split(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(-2, -3)

    def end(self, o):
        return self.out(o.transpose(-2, -3).flatten(-2))


class Mlp(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.up = nn.Linear(c.width, MLP_RATIO * c.width)
        self.down = nn.Linear(MLP_RATIO * c.width, c.width)

    def forward(self, x):
        return self.down(F.relu(self.up(x)).square())


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm_attn = nn.LayerNorm(c.width, NORM_EPS)
        self.attn = Attn(c, c.gates, c.values)
        self.norm_mlp = nn.LayerNorm(c.width, NORM_EPS)
        self.mlp = Mlp(c)

    def forward(self, x, tokens, turn, dropout: float):
        """tokens: the latents' own, (B, N)"""
        a, y = self.attn, self.norm_attn(x)
        q, k = (rotate(a.split(p(y)), turn) for p in (a.q, a.k))
        v = a.v(y)
        if a.values is not None:
            v = v + a.values(tokens)
        o = attend(q, k, a.split(v))
        if a.gate is not None:
            o = o * (2 * a.gate(y).sigmoid()).transpose(-1, -2)[..., None]
        x = x + F.dropout(a.end(o), dropout)
        return x + F.dropout(self.mlp(self.norm_mlp(x)), dropout)


class Cross(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm_q = nn.LayerNorm(c.width, NORM_EPS)
        self.norm_kv = nn.LayerNorm(c.width, NORM_EPS)
        self.attn = Attn(c)
        self.norm_mlp = nn.LayerNorm(c.width, NORM_EPS)
        self.mlp = Mlp(c)

    def forward(self, x, embed, tokens, turn, bias, dropout: float):
        # A token's key before rotation, and its value, depend on its kind alone: V rows
        # are projected in place of B S, and taken out by token.
        a, kinds, N = self.attn, self.norm_kv(embed), x.shape[1]
        k, v = (a.split(F.embedding(tokens, p(kinds))) for p in (a.k, a.v))
        own = [t[:, -N:] for t in turn]
        q = rotate(a.split(a.q(self.norm_q(x))), own)
        x = x + F.dropout(a.end(attend(q, rotate(k, turn), v, bias)), dropout)
        return x + F.dropout(self.mlp(self.norm_mlp(x)), dropout)


class Recall(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.R = c.recall_heads, c.recall_end - c.recall_first
        h, V, d = c.recall_heads, c.vocabulary, c.width
        shapes = {"lags": (h, RECALL_LAGS), "sink": (h,), "next": (self.R * h, d),
                  "after": (V * h, d), "before": (V * h, d), "past_table": (V, d),
                  "past_lags": (RECALL_PAST, d)}
        if c.chord_steps:
            shapes["chords"] = chords.CHORD_LENGTHS, chords.CHORD_LEFT
        for name, shape in shapes.items():
            setattr(self, name, nn.Parameter(torch.zeros(shape)))
        self.norm_f = nn.LayerNorm(d, NORM_EPS)
        self.feed = nn.Linear(d, d)

    def agreements(self, r):
        """1 where state c and candidate m agree at a lag, else 0: (B, lags, C, E)."""
        E, all = r["step"].shape[1], []
        # No lag reaches beyond the first entry: what is put there equals nothing.
        for x, lags in ((r["step"], RECALL_STEPS), (r["id"], RECALL_IDS)):
            states, entries = (F.pad(x, (RECALL_STEPS, 0), value=v) for v in (-1000, -2000))
            if lags == RECALL_STEPS:  # entry 0 has no step
                states[:, RECALL_STEPS], entries[:, RECALL_STEPS] = -1000, -2000
            for a in range(1, lags + 1):
                at_c = states.gather(1, (r["seen"] - a).clamp(min=-RECALL_STEPS) + RECALL_STEPS)
                at_m = entries[:, RECALL_STEPS - a:RECALL_STEPS - a + E]
                all.append(at_c[:, :, None] == at_m[:, None, :])
        return torch.stack(all, 1)

    def read(self, r):
        """The weights A of the candidates: (B, h, C, E)."""
        B, E = r["step"].shape
        with torch.autocast(r["step"].device.type, enabled=False):
            s = torch.einsum("ha,bacm->bhcm", self.lags, self.agreements(r).float())
            m = torch.arange(E, device=s.device)
            none = (m >= r["seen"][:, :, None]) | (m == 0)
            s = s.masked_fill(none[:, None], -math.inf)
            sink = self.sink[None, :, None, None].expand(B, -1, s.shape[2], 1)
            return torch.cat([sink, s], -1).softmax(-1)[..., 1:]

    def forward(self, x, r):
        A, h, V, R = self.read(r), self.heads, self.past_table.shape[0], self.R
        # What came next, by its step first, then at the pitch of today.
        steps = F.one_hot(r["step"] + R - 1, 2 * R - 1).to(A.dtype)
        to = torch.arange(R, device=x.device) + R - 1 - r["last"][:, :, None]
        H = torch.einsum("bhcm,bms->bhcs", A, steps)
        H = H.gather(3, to[:, None].expand(-1, h, -1, -1))
        said = torch.einsum("bhcr,rhd->bcd", H, self.next.unflatten(0, (R, h)))
        for table, ids in ((self.after, r["after"]), (self.before, r["before"])):
            H = torch.einsum("bhcm,bmv->bhcv", A, F.one_hot(ids, V).to(A.dtype))
            said = said + torch.einsum("bhcv,vhd->bcd", H, table.unflatten(0, (V, h)))
        said = said.gather(1, r["of"][:, :, None].expand(-1, -1, x.shape[-1]))
        table = F.pad(self.past_table, (0, 0, 0, 1))  # the last row is nothing's
        past = sum(self.past_lags[a] * F.embedding(r["past"][..., a], table)
                   for a in range(RECALL_PAST))
        return x + said + self.feed(self.norm_f(past))


class Perceiver(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.config = c
        self.embed = nn.Embedding(c.vocabulary, c.width)
        self.latent = nn.Linear(c.width, c.width)
        self.cross = Cross(c)
        self.layers = nn.ModuleList(Layer(c) for _ in range(c.layers))
        self.final_norm = nn.LayerNorm(c.width, NORM_EPS)
        self.head = nn.Linear(c.width, c.vocabulary)
        if c.recall_heads:
            self.recall = Recall(c)
        pairs = c.width // c.heads // 4
        i = torch.arange(pairs, dtype=torch.float64)
        turns = c.rotary_wavelength ** (-i / max(1, pairs - 1))
        if pairs == 1:
            turns = torch.ones_like(turns)
        angles = torch.arange(c.context, dtype=torch.float64)[:, None] * turns
        self.register_buffer("cos", angles.cos().float(), persistent=False)
        self.register_buffer("sin", angles.sin().float(), persistent=False)

    def named_parameters(self, *args, **kwargs):
        """In the table's order, where recall.chords is the last."""
        return iter(sorted(super().named_parameters(*args, **kwargs),
                           key=lambda named: named[0] == "recall.chords"))

    def forward(self, batch, dropout=0.0):
        """Logits (B, N, V) of the tokens behind the latents."""
        N = batch.targets.shape[1]
        turn = F.embedding(batch.positions, self.cos), F.embedding(batch.positions, self.sin)
        # What the blocks add to stays float under autocast, as in C.
        x = self.latent(self.embed(batch.tokens[:, -N:])).float()
        x = self.cross(x, self.embed.weight, batch.tokens, turn, batch.bias, dropout)
        for i, layer in enumerate(self.layers):
            if self.config.recall_heads and i == self.config.recall_layer:
                x = self.recall(x, batch.recall)
            x = layer(x, batch.tokens[:, -N:], (self.cos[:N], self.sin[:N]), dropout)
        x, cap = self.head(self.final_norm(x)), self.config.logit_cap
        if self.config.chord_steps:
            x = chords.add(x, batch.chords, self.recall.chords, self.config)
        return cap * (x.to(torch.promote_types(x.dtype, torch.float32)) / cap).tanh() if cap else x


def loss_sums(logits, targets, z=1e-4):
    """Sums over the latents that have a target: of nats + z lse^2, whose gradient
    trains, and of nats."""
    logits, there = logits.float(), targets >= 0
    lse = logits.logsumexp(-1)
    nats = lse - logits.gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    nats, lse = nats * there, lse * there
    return (nats + z * lse.square()).sum(), nats.sum().detach()
