"""PyTorch, asked by the parent process line by line: the same networks with random weights. python3 peers.py THREADS"""
import json
import resource
import sys
import time

import torch
from torch import nn

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, width)
        x = x + self.proj(mixed)
        return x + self.fc2(nn.functional.gelu(self.fc1(self.norm2(x))))


class Transformer(nn.Module):
    """MAGE's encoder and decoder over 256 + 265 tokens, as MaskedTransformer computes them."""

    def __init__(self, width=512, depth=4, heads=8, words=2050, length=522):
        super().__init__()
        self.words, self.positions = nn.Embedding(words, width), nn.Parameter(torch.randn(1, length, width) * 0.02)
        self.norm0, self.norm1 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.encoder = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.embed, self.pad = nn.Linear(width, width), nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.decoder_positions = nn.Parameter(torch.randn(1, length, width) * 0.02)
        self.decoder = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm2, self.fc, self.norm3 = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, width), nn.LayerNorm(width)

    def forward(self, words, masked):
        x = self.norm0(self.words(words) + self.positions)
        for block in self.encoder:
            x = block(x)
        x = self.embed(self.norm1(x))
        x = torch.where(masked[..., None], self.pad, x) + self.decoder_positions
        for block in self.decoder:
            x = block(x)
        hidden = self.norm3(nn.functional.gelu(self.fc(self.norm2(x[:, 1:]))))
        return hidden @ self.words.weight[:1024].T


def forward(batch=1):
    model = Transformer().eval()
    words, masked = torch.randint(0, 1024, (batch, 522)), torch.rand(batch, 522) < 0.5

    def run():
        with torch.no_grad():
            model(words, masked)

    return run


def training_step():
    model = Transformer()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    words, masked = torch.randint(0, 1024, (1, 522)), torch.rand(1, 522) < 0.5
    targets = torch.randint(0, 1024, (521,))

    def run():
        optimizer.zero_grad()
        logits = model(words, masked).reshape(-1, 1024)
        nn.functional.cross_entropy(logits, targets, label_smoothing=0.1).backward()
        optimizer.step()

    return run


def matmul():
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    return lambda: a @ b


def convolution():
    x, layer = torch.randn(8, 128, 32, 32), nn.Conv2d(128, 128, 3, padding=1)

    def run():
        with torch.no_grad():
            layer(x)

    return run


BENCHMARKS = {
    "matmul 1024³": matmul,
    "convolution 3×3, [8, 32, 32, 128] → 128": convolution,
    "transformer 8×512, 521 tokens: forward": forward,
    "transformer 8×512, 521 tokens: training step": training_step,
}

ready = {}


def say(**answer):
    print(json.dumps(answer), flush=True)


say(label=f"PyTorch {torch.__version__}, {sys.argv[1]} threads")
for line in sys.stdin:
    name = json.loads(line)["benchmark"]
    if name not in BENCHMARKS:
        say(reason="")
        continue
    if name not in ready:
        ready[name] = BENCHMARKS[name]()
        ready[name]()
    start = time.perf_counter()
    ready[name]()
    milliseconds = (time.perf_counter() - start) * 1000
    say(milliseconds=milliseconds, peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
