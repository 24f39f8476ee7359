"""PyTorch, asked by the parent process line by line: the same networks with random weights.

python3 peers.py THREADS cpu|cuda
"""
import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)
device = sys.argv[2]


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
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, width)
        x = x + self.proj(mixed)
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Transformer(nn.Module):
    """MAGE's encoder and decoder over 256 + 265 tokens, as MaskedTransformer computes them."""

    def __init__(self, width=512, depth=(4, 4), heads=(8, 8), words=2050, length=522):
        super().__init__()
        self.words, self.positions = nn.Embedding(words, width), nn.Parameter(torch.randn(1, length, width) * 0.02)
        self.norm0, self.norm1 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.encoder = nn.ModuleList(Block(width, heads[0]) for _ in range(depth[0]))
        self.embed, self.pad = nn.Linear(width, width), nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.decoder_positions = nn.Parameter(torch.randn(1, length, width) * 0.02)
        self.decoder = nn.ModuleList(Block(width, heads[1]) for _ in range(depth[1]))
        self.norm2, self.fc, self.norm3 = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, width), nn.LayerNorm(width)

    def forward(self, words, masked, asked):
        """`asked` chooses the positions whose logits are wanted."""
        x = self.norm0(self.words(words) + self.positions)
        for block in self.encoder:
            x = block(x)
        x = self.embed(self.norm1(x))
        x = torch.where(masked[..., None], self.pad, x) + self.decoder_positions
        for block in self.decoder:
            x = block(x)
        hidden = self.norm3(F.gelu(self.fc(self.norm2(x[asked]))))
        return hidden @ self.words.weight[:1024].T


class ResidualBlock(nn.Module):
    """Of taming's VQGAN."""

    def __init__(self, channels, out):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(32, channels, eps=1e-6), nn.Conv2d(channels, out, 3, padding=1)
        self.norm2, self.conv2 = nn.GroupNorm(32, out, eps=1e-6), nn.Conv2d(out, out, 3, padding=1)
        self.shortcut = nn.Conv2d(channels, out, 1) if channels != out else nn.Identity()

    def forward(self, x):
        return self.shortcut(x) + self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))


class AttentionBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.GroupNorm(32, channels, eps=1e-6)
        self.q, self.k, self.v, self.out = (nn.Conv2d(channels, channels, 1) for _ in range(4))

    def forward(self, x):
        normal = self.norm(x)
        q, k, v = (layer(normal).flatten(2).transpose(1, 2) for layer in (self.q, self.k, self.v))
        return x + self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape))


def vqgan_encoder():
    layers, channels = [nn.Conv2d(3, 128, 3, padding=1)], 128
    for level, multiple in enumerate((1, 1, 2, 2, 4)):
        for _ in range(2):
            layers.append(ResidualBlock(channels, 128 * multiple))
            channels = 128 * multiple
            if level == 4:
                layers.append(AttentionBlock(channels))
        if level < 4:
            layers += [nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(channels, channels, 3, stride=2)]
    layers += [ResidualBlock(512, 512), AttentionBlock(512), ResidualBlock(512, 512)]
    layers += [nn.GroupNorm(32, 512, eps=1e-6), nn.SiLU(), nn.Conv2d(512, 256, 3, padding=1), nn.Conv2d(256, 256, 1)]
    return nn.Sequential(*layers)


def vqgan_decoder():
    layers = [nn.Conv2d(256, 256, 1), nn.Conv2d(256, 512, 3, padding=1)]
    layers += [ResidualBlock(512, 512), AttentionBlock(512), ResidualBlock(512, 512)]
    channels = 512
    for level, multiple in reversed(list(enumerate((1, 1, 2, 2, 4)))):
        for _ in range(3):
            layers.append(ResidualBlock(channels, 128 * multiple))
            channels = 128 * multiple
            if level == 4:
                layers.append(AttentionBlock(channels))
        if level > 0:
            layers += [nn.Upsample(scale_factor=2), nn.Conv2d(channels, channels, 3, padding=1)]
    layers += [nn.GroupNorm(32, 128, eps=1e-6), nn.SiLU(), nn.Conv2d(128, 3, 3, padding=1)]
    return nn.Sequential(*layers)


class HiFiGan(nn.Module):
    """Of version 1 with 512 channels, and of version 2 with 128; the weight norms folded."""

    KERNELS, DILATIONS = (3, 7, 11), (1, 3, 5)

    def __init__(self, channels):
        super().__init__()
        self.pre, self.ups, self.blocks = nn.Conv1d(80, channels, 7, padding=3), nn.ModuleList(), nn.ModuleList()
        for stride, kernel in ((8, 16), (8, 16), (2, 4), (2, 4)):
            pad = (kernel - stride) // 2
            self.ups.append(nn.ConvTranspose1d(channels, channels // 2, kernel, stride, padding=pad))
            channels //= 2
            for size in self.KERNELS:
                for d in self.DILATIONS:
                    first = nn.Conv1d(channels, channels, size, dilation=d, padding=d * (size - 1) // 2)
                    second = nn.Conv1d(channels, channels, size, padding=(size - 1) // 2)
                    self.blocks.append(nn.Sequential(nn.LeakyReLU(0.1), first, nn.LeakyReLU(0.1), second))
        self.post = nn.Conv1d(channels, 1, 7, padding=3)

    def forward(self, mel):
        x, blocks = self.pre(mel), iter(self.blocks)
        for up in self.ups:
            wider, x = up(F.leaky_relu(x, 0.1)), 0
            for _ in self.KERNELS:
                y = wider
                for _ in self.DILATIONS:
                    y = y + next(blocks)(y)
                x = x + y
            x = x / len(self.KERNELS)
        return torch.tanh(self.post(F.leaky_relu(x)))


class MelGanBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        inner = nn.Conv1d(channels, channels, 3, dilation=dilation, padding=dilation, padding_mode="reflect")
        last, self.shortcut = nn.Conv1d(channels, channels, 1), nn.Conv1d(channels, channels, 1)
        self.block = nn.Sequential(nn.LeakyReLU(0.2), inner, nn.LeakyReLU(0.2), last)

    def forward(self, x):
        return self.shortcut(x) + self.block(x)


def melgan():
    layers, channels = [nn.Conv1d(80, 512, 7, padding=3, padding_mode="reflect")], 512
    for ratio in (8, 8, 2, 2):
        layers.append(nn.LeakyReLU(0.2))
        layers.append(nn.ConvTranspose1d(channels, channels // 2, 2 * ratio, ratio, padding=ratio // 2))
        channels //= 2
        layers += [MelGanBlock(channels, 3**i) for i in range(3)]
    layers += [nn.LeakyReLU(0.2), nn.Conv1d(32, 1, 7, padding=3, padding_mode="reflect"), nn.Tanh()]
    return nn.Sequential(*layers)


def of(build, *shape):
    """The forward pass of a network over normal numbers."""

    def make():
        network, x = build().eval().to(device), torch.randn(*shape, device=device)

        def run():
            with torch.no_grad():
                return network(x)

        return run

    return make


def encode():
    network, x = vqgan_encoder().eval().to(device), torch.rand(1, 3, 256, 256, device=device)
    codes = torch.randn(1024, 256, device=device)

    def run():
        with torch.no_grad():
            z = network(x).permute(0, 2, 3, 1).reshape(-1, 256)
            return (codes.square().sum(1) - 2 * z @ codes.T).argmin(1)

    return run


def forward(batch=1, paper=False):
    def make():
        model = (Transformer(768, (12, 8), (12, 16)) if paper else Transformer()).eval().to(device)
        words = torch.randint(0, 1024, (batch, 522), device=device)
        masked = torch.rand(batch, 522, device=device) < 0.5

        def run():
            with torch.no_grad():
                return model(words, masked, (slice(None), slice(257, None)))  # of the sound

        return run

    return make


def training_step():
    model = Transformer().to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    words = torch.randint(0, 1024, (1, 522), device=device)
    masked = torch.rand(1, 522, device=device) < 0.694  # the mean of MAGE's mask ratios
    targets = torch.randint(0, 1024, (int(masked.sum()),), device=device)

    def run():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(words, masked, masked), targets, label_smoothing=0.1)
        loss.backward()
        optimizer.step()
        return loss

    return run


def matmul():
    a, b = torch.randn(1024, 1024, device=device), torch.randn(1024, 1024, device=device)
    return lambda: a @ b


def attention(length):
    def make():
        q, k, v = (torch.randn(1, 8, length, 64, device=device) for _ in range(3))
        return lambda: F.scaled_dot_product_attention(q, k, v)

    return make


BENCHMARKS = {
    "matmul 1024³": matmul,
    "convolution 3×3, [8, 32, 32, 128] → 128": of(lambda: nn.Conv2d(128, 128, 3, padding=1), 8, 128, 32, 32),
    "HiFi-GAN v1, 1 s at 22 kHz": of(lambda: HiFiGan(512), 1, 80, 86),
    "HiFi-GAN v2, 1 s at 22 kHz": of(lambda: HiFiGan(128), 1, 80, 86),
    "MelGAN, 1 s at 22 kHz": of(melgan, 1, 80, 86),
    "attention of 521 tokens, 8 heads of 64": attention(521),
    "attention of 4096 tokens, 8 heads of 64": attention(4096),
    "transformer 8×512, 521 tokens: forward": forward(),
    "transformer 8×512, 521 tokens: forward of two": forward(2),
    "transformer 8×512, 521 tokens: training step": training_step,
    "VQGAN decode, 16×16 tokens → 256×256": of(vqgan_decoder, 1, 256, 16, 16),
    "VQGAN encode, 256×256 → 16×16 tokens": encode,
    "paper size, 145 M, 521 tokens: forward": forward(paper=True),
}

def say(**answer):
    print(json.dumps(answer), flush=True)


def resident(name):
    """Bytes of this process: what is resident (VmRSS), or the most that has been (VmHWM)."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def forget_peak():
    """Starts the count of the most resident memory anew, where the system can (Linux)."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass
    return resident("VmRSS")


def wait(result):
    """Ends when the result can be read."""
    return result.flatten()[:1].cpu()


if device == "cuda" and not torch.cuda.is_available():
    say(reason="PyTorch finds no CUDA device")
    sys.exit()
where = torch.cuda.get_device_name() if device == "cuda" else f"{sys.argv[1]} threads"
say(label=f"PyTorch {torch.__version__}, {where}")
current = None
for line in sys.stdin:
    name = json.loads(line)["benchmark"]
    if name not in BENCHMARKS:
        say(reason="")
        continue
    if name != current:
        run = None  # what the one before holds is freed
        resting = forget_peak()
        current, run = name, BENCHMARKS[name]()
        wait(run())
    start = time.perf_counter()
    wait(run())
    milliseconds = (time.perf_counter() - start) * 1000
    say(milliseconds=milliseconds, peak=resident("VmHWM") - resting)
