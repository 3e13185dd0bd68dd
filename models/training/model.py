"""The captioner: a neck over the EfficientNet-Lite grid that emits cross-attention keys and values,
and a BERT-style (post-norm) text decoder with self-attention cache, laid out as BLIP's."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from text import DEC, PAD, SEP, UNK

CONFIG = dict(d=256, heads=4, layers=4, ffn=1024, neck_layers=1, neck_ffn=512, feat=1280, grid=9, max_len=32, drop=0.2, drop_feat=0.2)


class Dropout(nn.Module):
    """Dropout from a pool of random bits drawn once: torch's own generator costs more than the matrix products on a CPU."""

    pool = {}

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training or not self.p:
            return x
        if self.p not in Dropout.pool:
            Dropout.pool[self.p] = ((torch.rand(1 << 24) >= self.p).float() / (1 - self.p)).bfloat16()
        mask, n = Dropout.pool[self.p], x.numel()
        at = int(torch.randint(0, mask.numel() - n, ())) & ~31
        return x * mask[at:at + n].view(x.shape).to(x.dtype)


class Attention(nn.Module):
    """Scaled dot-product attention with separate q/k/v/out projections (bias everywhere, as BERT)."""

    def __init__(self, d, heads, kv=True):
        super().__init__()
        self.h = heads
        self.q = nn.Linear(d, d)
        if kv:
            self.k, self.v = nn.Linear(d, d), nn.Linear(d, d)
        self.o = nn.Linear(d, d)

    def split(self, x):
        b, t, d = x.shape
        return x.view(b, t, self.h, d // self.h).transpose(1, 2)

    def forward(self, x, k, v, causal=False):
        """x may hold several sequences per key/value row (captions or beams of one image): they are joined into one query."""
        b, t, d = x.shape
        g = k.shape[0]
        q = self.split(self.q(x).view(g, b // g * t, d))
        if torch.is_grad_enabled():      # plain matrix products: the fused kernel's backward is slow on CPUs
            s = q @ k.transpose(-1, -2) * (q.shape[-1] ** -0.5)
            if causal:
                s = s + torch.full((t, t), -1e4, dtype=s.dtype).triu(1)
            y = s.softmax(-1).to(v.dtype) @ v
        else:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return self.o(y.transpose(1, 2).reshape(b, t, d))


class NeckLayer(nn.Module):
    """Pre-norm transformer encoder layer over the image grid."""

    def __init__(self, d, heads, ffn, drop):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.att = Attention(d, heads)
        self.f1, self.f2 = nn.Linear(d, ffn), nn.Linear(ffn, d)
        self.drop = Dropout(drop)

    def forward(self, x):
        y = self.n1(x)
        a = self.att
        x = x + self.drop(a(y, a.split(a.k(y)), a.split(a.v(y))))
        return x + self.drop(self.f2(F.gelu(self.f1(self.n2(x)))))


class Neck(nn.Module):
    """Head feature map [B,1280,9,9] -> per decoder layer keys and values [B,heads,82,d/heads] (81 cells + the pooled image)."""

    def __init__(self, c):
        super().__init__()
        d = c["d"]
        self.proj = nn.Linear(c["feat"], d)
        self.pooled = nn.Linear(c["feat"], d)
        self.norm_in = nn.LayerNorm(d)
        self.pos = nn.Parameter(torch.randn(c["grid"] ** 2 + 1, d) * 0.02)
        self.layers = nn.ModuleList(NeckLayer(d, c["heads"], c["neck_ffn"], c["drop"]) for _ in range(c["neck_layers"]))
        self.norm_out = nn.LayerNorm(d)
        self.k = nn.ModuleList(nn.Linear(d, d) for _ in range(c["layers"]))
        self.v = nn.ModuleList(nn.Linear(d, d) for _ in range(c["layers"]))
        self.h, self.drop_feat = c["heads"], Dropout(c["drop_feat"])

    def forward(self, fmap):
        cells = fmap.flatten(2).transpose(1, 2)
        mean = cells.mean(1, keepdim=True)
        cells, mean = self.drop_feat(cells), self.drop_feat(mean)
        x = torch.cat([self.pooled(mean), self.proj(cells)], 1)
        x = self.norm_in(x) + self.pos
        for layer in self.layers:
            x = layer(x)
        x = self.norm_out(x)
        b, t, d = x.shape
        cut = lambda y: y.view(b, t, self.h, d // self.h).transpose(1, 2)
        return [(cut(k(x)), cut(v(x))) for k, v in zip(self.k, self.v)]


class DecoderLayer(nn.Module):
    """Post-norm: self-attention, cross-attention, feed-forward."""

    def __init__(self, c):
        super().__init__()
        d = c["d"]
        self.self_att = Attention(d, c["heads"])
        self.self_norm = nn.LayerNorm(d, eps=1e-12)
        self.cross_att = Attention(d, c["heads"], kv=False)
        self.cross_norm = nn.LayerNorm(d, eps=1e-12)
        self.f1, self.f2 = nn.Linear(d, c["ffn"]), nn.Linear(c["ffn"], d)
        self.ffn_norm = nn.LayerNorm(d, eps=1e-12)
        self.drop = Dropout(c["drop"])

    def forward(self, x, cross, past=None):
        a = self.self_att
        k, v = a.split(a.k(x)), a.split(a.v(x))
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        x = self.self_norm(x + self.drop(a(x, k, v, causal=past is None)))
        x = self.cross_norm(x + self.drop(self.cross_att(x, *cross)))
        x = self.ffn_norm(x + self.drop(self.f2(F.gelu(self.f1(x)))))
        return x, (k, v)


class Decoder(nn.Module):
    def __init__(self, c, vocab):
        super().__init__()
        d = c["d"]
        self.word = nn.Embedding(vocab, d, padding_idx=PAD)
        self.position = nn.Embedding(c["max_len"], d)
        self.norm = nn.LayerNorm(d, eps=1e-12)
        self.drop = Dropout(c["drop"])
        self.layers = nn.ModuleList(DecoderLayer(c) for _ in range(c["layers"]))
        self.head = nn.Linear(d, d)
        self.head_norm = nn.LayerNorm(d, eps=1e-12)
        self.head_bias = nn.Parameter(torch.zeros(vocab))
        nn.init.normal_(self.word.weight, std=0.02 if d >= 512 else d ** -0.5 * 0.5)
        nn.init.normal_(self.position.weight, std=0.02)

    def forward(self, ids, cross, past=None, offset=0, keep=None):
        """ids [B,T]; cross: per layer (k,v) of B or B/n images; keep: optional mask [B,T] of wanted positions.
        -> logits [B,T,V] or [kept,V], cache."""
        pos = torch.arange(offset, offset + ids.shape[1])
        x = self.drop(self.norm(self.word(ids) + self.position(pos)))
        cache = []
        for i, layer in enumerate(self.layers):
            x, kv = layer(x, cross[i], None if past is None else past[i])
            cache.append(kv)
        if keep is not None:
            x = x[keep]
        x = self.head_norm(F.gelu(self.head(x)))
        return F.linear(x, self.word.weight, self.head_bias), cache


class Captioner(nn.Module):
    """`upper` is the trainable top of the encoder (blocks from `start` on and the head convolution)."""

    def __init__(self, encoder, start, vocab, **over):
        super().__init__()
        self.c = dict(CONFIG, **over)
        self.start = start
        self.blocks = nn.ModuleList(encoder.blocks[start:])
        self.head = encoder.head
        self.neck = Neck(self.c)
        self.decoder = Decoder(self.c, vocab)

    def features(self, x):
        for b in self.blocks:
            x = b(x)
        return self.head(x)

    def cross(self, x):
        return self.neck(self.features(x))


BANNED = [PAD, UNK, 2, 4, DEC]


@torch.no_grad()
def beam_search(decoder, cross, beams=3, max_len=22, length_penalty=1.0, no_repeat=0):
    """HF-style beam search: 2*beams candidates per step, finished score = sum log p / length**penalty.
    -> list of (ids, score, mean log p, per-token log p list) per image."""
    n = cross[0][0].shape[0]
    ids = torch.full((n * beams, 1), DEC)
    score = torch.full((n, beams), -1e9)
    score[:, 0] = 0
    past, done = None, [[] for _ in range(n)]
    alive = torch.ones(n, dtype=torch.bool)
    token_lp = torch.zeros(n * beams, 0)
    for t in range(max_len):
        logits, past = decoder(ids[:, -1:], cross, past, offset=t)
        lp = logits[:, -1].float()
        lp[:, BANNED] = -1e9
        lp = lp.log_softmax(-1)
        v = lp.shape[-1]
        total = (score.view(-1, 1) + lp).view(n, beams * v)
        top, idx = total.topk(2 * beams, dim=1)
        new_score = torch.full((n, beams), -1e9)
        src = torch.zeros(n, beams, dtype=torch.long)
        tok = torch.full((n, beams), PAD)
        for i in range(n):
            if not alive[i]:
                src[i] = torch.arange(beams) + i * beams
                continue
            slot = 0
            for rank in range(2 * beams):
                b, w = divmod(int(idx[i, rank]), v)
                row = i * beams + b
                if w == SEP:
                    if rank < beams:
                        length = t + 1
                        lps = token_lp[row].tolist() + [float(lp[row, SEP])]
                        done[i].append((float(top[i, rank]) / length ** length_penalty, ids[row, 1:].tolist(), lps))
                elif slot < beams:
                    src[i, slot], tok[i, slot], new_score[i, slot] = row, w, top[i, rank]
                    slot += 1
            if len(done[i]) >= beams:
                best_possible = float(new_score[i, 0]) / (t + 1) ** length_penalty
                if sorted(done[i])[-beams][0] >= best_possible:
                    alive[i] = False
        if not alive.any():
            break
        flat = src.view(-1)
        token_lp = torch.cat([token_lp[flat], lp[flat, tok.view(-1)].unsqueeze(1)], 1)
        ids = torch.cat([ids[flat], tok.view(-1, 1)], 1)
        past = [(k[flat], v_[flat]) for k, v_ in past]
        score = new_score
    out = []
    for i in range(n):
        if not done[i]:
            row = i * beams
            lps = token_lp[row].tolist()
            done[i].append((sum(lps) / max(len(lps), 1), ids[row, 1:].tolist(), lps))
        s, best, lps = max(done[i])
        out.append((best, s, sum(lps) / max(len(lps), 1), lps))
    return out
