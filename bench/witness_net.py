"""The network of the second witness as it is trained: `scan.witness.network`, with gradients."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np

from bench.witness_pages import Lesson
from layouts.errors import UsageError
from scan.witness.looks import SIDE, Reals
from scan.witness.network import KERNELS

CHANNELS = (2, 8, 16, 24)
"""What a bubble is described by after each layer; more of them did not err less."""

FEATURES, PAGE, HIDDEN = 24, 16, 32
"""Numbers that describe a bubble, a page, and a meaning before it is weighed."""

BATCH, FASTEST, WARM_UP, DECAY = 16, 3e-3, 0.08, 1e-4
"""Pages at a time; the highest step, after this share of the training; decay of weights."""

FADED, GRAINY, DIRTY = 0.4, 0.3, 0.5
"""Shares of the pages that are made lighter or darker, noisier, or soiled here and there."""

DIRT = 0.04
"""Share of the bubbles of a soiled page that get a soft grey spot: no mark is so soft."""

Torch: TypeAlias = Any
Tensor: TypeAlias = Any
"""torch ships no types that this project could check without installing it."""

Tensors: TypeAlias = dict[str, Tensor]


def _torch() -> Torch:
    try:
        return import_module("torch")
    except ModuleNotFoundError as error:
        raise UsageError(
            "Training takes torch, which is not installed here.",
            advice="pip install torch==2.13.0, in an environment of its own.",
        ) from error


def trained(lessons: Sequence[Lesson], epochs: int) -> Mapping[str, Reals]:
    """Train a network on pages that all have as many rows and bubbles."""
    torch = _torch()
    torch.manual_seed(3)
    rng = np.random.default_rng(3)
    bubbles = len(lessons[0].looks) // len(lessons[0].meant)
    above = np.stack([one.looks[:, 0] for one in lessons])
    meant = np.stack([one.meant for one in lessons])
    weights = _fresh(torch, rng)
    steps = max(1, len(lessons) // BATCH)
    walk = torch.optim.AdamW(list(weights.values()), lr=FASTEST, weight_decay=DECAY)
    pace = torch.optim.lr_scheduler.OneCycleLR(walk, FASTEST, epochs * steps, pct_start=WARM_UP)
    for epoch in range(epochs):
        lost = 0.0
        order = np.resize(rng.permutation(len(lessons)), steps * BATCH)
        for some in order.reshape(steps, BATCH):
            seen = looks(torch, torch.from_numpy(varied(above[some], rng)))
            said = weighed(torch, weights, seen, len(meant[0]))
            loss = torch.nn.functional.cross_entropy(
                said.reshape(-1, bubbles + 2), torch.from_numpy(meant[some]).reshape(-1)
            )
            walk.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
            walk.step()
            pace.step()
            lost += loss.item()
        print(f"epoch {epoch + 1} of {epochs}: {lost / steps:.4f}", flush=True)
    return {name: one.detach().numpy() for name, one in weights.items()}


def _fresh(torch: Torch, rng: np.random.Generator) -> Tensors:
    """Draw weights to begin with, small as the number of what they weigh is large."""
    flat = CHANNELS[3] * 16
    sizes = {
        **{
            f"c{number}": (side * side * CHANNELS[number - 1], CHANNELS[number])
            for number, (side, _) in enumerate(KERNELS, 1)
        },
        "fc": (flat, FEATURES),
        "page": (4 * FEATURES, PAGE),
        "h": (3 * FEATURES + PAGE, HIDDEN),
        "o": (HIDDEN, 1),
        "g": (2 * FEATURES + PAGE, HIDDEN),
        "go": (HIDDEN, 2),
    }
    weights: Tensors = {}
    for name, (given, made) in sizes.items():
        reach = given**-0.5
        for part, shape in (("weight", (given, made)), ("bias", (made,))):
            drawn = rng.uniform(-reach, reach, shape).astype(np.float32)
            weights[f"{name}.{part}"] = torch.from_numpy(drawn).requires_grad_()
    return weights


def varied(above: Reals, rng: np.random.Generator) -> Reals:
    """Make other pages of some: lighter, noisier, soiled, mirrored, a little beside the middle."""
    pages, count = above.shape[:2]
    gain = np.where(rng.random(pages) < FADED, rng.uniform(0.5, 1.25, pages), 1.0)
    grain = np.where(rng.random(pages) < GRAINY, rng.uniform(0.0, 0.05, pages), 0.0)
    made = above * gain[:, None, None, None].astype(np.float32)
    for page in np.flatnonzero(grain):
        made[page] += rng.normal(0.0, grain[page], made[page].shape).astype(np.float32)
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    for page in np.flatnonzero(rng.random(pages) < DIRTY):
        for bubble in np.flatnonzero(rng.random(count) < DIRT):
            down, across = rng.uniform(0, SIDE, 2)
            apart = (rows - down) ** 2 + (columns - across) ** 2
            spot = np.exp(-apart / (2 * rng.uniform(3.0, 12.0) ** 2))
            made[page, bubble] += (rng.uniform(0.005, 0.06) * spot).astype(np.float32)
    turns: Sequence[tuple[float, Callable[[Reals], Reals]]] = (
        (0.5, lambda one: one[..., ::-1]),
        (0.3, lambda one: one[..., ::-1, :]),
        (0.3, lambda one: one.swapaxes(-1, -2)),
    )
    for chance, turn in turns:
        made = turn(made) if rng.random() < chance else made
    shift = rng.integers(-1, 2, 2).tolist()
    return np.ascontiguousarray(np.roll(made, shift, axis=(-2, -1)))


def looks(torch: Torch, above: Tensor) -> Tensor:
    """Do as `scan.witness.looks`, after the page's usual bubble was taken off."""
    size = above[:, :, :, ::7].abs().flatten(1).median(1).values
    noise = (1.4826 * size).clamp(min=0.004)[:, None, None, None]
    return torch.stack([above.clamp(-0.3, 1.0), torch.tanh(above / (4 * noise))], 2)


def weighed(torch: Torch, weights: Tensors, seen: Tensor, rows: int) -> Tensor:
    """Do as `scan.witness.network`, for several pages: shape (pages, rows, bubbles + 2)."""

    def plain(name: str, given: Tensor) -> Tensor:
        return given @ weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def layer(name: str, given: Tensor) -> Tensor:
        return torch.relu(plain(name, given))

    pages = len(seen)
    each = seen.reshape(-1, 2, SIDE, SIDE).permute(0, 2, 3, 1)
    for number, (side, step) in enumerate(KERNELS, 1):
        cut = each.unfold(1, side, step).unfold(2, side, step)
        cut = cut.permute(0, 1, 2, 4, 5, 3).flatten(3)
        each = layer(f"c{number}", cut)
    each = layer("fc", each.flatten(1)).reshape(pages, rows, -1, FEATURES)
    most, mean = each.max(2).values, each.mean(2)
    first, second = each.topk(2, dim=2).values.split(1, dim=2)
    others = torch.where(each >= first, second, first)
    spread = (most.var(1, unbiased=False) + 1e-6).sqrt()
    about = torch.cat([mean.mean(1), most.mean(1), spread, most.median(1).values], -1)
    page = layer("page", about)[:, None].expand(-1, rows, -1)
    around = torch.cat([mean, page], -1)[:, :, None].expand(-1, -1, each.shape[2], -1)
    marks = plain("o", layer("h", torch.cat([each, others, around], -1)))[..., 0]
    whole = plain("go", layer("g", torch.cat([most, mean, page], -1)))
    return torch.cat([marks, whole], -1)
