"""The NT step of the released code on random pictures: a pass for the loss, one for the direction, one at the moved input.

Prints seconds per step after a first one, and the process' peak memory. The model is that of test/fixtures/torch.
"""

import json
import pathlib
import resource
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "test/fixtures/torch"))

import hyperiqa
import torch

settings = json.loads(sys.argv[1])
batch = int(settings["batch"])
torch.manual_seed(1)
model = hyperiqa.HyperIqa().train()
optimizer = hyperiqa.optimizer(model)
x = torch.randn(batch, 3, 224, 224)
ratings = 20 + 60 * torch.rand(batch)
seconds = []
for step in range(int(settings["steps"]) + 1):
    start = time.perf_counter()
    optimizer.zero_grad()
    base = (model(x) - ratings).abs().mean()
    at = x.clone().requires_grad_()
    clean = model(at)
    (gradient,) = torch.autograd.grad(clean.sum(), at, retain_graph=True)
    moved = model(x + 0.01 * gradient.sign())
    term = 0.5 * ((moved - clean) / 0.01).square().mean()
    (base + 0.001 * term).backward()
    optimizer.step()
    if step > 0:
        seconds.append(time.perf_counter() - start)
# Linux counts kilobytes, macOS bytes.
unit = 1 if sys.platform == "darwin" else 1024
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
engine = f"torch {torch.__version__}, {torch.get_num_threads()} threads"
print(json.dumps({"seconds": seconds, "peakGb": peak, "engine": engine}))
