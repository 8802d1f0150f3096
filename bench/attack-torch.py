"""One-step FGSM (L_mid) on drawn crops in PyTorch, one crop at a time, as the released demo does it.

Per crop: the score that decides the direction, one pass forward and one back with gradients of the parameters too, then
the scores before and after. `lean` leaves out what the numbers do not need: three passes forward and one back, input
gradient only. `batched` does the lean work with all crops at once. The models are those of test/fixtures/torch.
Prints seconds per pass over all crops, the scores and the process' peak memory.
"""

import json
import pathlib
import resource
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "test/fixtures/torch"))

import common
import drawn
import efficientnet
import hyperiqa
import torch

MODELS = {
    "hyperiqa": (hyperiqa.HyperIqa, common.IMAGENET, drawn.DEFAULT_GAIN, 1),
    "efficientnet-lite0": (efficientnet.QualityNet, efficientnet.LITE, 2.2, 100),
}

settings = json.loads(sys.argv[1])
build, (mean, std), gain, scale = MODELS[settings["model"]]
eps, count, mode = settings["epsilon"], int(settings["crops"]), settings["mode"]
model = build().eval()
state = {n: torch.from_numpy(drawn.tensor(n, tuple(v.shape), gain)) for n, v in model.state_dict().items()}
model.load_state_dict(state)
mean, std = (torch.tensor(v).view(3, 1, 1) for v in (mean, std))
x = torch.from_numpy(drawn.tinted((count, 224, 224, 3))).permute(0, 3, 1, 2).contiguous()


def score(pictures):
    return scale * model((pictures - mean) / std)


def step(crop, gradient, f):
    direction = torch.where(f <= 50, 1.0, -1.0).view(-1, 1, 1, 1)
    moved = crop + direction * eps * gradient.sign()
    return moved.maximum(crop - eps).minimum(crop + eps).clamp(0, 1)


def released(crop):
    before = score(crop)
    at = crop.clone().requires_grad_()
    model.zero_grad()
    score(at).sum().backward(retain_graph=True)
    moved = step(crop, at.grad, before.detach())
    return score(crop).detach(), score(moved).detach()


def lean(crop):
    with torch.no_grad():
        before = score(crop)
    at = crop.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(score(at).sum(), at)
    with torch.no_grad():
        return before, score(step(crop, gradient, before))


attack, crops = {
    "released": (released, x.split(1)),
    "lean": (lean, x.split(1)),
    "batched": (lean, x.split(count)),
}[mode]
if mode != "released":
    model.requires_grad_(False)
seconds, processor = [], []
for round_ in range(int(settings["passes"]) + 1):
    start, spent = time.perf_counter(), time.process_time()
    results = [attack(crop) for crop in crops]
    clean, moved = (torch.cat(column).tolist() for column in zip(*results))
    if round_ > 0:
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - spent)
# Linux counts kilobytes, macOS bytes.
unit = 1 if sys.platform == "darwin" else 1024
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
engine = f"torch {torch.__version__}, {torch.get_num_threads()} threads"
print(json.dumps({"seconds": seconds, "processor": processor, "clean": clean, "attacked": moved, "peakGb": peak, "engine": engine}))
